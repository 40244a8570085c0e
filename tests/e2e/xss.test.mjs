// xss.test.mjs - um texto de ataque em cada campo que uma página mostra, pela
// API, pelo WhatsApp e pelos próprios formulários; depois todas as páginas, no
// navegador: nada roda, nada vira elemento, e a CSP não tem o que barrar.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { crawl, customerSays, enter, openBrowser, openStack } from './desk.mjs';

const PROBE = '"\'><xss-probe onmouseover=x></xss-probe><img src=x onerror=window.xss=1>{{7*7}}';
const RAW = '<xss-probe';

let stack;
let browser;
let page;
let token;

before(async () => {
  stack = await openStack();
  if (stack.psql)
    await stack.psql(`UPDATE users SET is_super = true
      WHERE email = '${stack.info.ADMIN_EMAIL}'`);
  browser = await openBrowser();
  page = await enter(browser, stack);
  const login = await fetch(`${stack.baseUrl}/api/v1/auth/login`, { method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: stack.info.ADMIN_EMAIL, password: stack.info.PASSWORD }) });
  token = (await login.json()).accessToken;
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const sample = (name, schema = {}) => {
  if (schema.enum) return schema.enum.find((v) => v !== null);
  const type = [schema.type].flat()[0];
  if (type === 'integer') return Math.max(1, schema.minimum ?? 1);
  if (type === 'boolean') return false;
  if (type === 'array') return [sample(name, schema.items)];
  if (/mail/i.test(name)) return `xss${Math.random().toString(36).slice(2)}@exemplo.test`;
  if (/assword/.test(name)) return 'uma senha comprida 7';
  if (/imeZone/.test(name)) return 'America/Sao_Paulo';
  return PROBE.slice(0, schema.maxLength ?? 300);
};

/* Nem toda rota aceita: o que entra já basta para as páginas mostrarem. */
async function fillByApi() {
  const doc = await (await fetch(`${stack.baseUrl}/api/v1/openapi.json`)).json();
  let stored = 0;
  for (const [path, methods] of Object.entries(doc.paths)) {
    const op = methods.post;
    const schema = op?.requestBody?.content?.['application/json']?.schema;
    if (!schema?.properties || path.includes('{') || /auth|erase|totp|two-factor|password/.test(path)) continue;
    const body = Object.fromEntries(Object.entries(schema.properties)
      .filter(([k, s]) => !/Ids?$/.test(k) || schema.required?.includes(k))
      .filter(([, s]) => [s.type].flat()[0] !== 'object' && s.type !== undefined)
      .map(([k, s]) => [k, sample(k, s)]));
    const answer = await fetch(stack.baseUrl + path, { method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body) });
    if (answer.status < 300) stored += 1;
    assert.ok(answer.status < 500, `${path}: ${answer.status}`);
  }
  return stored;
}

async function inspect(path) {
  await page.goto(path);
  const found = await page.evaluate(() => ({
    ran: window.xss === 1,
    elements: document.querySelectorAll('xss-probe, img[onerror]').length,
    computed: document.body.innerText.includes('49{{') }));
  assert.deepEqual(found, { ran: false, elements: 0, computed: false }, path);
}

/* Cada formulário da página, com o ataque em cada campo de texto; a resposta
 * pode mostrá-lo de volta, mas só escapado. */
async function postForms(path) {
  await page.goto(path);
  return page.evaluate(async ({ probe, raw }) => {
    const bad = [];
    let sent = 0;
    for (const form of document.forms) {
      const action = new URL(form.getAttribute('action') ?? '', location.href);
      if (/logout|language|theme|delete|erase|remove|suspend|revoke|end/.test(action.pathname)) continue;
      const data = new URLSearchParams(new FormData(form));
      for (const field of form.elements)
        if (field.name && field.name !== '_csrf' && /text|search|email|password|url|tel|hidden|textarea/.test(field.type))
          data.set(field.name, field.name === 'next' ? `/x${probe}` : probe);
      const get = form.method === 'get';
      if (get) action.search = data;
      const answer = await fetch(action, get ? {} : { method: 'POST', body: data });
      sent += 1;
      if (answer.status >= 500 || (await answer.text()).includes(raw))
        bad.push(`${form.method} ${action.pathname}: ${answer.status}`);
    }
    return { bad, sent };
  }, { probe: PROBE, raw: RAW });
}

test('nothing typed anywhere runs or becomes markup on any page', async () => {
  await customerSays(stack, '5511955554444', PROBE, PROBE);
  const stored = await fillByApi();
  const start = ['/inbox', '/admin', '/account', '/login', '/forgot', '/register'];
  let pages = await crawl(page, start, { most: 80, visit: inspect });
  assert.ok(pages.length > 5, pages.join(' '));
  let sent = 0;
  for (const path of pages) {
    const result = await postForms(path);
    assert.deepEqual(result.bad, [], path);
    sent += result.sent;
  }
  pages = await crawl(page, start, { most: 80, visit: inspect });
  console.log(`# xss: ${stored} gravações pela API, ${sent} formulários, ${pages.length} páginas`);
});

test('what comes in the address is only ever text', async () => {
  for (const path of ['/login?next=', '/inbox?status=', '/inbox?q=', '/reset?token=',
    '/invite?token=', '/admin/users?q=', '/admin/audit?q=', '/nada/']) {
    const answer = await page.request.get(path + encodeURIComponent(PROBE));
    assert.ok(!(await answer.text()).includes(RAW), path);
    assert.ok(answer.status() < 500, path);
  }
});

test('no page asked the browser for what the policy forbids', () => {
  assert.deepEqual(page.problems.filter((p) => /Content Security Policy/.test(p)), []);
});
