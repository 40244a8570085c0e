// s3.test.mjs - o substituto do S3 recusa o que o de verdade recusa.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import aws4 from 'aws4';
import { startS3, verify } from './s3.mjs';

const EMPTY = createHash('sha256').digest('hex');
let s3;

before(async () => { s3 = await startS3({ page: 2 }); });
after(() => s3.close());

/** Um pedido assinado pela aws4; `spoil` o estraga depois de assinado. */
function ask(method, path, { body, headers = {}, spoil, keys = s3 } = {}) {
  const hash = createHash('sha256').update(body ?? '').digest('hex');
  const options = aws4.sign({ service: 's3', region: keys.region, method,
    host: `127.0.0.1:${s3.port}`, path: `/${keys.bucket}${path}`, body,
    headers: { 'X-Amz-Content-Sha256': hash, ...headers } },
  { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey });
  options.port = s3.port;
  options.hostname = '127.0.0.1';
  delete options.host;
  spoil?.(options);
  return new Promise((ok, fail) => {
    const req = request(options, (res) => {
      let text = '';
      res.on('data', (d) => { text += d; });
      res.on('end', () => ok({ status: res.statusCode, text,
        code: /<Code>(\w+)/.exec(text)?.[1], headers: res.headers }));
    });
    req.on('error', fail);
    req.end(options.body);
  });
}

describe('os exemplos da documentação da AWS', () => {
  // "Signature Calculations for the Authorization Header", S3 API Reference
  const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', region: 'us-east-1',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const now = Date.parse('2013-05-24T00:00:00Z');
  const example = (url, signature) => verify({ method: 'GET', url, headers: {
    host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z',
    'x-amz-content-sha256': EMPTY,
    authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/'
      + 'us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;'
      + `x-amz-date,Signature=${signature}` }, body: '' }, keys, now);

  test('conferem', () => {
    example('/?lifecycle',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
    example('/?max-keys=2&prefix=J',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });

  test('e trocados, não', () => {
    assert.throws(() => example('/?max-keys=2&prefix=K',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
    { code: 'SignatureDoesNotMatch' });
  });
});

describe('o que se recusa', () => {
  const refused = async (code, status, ...args) => {
    const r = await ask(...args);
    assert.equal(r.code, code, r.text);
    assert.equal(r.status, status);
  };

  test('chave, segredo e região de outro', async () => {
    await refused('InvalidAccessKeyId', 403, 'GET', '/a',
      { keys: { ...s3, accessKey: 'OUTRA' } });
    await refused('SignatureDoesNotMatch', 403, 'GET', '/a',
      { keys: { ...s3, secretKey: 'outro' } });
    await refused('AuthorizationHeaderMalformed', 400, 'GET', '/a',
      { keys: { ...s3, region: 'us-west-2' } });
  });

  test('sem assinatura, sem hash, com relógio errado', async () => {
    await refused('AccessDenied', 403, 'GET', '/a',
      { spoil: (o) => { delete o.headers.Authorization; } });
    await refused('InvalidRequest', 400, 'GET', '/a',
      { spoil: (o) => { delete o.headers['X-Amz-Content-Sha256']; } });
    await refused('RequestTimeTooSkewed', 403, 'GET', '/a',
      { headers: { 'X-Amz-Date': '20200101T000000Z' } });
  });

  test('o que mudou depois de assinado', async () => {
    await refused('SignatureDoesNotMatch', 403, 'GET', '/a',
      { spoil: (o) => { o.path += 'b'; } });
    await refused('SignatureDoesNotMatch', 403, 'GET', '/a',
      { spoil: (o) => { o.method = 'DELETE'; } });
    await refused('XAmzContentSHA256Mismatch', 400, 'PUT', '/a',
      { body: 'abc', spoil: (o) => { o.body = 'abd'; } });
    await refused('AccessDenied', 403, 'GET', '/a',
      { spoil: (o) => { o.headers['x-amz-acl'] = 'public-read'; } });
  });

  test('o que não está lá, o bucket de outro e o trecho de fora', async () => {
    await refused('NoSuchKey', 404, 'GET', '/nada');
    await refused('NoSuchBucket', 404, 'GET', '/a',
      { keys: { ...s3, bucket: 'outro' } });
    assert.equal((await ask('PUT', '/a', { body: 'abc' })).status, 200);
    await refused('InvalidRange', 416, 'GET', '/a',
      { headers: { Range: 'bytes=3-' } });
  });
});

test('guarda, dá trechos, lista aos pedaços e apaga', async () => {
  for (const key of ['x/1', 'x/2', 'x/3'])
    assert.equal((await ask('PUT', `/${key}`, { body: key })).status, 200);
  const part = await ask('GET', '/x/1', { headers: { Range: 'bytes=-1' } });
  assert.equal(part.status, 206);
  assert.equal(part.text, '1');
  assert.equal(part.headers['content-range'], 'bytes 2-2/3');
  const keys = (r) => [...r.text.matchAll(/<Key>([^<]+)/g)].map((m) => m[1]);
  const first = await ask('GET', '?list-type=2&prefix=x%2F');
  assert.deepEqual(keys(first), ['x/1', 'x/2']);
  assert.match(first.text, /<IsTruncated>true/);
  const rest = await ask('GET', '?list-type=2&prefix=x%2F&start-after=x%2F2');
  assert.deepEqual(keys(rest), ['x/3']);
  assert.match(rest.text, /<IsTruncated>false/);
  assert.equal((await ask('DELETE', '/x/1')).status, 204);
  assert.equal((await ask('HEAD', '/x/1')).status, 404);
});
