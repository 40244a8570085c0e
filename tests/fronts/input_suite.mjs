// input_suite.mjs - entrada ruim e HTTP esquisito: em toda frente a mesma
// recusa, em problem+json, e nada se perde.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertProblem, word } from './desk.mjs';
import { Wire, requestHead } from './wire.mjs';

const MB = 1 << 20;

function bodies(use) {
  const post = (body, headers = {}) => use.desk.api('POST',
    `/tickets/${use.desk.ticket}/messages`, { body, headers });

  test('not JSON, wrong shape, deep nesting: 400', async () => {
    const nest = (n) => `{"body":${'['.repeat(n)}${']'.repeat(n)}}`;
    for (const body of ['{', 'null', '[]', '"x"', '{"body":"a"} x', '{"a":01}',
      "{'body':'a'}", '{"body":"a",}', nest(100), nest(100000),
      '{"body":'.repeat(20000)])
      assertProblem(await post(body), 400, 'bad-json');
  });

  test('bad UTF-8 400, U+0000 422, raw NUL 400', async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]])
      assertProblem(await post(Buffer.concat([Buffer.from('{"body":"'),
        Buffer.from(bytes), Buffer.from('"}')])), 400, 'bad-json');
    assertProblem(await post('{"body":"a\\u0000b"}'), 422, 'invalid-fields');
    assertProblem(await post('{"body":"a\u0000b"}'), 400, 'bad-json');
    assertProblem(await post('{"body":"a"}\u0000'), 400, 'bad-json');
  });

  test('wrong content type 415', async () => {
    for (const type of ['text/plain', 'application/jsonx',
      'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      assertProblem(await post('{"body":"a"}', { 'content-type': type }), 415,
        'unsupported-media-type');
    assert.equal((await post({ body: word() },
      { 'content-type': 'Application/JSON; charset=utf-8' })).status, 201);
  });

  test('too large: 413 from the handler and from the front', async () => {
    assertProblem(await post(Buffer.alloc(5.5 * MB, 32)), 413, 'too-large');
    assertProblem(await post(Buffer.alloc(7 * MB, 32)), 413, 'too-large');
    assertProblem(await use.desk.hook(Buffer.alloc(4.5 * MB, 32),
      { signature: 'none' }), 413, 'too-large');
    const form = await use.desk.form('/login', { email: 'x'.repeat(20000) });
    assert.equal(form.status, 413);
    assert.equal(form.type, 'text/html');
  });
}

function methods(use) {
  test('unknown pages 404; wrong methods 405 with Allow', async () => {
    const { desk } = use;
    for (const path of ['/api/nope', '/api/v1/nope', '/api/v1', '/api/v1/',
      '/api/v1/ticketsx', '/api/v1/tickets/1/nada', '/apix', '/nada'])
      assertProblem(await desk.raw('GET', path), 404, 'not-found');
    for (const [method, path, allow] of [['DELETE', '/tickets', 'GET, HEAD, POST'],
      ['PUT', '/health', 'GET, HEAD'], ['GET', '/auth/login', 'POST'],
      ['PATCH', `/tickets/${desk.ticket}/messages`, 'GET, HEAD, POST'],
      ['POST', '/stream', 'GET, HEAD'], ['POST', '/poll', 'GET, HEAD'],
      ['GET', '/stream/token', 'POST']]) {
      const r = await desk.api(method, path);
      assertProblem(r, 405, 'method-not-allowed');
      assert.equal(r.headers.allow, allow, path);
    }
  });

  test('OPTIONS tells the methods; invented ones are 405, never 500', async () => {
    const { desk } = use;
    const options = await desk.api('OPTIONS', '/me');
    assert.equal(options.status, 204);
    assert.match(options.headers.allow, /^GET, HEAD, .*OPTIONS$/);
    for (const method of ['PURGE', 'PROPFIND', 'BREW']) {
      const r = await desk.api(method, '/me');
      assertProblem(r, 405, 'method-not-allowed');
      assert.match(r.headers.allow, /^GET, HEAD/, method);
    }
    const trace = await desk.raw('TRACE', '/api/v1/me');
    assert.equal(trace.status, 405);
  });

  test('HEAD answers as GET, without the body', async () => {
    const { desk } = use;
    for (const path of ['/api/v1/health', '/login', '/api/nope',
      '/api/v1/openapi.json', '/api/v1/me']) {
      const get = await desk.raw('GET', path);
      const head = await desk.raw('HEAD', path);
      assert.equal(head.status, get.status, path);
      assert.equal(head.type, get.type, path);
      assert.equal(head.body.length, 0);
    }
  });
}

