// header_suite.mjs - os cabeçalhos de segurança em toda espécie de resposta,
// venha ela do programa ou do próprio servidor web; CORS; o que cada erro do
// servidor mostra.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertProblem } from './desk.mjs';
import { Wire, requestHead } from './wire.mjs';

const CLOSED = /^default-src 'none'; frame-ancestors 'none'/;

/** O que toda resposta leva; o valor é o texto inteiro ou a forma dele. */
const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
};
const NOT_A_PAGE = { ...EVERYWHERE, 'referrer-policy': 'no-referrer',
  'content-security-policy': CLOSED };
// same-origin: com no-referrer os formulários viriam com Origin: null
const PAGE = { ...EVERYWHERE, 'referrer-policy': 'same-origin',
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(self\)/,
  'content-security-policy':
    /default-src 'self'.*frame-ancestors 'none'.*object-src 'none'.*script-src 'self'; script-src-attr 'none'; style-src 'self'$/ };

function assertHeaders(answer, wanted, what) {
  for (const [name, value] of Object.entries(wanted)) {
    const got = answer.headers[name] ?? '(falta)';
    if (value instanceof RegExp)
      assert.match(got, value, `${what}: ${name}`);
    else
      assert.equal(got, value, `${what}: ${name}`);
  }
  // em texto puro o navegador o ignora; mandá-lo seria engano de quem configura
  assert.equal(answer.headers['strict-transport-security'], undefined, what);
  assert.equal(answer.headers['x-powered-by'], undefined, what);
}

/** Só o começo da resposta de uma conexão que fica aberta. */
async function headOf(desk, path, headers) {
  const wire = new Wire(desk.port);
  try {
    return await wire.send(requestHead('GET', path, headers)).head();
  } finally {
    wire.close();
  }
}

