// targets.mjs - tudo o que se pode pedir à instalação, como requisições cruas
// com cada valor marcado por '*': as rotas do OpenAPI, os formulários e
// ligações das páginas, e os cabeçalhos que o programa lê.

const MARK = '*';

/* Valores que passam da validação, para o ataque chegar ao banco. */
const known = [[/mail/i, 'alguem@exemplo.test'], [/assword/i, 'uma senha comprida 7'],
  [/imeZone/, 'America/Sao_Paulo'], [/oken/, 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'],
  [/^code$/, '123456'], [/^rooms$/, 'company'], [/cursor/i, '1'],
  [/^(from|to|since|until)$/, '2026-01-01']];

function sample(name, schema = {}) {
  if (schema.enum) return schema.enum.find((v) => v !== null);
  const type = [schema.type].flat()[0];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  return known.find(([pattern]) => pattern.test(name))?.[1] ?? 'texto';
}

const marked = (name, schema) => {
  const type = [schema?.type].flat()[0];
  const value = sample(name, schema);
  if (type === 'array') return `["${sample(name, schema.items)}${MARK}"]`;
  return type === 'string' || type === undefined ? JSON.stringify(`${value}${MARK}`)
    : `${value}${MARK}`;
};

function raw({ method, path, host, headers = {}, body }) {
  const lines = Object.entries({ Host: host, Connection: 'close', ...headers })
    .map(([k, v]) => `${k}: ${v}`);
  return `${method} ${path} HTTP/1.1\n${lines.join('\n')}\n\n${body ?? ''}`;
}

/** Uma requisição por operação do documento; a de fluxo nunca acaba: poll lê o mesmo. */
export function fromOpenapi(doc, host) {
  const out = [];
  for (const [template, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      if (template === '/api/v1/stream') continue;
      const query = (op.parameters ?? []).filter((p) => p.in === 'query')
        .map((p) => `${p.name}=${encodeURIComponent(p.name === 'timeout' ? 0
          : sample(p.name, p.schema))}${MARK}`);
      const path = template.replace(/\{[^}]+\}/g, `1${MARK}`) +
        (query.length > 0 ? `?${query.join('&')}` : '');
      const schema = op.requestBody?.content?.['application/json']?.schema;
      const body = schema?.properties && `{${Object.entries(schema.properties)
        .map(([k, s]) => `"${k}":${marked(k, s)}`).join(',')}}`;
      const request = { method: method.toUpperCase(), path, host,
        headers: { Authorization: 'Bearer @TOKEN@',
          ...(body ? { 'Content-Type': 'application/json' } : {}) }, body };
      if (/\*/.test(raw(request)))
        out.push({ name: `${request.method} ${template}`, text: raw(request) });
    }
  }
  return out;
}

const attribute = (tag, name) =>
  new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? null;

function formRequest(html, here, host) {
  const head = /^<form[^>]*>/.exec(html)[0];
  const action = attribute(head, 'action') ?? here;
  const method = (attribute(head, 'method') ?? 'get').toUpperCase();
  const fields = new Map();
  for (const [tag] of html.matchAll(/<(?:input|select|textarea|button)[^>]*>/g)) {
    const name = attribute(tag, 'name');
    if (!name || fields.has(name) || attribute(tag, 'type') === 'file') continue;
    fields.set(name, name === '_csrf' ? attribute(tag, 'value')
      : `${encodeURIComponent(attribute(tag, 'value') || sample(name))}${MARK}`);
  }
  const pairs = [...fields].map(([k, v]) => `${encodeURIComponent(k)}=${v}`).join('&');
  const get = method === 'GET';
  return { name: `form ${method} ${action.split('?')[0]}`, text: raw({ method, host,
    path: get ? `${action.split('?')[0]}?${pairs}` : action,
    headers: { Cookie: '@COOKIE@',
      ...(get ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) },
    body: get ? '' : pairs }) };
}

/**
 * Anda pelas páginas a partir de `start`, como quem clica em tudo, e devolve
 * os formulários e as ligações com parâmetros.
 *   get  (caminho) => HTML, já com a sessão
 */
export async function fromPages(get, start, host, most = 120) {
  const queue = [...start];
  const seen = new Set(queue);
  const out = new Map();
  while (queue.length > 0 && seen.size < most) {
    const here = queue.shift();
    const html = await get(here);
    for (const [form] of html.matchAll(/<form[\s\S]*?<\/form>/g)) {
      const request = formRequest(form, here, host);
      if (!/logout|language|theme/.test(request.name) && /\*/.test(request.text))
        out.set(request.name, request);
    }
    for (const [, link] of html.matchAll(/<a[^>]*\shref="(\/[^"#]*)"/g)) {
      const path = link.replaceAll('&amp;', '&');
      const kind = path.replace(/\d+/g, 'N').replace(/=[^&]*/g, '=');
      if (/^\/(demo|static|docs|api)/.test(path) || seen.has(kind)) continue;
      seen.add(kind);
      queue.push(path);
      if (path.includes('?'))
        out.set(`link ${kind}`, { name: `link ${kind}`, text: raw({ method: 'GET', host,
          path: path.replace(/(=[^&]*)/g, `$1${MARK}`), headers: { Cookie: '@COOKIE@' } }) });
    }
  }
  return { pages: seen.size, requests: [...out.values()] };
}

/** Os cabeçalhos que o programa lê, um a um. */
export function fromHeaders(host) {
  const base = { Authorization: 'Bearer @TOKEN@' };
  const tries = { 'User-Agent': 'Navegador', 'X-Forwarded-For': '10.0.0.1',
    'X-Request-Id': 'abcdefgh', 'Accept-Language': 'pt-BR', 'Last-Event-ID': '1-1',
    'If-None-Match': 'x', Origin: 'http://a.test', 'Idempotency-Key': 'abc-123' };
  const out = Object.entries(tries).map(([name, value]) => ({ name: `header ${name}`,
    text: raw({ method: name === 'Idempotency-Key' ? 'POST' : 'GET', host,
      path: name === 'Idempotency-Key' ? '/api/v1/tickets/1/read'
        : name === 'Last-Event-ID' ? '/api/v1/poll?timeout=0' : '/api/v1/me',
      headers: { ...base, [name]: `${value}${MARK}` } }) }));
  out.push({ name: 'header Authorization', text: raw({ method: 'GET', host,
    path: '/api/v1/me', headers: { Authorization: `Bearer blc_abc${MARK}` } }) });
  out.push({ name: 'cookie balcao', text: raw({ method: 'GET', host, path: '/inbox',
    headers: { Cookie: `balcao=abc${MARK}; lang=pt-BR${MARK}; theme=dark${MARK}` } }) });
  return out;
}