function paths(use) {
  test('encoded slashes and dots never reach another route', async () => {
    const { desk } = use;
    const headers = { authorization: `Bearer ${desk.token}` };
    const get = (path) => desk.raw('GET', path, { headers });
    for (const path of ['/api/v1/tickets%2F1', '/api%2Fv1%2Fhealth',
      '/api/v1/tickets/1%2Fmessages', '/api/v1/tickets/..%2F..%2Fmetrics'])
      assert.ok([404, 422].includes((await get(path)).status), path);
    for (const path of ['/static/..%2f..%2fetc/passwd', '/../../etc/passwd',
      '/static/../../../../etc/passwd', '/static/%2e%2e/%2e%2e/etc/passwd',
      '/static../balcao.conf', '/_problem/json/413', '/_problem/../balcao.conf',
      '/_nchan/stream', '/publish/x', '/cgi-bin/me.fcgi', '/.git/config',
      '/static/%2e%2e%2fbalcao.conf', '/api/v1/me/../../../static/x']) {
      const r = await get(path);
      assert.ok([303, 400, 403, 404].includes(r.status), `${path}: ${r.status}`);
      assert.doesNotMatch(r.text, /root:|database_url|\[core\]/, path);
    }
  });

  test('bad escapes, NUL and bad UTF-8 in the path or the query: 4xx', async () => {
    const { desk } = use;
    const headers = { authorization: `Bearer ${desk.token}` };
    for (const path of ['/api/v1/tickets/%zz', '/api/v1/tickets/%00',
      '/api/v1/tickets/%ff', '/api/v1/tickets/1%00', '/api/v1/tickets/\xff',
      '/api/v1/tickets?status=%ff', '/api/v1/tickets?cursor=%00',
      '/api/v1/tickets?limit=%', '/api/v1/tickets?limit=\xff']) {
      const r = await desk.raw('GET', path, { headers });
      assert.ok([400, 404, 422].includes(r.status), `${path}: ${r.status}`);
    }
    assert.equal((await desk.raw('GET', '/api/v1/tickets/1%?x', { headers }))
      .status >= 400, true);
  });

  test('very long address or header: 4xx, and the front lives on', async () => {
    const { desk } = use;
    for (const n of [7000, 8100, 15000, 70000]) {
      const r = await desk.raw('GET', `/api/v1/health?x=${'a'.repeat(n)}`);
      assert.ok([400, 414, 422].includes(r.status), `${n}: ${r.status}`);
    }
    const ok = await desk.raw('GET', '/api/v1/health',
      { headers: { 'x-enfeite': 'a'.repeat(7000) } });
    assert.equal(ok.status, 200);
    for (const headers of [{ 'x-enfeite': 'a'.repeat(70000) },
      Object.fromEntries(Array.from({ length: 300 },
        (_, i) => [`x-h-${i}`, 'a'.repeat(300)]))]) {
      const r = await desk.raw('GET', '/api/v1/health', { headers });
      assert.ok([400, 431, 494].includes(r.status), r.status);
    }
    assert.equal((await desk.raw('GET', '/api/v1/health')).status, 200);
  });
}

/** Troca com a frente numa conexão só. */
async function talk(use, data, answers, options = {}) {
  const wire = new Wire(use.desk.port);
  const out = [];
  try {
    for (const part of [data].flat())
      wire.send(part);
    for (let i = 0; i < answers; i += 1)
      out.push(await wire.answer(options));
  } finally {
    wire.close();
  }
  return out;
}

