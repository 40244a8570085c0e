// store.test.mjs - a pilha inteira com store = s3: o que sobe, o que se lê, o
// que o worker busca, converte e manda, o que se apaga; e o S3 que some,
// demora, corta e erra.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync,
         writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startStack } from '../stack.mjs';
import { Desk } from '../fronts/desk.mjs';
import { startS3 } from '../standins/s3.mjs';
import { png, recording } from './samples.mjs';

const PATIENCE_S = 180;
const PREFIX = 'casa/balcao/';

let s3;
let stack;
let desk;
let browser;
let count = 0;

async function control(path, body, method = body ? 'POST' : 'GET') {
  const r = await fetch(`${stack.info.GRAPH_URL}/__control/${path}`, { method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body) });
  return r.json();
}

const api = (method, path, { body, token = desk.adminToken, headers } = {}) =>
  fetch(`${stack.baseUrl}/api/v1${path}`, { method, body, redirect: 'manual',
    headers: { ...(typeof body === 'string' && {
      'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }), ...headers } });

const one = async (sql) => JSON.parse(await stack.psql(
  `select coalesce((select to_jsonb(x) from (${sql}) x), 'null')`));
const fileRow = (id) => one(`select * from files where id = ${id}`);
const object = (key) => s3.objects.get(PREFIX + key);

/** Espera que `look` dê algo, e o devolve. */
async function until(look, what) {
  const end = Date.now() + PATIENCE_S * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end)
      assert.fail(`não aconteceu: ${what}\n${stack.log('work').split('\n')
        .slice(-15).join('\n')}`);
    await sleep(100);
  }
}

function form(bytes, name, fields = {}) {
  const data = new FormData();
  for (const [key, value] of Object.entries(fields)) data.set(key, value);
  data.set('file', new Blob([bytes], { type: 'application/x-qualquer' }), name);
  return data;
}

async function uploaded(bytes, name, fields) {
  const r = await api('POST', '/files', { body: form(bytes, name, fields) });
  assert.equal(r.status, 201, await r.clone().text());
  return r.json();
}

const note = () => Buffer.from(`nota ${process.pid} ${count += 1}\n`.repeat(9));

/** O formulário da conversa, sem JavaScript; arquivo e legenda. */
async function attach(ticket, bytes, name, caption) {
  const page = await fetch(`${stack.baseUrl}/inbox/${ticket}`, {
    headers: { cookie: browser.cookie } });
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())[1];
  return fetch(`${stack.baseUrl}/inbox/${ticket}/files`, { method: 'POST',
    redirect: 'manual', body: form(bytes, name, { _csrf: csrf, caption }),
    headers: { cookie: browser.cookie, origin: stack.baseUrl } });
}

/** O cliente manda um arquivo; devolve o id da mensagem na Meta. */
async function receive(bytes, { mime = 'image/png', kind = 'image' } = {}) {
  const media = await control('media', { base64: bytes.toString('base64'),
    mime });
  const from = `55119${String(82000000 + process.pid * 10 + (count += 1))
    .slice(-8)}`;
  const { ids } = await control('inbound', { from, kind,
    payload: { id: media.id, mime, sha256: media.sha256 } });
  return ids[0];
}

const received = (wamid, state) => until(() => one(`select f.*, m.media,
  m.ticket_id as of_ticket, t.contact_id from messages m
  join files f on f.message_id = m.id join tickets t on t.id = m.ticket_id
  where m.provider_id = '${wamid}' and f.state = '${state}'`),
`arquivo ${state}`);

/** balcao store check com outra configuração, sem mudar a da pilha. */
const check = (changes) => promisify(execFile)(
  resolve(import.meta.dirname, '../..', process.env.BUILD ?? 'build',
    'bin/balcao'),
  ['store', 'check'], { env: { ...process.env, BALCAO_CONF: stack.info.CONF,
    ...Object.fromEntries(Object.entries(changes)
      .map(([k, v]) => [`BALCAO_${k.toUpperCase()}`, v])) } })
  .then((r) => r.stdout);

/** O que há na pasta, fora os temporários. */
const onDisk = () => readdirSync(join(stack.dir, 'media'), { recursive: true,
  withFileTypes: true }).filter((f) => f.isFile())
  .map((f) => join(f.parentPath ?? f.path, f.name));

before(async () => {
  s3 = await startS3({ page: 3 });
  stack = await startStack({ env: s3.env({ BALCAO_S3_TIMEOUT_MS: '3000',
    BALCAO_S3_PREFIX: PREFIX.slice(0, -1), BALCAO_SEND_TIMEOUT_MS: '30000' }) });
  desk = new Desk(stack);
  await desk.open();
  browser = await desk.browse();
});
after(async () => {
  await stack?.stop();
  await s3?.close();
});

describe('o que sobe e o que se lê', () => {
  test('balcao store check prova cada operação e não deixa nada', async () => {
    const out = await stack.balcao('store', 'check');
    assert.equal(out.match(/ ok$/gm).length, 6, out);
    assert.equal(s3.objects.size, 0);
    await stack.balcao('config', 'check');
  });

  test('com o bucket no nome da máquina também', async () => {
    const out = await check({ s3_endpoint: `http://localhost:${s3.port}`,
      s3_path_style: 'false' });
    assert.equal(out.match(/ ok$/gm).length, 6, out);
    assert.match(s3.requests.at(-1).headers.host, /^balcao-test\.localhost:/);
  });

  test('por TLS, só com a autoridade que se diz', async () => {
    const at = join(stack.dir, 'tls');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
      'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=s3',
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${at}.key`,
      '-out', `${at}.pem`], { stdio: 'ignore' });
    const secure = await startS3({ tls: { key: readFileSync(`${at}.key`),
      cert: readFileSync(`${at}.pem`) } });
    try {
      const good = await check({ s3_endpoint: secure.url,
        s3_ca_file: `${at}.pem` });
      assert.equal(good.match(/ ok$/gm).length, 6, good);
      await assert.rejects(check({ s3_endpoint: secure.url }),
        ({ stdout }) => /certificate/.test(stdout));
    } finally {
      await secure.close();
    }
  });

  test('da conversa, o arquivo vai ao S3, e à Meta com a legenda', async () => {
    const bytes = png(30, 60);
    const ticket = (await desk.newTicket()).id;
    const r = await attach(ticket, bytes, 'caneca.png', 'a azul');
    assert.equal(r.status, 303, await r.text());
    const f = await until(() => one(`select f.*, m.status from files f
      join messages m on m.id = f.message_id where f.ticket_id = ${ticket}
      and m.status in ('sent', 'delivered', 'read')`), 'a mensagem sair');
    assert.deepEqual(object(f.key).body, bytes);
    assert.equal(object(f.key).type, 'application/octet-stream');
    const { data } = await control('requests');
    const up = data.filter((q) => q.path.endsWith('/media')).at(-1);
    assert.equal(up.verdict, 'media');
    assert.deepEqual(onDisk(), []);
  });

  test('Range: meio, fim, aberto, inteiro, fora e If-Range', async () => {
    const bytes = note();
    const n = bytes.length;
    const { id } = await uploaded(bytes, 'nota.txt');
    const ask = (range, more = {}) => api('GET', `/files/${id}`, {
      headers: { range, ...more } });
    for (const [range, first, last] of [['bytes=2-5', 2, 5],
      ['bytes=-4', n - 4, n - 1], ['bytes=7-', 7, n - 1], ['bytes=0-', 0, n - 1],
      [`bytes=3-${n + 50}`, 3, n - 1]]) {
      const r = await ask(range);
      assert.equal(r.status, 206, range);
      assert.equal(r.headers.get('content-range'), `bytes ${first}-${last}/${n}`);
      assert.equal(r.headers.get('content-length'), String(last - first + 1));
      assert.deepEqual(Buffer.from(await r.arrayBuffer()),
        bytes.subarray(first, last + 1));
    }
    const out = await ask(`bytes=${n}-`);
    assert.equal(out.status, 416);
    assert.equal(out.headers.get('content-range'), `bytes */${n}`);
    const other = await ask('bytes=2-5', { 'if-range': '"outro"' });
    assert.equal(other.status, 200);
    assert.deepEqual(Buffer.from(await other.arrayBuffer()), bytes);
    const tag = other.headers.get('etag');
    const before = s3.requests.length;
    const same = await api('GET', `/files/${id}`, {
      headers: { 'if-none-match': tag } });
    assert.equal(same.status, 304);
    assert.equal(s3.requests.length, before);
    const head = await api('HEAD', `/files/${id}`);
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-length'), String(n));
    assert.equal(s3.requests.at(-1).method, 'HEAD');
  });

  test('só a quem o pode ver; o endereço do S3 não chega a ninguém', async () => {
    const { id } = await uploaded(note(), 'segredo.txt');
    const out = await stack.balcao('user', 'create-admin', '--email',
      'fora@exemplo.com.br', '--name', 'De fora', '--company', 'Outra');
    const password = out.match(/\S{12,}$/m)[0];
    const r = await api('POST', '/auth/login', { token: null,
      body: JSON.stringify({ email: 'fora@exemplo.com.br', password }) });
    const stranger = (await r.json()).accessToken;
    assert.ok(stranger, out);
    const before = s3.requests.length;
    assert.equal((await api('GET', `/files/${id}`, { token: stranger })).status,
      404);
    assert.equal((await api('GET', `/files/${id}`, { token: null })).status, 401);
    assert.equal(s3.requests.length, before, 'perguntou ao S3 antes de conferir');
    const mine = await api('GET', `/files/${id}`);
    assert.equal(mine.status, 200);
    assert.equal(mine.headers.get('location'), null);
    for (const [name, value] of mine.headers)
      assert.ok(!value.includes(s3.bucket) && !value.includes(String(s3.port)),
        `${name}: ${value}`);
    await mine.arrayBuffer();
  });

  test('grande, passa aos pedaços: a memória não cresce com ele', async () => {
    const bytes = Buffer.alloc(48 << 20, 'uma linha de texto qualquer\n');
    const { id } = await uploaded(bytes, 'grande.txt');
    const r = await api('GET', `/files/${id}`);
    const hash = createHash('sha256');
    for await (const part of r.body) hash.update(part);
    assert.equal(hash.digest('hex'),
      createHash('sha256').update(bytes).digest('hex'));
    for (const pid of await stack.children('files')) {
      const text = readFileSync(`/proc/${pid}/status`, 'utf8');
      const peak = Number(/^RssAnon:\s+(\d+) kB$/m.exec(text)[1]);
      assert.ok(peak < 24 << 10, `${pid}: ${peak} kB`);
    }
    assert.deepEqual(readdirSync(join(stack.dir, 'media/tmp')), []);
  });
});

describe('o que o worker faz', () => {
  test('guarda no S3 o que o cliente manda, com miniatura', async () => {
    const bytes = png(900, 90);
    const wamid = await receive(bytes);
    const f = await received(wamid, 'ready');
    assert.deepEqual(object(f.key).body, bytes);
    await until(async () => (await fileRow(f.id)).preview, 'a miniatura');
    assert.equal(object(`${f.key}.webp`).body.subarray(8, 12).toString(), 'WEBP');
    const r = await api('GET', `/files/${f.id}/preview`);
    assert.equal(r.status, 200);
    assert.equal(r.headers.get('content-type'), 'image/webp');
    assert.deepEqual(Buffer.from(await r.arrayBuffer()),
      object(`${f.key}.webp`).body);
    await until(() => readdirSync(join(stack.dir, 'media/tmp')).length === 0,
      'os temporários saírem');
    assert.deepEqual(onDisk(), []);
  });

  test('converte a gravação e a manda como voz', async () => {
    const file = await uploaded(recording(), 'gravacao.webm', { voice: 'true' });
    const was = await fileRow(file.id);
    const ticket = (await desk.newTicket()).id;
    const r = await api('POST', `/tickets/${ticket}/messages`, {
      body: JSON.stringify({ fileId: file.id }) });
    assert.equal(r.status, 201, await r.clone().text());
    const { id } = await r.json();
    await until(() => one(`select 1 from messages where id = ${id} and
      status in ('sent', 'delivered', 'read')`), 'a voz sair');
    const is = await fileRow(file.id);
    assert.equal(is.mime, 'audio/ogg');
    assert.notEqual(is.key, was.key);
    assert.equal(object(is.key).body.subarray(0, 4).toString(), 'OggS');
    const { data } = await control('requests');
    const up = data.filter((q) => q.path.endsWith('/media')).at(-1);
    assert.equal(up.mediaMime, 'audio/ogg; codecs=opus');
    await stack.balcao('cleanup');
    assert.equal(object(was.key), undefined);
    assert.ok(object(is.key));
  });

  test('o que o S3 não quis guardar se busca de novo até caber', async () => {
    s3.fault({ action: 'status', status: 503, code: 'SlowDown', method: 'PUT',
      times: 2 });
    const f = await received(await receive(png(12, 3)), 'ready');
    assert.ok(object(f.key));
    s3.heal();
  });

  test('o arquivo por mandar espera o S3 voltar', async () => {
    const { id } = await uploaded(note(), 'depois.txt');
    const ticket = (await desk.newTicket()).id;
    s3.fault({ action: 'status', status: 500, code: 'InternalError',
      method: 'GET', times: 2 });
    const r = await api('POST', `/tickets/${ticket}/messages`, {
      body: JSON.stringify({ fileId: id }) });
    const m = await r.json();
    await until(() => one(`select 1 from messages where id = ${m.id} and
      status in ('sent', 'delivered', 'read')`), 'a mensagem sair');
    s3.heal();
  });

  test('o que se apaga por LGPD sai do S3, com a miniatura', async () => {
    const f = await received(await receive(png(900, 40)), 'ready');
    await until(async () => (await fileRow(f.id)).preview, 'a miniatura');
    const contact = await one(`select id, name from contacts
      where id = ${f.contact_id}`);
    const r = await api('POST', `/privacy/contacts/${contact.id}/erase`, {
      body: JSON.stringify({ confirm: contact.name }) });
    assert.ok(r.ok, `${r.status} ${await r.clone().text()}`);
    await until(async () => await fileRow(f.id) === null, 'a linha sair');
    await stack.balcao('cleanup');
    assert.equal(object(f.key), undefined);
    assert.equal(object(`${f.key}.webp`), undefined);
  });
});

describe('o S3 que falha', () => {
  const problem = async (r) => {
    assert.equal(r.status, 503);
    assert.ok(Number(r.headers.get('retry-after')) > 0);
    return (await r.json()).detail;
  };

  test('um 500 passageiro ninguém vê', async () => {
    for (const method of ['PUT', 'GET'])
      s3.fault({ action: 'status', status: 500, code: 'InternalError', method });
    const bytes = note();
    const { id } = await uploaded(bytes, 'a.txt');
    const r = await api('GET', `/files/${id}`);
    assert.deepEqual(Buffer.from(await r.arrayBuffer()), bytes);
    assert.ok(s3.faults.every((f) => f.times === 0));
    s3.heal();
  });

  test('o que sumiu de lá é 404; o bucket que sumiu, 503', async () => {
    const { id } = await uploaded(note(), 'b.txt');
    const { key } = await fileRow(id);
    const kept = object(key);
    s3.objects.delete(PREFIX + key);
    assert.equal((await api('GET', `/files/${id}`)).status, 404);
    s3.objects.set(PREFIX + key, kept);
    s3.fault({ action: 'status', status: 404, code: 'NoSuchBucket',
      times: Infinity });
    assert.match(await problem(await api('GET', `/files/${id}`)), /fora do ar/);
    s3.heal();
  });

  test('calado, mudo ou recusando: 503 com Retry-After, sem pendurar', async () => {
    const { id } = await uploaded(note(), 'c.txt');
    for (const plan of [{ action: 'hang', times: Infinity },
      { action: 'status', status: 403, code: 'AccessDenied', times: Infinity }]) {
      s3.fault(plan);
      assert.match(await problem(await api('GET', `/files/${id}`)), /fora do ar/);
      assert.match(await problem(await api('POST', '/files', {
        body: form(note(), 'd.txt') })), /fora do ar/);
      s3.heal();
    }
    assert.equal((await api('GET', `/files/${id}`)).status, 200);
  });

  test('devagar, chega; cortado, quem lê percebe', async () => {
    const bytes = Buffer.alloc(3 << 20, 'texto\n');
    const { id } = await uploaded(bytes, 'e.txt');
    s3.fault({ action: 'slow', ms: 1200, method: 'GET' });
    const r = await api('GET', `/files/${id}`);
    assert.equal((await r.arrayBuffer()).byteLength, bytes.length);
    s3.fault({ action: 'short', method: 'GET' });
    await assert.rejects(api('GET', `/files/${id}`).then((a) => a.arrayBuffer()));
    assert.match(stack.log('files'), /arquivo cortado no S3/);
    s3.heal();
  });

  test('fora da rede: a conversa volta com a legenda, e nada fica pela metade', async () => {
    const ticket = (await desk.newTicket()).id;
    const { id } = await uploaded(note(), 'f.txt');
    const files = await stack.psql('select count(*) from files');
    const { port } = s3;
    await s3.close();
    const r = await attach(ticket, png(20, 9), 'x.png', 'não me perca');
    const page = await r.text();
    assert.equal(r.status, 503);
    assert.ok(Number(r.headers.get('retry-after')) > 0);
    assert.match(page, /name="caption" value="não me perca"/);
    assert.match(page, /os arquivos estão fora do ar/);
    await problem(await api('GET', `/files/${id}`));
    assert.equal(await stack.psql('select count(*) from files'), files);
    assert.equal(await stack.psql(`select count(*) from messages
      where ticket_id = ${ticket} and user_id is not null`), '0');
    assert.ok((await api('GET', '/tickets?status=pending')).ok);
    const wamid = await receive(png(14, 7)); // e o cliente manda mesmo assim
    await until(() => /não se conseguiu guardar/.test(stack.log('work')),
      'a busca falhar');
    await s3.listen(port);
    const f = await received(wamid, 'ready');
    assert.ok(object(f.key));
    assert.equal((await api('GET', `/files/${id}`)).status, 200);
  });
});

describe('a mudança e as sobras', () => {
  /** Como se o arquivo ainda não tivesse saído da pasta. */
  async function leftBehind() {
    const bytes = note();
    const { id } = await uploaded(bytes, 'antigo.txt');
    const { key } = await fileRow(id);
    const path = join(stack.dir, 'media', key);
    s3.objects.delete(PREFIX + key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return { id, key, path, bytes };
  }

  test('o que está na pasta se lê dela, e move o leva; interrompido, continua', async () => {
    const old = [await leftBehind(), await leftBehind(), await leftBehind()];
    const read = async ({ id, bytes }) => {
      const r = await api('GET', `/files/${id}`);
      assert.deepEqual(Buffer.from(await r.arrayBuffer()), bytes);
    };
    for (const f of old) await read(f);
    s3.fault({ action: 'status', status: 503, code: 'SlowDown', method: 'PUT',
      times: Infinity, key: old[1].key });
    await assert.rejects(stack.balcao('store', 'move'), /saiu 1/);
    s3.heal();
    assert.ok(existsSync(old[1].path), 'saiu da pasta sem chegar');
    assert.ok(!object(old[1].key));
    for (const f of old) await read(f);
    await stack.balcao('store', 'move');
    for (const f of old) {
      assert.ok(!existsSync(f.path));
      assert.deepEqual(object(f.key).body, f.bytes);
      await read(f);
    }
    const before = s3.requests.length;
    await stack.balcao('store', 'move');
    assert.equal(s3.requests.length, before);
  });

  test('sweep acha o que não é de ninguém, só o velho, aos pedaços', async () => {
    const { id } = await uploaded(note(), 'fica.txt');
    const { key } = await fileRow(id);
    const days = (n) => Date.now() - n * 86400000;
    const put = (name, at) => s3.objects.set(name, { body: Buffer.from('x'), at });
    const orphans = Array.from({ length: 7 }, (_, n) =>
      `${PREFIX}1/ab/${String(n).padStart(30, '0')}`);
    for (const name of orphans) put(name, days(2));
    put(`${PREFIX}1/cd/${'1'.repeat(30)}`, Date.now());
    put('casa/de-outro/1/ab/x', days(9));
    object(key).at = days(9);
    const dry = await stack.balcao('store', 'sweep', '--dry-run');
    assert.match(dry, /: 7$/m);
    assert.ok(orphans.every((name) => s3.objects.has(name)));
    await stack.balcao('store', 'sweep');
    assert.ok(orphans.every((name) => !s3.objects.has(name)));
    assert.ok(s3.objects.has('casa/de-outro/1/ab/x'));
    assert.ok(s3.objects.has(`${PREFIX}1/cd/${'1'.repeat(30)}`));
    assert.ok(object(key));
  });

  test('sweep não apaga quase tudo: o banco pode ser o de outro', async () => {
    const names = Array.from({ length: 60 }, (_, n) =>
      `${PREFIX}1/ef/${String(n).padStart(30, '0')}`);
    const at = Date.now() - 2 * 86400000;
    for (const name of names)
      s3.objects.set(name, { body: Buffer.from('x'), at });
    await assert.rejects(stack.balcao('store', 'sweep'), /60 de \d+.*--force/s);
    assert.ok(names.every((name) => s3.objects.has(name)));
    await stack.balcao('store', 'sweep', '--force');
    assert.ok(names.every((name) => !s3.objects.has(name)));
  });

  test('toda assinatura conferiu', () => {
    assert.ok(s3.requests.length > 50);
    assert.deepEqual(s3.requests.filter((r) => /Signature|Malformed|SHA256|signed/
      .test(r.error ?? '')), []);
  });
});
