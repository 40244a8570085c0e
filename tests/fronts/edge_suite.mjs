// edge_suite.mjs - contrabando e formas tortas na beira: o que o servidor web
// e o programa poderiam ler cada um de um jeito. Nunca um 5xx, nunca uma
// resposta fora de ordem, nunca um processo a menos.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomBytes } from 'node:crypto';
import { Wire, requestHead } from './wire.mjs';
import { BEGIN, ABORT, PARAMS, STDIN, begin, exchange, pairs, record, whole }
  from './fcgi_wire.mjs';

const MARK = '/api/contrabando';

/** Todas as respostas até a conexão fechar ou calar. */
async function answers(port, bytes, quietMs = 700) {
  const wire = new Wire(port, quietMs);
  const out = [];
  try {
    wire.send(bytes);
    for (;;)
      out.push(await wire.answer());
  } catch {
    return out;
  } finally {
    wire.close();
  }
}

/**
 * O que o contrabando esconde nunca pode ser atendido como pedido: a marca só
 * aparece em resposta se alguém leu o corpo de um como o começo de outro.
 */
async function assertOneReading(use, bytes, what) {
  const out = await answers(use.desk.port, bytes);
  assert.ok(out.length >= 1, `${what}: sem resposta`);
  for (const r of out) {
    // 501 e 505 são do servidor web: método e versão que ele não fala
    assert.ok(r.status < 500 || [501, 505].includes(r.status),
      `${what}: ${r.status}`);
    assert.ok(!r.text.includes(MARK), `${what}: desencontro`);
  }
  return out;
}

const hidden = requestHead('GET', MARK);
const post = (lines, body) => Buffer.from(
  `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n` +
  `Content-Type: application/json\r\n${lines}\r\n${body}`, 'latin1');