function wireLevel(use) {
  const bearer = () => ({ authorization: `Bearer ${use.desk.token}` });
  const path = () => `/api/v1/tickets/${use.desk.ticket}/messages`;
  const json = { 'content-type': 'application/json' };

  test('a chunked body is a body', async () => {
    const text = word('em pedaços');
    const parts = [`{"body":`, `"${text}`, `"}`].map((p) =>
      `${Buffer.byteLength(p).toString(16)}\r\n${p}\r\n`);
    const [r] = await talk(use, [requestHead('POST', path(), { ...bearer(),
      ...json, 'transfer-encoding': 'chunked' }), ...parts, '0\r\n\r\n'], 1);
    assert.equal(r.status, 201, r.text);
    assert.equal(r.json.body, text);
  });

  test('a chunked body has the same limits', async () => {
    const piece = `100000\r\n${' '.repeat(MB)}\r\n`;
    const [r] = await talk(use, [requestHead('POST', path(), { ...bearer(),
      ...json, 'transfer-encoding': 'chunked' }), ...Array(8).fill(piece),
    '0\r\n\r\n'], 1);
    assertProblem(r, 413, 'too-large');
  });

  test('Expect: 100-continue', async () => {
    const body = JSON.stringify({ body: word('esperado') });
    const wire = new Wire(use.desk.port);
    try {
      wire.send(requestHead('POST', path(), { ...bearer(), ...json,
        expect: '100-continue', 'content-length': Buffer.byteLength(body) }));
      assert.equal((await wire.head({ interim: true })).status, 100);
      const r = await wire.send(body).answer();
      assert.equal(r.status, 201, r.text);
    } finally {
      wire.close();
    }
  });

  test('keep-alive and pipelining: every answer, in order', async () => {
    const heads = ['/api/v1/health', '/api/nope', '/login', '/api/v1/me'];
    const out = await talk(use, [...heads, ...heads].map((p) =>
      requestHead('GET', p, bearer())).join(''), 8);
    assert.deepEqual(out.map((r) => r.status),
      [200, 404, 200, 200, 200, 404, 200, 200]);
    const body = '{"body":7}';
    const posts = await talk(use, Array(4).fill(requestHead('POST', path(),
      { ...bearer(), ...json, 'content-length': body.length }) + body).join(''), 4);
    assert.deepEqual(posts.map((r) => r.status), [422, 422, 422, 422]);
  });

  test('a refused body does not spill into the next request', async () => {
    const body = Buffer.from(requestHead('GET', '/api/v1/health'));
    const out = await talk(use, Buffer.concat([
      Buffer.from(requestHead('POST', '/api/v1/nope', { ...json,
        'content-length': body.length })), body,
      Buffer.from(requestHead('GET', '/api/nope2'))]), 2);
    assert.deepEqual(out.map((r) => r.status), [404, 404]);
    assert.equal(out[1].json.instance, '/api/nope2');
  });

  test('two lengths, or length and chunked, are never both believed', async () => {
    const twice = await talk(use, requestHead('POST', path(), { ...bearer(),
      ...json, 'content-length': '5\r\ncontent-length: 6' }) + '{"a":', 1);
    assert.equal(twice[0].status, 400);
    const wire = new Wire(use.desk.port);
    wire.send(requestHead('POST', '/api/v1/auth/login', { ...json,
      'content-length': 4, 'transfer-encoding': 'chunked' }) +
      `0\r\n\r\n${requestHead('GET', '/api/nope2')}`);
    assert.ok([400, 411].includes((await wire.answer()).status));
    wire.close();
  });

  test('who leaves in the middle of a body takes nobody along', async () => {
    const { desk } = use;
    const half = requestHead('POST', path(), { ...bearer(), ...json,
      'content-length': 5000 }) + '{"body":"';
    const wires = Array.from({ length: 12 }, () => new Wire(desk.port).send(half));
    const asks = async () => {
      await new Promise((ok) => { setTimeout(ok, 200); });
      const r = await desk.api('GET', `/tickets/${desk.ticket}`);
      assert.equal(r.status, 200);
    };
    try {
      await asks();
      wires.slice(0, 6).forEach((wire) => wire.close());
      wires.slice(6).forEach((wire) => wire.finish());
      await asks();
    } finally {
      wires.forEach((wire) => wire.close());
    }
  });
}

export function inputSuite(use) {
  describe('bodies', () => bodies(use));
  describe('methods', () => methods(use));
  describe('paths', () => paths(use));
  describe('wire', () => wireLevel(use));
}
