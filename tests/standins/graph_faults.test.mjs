// graph_faults.test.mjs - os estragos, o controle, a mídia e o programa
// como processo.

import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PHONE_ID, TOKEN, startKit, text } from './graph_kit.mjs';

let kit;
before(async () => { kit = await startKit(); });
after(() => kit.close());
const plan = (...faults) => kit.control('faults', { faults });
const accepted = async () =>
  (await kit.control('requests?verdict=accepted')).json.data.length;

describe('estragos', () => {
  test('os próximos N respondem 500, depois volta ao normal', async () => {
    await plan({ action: 'http', status: 500, times: 2 });
    const got = [];
    for (let i = 0; i < 3; i += 1) got.push((await kit.send(text())).status);
    assert.deepEqual(got, [500, 500, 200]);
  });
  test('429 traz Retry-After e código de vazão', async () => {
    await plan({ action: 'http', status: 429, retryAfter: 7 });
    const { status, headers, json } = await kit.send(text());
    assert.equal(status, 429);
    assert.equal(headers.get('retry-after'), '7');
    assert.equal(json.error.code, 130429);
  });
  test('erro permanente vem com as palavras da Meta', async () => {
    await plan({ action: 'error', code: 131047 });
    const { status, json } = await kit.send(text());
    assert.equal(status, 400);
    assert.equal(json.error.message, '(#131047) Re-engagement message');
  });
  test('drop não aceita; drop-accepted aceita e não responde', async () => {
    const start = await accepted();
    await plan('drop', 'drop-accepted');
    await assert.rejects(kit.send(text()));
    assert.equal(await accepted(), start);
    await assert.rejects(kit.send(text({ text: { body: 'sumiu' } })));
    assert.equal(await accepted(), start + 1);
    const { data } = (await kit.control('requests?text=sumiu')).json;
    assert.equal(data[0].answered, false);
    await kit.control('flush', {});
    assert.ok(kit.receiver.statuses().some((s) => s.id === data[0].wamid));
  });
  test('hang prende a resposta e solta a conexão', async () => {
    await plan({ action: 'hang', seconds: 0.2 });
    const start = Date.now();
    await assert.rejects(kit.send(text()));
    assert.ok(Date.now() - start >= 190);
  });
  test('delay só atrasa', async () => {
    await plan({ action: 'delay', ms: 120 });
    const start = Date.now();
    assert.equal((await kit.send(text())).status, 200);
    assert.ok(Date.now() - start >= 110);
  });
  test('fail-status aceita e depois conta a falha', async () => {
    await plan({ action: 'fail-status', code: 131026 });
    const { json } = await kit.send(text());
    await kit.control('flush', {});
    const found = kit.receiver.statuses()
      .filter((item) => item.id === json.messages[0].id);
    assert.deepEqual(found.map((item) => item.status), ['failed']);
    assert.equal(found[0].errors[0].title, 'Message undeliverable');
  });
  test('match escolhe o destino; envio inválido não gasta o plano', async () => {
    await plan({ action: 'error', code: 131026, match: { to: '5521900000000' } });
    assert.equal((await kit.send(text())).status, 200);
    assert.equal((await kit.send(text({ to: '5521900000000', x: 1 })))
      .json.error.code, 100);
    assert.equal((await kit.send(text({ to: '5521900000000' })))
      .json.error.code, 131026);
    assert.deepEqual((await kit.control('faults')).json.faults, []);
  });
  test('plano errado é recusado inteiro', async () => {
    assert.equal((await plan('drop', 'inventado')).status, 400);
    assert.deepEqual((await kit.control('faults')).json.faults, []);
  });
});