function smuggling(use) {
  test('length and chunked together, and every disguise of chunked', async () => {
    const smuggled = `0\r\n\r\n${hidden}`;
    for (const te of ['chunked', 'Chunked', ' chunked', '\tchunked', 'chunked ',
      '\x0bchunked', 'xchunked', 'chunked, identity', 'identity, chunked',
      'identity', 'chunked\r\nTransfer-Encoding: identity', '"chunked"',
      'chunked;q=1', 'gzip, chunked', '', ',chunked', 'chu\0nked'])
      await assertOneReading(use, post(`Content-Length: ${smuggled.length}\r\n` +
        `Transfer-Encoding:${te}\r\n`, smuggled), `CL+TE ${JSON.stringify(te)}`);
    for (const name of ['Transfer-Encoding ', 'Transfer_Encoding',
      'X\r\n Transfer-Encoding', 'Transfer-Encoding\0', '\tTransfer-Encoding'])
      await assertOneReading(use, post(`Content-Length: ${smuggled.length}\r\n` +
        `${name}: chunked\r\n`, smuggled), `nome ${JSON.stringify(name)}`);
  });

  test('doubtful lengths', async () => {
    for (const lines of ['Content-Length: 0\r\nContent-Length: 40',
      'Content-Length: 40\r\nContent-Length: 0', 'Content-Length: -1',
      'Content-Length: +5', 'Content-Length: 0x10', 'Content-Length: 1e1',
      'Content-Length: 5, 5', 'Content-Length: 5,6', 'Content-Length: ',
      'Content-Length: 99999999999999999999999', 'Content-Length: 5 5',
      'Content-Length: 9223372036854775808', 'Content-Length: 18446744073709551621',
      'Content-Length : 5', 'Content-Length: 5\0', 'Content_Length: 5',
      'Content-Length: 007'])
      await assertOneReading(use, post(`${lines}\r\nConnection: close\r\n`,
        hidden.slice(0, 40)), lines);
  });

  test('broken chunks end the connection, not the program', async () => {
    for (const body of ['zz\r\nabc\r\n0\r\n\r\n', '-1\r\n\r\n', 'ffffffffffffffff1\r\n',
      '5\r\nabc\r\n0\r\n\r\n', '3;x="\r\n"\r\nabc\r\n0\r\n\r\n', '3\nabc\n0\n\n',
      '0x3\r\nabc\r\n0\r\n\r\n', '3 \r\nabc\r\n0\r\n\r\n', '\r\n\r\n'])
      await assertOneReading(use, Buffer.concat([post(
        'Transfer-Encoding: chunked\r\n', body), Buffer.from('\r\n')]), body);
  });

  test('two requests on one connection are two answers, in order', async () => {
    const body = '{"email":1}';
    const bytes = Buffer.concat([
      post(`Content-Length: ${body.length}\r\n`, body),
      Buffer.from(requestHead('GET', '/api/primeiro')),
      post('Transfer-Encoding: chunked\r\n',
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
      Buffer.from(requestHead('GET', '/api/segundo', { connection: 'close' }))]);
    const out = await answers(use.desk.port, bytes, 5000);
    assert.deepEqual(out.map((r) => r.status), [422, 404, 422, 404]);
    assert.equal(out[1].json.instance, '/api/primeiro');
    assert.equal(out[3].json.instance, '/api/segundo');
  });

  test('a GET with a body does not lend it to the next request', async () => {
    const out = await assertOneReading(use, Buffer.from(
      requestHead('GET', '/api/v1/health', { 'content-length': hidden.length }) +
      hidden + requestHead('GET', '/api/depois', { connection: 'close' })),
    'GET com corpo');
    assert.equal(out[0].status, 200);
    assert.equal(out.at(-1).json.instance, '/api/depois');
  });
}

function shapes(use) {
  const line = (first, headers = '') => Buffer.from(
    `${first}\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`, 'latin1');

  test('odd request lines: never a 5xx, never another route', async () => {
    for (const first of ['GET http://localhost/api/v1/health HTTP/1.1',
      'GET http://evil.example/api/v1/health HTTP/1.1',
      'GET //api/v1/health HTTP/1.1', 'GET /api/v1//health HTTP/1.1',
      'GET /api/v1/health HTTP/1.0', 'GET /api/v1/health HTTP/9.9',
      'GET  /api/v1/health HTTP/1.1',
      'GET /api/v1/he alth HTTP/1.1', 'GET\t/api/v1/health\tHTTP/1.1',
      'GET * HTTP/1.1', 'OPTIONS * HTTP/1.1', 'CONNECT localhost:80 HTTP/1.1',
      'GET api/v1/health HTTP/1.1', 'GET ?x HTTP/1.1', 'GET /#x HTTP/1.1',
      'GET /api/v1/health\0 HTTP/1.1', 'GET /api/v1/\x01health HTTP/1.1',
      'GET /api/v1/health\x7f HTTP/1.1', 'G\0T / HTTP/1.1', 'get / HTTP/1.1',
      `${'A'.repeat(300)} / HTTP/1.1`, 'GET /api/v1/health HTTP/1.1 x',
      'GET /\\evil.example HTTP/1.1', 'GET /%5cevil.example/.. HTTP/1.1'])
      await assertOneReading(use, line(first), first.slice(0, 60));
    // HTTP/0.9: sem cabeçalho na resposta, ou sem resposta
    await answers(use.desk.port, line('GET /api/v1/health'));
    assert.equal((await use.desk.raw('GET', '/api/v1/health')).status, 200);
  });

  test('control bytes, bare line feeds and odd names in headers', async () => {
    for (const headers of ['X: a\0b\r\n', 'X: a\x01b\r\n', 'X: a\rb\r\n',
      'X: a\nY: b\n', 'X\0: a\r\n', 'X Y: a\r\n', ': a\r\n', 'X\r\n', 'X:\r\n',
      ' X: a\r\n', 'X: a\r\n folded\r\n', 'X: \xff\xfe\r\n', '\xff: a\r\n',
      'Cookie: balcao=\x01\r\n', 'Authorization: \0\r\n',
      'Authorization: Bearer \xff\r\n', 'Content-Type: \0\r\n',
      'Host: evil.example\r\n', `X: ${'a'.repeat(20000)}\r\n`,
      'Accept-Language: \x01en\r\n', 'Idempotency-Key: \xff\r\n'])
      for (const path of ['/api/v1/me', '/login'])
        await assertOneReading(use, line(`GET ${path} HTTP/1.1`, headers),
          `${path} ${JSON.stringify(headers.slice(0, 40))}`);
    await assertOneReading(use, Buffer.from(
      'GET /api/v1/health HTTP/1.1\nHost: localhost\n\n'), 'só LF');
  });

  test('a name with an underscore is not the name with a hyphen', async () => {
    const { desk } = use;
    for (const name of ['X_Forwarded_For', 'X_Forwarded_Proto', 'Authorization_',
      'X_CSRF_Token']) {
      const r = await desk.raw('GET', '/api/v1/me', { headers:
        { [name]: name === 'X_Forwarded_Proto' ? 'https' : '203.0.113.9',
          Sec_Fetch_Site: 'same-origin' } });
      assert.equal(r.status, 401, name);
      assert.equal(r.headers['strict-transport-security'], undefined);
    }
    const r = await desk.raw('GET', '/api/v1/me', { headers:
      { H_T_T_P: '1', AUTHORIZATION_: '1', Http_Authorization: `Bearer ${desk.token}`,
        HTTP_AUTHORIZATION: `Bearer ${desk.token}` } });
    assert.equal(r.status, 401);
  });

  test('Proxy: reaches nobody (httpoxy); forwarded headers are not believed', async () => {
    const { desk } = use;
    const headers = { authorization: `Bearer ${desk.token}`,
      proxy: 'http://127.0.0.1:1/', 'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7' };
    const r = await desk.raw('GET', '/api/v1/me', { headers });
    assert.equal(r.status, 200, r.text);
    assert.equal(r.headers['strict-transport-security'], undefined);
    const sent = await desk.raw('POST',
      `/api/v1/tickets/${desk.ticket}/messages`, { headers: { ...headers,
        'content-type': 'application/json' }, body: '{"body":"httpoxy"}' });
    assert.equal(sent.status, 201, sent.text);
  });
}

const GOOD = { REQUEST_METHOD: 'GET', REQUEST_URI: '/api/v1/health',
  REMOTE_ADDR: '127.0.0.1', SERVER_PROTOCOL: 'HTTP/1.1' };

/** O que um servidor web nunca mandaria; o que chegar, o programa aguenta. */
function crooked(uri) {
  const good = pairs({ ...GOOD, REQUEST_URI: uri });
  const wrap = (data) => Buffer.concat([begin(), record(PARAMS, data),
    record(PARAMS), record(STDIN)]);
  return {
    'sem parâmetros': wrap(''),
    'sem REQUEST_METHOD': whole({ REQUEST_URI: uri }),
    'sem REQUEST_URI': whole({ REQUEST_METHOD: 'GET' }),
    'URI sem barra': whole({ ...GOOD, REQUEST_URI: 'x' }),
    'URI com controles': whole({ ...GOOD, REQUEST_URI: `${uri}\r\nX: y\0` }),
    'método vazio': whole({ ...GOOD, REQUEST_METHOD: '' }),
    'método enorme': whole({ ...GOOD, REQUEST_METHOD: 'A'.repeat(60000) }),
    'tamanho negativo': whole({ ...GOOD, REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '-5' }, '12345'),
    'tamanho que não é número': whole({ ...GOOD, REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '5x' }, '12345'),
    'tamanho maior que o corpo': whole({ ...GOOD, REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '500' }, '12345'),
    'tamanho menor que o corpo': whole({ ...GOOD, REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '1' }, '12345'),
    'tamanho imenso': whole({ ...GOOD, REQUEST_METHOD: 'POST',
      CONTENT_LENGTH: '9223372036854775807' }, '12345'),
    'nome vazio': whole({ ...GOOD, '': 'x' }),
    'mil parâmetros': whole({ ...GOOD, ...Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`HTTP_X${i}`, 'a'])) }),
    'cookie enorme': whole({ ...GOOD, HTTP_COOKIE: 'a=b; '.repeat(10000) }),
    'par cortado': wrap(good.subarray(0, good.length - 3)),
    'par que promete demais': wrap(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 65])),
    'registro com enchimento': Buffer.concat([begin({ padding: 200 }),
      record(PARAMS, good, { padding: 7 }), record(PARAMS), record(STDIN)]),
    'dois começos': Buffer.concat([begin(), begin(), record(PARAMS, good),
      record(PARAMS), record(STDIN)]),
    'outro id no meio': Buffer.concat([begin(), record(PARAMS, good, { id: 9 }),
      record(PARAMS, good), record(PARAMS), record(STDIN, 'x', { id: 9 }),
      record(STDIN)]),
    'id zero': Buffer.concat([begin({ id: 0 }), record(PARAMS, good, { id: 0 })]),
    'abandono no meio': Buffer.concat([begin(), record(PARAMS, good),
      record(ABORT)]),
    'abandono antes': record(ABORT),
    'versão 2': Buffer.concat([begin({ version: 2 }), whole(GOOD)]),
    'papel que não é o nosso': record(BEGIN, Buffer.from([0, 2, 0, 0, 0, 0, 0, 0])),
    'começo curto': record(BEGIN, Buffer.from([0])),
    'registro cortado': record(PARAMS, good, { length: 60000 }),
    'tipo desconhecido': Buffer.concat([record(99, 'x'), whole({ ...GOOD,
      REQUEST_URI: uri })]),
    'corpo sem começo': record(STDIN, 'x'),
    lixo: randomBytes(500),
    HTTP: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    nada: Buffer.alloc(0),
  };
}

