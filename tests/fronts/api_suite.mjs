// api_suite.mjs - o contrato da API: o mesmo, byte a byte, em cada frente.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertProblem, word } from './desk.mjs';

function who(use) {
  test('login gives tokens, me answers, refresh rotates, logout ends', async () => {
    const { desk } = use;
    const login = (await desk.login()).json;
    assert.equal(login.tokenType, 'Bearer');
    assert.equal(login.user.email, desk.info.AGENT_EMAIL);
    const me = await desk.api('GET', '/me', { token: login.accessToken });
    assert.equal(me.status, 200, me.text);
    assert.equal(me.json.id, login.user.id);
    const body = { refreshToken: login.refreshToken };
    const fresh = await desk.api('POST', '/auth/refresh', { token: null, body });
    assert.equal(fresh.status, 200, fresh.text);
    assertProblem(await desk.api('POST', '/auth/refresh', { token: null, body }),
      401, 'unauthorized');
    const out = await desk.api('POST', '/auth/logout', {
      token: (await desk.login()).json.accessToken });
    assert.ok([200, 204].includes(out.status), out.text);
  });

  test('wrong password, no token, forged token: 401', async () => {
    const { desk } = use;
    assertProblem(await desk.api('POST', '/auth/login', { token: null,
      body: { email: desk.info.AGENT_EMAIL, password: 'x' } }), 401, 'bad-login');
    const none = await desk.api('GET', '/me', { token: null });
    assertProblem(none, 401, 'unauthorized');
    assert.match(none.headers['www-authenticate'], /^Bearer/);
    const forged = desk.token.replace(/\.[^.]+$/, `.${'A'.repeat(43)}`);
    assertProblem(await desk.api('GET', '/me', { token: forged }), 401);
  });
}

function tickets(use) {
  test('lists, reads and pages tickets and messages', async () => {
    const { desk } = use;
    const list = await desk.api('GET', '/tickets?status=open&limit=1');
    assert.equal(list.status, 200, list.text);
    assert.equal(list.json.data.length, 1);
    const next = encodeURIComponent(list.json.nextCursor);
    const more = await desk.api('GET',
      `/tickets?status=active&limit=1&cursor=${next}`);
    assert.notEqual(more.json.data[0].id, list.json.data[0].id);
    const one = await desk.api('GET', `/tickets/${desk.ticket}`);
    assert.equal(one.json.id, desk.ticket);
    const messages = await desk.api('GET', `/tickets/${desk.ticket}/messages`);
    assert.equal(messages.status, 200, messages.text);
    assert.equal(messages.json.data.at(-1).fromMe, false);
  });

  test('/api/x is /api/v1/x, and /chats is /tickets', async () => {
    const { desk } = use;
    const headers = { authorization: `Bearer ${desk.token}` };
    for (const path of [`/api/tickets/${desk.ticket}`,
      `/api/chats/${desk.ticket}`, `/api/v1/chats/${desk.ticket}`]) {
      const r = await desk.raw('GET', path, { headers });
      assert.equal(r.status, 200, `${path}: ${r.text}`);
      assert.equal(r.json.id, desk.ticket);
    }
    assert.equal((await desk.raw('GET', '/api/health')).status, 200);
  });

  test('a reply is 201; the same Idempotency-Key replays it', async () => {
    const { desk } = use;
    const path = `/tickets/${desk.ticket}/messages`;
    const options = { body: { body: word('ação "€"') },
                      headers: { 'idempotency-key': word('k').replace(' ', '') } };
    const first = await desk.api('POST', path, options);
    assert.equal(first.status, 201, first.text);
    assert.equal(first.json.body, options.body.body);
    assert.equal(first.json.status, 'queued');
    const again = await desk.api('POST', path, options);
    assert.equal(again.status, 201, again.text);
    assert.equal(again.json.id, first.json.id);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    options.body = { body: 'outro' };
    assertProblem(await desk.api('POST', path, options), 422,
      'idempotency-key-reused');
  });

  test('unknown ticket 404; bad fields 422, all named', async () => {
    const { desk } = use;
    assertProblem(await desk.api('GET', '/tickets/999999999'), 404, 'not-found');
    assertProblem(await desk.api('GET', '/tickets/999999999/messages'), 404);
    const problem = assertProblem(await desk.api('GET',
      '/tickets?limit=x&status=y&z=1'), 422, 'invalid-fields');
    assert.deepEqual(problem.errors.map((e) => e.field).sort(),
      ['limit', 'status', 'z']);
    assertProblem(await desk.api('POST', `/tickets/${desk.ticket}/messages`,
      { body: { body: 7, mais: 1 } }), 422, 'invalid-fields');
  });
}

