// graph_phone.test.mjs - o celular: o que o cliente faz vira webhook, o que
// o atendente manda aparece, abrir a conversa conta como leitura.

import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startKit, text, typed } from './graph_kit.mjs';

let kit;
before(async () => { kit = await startKit(); });
after(() => kit.close());
const waId = '5511987654321';
const chat = (id = waId) => kit.graph.phone.customers.get(id).messages;
const settle = () => kit.control('flush', {});

// Abre o SSE e devolve {events, close}; espera o primeiro estado.
async function watch(client) {
  const abort = new AbortController();
  const answer = await fetch(`${kit.url}/demo/events?client=${client}`,
    { signal: abort.signal });
  assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
  const events = [];
  const pump = (async () => {
    let rest = '';
    for await (const part of answer.body) {
      rest += Buffer.from(part).toString('utf8');
      const frames = rest.split('\n\n');
      rest = frames.pop();
      for (const frame of frames) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(frame);
        if (match) events.push([match[1], JSON.parse(match[2])]);
      }
    }
  })().catch(() => {});
  while (events.length === 0) await new Promise((r) => { setTimeout(r, 5); });
  return { events, close: () => { abort.abort(); return pump; } };
}

describe('do cliente para o Balcão', () => {
  test('o texto chega assinado e o balão ganha os dois tiques', async () => {
    const { status } = await kit.demo('text', { waId, body: ' Olá ç ' });
    await settle();
    assert.equal(status, 202);
    const last = kit.receiver.got.at(-1);
    assert.equal(last.signed, true);
    assert.equal(kit.receiver.messages().at(-1).text.body, 'Olá ç');
    assert.equal(chat().at(-1).status, 'delivered');
  });
  test('foto, documento e lugar saem na forma da Meta', async () => {
    for (const kind of ['image', 'document', 'location']) {
      assert.equal((await kit.demo('sample', { waId, kind })).status, 202);
    }
    await settle();
    const [image, file, place] = kit.receiver.messages().slice(-3);
    assert.equal(Buffer.from(image.image.sha256, 'base64').length, 32);
    assert.equal(file.document.filename, 'nota-fiscal-1042.pdf');
    assert.equal(typeof place.location.latitude, 'number');
    const media = await fetch(`${kit.url}/demo/media/${image.image.id}`);
    assert.equal(media.headers.get('content-type'), 'image/png');
  });
  test('resposta, reação e toque em botão citam a mensagem', async () => {
    const { json } = await kit.send(typed('interactive', { type: 'button',
      body: { text: 'Confirma?' }, action: { buttons: [
        { type: 'reply', reply: { id: 'yes', title: 'Sim' } }] } },
    { to: waId }));
    await settle();
    const { id } = json.messages[0];
    await kit.demo('text', { waId, body: 'sobre isso', replyTo: id });
    await kit.demo('reaction', { waId, messageId: id, emoji: '👍' });
    await kit.demo('choice', { waId, messageId: id, choice: 'yes' });
    await settle();
    const [reply, reaction, choice] = kit.receiver.messages().slice(-3);
    assert.equal(reply.context.id, id);
    assert.deepEqual(reaction.reaction, { message_id: id, emoji: '👍' });
    assert.deepEqual(choice.interactive.button_reply,
      { id: 'yes', title: 'Sim' });
    assert.equal(choice.context.id, id);
  });
  test('pedido torto, de outra origem ou de ninguém é recusado', async () => {
    const status = async (...args) => (await kit.demo(...args)).status;
    assert.equal(await status('text', { waId, body: '  ' }), 422);
    assert.equal(await status('text', { waId: '1', body: 'a' }), 404);
    assert.equal(await status('text', '[', {}), 400);
    assert.equal(await status('text', { waId, body: 'a' },
      { 'Content-Type': 'text/plain' }), 415);
    assert.equal(await status('text', { waId, body: 'a' },
      { 'Sec-Fetch-Site': 'cross-site' }), 403);
  });
});

describe('do Balcão para o cliente', () => {
  test('aparece por SSE; abrir a conversa manda read uma vez só', async () => {
    const screen = await watch('tela-de-teste-1');
    const { json } = await kit.send(text({ to: waId }));
    await settle();
    const { id } = json.messages[0];
    assert.ok(screen.events.some(([name, data]) => name === 'message' &&
      data.message.id === id));
    assert.deepEqual(kit.receiver.statuses().filter((s) => s.id === id)
      .map((s) => s.status), ['sent', 'delivered']);
    await kit.demo('open', { client: 'tela-de-teste-1', waId });
    await kit.demo('open', { client: 'tela-de-teste-1', waId });
    await settle();
    const next = (await kit.send(text({ to: waId }))).json.messages[0].id;
    await settle();
    for (const one of [id, next]) {
      assert.deepEqual(kit.receiver.statuses().filter((s) => s.id === one)
        .map((s) => s.status), ['sent', 'delivered', 'read']);
    }
    await screen.close();
  });
  test('tela fechada deixa de contar como leitura', async () => {
    await new Promise((r) => { setTimeout(r, 50); });
    const { json } = await kit.send(text({ to: waId }));
    await settle();
    assert.equal(kit.receiver.statuses().filter((s) =>
      s.id === json.messages[0].id).at(-1).status, 'delivered');
  });
  test('o nono dígito não faz outro cliente', async () => {
    const { json } = await kit.send(text({ to: '5585988887777' }));
    await settle();
    assert.equal(json.contacts[0].wa_id, '558588887777');
    assert.equal(chat('558588887777').length, 1);
  });
  test('recibo de leitura deixa azul o que veio antes', async () => {
    const last = chat().findLast((item) => item.mine);
    await kit.send({ messaging_product: 'whatsapp', status: 'read',
      message_id: last.id });
    assert.ok(chat().filter((m) => m.mine).every((m) => m.status === 'read'));
  });
});

test('a página vem na língua pedida, sem nada embutido', async () => {
  const get = (lang) => kit.call('/demo/phone',
    { headers: lang ? { 'Accept-Language': lang } : {} });
  const pt = await get('pt-PT,en;q=0.5');
  assert.match(pt.text, /<html lang="pt-BR">/);
  assert.match((await get('fr,en;q=0.8')).text, /<html lang="en">/);
  assert.doesNotMatch(pt.text, /\{\{|<style|style=|onclick=|<script>/);
  assert.match(pt.headers.get('content-security-policy'),
    /default-src 'none'; script-src 'self'/);
});

test('as conversas sobrevivem a religar, e ainda se pode ler', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'phone-'));
  const state = path.join(dir, 'estado.json');
  const first = await startKit({ state });
  const { json: person } = await first.demo('customer', {});
  await first.demo('text', { waId: person.waId, body: 'guarde isto' });
  const { json } = await first.send(text({ to: person.waId }));
  await first.control('flush', {});
  await first.close();
  const second = await startKit({ state });
  const { messages } = second.graph.phone.customers.get(person.waId);
  assert.deepEqual(messages.map((m) => m.text), ['guarde isto', 'Olá']);
  await second.demo('open', { client: 'tela-de-teste-2', waId: person.waId });
  await second.control('flush', {});
  assert.deepEqual(second.receiver.statuses().map((s) => [s.id, s.status]),
    [[json.messages[0].id, 'read']]);
  await second.close();
  fs.rmSync(dir, { recursive: true });
});
