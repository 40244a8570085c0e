// s3.mjs - um S3 em memória, tão rigoroso com a assinatura quanto o de verdade:
// quem a recalcula é a aws4, que nada tem com a libcurl. Serve aos testes
// (startS3) e à mão:
//   node tests/standins/s3.mjs --port 9000 --bucket balcao --region sa-east-1
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import aws4 from 'aws4';

const SKEW_MS = 15 * 60 * 1000;
const PAGE = 1000;

class S3Error extends Error {
  constructor(status, code, words = code) {
    super(words);
    this.status = status;
    this.code = code;
  }
}

const escapeXml = (text) => text.replace(/[&<>]/g, (c) => (
  { '&': '&amp;', '<': '&lt;', '>': '&gt;' }[c]));

const readBody = (req) => new Promise((ok, fail) => {
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => ok(Buffer.concat(parts)));
  req.on('error', fail);
});

/** "20261121T180000Z" em milissegundos; NaN se não é isso. */
const amzTime = (text) => Date.parse(String(text).replace(
  /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const AUTH = new RegExp('^AWS4-HMAC-SHA256 Credential=([^/,]+)/(\\d{8})/([^/,]+)'
  + '/([^/,]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?'
  + 'Signature=([0-9a-f]{64})$');

function same(a, b) {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** Confere a assinatura, a data e o hash do corpo; lança o erro da AWS. */
export function verify({ method, url, headers, body }, keys, now = Date.now()) {
  const auth = AUTH.exec(headers.authorization ?? '');
  if (!auth)
    throw new S3Error(headers.authorization ? 400 : 403, headers.authorization
      ? 'AuthorizationHeaderMalformed' : 'AccessDenied');
  const [, accessKey, day, region, service, list, signature] = auth;
  const date = headers['x-amz-date'];
  const hash = headers['x-amz-content-sha256'];
  const signed = list.split(';');

  if (accessKey !== keys.accessKey)
    throw new S3Error(403, 'InvalidAccessKeyId');
  if (region !== keys.region || service !== 's3')
    throw new S3Error(400, 'AuthorizationHeaderMalformed',
      `the region '${region}' is wrong; expecting '${keys.region}'`);
  if (!(Math.abs(amzTime(date) - now) <= SKEW_MS))
    throw new S3Error(403, 'RequestTimeTooSkewed');
  if (day !== date.slice(0, 8))
    throw new S3Error(400, 'AuthorizationHeaderMalformed', 'other day');
  if (hash === undefined)
    throw new S3Error(400, 'InvalidRequest', 'no x-amz-content-sha256');
  if (String(signed) !== String([...signed].sort()))
    throw new S3Error(403, 'SignatureDoesNotMatch', 'unsorted headers');
  for (const name of ['host', ...Object.keys(headers).filter((n) =>
    n.startsWith('x-amz-') || n === 'content-md5')])
    if (!signed.includes(name))
      throw new S3Error(403, 'AccessDenied', `${name} is not signed`);
  for (const name of signed)
    if (headers[name] === undefined)
      throw new S3Error(403, 'SignatureDoesNotMatch', `${name} did not come`);

  const oracle = new aws4.RequestSigner({ service: 's3', region, method,
    path: url, headers: Object.fromEntries(signed.map((n) => [n, headers[n]])) },
  { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey });
  oracle.prepareRequest();
  if (oracle.signedHeaders() !== list || !same(oracle.signature(), signature))
    throw new S3Error(403, 'SignatureDoesNotMatch', oracle.canonicalString());
  if (hash !== 'UNSIGNED-PAYLOAD' &&
      hash !== createHash('sha256').update(body).digest('hex'))
    throw new S3Error(400, 'XAmzContentSHA256Mismatch');
}

/** {first, last} do Range, null sem ele; lança 416. */
function readRange(text, size) {
  const found = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const first = found[1] === '' ? Math.max(0, size - Number(found[2]))
    : Number(found[1]);
  const last = found[1] === '' || found[2] === '' ? size - 1
    : Math.min(Number(found[2]), size - 1);
  if (first >= size || last < first)
    throw new S3Error(416, 'InvalidRange');
  return { first, last };
}

export class S3 {
  constructor(options = {}) {
    Object.assign(this, { bucket: 'balcao-test', region: 'sa-east-1',
      accessKey: 'AKIDTESTTESTTESTTEST', secretKey: 'segredo/de+teste=40',
      objects: new Map(), requests: [], faults: [], page: PAGE, ...options });
    const serve = (req, res) => {
      this.serve(req, res).catch((e) => res.destroy(e));
    };
    this.server = this.tls ? createSecure(this.tls, serve) : createServer(serve);
    this.sockets = new Set();
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  listen(port = 0) {
    return new Promise((ok, fail) => {
      this.server.once('error', fail);
      this.server.listen(port, '127.0.0.1', () => {
        this.port = this.server.address().port;
        this.url = `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
        ok(this);
      });
    });
  }

  /** O que a configuração do Balcão quer. */
  env(extra = {}) {
    return { BALCAO_STORE: 's3', BALCAO_S3_ENDPOINT: this.url,
      BALCAO_S3_BUCKET: this.bucket, BALCAO_S3_REGION: this.region,
      BALCAO_S3_ACCESS_KEY: this.accessKey,
      BALCAO_S3_SECRET_KEY: this.secretKey, ...extra };
  }

  /** Some da rede; listen(port) o traz de volta. */
  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((ok) => { this.server.close(ok); });
  }

  /*
   * action: status (status, code) | hang | slow (ms) | short (metade do corpo);
   *   method e key (pedaço dela) dizem a quem, times quantas vezes (1; Infinity)
   */
  fault(plan) {
    this.faults.push({ times: 1, ...plan });
  }

  heal() {
    this.faults = [];
  }

  take(method, key) {
    const found = this.faults.find((f) => f.times > 0 &&
      (f.method ?? method) === method && (f.key ?? '') !== null &&
      key.includes(f.key ?? ''));
    if (found) found.times -= 1;
    return found;
  }

  async serve(req, res) {
    const body = await readBody(req);
    const at = new URL(req.url, 'http://x');
    const inHost = req.headers.host?.startsWith(`${this.bucket}.`);
    const [bucket, ...rest] = [...inHost ? [this.bucket] : [],
      ...at.pathname.slice(1).split('/')];
    const key = decodeURIComponent(rest.join('/'));
    const entry = { method: req.method, key, query: at.search,
      range: req.headers.range, bytes: body.length, headers: req.headers };
    this.requests.push(entry);
    try {
      const { headers, method, url } = req;
      verify({ method, url, headers, body }, this);
      if (bucket !== this.bucket) throw new S3Error(404, 'NoSuchBucket');
      const fault = this.take(method, key);
      if (fault?.action === 'hang') return;
      if (fault?.action === 'slow') await sleep(fault.ms);
      if (fault?.action === 'status')
        throw new S3Error(fault.status, fault.code);
      this.answer(req, res, { key, body, query: at.searchParams, fault });
    } catch (e) {
      if (!(e instanceof S3Error)) throw e;
      entry.error = `${e.code}: ${e.message}`;
      const xml = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>'
        + `${e.code}</Code><Message>${escapeXml(e.message)}</Message></Error>`;
      res.writeHead(e.status, { 'content-type': 'application/xml' });
      res.end(req.method === 'HEAD' ? undefined : xml);
    } finally {
      entry.status = res.statusCode;
    }
  }

  answer(req, res, { key, body, query, fault }) {
    if (key === '' && req.method === 'GET')
      return this.list(res, query);
    if (req.method === 'PUT') {
      if (req.headers['content-length'] === undefined)
        throw new S3Error(411, 'MissingContentLength');
      this.objects.set(key, { body, at: Date.now(),
        type: req.headers['content-type'] });
      return res.writeHead(200).end();
    }
    if (req.method === 'DELETE') {
      this.objects.delete(key);
      return res.writeHead(204).end();
    }
    const object = this.objects.get(key);
    if (!object) throw new S3Error(404, 'NoSuchKey');
    return this.send(req, res, object, fault);
  }

  send(req, res, object, fault) {
    const size = object.body.length;
    const range = readRange(req.headers.range, size);
    const part = range ? object.body.subarray(range.first, range.last + 1)
      : object.body;
    res.writeHead(range ? 206 : 200, { 'content-length': part.length,
      'content-type': object.type ?? 'binary/octet-stream',
      'last-modified': new Date(object.at).toUTCString(),
      ...(range && { 'content-range':
        `bytes ${range.first}-${range.last}/${size}` }) });
    if (req.method === 'HEAD') return res.end();
    if (fault?.action !== 'short') return res.end(part);
    return res.write(part.subarray(0, part.length >> 1), () => res.destroy());
  }

  list(res, query) {
    if (query.get('list-type') !== '2')
      throw new S3Error(400, 'InvalidArgument');
    const prefix = query.get('prefix') ?? '';
    const after = query.get('start-after') ?? '';
    const max = Math.min(Number(query.get('max-keys') ?? PAGE), this.page);
    const keys = [...this.objects.keys()].sort()
      .filter((k) => k.startsWith(prefix) && k > after);
    const items = keys.slice(0, max).map((k) => `<Contents><Key>${escapeXml(k)}`
      + `</Key><LastModified>${new Date(this.objects.get(k).at).toISOString()}`
      + '</LastModified><ETag>&quot;x&quot;</ETag><Size>'
      + `${this.objects.get(k).body.length}</Size></Contents>`);
    res.writeHead(200, { 'content-type': 'application/xml' });
    res.end('<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>'
      + `<Name>${this.bucket}</Name><KeyCount>${items.length}</KeyCount>`
      + `<IsTruncated>${keys.length > max}</IsTruncated>${items.join('')}`
      + '</ListBucketResult>');
  }
}

export const startS3 = (options) => new S3(options).listen();

if (process.argv[1] === import.meta.filename ||
    process.argv[1]?.endsWith('/standins/s3.mjs')) {
  const { values } = parseArgs({ options: {
    port: { type: 'string', default: '9000' },
    bucket: { type: 'string', default: 'balcao' },
    region: { type: 'string', default: 'us-east-1' } } });
  const s3 = await new S3(values).listen(Number(values.port));
  console.log(Object.entries(s3.env()).map(([k, v]) =>
    `${k.slice(7).toLowerCase()} = ${v}`).join('\n'));
}