function hooks(use) {
  test('the webhook verifies its address', async () => {
    const { desk } = use;
    const query = (token) => `${desk.hookPath}?${new URLSearchParams({
      'hub.mode': 'subscribe', 'hub.verify_token': token,
      'hub.challenge': '1158201444' })}`;
    const ok = await desk.raw('GET', query(desk.info.WEBHOOK_VERIFY_TOKEN));
    assert.equal(ok.status, 200, ok.text);
    assert.equal(ok.text, '1158201444');
    assertProblem(await desk.raw('GET', query('errado')), 403, 'forbidden');
  });

  test('takes what is signed, once; refuses the rest with 401', async () => {
    const { desk } = use;
    const text = word('entrada');
    const payload = desk.payload(text);
    assert.equal((await desk.hook(payload)).status, 200);
    assert.equal((await desk.hook(payload)).status, 200);
    for (const signature of ['none', 'sha256=00', `sha256=${'0'.repeat(64)}`])
      assertProblem(await desk.hook(desk.payload(`não ${text}`), { signature }),
        401, 'bad-signature');
    const { json } = await desk.api('GET', `/tickets/${desk.ticket}/messages`);
    assert.equal(json.data.filter((m) => m.body.includes(text)).length, 1);
    assertProblem(await desk.raw('POST', '/api/v1/webhook/whatsapp/nenhum',
      { body: '{}' }), 404, 'not-found');
  });

  test('the body is signed raw: escapes, spaces, UTF-8 and 1 MB', async () => {
    const { desk } = use;
    const payload = desk.payload('x');
    payload.entry[0].changes[0].value.messages[0].text.body = word('çã€😀');
    payload.enchimento = '<é>'.repeat(250000);
    const body = ` ${JSON.stringify(payload, null, 1)}\n`;
    const answer = await desk.hook(body);
    assert.equal(answer.status, 200, answer.text);
  });
}

