// signal.test.mjs - o que se diz à Meta além de mensagens: a leitura chega uma
// vez, a reação chega ou é desfeita, a anotação não chega nunca.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';

let stack, token, ticket;

async function call(method, path, body) {
  const r = await fetch(`${stack.baseUrl}/api/v1${path}`, { method,
    headers: { ...(body && { 'content-type': 'application/json' }),
               ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body) });
  const text = await r.text();
  return { status: r.status, json: text ? JSON.parse(text) : null };
}

async function control(path, body, method = body ? 'POST' : 'GET') {
  const r = await fetch(`${stack.info.GRAPH_URL}/__control/${path}`, { method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body) });
  return r.json();
}

/** Espera o que `look` procura; falha depois de dez segundos. */
async function until(look, what) {
  for (let i = 0; i < 200; i += 1) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  return assert.fail(`não veio: ${what}\n${stack.log('work').split('\n').slice(-12).join('\n')}`);
}

const asked = async (want) => (await control('requests')).data.filter((r) => want(r.body ?? {}));
const reads = (id) => asked((b) => b.status === 'read' && b.message_id === id);
const reactions = (id) => asked((b) => b.reaction?.message_id === id);
const idle = () => until(async () => await stack.jobsLeft() === 0, 'fila vazia');

/** O cliente escreve; devolve o wamid e a mensagem como a API a mostra. */
async function hear(body) {
  const { ids } = await control('inbound', { from: ticket.phone,
    payload: { body } });
  const message = await until(async () => {
    const { json } = await call('GET', `/tickets/${ticket.id}/messages?limit=20`);
    return json.data.find((m) => m.body === body);
  }, body);
  return { wamid: ids[0], message };
}

before(async () => {
  stack = await startStack({ env: { BALCAO_SEND_ATTEMPTS: '3' } });
  const { json } = await call('POST', '/auth/login', {
    email: stack.info.AGENT_EMAIL, password: stack.info.PASSWORD });
  token = json.accessToken ?? json.token;
  [ticket] = (await call('GET', '/tickets?status=active')).json.data;
  await idle();
});
after(() => stack?.stop());

test('ler diz à Meta uma vez só, e só da mais nova', async () => {
  const first = await hear('primeira a ler'), second = await hear('segunda a ler');
  await Promise.all([1, 2, 3].map(() => call('POST', `/tickets/${ticket.id}/read`)));
  await until(async () => (await reads(second.wamid)).length, 'leitura');
  await call('POST', `/tickets/${ticket.id}/read`);
  await idle();
  assert.equal((await reads(second.wamid)).length, 1);
  assert.equal((await reads(first.wamid)).length, 0);
});

test('a reação chega à Meta; a recusada sai da tela', async () => {
  const { wamid, message } = await hear('reaja a isto');
  const react = (emoji) => call('POST', `/messages/${message.id}/reaction`, { emoji });
  assert.equal((await react('👍')).status, 200);
  await until(async () => (await reactions(wamid)).length === 1, 'reação');
  assert.equal((await react('')).status, 200);
  const sent = await until(async () => {
    const list = await reactions(wamid);
    return list.length === 2 && list;
  }, 'reação tirada');
  assert.deepEqual(sent.map((r) => r.body.reaction.emoji), ['👍', '']);
  await stack.psql(`update messages set provider_id = 'wamid.NINGUEM' where id = ${message.id}`);
  assert.equal((await react('🎉')).json.reactions.length, 1);
  await until(async () => (await stack.psql(
    `select reactions from messages where id = ${message.id}`)).trim() === '[]', 'desfeita');
});

test('a anotação não chega à Meta', async () => {
  const words = `só nosso ${process.pid}`;
  assert.equal((await call('POST', `/tickets/${ticket.id}/notes`, { body: words })).status, 201);
  await sleep(500);
  await idle();
  assert.equal((await asked((b) => JSON.stringify(b).includes(words))).length, 0);
});

test('a que falhou vai de novo, uma vez, com dois cliques', async () => {
  const words = `de novo ${process.pid}`;
  await control('faults', { faults: [{ action: 'error', code: 131026, match: { text: words } }] });
  const { json: sent } = await call('POST', `/tickets/${ticket.id}/messages`, { body: words });
  const status = async () => (await stack.psql(
    `select status from messages where id = ${sent.id}`)).trim();
  await until(async () => (await status()) === 'failed', 'falha');
  const clicks = await Promise.all([1, 2].map(() => call('POST', `/messages/${sent.id}/retry`)));
  assert.deepEqual(clicks.map((c) => c.status).sort(), [200, 409]);
  await until(async () => ['sent', 'delivered', 'read'].includes(await status()), 'envio');
  await idle();
  assert.equal((await asked((b) => b.text?.body === words)).length, 2);
});