function records(use) {
  for (const [name, uri] of [['system', '/api/v1/health'], ['accounts', '/api/v1/me'],
    ['stream', '/api/v1/stream'], ['poll', '/api/v1/poll?timeout=0'],
    ['session', '/login']])
    test(`crooked FastCGI records straight at ${name}`, async () => {
      const socket = `${use.stack.info.RUN_DIR}/${name}.sock`;
      const good = whole({ ...GOOD, REQUEST_URI: uri });
      const before = await use.stack.children(name);
      for (const [what, bytes] of Object.entries(crooked(uri))) {
        const out = await exchange(socket, bytes, { waitMs: 150 });
        assert.doesNotMatch(out, /^Status: 5/, what);
        assert.doesNotMatch(out, /\nX: y/, what);
        await exchange(socket, bytes, { hangUp: true });
        assert.match(await exchange(socket, good), /^Status: [24]\d\d\r\n/,
          `depois de ${what}`);
      }
      assert.deepEqual(await use.stack.children(name), before,
        `${name}: algum processo caiu`);
    });
}

export function edgeSuite(use) {
  describe('smuggling', () => smuggling(use));
  describe('shapes', () => shapes(use));
  if (!use.front.startsWith('apache-fcgid') && !use.traits.cgi)
    describe('records', () => records(use));
}