function system(use) {
  test('the public keys of tokens are where the world looks for them', async () => {
    const { desk } = use;
    const keys = await desk.raw('GET', '/.well-known/jwks.json');
    assert.equal(keys.status, 200, keys.text);
    assert.deepEqual(keys.json, { keys: [] }); // HS256 não publica nada
    assert.equal(keys.headers['cache-control'], 'public, max-age=300');
    assert.equal((await desk.raw('GET', '/api/auth/jwks')).text, keys.text);
  });

  test('health, openapi, docs and metrics', async () => {
    const { desk } = use;
    const health = await desk.raw('GET', '/api/v1/health');
    assert.equal(health.status, 200, health.text);
    assert.equal(health.json.checks.database.status, 'ok');
    const doc = await desk.raw('GET', '/api/v1/openapi.json');
    assert.equal(doc.status, 200);
    assert.match(doc.json.openapi, /^3\.1/);
    const seen = await desk.raw('GET', '/api/v1/openapi.json',
      { headers: { 'if-none-match': doc.headers.etag } });
    assert.equal(seen.status, 304);
    assert.equal((await desk.raw('GET', '/docs')).type, 'text/html');
    const metrics = await desk.raw('GET', '/metrics');
    assert.equal(metrics.status, 200);
    assert.match(metrics.text, /^# TYPE \S+ histogram$/m);
    assertProblem(await desk.raw('GET', '/metrics',
      { headers: { 'x-forwarded-for': '127.0.0.1' } }), 403, 'forbidden');
  });

  test('JSON is gzipped only for who asks, and says Vary', async () => {
    const { desk } = use;
    const path = '/api/v1/openapi.json';
    const small = await desk.raw('GET', path,
      { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(small.headers['content-encoding'], 'gzip');
    assert.match(small.headers.vary, /accept-encoding/i);
    const plain = await desk.raw('GET', path);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(small.json, plain.json);
    assert.ok(small.body.length * 3 < plain.body.length);
  });

  test('the request id: on every answer, the same as in the problem', async () => {
    const { desk } = use;
    const a = await desk.raw('GET', '/api/v1/health');
    const b = await desk.raw('GET', '/api/nope');
    for (const r of [a, b])
      assert.match(r.headers['x-request-id'], /^[\w-]{8,63}$/);
    assert.notEqual(a.headers['x-request-id'], b.headers['x-request-id']);
    assert.equal(b.json.request_id, b.headers['x-request-id']);
  });
}

const COMMON = { 'x-content-type-options': /^nosniff$/,
                 'x-frame-options': /^DENY$/, 'referrer-policy': /^(no-referrer|same-origin)$/ };
const API = { ...COMMON, 'cache-control': /^no-store$/,
              'content-security-policy': /^default-src 'none'/ };
const PAGE = { ...COMMON, 'cache-control': /no-store/,
               'content-security-policy': /script-src 'self'/ };

function assertHeaders(answer, wanted, what) {
  for (const [name, pattern] of Object.entries(wanted))
    assert.match(answer.headers[name] ?? '', pattern, `${what}: ${name}`);
  assert.equal(answer.headers['x-powered-by'], undefined, what);
  assert.doesNotMatch(answer.headers.server ?? '', /\d/, `${what}: versão`);
}

function headers(use) {
  test('security headers, once each, on every class of answer', async () => {
    const { desk } = use;
    const get = (path) => desk.raw('GET', path);
    assertHeaders(await desk.api('GET', '/me'), API, 'me');
    assertHeaders(await get('/api/v1/health'), API, 'health');
    assertHeaders(await get('/api/nope'), API, '404');
    assertHeaders(await desk.raw('DELETE', '/api/v1/me'), API, '405');
    assertHeaders(await get('/login'), PAGE, 'login');
    assert.doesNotMatch((await get('/login'))
      .headers['content-security-policy'], /unsafe/);
    const big = await desk.hook(Buffer.alloc(7 << 20, 32), { signature: 'none' });
    assert.equal(big.status, 413);
    assertHeaders(big, { 'cache-control': /^no-store$/,
                         'x-content-type-options': /^nosniff$/,
                         'content-security-policy': /^default-src 'none'/ },
    'grande demais na frente');
  });
}

function files(use) {
  test('static files: hashed, immutable, gzipped, typed', async () => {
    const { desk } = use;
    const page = await desk.raw('GET', '/login');
    const paths = [...page.text.matchAll(/"(\/static\/[^"#]+)/g)].map((m) => m[1]);
    const js = paths.find((p) => p.endsWith('.js'));
    assert.ok(js && paths.some((p) => p.endsWith('.css')), page.text);
    const types = { js: 'text/javascript', css: 'text/css',
                    svg: 'image/svg+xml', png: 'image/png', woff2: 'font/woff2' };
    for (const path of new Set(paths)) {
      const r = await desk.raw('GET', path);
      assert.equal(r.status, 200, path);
      assert.equal(r.type, types[path.split('.').pop()], path);
      assert.equal(r.headers['cache-control'],
        'public, max-age=31536000, immutable', path);
      assert.equal(r.headers['x-content-type-options'], 'nosniff', path);
      assert.match(path, /\.[0-9a-f]{10}\.\w+$/);
      assert.equal(createHash('sha256').update(r.body).digest('hex').length, 64);
    }
    const plain = await desk.raw('GET', js);
    const small = await desk.raw('GET', js,
      { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(small.headers['content-encoding'], 'gzip');
    assert.match(small.headers.vary ?? '', /accept-encoding/i);
    assert.equal(small.text, plain.body.toString());
    const again = await desk.raw('GET', js,
      { headers: { 'if-modified-since': plain.headers['last-modified'] } });
    assert.equal(again.status, 304);
    assert.equal((await desk.raw('GET', '/static/nada.0123456789.js')).status,
      404);
    assert.ok([403, 404].includes((await desk.raw('GET', '/static/')).status));
  });
}

export function apiSuite(use) {
  describe('who', () => who(use));
  describe('tickets', () => tickets(use));
  describe('webhook', () => hooks(use));
  describe('system', () => system(use));
  describe('headers and files', () => { headers(use); files(use); });
}