async function staticFile(desk) {
  const page = await desk.raw('GET', '/login');
  return /(\/static\/[^"#]+\.css)/.exec(page.text)[1];
}

function everyAnswer(use) {
  const bearer = () => ({ authorization: `Bearer ${use.desk.token}` });

  test('the API: answers, problems, empty answers, documents', async () => {
    const { desk } = use;
    for (const [method, path, headers] of [['GET', '/api/v1/me', bearer()],
      ['GET', '/api/v1/me'], ['GET', '/api/nope'], ['DELETE', '/api/v1/me'],
      ['OPTIONS', '/api/v1/me'], ['HEAD', '/api/v1/me', bearer()],
      ['GET', '/api/v1/health'], ['GET', '/api/v1/openapi.json'],
      ['GET', '/metrics'], ['GET', '/api/v1/tickets?limit=x', bearer()],
      ['POST', '/api/v1/auth/login'], ['GET', '/api/v1/poll?timeout=0', bearer()]])
      assertHeaders(await desk.raw(method, path, { headers }), NOT_A_PAGE,
        `${method} ${path}`);
  });

  test('pages, their redirects and their errors', async () => {
    const { desk } = use;
    const { cookie } = await desk.browse();
    for (const path of ['/login', '/docs', '/docs/problems'])
      assertHeaders(await desk.raw('GET', path), PAGE, path);
    assertHeaders(await desk.raw('GET', '/inbox', { headers: { cookie } }), PAGE,
      '/inbox');
    assertHeaders(await desk.raw('GET', '/inbox/999999999',
      { headers: { cookie } }), PAGE, 'página de problema');
    assertHeaders(await desk.raw('GET', '/inbox'), NOT_A_PAGE, 'redirecionamento');
  });

  test('a live stream', async () => {
    const { desk } = use;
    assertHeaders(await headOf(desk, '/api/v1/stream', bearer()), NOT_A_PAGE,
      'stream');
    assertHeaders(await headOf(desk, '/api/v1/stream', {}), NOT_A_PAGE,
      'stream 401');
  });

  test('static files, and the ones that are not there', async () => {
    const { desk } = use;
    const file = await desk.raw('GET', await staticFile(desk));
    assert.equal(file.status, 200);
    assertHeaders(file, NOT_A_PAGE, 'css');
    assert.match(file.headers['cache-control'], /immutable/);
    const lost = await desk.raw('GET', '/static/nada.css');
    assert.equal(lost.status, 404);
    assertHeaders(lost, NOT_A_PAGE, 'static 404');
  });
}

/** A página que o servidor web faz sozinho: da casa, e sem nada de fora. */
function assertOwnPage(answer, status) {
  assert.equal(answer.status, status);
  assert.equal(answer.type, 'text/html');
  assert.match(answer.text, /<b>Balcão<\/b>/);
  assert.match(answer.text, /<html lang="pt-BR">/);
  assertHeaders(answer, NOT_A_PAGE, `página ${status}`);
  const style = /<style>(.*?)<\/style>/s.exec(answer.text)[1];
  const sum = createHash('sha256').update(style).digest('base64');
  assert.ok(answer.headers['content-security-policy'].includes(`'sha256-${sum}'`),
    'o resumo do <style> na CSP');
}

function ownErrors(use) {
  test('too large a body: problem for the API, page for people', async () => {
    const { desk } = use;
    const body = Buffer.alloc(7 << 20, 32);
    const api = await desk.api('POST', `/tickets/${desk.ticket}/messages`,
      { body });
    assertProblem(api, 413, 'too-large');
    assertHeaders(api, NOT_A_PAGE, '413');
    const page = await desk.raw('POST', '/login', { body, headers:
      { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(page.status, 413);
    assert.equal(page.type, 'text/html');
  });

  test('a program that is away: 503 with Retry-After on nginx', async () => {
    const { desk, front, stack } = use;
    if (front === 'apache-fcgid' || front === 'apache-cgi')
      return; // ali o programa nasce com o pedido
    await stack.sh('ctl', 'stop', 'accounts', 'session');
    try {
      const api = await desk.api('GET', '/me');
      assertProblem(api, 503, 'unavailable');
      assertHeaders(api, NOT_A_PAGE, '503');
      if (front.startsWith('nginx'))
        assert.equal(api.headers['retry-after'], '2');
      assertOwnPage(await desk.raw('GET', '/login'), 503);
    } finally {
      await stack.sh('ctl', 'start', 'accounts', 'session');
    }
  });

  test('a file that is not there is the house\'s page', async () => {
    assertOwnPage(await use.desk.raw('GET', '/static/nada.css'), 404);
  });

  test('what is not HTTP is refused by the front, with its own face', async () => {
    for (const [text, statuses] of [
      ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', [400]],
      ['GET / HTTP/1.1\r\n\r\n', [400]],
      [`GET /login HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(70000)}\r\n\r\n`,
        [400, 431]]]) {
      const wire = new Wire(use.desk.port);
      const r = await wire.send(text).answer();
      wire.close();
      assert.ok(statuses.includes(r.status), `${r.status} ${text.slice(0, 40)}`);
      if (use.front.startsWith('nginx'))
        assertOwnPage(r, r.status);
      else
        assert.doesNotMatch(r.text, /Apache\/|mod_/);
    }
  });
}

function cors(use) {
  const origin = 'https://app.example';
  const ask = (method, path, from, headers = {}) => use.desk.raw(method, path,
    { headers: { authorization: `Bearer ${use.desk.token}`, origin: from,
                 ...headers } });
  const corsOf = (r) => Object.keys(r.headers)
    .filter((name) => name.startsWith('access-control-'));

  test('a listed origin reads; each header comes once', async () => {
    for (const path of ['/api/v1/me', '/api/nope', '/api/v1/poll?timeout=0']) {
      const r = await ask('GET', path, origin);
      assert.equal(r.headers['access-control-allow-origin'], origin, path);
      assert.equal(r.headers['access-control-allow-credentials'], 'true');
      assert.match(r.headers.vary, /Origin/);
    }
    const r = await headOf(use.desk, '/api/v1/stream',
      { authorization: `Bearer ${use.desk.token}`, origin });
    assert.equal(r.headers['access-control-allow-origin'], origin);
    assert.equal(r.headers['access-control-allow-credentials'], 'true');
    assert.match(r.headers.vary, /Origin/);
    assert.ok(Number(r.headers['ratelimit-remaining']) > 0);
  });

  test('a preflight passes through the front to the route', async () => {
    const r = await ask('OPTIONS', `/api/v1/tickets/${use.desk.ticket}/messages`,
      origin, { 'access-control-request-method': 'POST' });
    assert.equal(r.status, 204);
    assert.equal(r.headers['access-control-allow-methods'],
      'GET, HEAD, POST, OPTIONS');
    assert.match(r.headers['access-control-allow-headers'], /Authorization/);
  });

  test('nobody else gets a single CORS header', async () => {
    for (const from of ['https://evil.example', 'null', `${origin}.evil.example`])
      for (const path of ['/api/v1/me', '/api/v1/poll?timeout=0']) {
        assert.deepEqual(corsOf(await ask('GET', path, from)), [], from + path);
        assert.deepEqual(corsOf(await ask('OPTIONS', path, from)), []);
      }
    const r = await headOf(use.desk, '/api/v1/stream',
      { authorization: `Bearer ${use.desk.token}`, origin: 'https://evil.example' });
    assert.equal(r.status, 200);
    assert.deepEqual(corsOf(r), []);
    assert.deepEqual(corsOf(await ask('GET', '/login', origin)), []);
    assert.deepEqual(corsOf(await use.desk.raw('GET',
      await staticFile(use.desk), { headers: { origin } })), []);
  });
}

export function headerSuite(use) {
  describe('every answer', () => everyAnswer(use));
  describe('own errors', () => ownErrors(use));
  describe('cors', () => cors(use));
}