describe('controle', () => {
  test('quem veio por proxy ou de uma página não entra', async () => {
    for (const headers of [{ 'X-Forwarded-For': '10.0.0.1' },
      { Origin: 'http://mau.example' }, { 'X-Real-IP': '127.0.0.1' }]) {
      assert.equal((await kit.call('/__control/health', { headers })).status, 403);
    }
  });
  test('caminho com .. não muda de face', async () => {
    const { port } = new URL(kit.url);
    const req = http.get({ port, host: '127.0.0.1',
      path: '/__control/../demo/strings.js', headers: { 'X-Forwarded-For': '1' } });
    const [res] = await once(req, 'response');
    res.resume();
    assert.equal(res.statusCode, 200);
  });
  test('verify confere o desafio puro', async () => {
    const good = (await kit.control('verify', {})).json;
    assert.equal(good.ok, true);
    assert.equal(good.body, good.challenge);
    const bad = (await kit.control('verify', { verifyToken: 'x' })).json;
    assert.deepEqual([bad.ok, bad.status], [false, 403]);
  });
  test('wait espera o envio chegar', async () => {
    const { total } = (await kit.control('requests')).json;
    const waiting = kit.control(
      `requests?since=${total}&verdict=accepted&min=1&wait=5`);
    await kit.send(text({ text: { body: 'esperada' } }));
    assert.equal((await waiting).json.data[0].body.text.body, 'esperada');
  });
  test('inbound manda vários, um field ou o texto cru', async () => {
    await kit.control('flush', {});
    const many = await kit.control('inbound', { messages: [{ kind: 'text' },
      { kind: 'location', from: '5521900000000' }] });
    assert.equal(many.json.ids.length, 2);
    const change = kit.receiver.got.at(-1).json.entry[0].changes[0];
    assert.equal(change.value.contacts.length, 2);
    await kit.control('inbound', { field: 'template_category_update' });
    assert.equal(kit.receiver.got.at(-1).json.entry[0].changes[0].field,
      'template_category_update');
    kit.receiver.answers.push(401);
    const raw = await kit.control('inbound', { raw: '{"object":"x"}' });
    assert.deepEqual([raw.json.status, raw.json.sent],
      [401, '{"object":"x"}']);
    assert.equal((await kit.control('inbound', { kind: 'x' })).status, 400);
  });
  test('um segundo número tem ficha e webhook seus', async () => {
    await kit.control('numbers', { phoneNumberId: '777000777', token: 'outra',
      displayPhone: '551133334444' });
    const to = { path: '/v23.0/777000777/messages' };
    assert.equal((await kit.send(text(), to)).status, 401);
    const ok = await kit.send(text(), { ...to,
      headers: { Authorization: 'Bearer outra' } });
    assert.equal(ok.status, 200);
  });
});

describe('mídia', () => {
  const auth = { Authorization: `Bearer ${TOKEN}` };
  const upload = (bytes, mime, fields = { messaging_product: 'whatsapp' }) => {
    const form = new FormData();
    for (const [key, item] of Object.entries(fields)) form.set(key, item);
    form.set('file', new Blob([bytes], { type: mime }), 'a.bin');
    return kit.call(`/v23.0/${PHONE_ID}/media`,
      { method: 'POST', headers: auth, body: form });
  };
  test('sobe, resolve, baixa, vence e apaga', async () => {
    const bytes = Buffer.from([0x89, 13, 10, 13, 10, 45, 45, 0, 255]);
    const { json: { id } } = await upload(bytes, 'image/png');
    const info = (await kit.call(`/v23.0/${id}?phone_number_id=${PHONE_ID}`,
      { headers: auth })).json;
    assert.equal(info.file_size, String(bytes.length));
    assert.equal((await fetch(info.url)).status, 401);
    const answer = await fetch(info.url, { headers: auth });
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
    await kit.control('expire-media', {});
    assert.equal((await fetch(info.url, { headers: auth })).status, 404);
    const drop = () => kit.call(`/v23.0/${id}`,
      { method: 'DELETE', headers: auth });
    assert.deepEqual((await drop()).json, { success: true });
    assert.equal((await drop()).json.error.error_subcode, 33);
  });
  test('tipo fora da lista e produto ausente são recusados', async () => {
    assert.equal((await upload('x', 'application/x-sh')).json.error.code, 100);
    assert.equal((await upload('x', 'image/png', {})).json.error.code, 100);
    assert.equal((await upload('x', 'image/png', { type: 'image/jpeg',
      messaging_product: 'whatsapp' })).json.error.code, 100);
    assert.equal((await upload('', 'image/png')).json.error.code, 131053);
  });
});

test('o programa escuta em TCP e soquete, e para limpo com SIGTERM', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'graph-'));
  const script = fileURLToPath(new URL('./graph.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, '--listen', '127.0.0.1:0',
    '--listen', `unix:${dir}/g.sock`, '--state', `${dir}/estado.json`],
  { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  for await (const part of child.stdout) {
    out += part;
    if (out.includes('unix:')) break;
  }
  assert.match(out, /escutando em http:\/\/127\.0\.0\.1:\d+/);
  const [res] = await once(http.get({ socketPath: `${dir}/g.sock`,
    path: '/__control/health' }), 'response');
  res.resume();
  assert.equal(res.statusCode, 200);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.equal(fs.existsSync(`${dir}/g.sock`), false);
  assert.ok(JSON.parse(fs.readFileSync(`${dir}/estado.json`)).customers.length);
  fs.rmSync(dir, { recursive: true });
});
