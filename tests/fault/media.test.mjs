// media.test.mjs - o arquivo que o cliente manda: buscado, conferido e
// guardado pelo worker; e o que acontece quando a Meta não o entrega.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';
import { png } from './samples.mjs';

let stack;
let token;

async function api(method, path, body, extra = {}) {
  return fetch(`${stack.baseUrl}/api/v1${path}`, { method, body,
    headers: { ...(typeof body === 'string' && {
      'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }), ...extra } });
}

async function control(path, body, method = body ? 'POST' : 'GET') {
  const r = await fetch(`${stack.info.GRAPH_URL}/__control/${path}`, { method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body) });
  return r.json();
}

let tone = 0;

/** O cliente manda uma foto; devolve o ticket e a mensagem dele. */
async function receive(bytes, { mime = 'image/png', kind = 'image',
  put = true, payload = {} } = {}) {
  tone += 1;
  const media = put
    ? await control('media', { base64: bytes.toString('base64'), mime })
    : { id: '40404040404', sha256: createHash('sha256').update(bytes)
      .digest('base64') };
  const from = `55119${String(80000000 + process.pid * 10 + tone)
    .slice(-8)}`;
  const { ids } = await control('inbound', { from, kind,
    payload: { id: media.id, mime, sha256: media.sha256, ...payload } });
  return ids[0];
}

const row = async (wamid) => JSON.parse(await stack.psql(
  `select coalesce((select to_jsonb(f) || jsonb_build_object('media', m.media)
     from messages m join files f on f.message_id = m.id
     where m.provider_id = '${wamid}'), 'null')`));

async function until(wamid, state, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const f = await row(wamid);
    if (f?.state === state) return f;
    if (Date.now() > end)
      assert.fail(`esperava ${state}, está ${JSON.stringify(f)}\n` +
        stack.log('work').split('\n').slice(-12).join('\n'));
    await sleep(100);
  }
}

before(async () => {
  stack = await startStack({ env: { BALCAO_SEND_TIMEOUT_MS: '3000' } });
  const r = await api('POST', '/auth/login', JSON.stringify({
    email: stack.info.ADMIN_EMAIL, password: stack.info.PASSWORD }));
  token = (await r.json()).accessToken;
  assert.ok(token);
});
after(() => stack?.stop());

describe('o arquivo que chega', () => {
  test('é guardado antes de a mensagem o mostrar pronto', async () => {
    const bytes = png(40, 90);
    const f = await until(await receive(bytes), 'ready');
    assert.equal(f.bytes, bytes.length);
    assert.equal(f.width, 40);
    assert.equal(f.media.state, 'ready');
    assert.equal(f.media.fileId, f.id);
    const r = await api('GET', `/files/${f.id}`);
    assert.equal(r.status, 200);
    assert.equal(r.headers.get('content-type'), 'image/png');
    assert.deepEqual(Buffer.from(await r.arrayBuffer()), bytes);
    const part = await api('GET', `/files/${f.id}`, undefined,
      { range: 'bytes=1-3' });
    assert.equal(part.status, 206);
    assert.equal(await part.text(), 'PNG');
    assert.equal(await stack.psql(`select count(*) from live_outbox where
      type = 'message:updated' and payload like '%"fileId":%${f.id}%'`), '1');
  });

  test('grande, ganha miniatura; a mensagem e quem olha ficam sabendo', async () => {
    const wamid = await receive(png(900, 90));
    const end = Date.now() + 30000;
    let f = await until(wamid, 'ready');
    while (!f.preview && Date.now() < end) {
      await sleep(100);
      f = await row(wamid);
    }
    assert.equal(f.media.preview, true);
    const r = await api('GET', `/files/${f.id}/preview`);
    assert.equal(r.status, 200);
    assert.equal(r.headers.get('content-type'), 'image/webp');
    assert.equal(await stack.psql(`select count(*) from live_outbox where
      type = 'message:updated' and payload like '%"preview": true%'`), '1');
  });

  test('que a Meta não tem falha com o motivo, e se busca de novo', async () => {
    const wamid = await receive(png(8, 1), { put: false });
    const f = await until(wamid, 'failed');
    assert.match(f.reason, /sete dias/);
    const r = await api('POST', `/files/${f.id}/retry`);
    assert.equal(r.status, 200, await r.clone().text());
    assert.equal((await r.json()).state, 'pending');
    await until(wamid, 'failed');
  });

  test('que não é o que diz ser é recusado', async () => {
    const f = await until(await receive(Buffer.from('<html>oi</html>'.repeat(9)),
      { mime: 'image/png' }), 'refused');
    assert.match(f.reason, /não é o que diz ser/);
    assert.equal(f.key, null);
    assert.equal((await api('GET', `/files/${f.id}`)).status, 404);
  });

  test('grande demais é recusado sem ser baixado', async () => {
    const f = await until(await receive(Buffer.alloc((5 << 20) + 1, 7)),
      'refused');
    assert.match(f.reason, /5242880/);
  });

  test('falha passageira se repete até chegar', async () => {
    await control('faults', { faults: [{ action: 'http', status: 503,
      match: { method: 'GET' } }] });
    await until(await receive(png(9, 3)), 'ready');
    await control('faults', undefined, 'DELETE');
  });

  test('trocado no caminho não fica', async () => {
    const wamid = await receive(png(11, 5), {
      payload: { sha256: createHash('sha256').update('outro')
        .digest('base64') } });
    await sleep(1500);
    assert.equal((await row(wamid)).state, 'pending');
    assert.match(stack.log('work'), /cortado ou trocado/);
  });
});

describe('o arquivo que se manda', () => {
  const form = (bytes, name) => {
    const data = new FormData();
    data.set('file', new Blob([bytes], { type: 'application/x-qualquer' }), name);
    return data;
  };

  async function openTicket() {
    const from = `55119${String(81000000 + process.pid * 10).slice(-8)}`;
    await control('inbound', { from, kind: 'text', payload: { body: 'oi' } });
    const r = await api('GET', '/tickets?status=pending');
    return (await r.json()).data[0];
  }

  async function sent(id, statuses, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const m = JSON.parse(await stack.psql(`select to_jsonb(m) from messages m
        where id = ${id}`));
      if (statuses.includes(m.status)) return m;
      if (Date.now() > end)
        assert.fail(`esperava ${statuses}, está ${JSON.stringify(m)}\n` +
          stack.log('work').split('\n').slice(-12).join('\n'));
      await sleep(100);
    }
  }

  async function send(bytes, name, extra) {
    const up = await api('POST', '/files', form(bytes, name));
    assert.equal(up.status, 201, await up.clone().text());
    const file = await up.json();
    const ticket = await openTicket();
    const r = await api('POST', `/tickets/${ticket.id}/messages`,
      JSON.stringify({ fileId: file.id, ...extra }));
    assert.equal(r.status, 201, await r.clone().text());
    return r.json();
  }

  const requests = async (path) => (await control('requests')).data
    .filter((r) => r.path.endsWith(path));

  test('sobe à Meta e vai na mensagem, com a legenda', async () => {
    const m = await send(png(30, 60), 'caneca.png', { caption: 'a azul' });
    await sent(m.id, ['sent', 'delivered', 'read']);
    const [up] = (await requests('/media')).slice(-1);
    assert.equal(up.verdict, 'media');
    const { body } = (await requests('/messages')).find((r) =>
      r.body?.image?.caption === 'a azul');
    assert.equal(body.type, 'image');
    assert.match(body.image.id, /^[0-9]+$/);
  });

  test('gravação do navegador sai em ogg/opus, como voz, e com a duração', async () => {
    const webm = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi',
      '-i', 'sine=frequency=300:duration=2', '-c:a', 'libopus', '-f', 'webm', 'pipe:1']);
    const data = form(webm, 'gravacao.webm');
    data.set('voice', 'true');
    const up = await api('POST', '/files', data);
    assert.equal(up.status, 201, await up.clone().text());
    const file = await up.json();
    assert.equal(file.state, 'pending');
    const ticket = await openTicket();
    const r = await api('POST', `/tickets/${ticket.id}/messages`,
      JSON.stringify({ fileId: file.id }));
    assert.equal(r.status, 201, await r.clone().text());
    const m = await sent((await r.json()).id, ['sent', 'delivered', 'read']);
    assert.equal(m.media.state, 'ready');
    assert.ok(Math.abs(m.media.durationMs - 2000) < 200, m.media.durationMs);
    const { body } = (await requests('/messages')).find((q) => q.body?.audio);
    assert.equal(body.audio.voice, true);
    const [upload] = (await requests('/media')).slice(-1);
    assert.equal(upload.verdict, 'media');
    assert.equal(upload.mediaMime, 'audio/ogg; codecs=opus');
  });

  test('documento leva o nome; subir que falha se repete', async () => {
    await control('faults', { faults: [{ action: 'http', status: 500 }] });
    const m = await send(Buffer.from('uma nota de texto simples\n'), 'nota.txt');
    await sent(m.id, ['sent', 'delivered', 'read']);
    const { body } = (await requests('/messages')).find((r) =>
      r.body?.document);
    assert.equal(body.document.filename, 'nota.txt');
    await control('faults', undefined, 'DELETE');
  });
});
