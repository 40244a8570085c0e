// send.test.mjs - o envio quando algo dá errado: a Meta que recusa, limita,
// demora ou some, e o worker que morre entre a chamada e o registro.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';

const GRACE_S = 3;
const ATTEMPTS = 3;

let stack;
let desk;
let count = 0;

/** Um texto que nenhum outro teste usa: por ele se acha o envio. */
const word = () => `falha ${process.pid}-${count += 1}`;

/** Quem atende: API com o token do agente, e o atendimento de um cliente. */
class Desk {
  async open() {
    const { json } = await this.post('/auth/login', {
      email: stack.info.AGENT_EMAIL, password: stack.info.PASSWORD });
    this.token = json.accessToken ?? json.token;
    assert.ok(this.token, JSON.stringify(json));
    const { data } = (await this.get('/tickets?status=active')).json;
    [this.ticket] = data;
  }

  async call(method, path, body) {
    const r = await fetch(`${stack.baseUrl}/api/v1${path}`, { method,
      headers: { ...(body && { 'content-type': 'application/json' }),
                 ...(this.token && { authorization: `Bearer ${this.token}` }) },
      body: body && JSON.stringify(body) });
    return { status: r.status, json: await r.json() };
  }

  get(path) { return this.call('GET', path); }

  post(path, body) { return this.call('POST', path, body); }

  async reply(body, ticket = this.ticket) {
    const { status, json } = await this.post(`/tickets/${ticket.id}/messages`,
      { body });
    assert.equal(status, 201, JSON.stringify(json));
    return json.id;
  }

  /** A mensagem como a API a mostra. */
  async message(id) {
    const { json } = await this.get(
      `/tickets/${this.ticket.id}/messages?limit=50`);
    return json.data.find((m) => m.id === id);
  }

  async until(id, statuses, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const m = await this.message(id);
      if (statuses.includes(m?.status)) return m;
      if (Date.now() > end)
        assert.fail(`esperava ${statuses}, está ${JSON.stringify(m)}\n` +
          stack.log('work').split('\n').slice(-12).join('\n'));
      await sleep(100);
    }
  }
}

async function control(path, body, method = body ? 'POST' : 'GET') {
  const r = await fetch(`${stack.info.GRAPH_URL}/__control/${path}`, { method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body) });
  return r.json();
}

const plan = (...faults) => control('faults', { faults });

/** Os pedidos com este texto que chegaram à Meta de mentira. */
async function requests(text) {
  const { data } = await control(`requests?text=${encodeURIComponent(text)}`);
  return data.filter((r) => r.body?.text?.body === text);
}

async function untilRequested(text) {
  for (let i = 0; i < 200; i += 1) {
    if ((await requests(text)).length > 0) return;
    await sleep(25);
  }
  assert.fail('o pedido não chegou à Meta');
}

/** Responde e mata o worker assim que o pedido chega à Meta. */
async function replyAndKill(text) {
  const dead = await stack.pid('work');
  const id = await desk.reply(text);
  await untilRequested(text);
  process.kill(dead, 'SIGKILL');
  return { id, dead };
}

const attempts = async (id) =>
  Number(await stack.psql(`select attempts from messages where id = ${id}`));
const acks = (id) => stack.psql(`select string_agg(payload::json->>'status', ' '
    order by xid, seq) from live_outbox where type = 'message:ack'
    and payload::json->>'messageId' = '${id}'`);
const SENT = ['sent', 'delivered', 'read'];

before(async () => {
  stack = await startStack({ env: {
    BALCAO_SEND_TIMEOUT_MS: '1500', BALCAO_JOB_LEASE_S: '3',
    BALCAO_SEND_UNKNOWN_GRACE_S: String(GRACE_S),
    BALCAO_SEND_ATTEMPTS: String(ATTEMPTS) } });
  desk = new Desk();
  await desk.open();
  await control('config', { knownContext: 'shape' });
});
after(() => stack?.stop());

describe('a Meta responde que não', () => {
  test('um envio comum chega uma vez e conta cada estado', async () => {
    const text = word();
    const id = await desk.reply(text);
    await desk.until(id, SENT);
    assert.equal((await requests(text)).length, 1);
    assert.equal(await attempts(id), 1);
    assert.match(await acks(id), /^sending sent/);
  });

  test('5xx e 429 são repetidos, e Retry-After é respeitado', async () => {
    const text = word();
    await plan({ action: 'http', status: 500, match: { text } },
      { action: 'http', status: 429, retryAfter: 3, match: { text } });
    const id = await desk.reply(text);
    await desk.until(id, SENT);
    assert.equal(await attempts(id), 3);
    const list = await requests(text);
    const wait = Date.parse(list[2].at) - Date.parse(list[1].at);
    assert.ok(wait >= 3000, `esperou ${wait} ms`);
    assert.match(await acks(id), /^sending queued sending queued sending sent/);
  });

  test('limite de vazão vem como 400 e também se repete', async () => {
    const text = word();
    await plan({ action: 'error', code: 130429, match: { text } });
    const id = await desk.reply(text);
    await desk.until(id, SENT);
    assert.equal(await attempts(id), 2);
  });

  test('erro permanente falha na hora com as palavras da Meta', async () => {
    const text = word();
    await plan({ action: 'error', code: 131026, details: 'Not on WhatsApp',
      match: { text } });
    const m = await desk.until(await desk.reply(text), ['failed']);
    assert.match(m.error, /Message undeliverable|131026/);
    assert.match(m.error, /Not on WhatsApp/);
    assert.equal((await requests(text)).length, 1);
  });

  test('depois da última tentativa falha, com o último motivo', async () => {
    const text = word();
    await plan({ action: 'http', status: 503, times: ATTEMPTS,
      match: { text } });
    const m = await desk.until(await desk.reply(text), ['failed']);
    assert.match(m.error, /131016/);
    assert.equal((await requests(text)).length, ATTEMPTS);
  });

  test('a resposta seguinte do ticket espera a primeira sair', async () => {
    const [one, two] = [word(), word()];
    await plan({ action: 'http', status: 500, match: { text: one } });
    const first = await desk.reply(one);
    const second = await desk.reply(two);
    await desk.until(second, SENT);
    assert.ok(SENT.includes((await desk.message(first)).status));
    const at = async (text) => (await requests(text)).at(-1).seq;
    assert.ok(await at(one) < await at(two));
  });

  test('token recusado falha e fica anotado no canal até sarar', async () => {
    const text = word();
    await plan({ action: 'error', code: 190, match: { text } });
    await desk.until(await desk.reply(text), ['failed']);
    const problem = () => stack.psql(
      "select coalesce(problem, '') from channels where name = 'WhatsApp'");
    assert.match(await problem(), /190/);
    await desk.until(await desk.reply(word()), SENT);
    assert.equal(await problem(), '');
  });
});

describe('a Meta não responde', () => {
  test('sem resposta, espera um estado e só então repete', async () => {
    const text = word();
    await plan({ action: 'hang', seconds: 4, match: { text } });
    const id = await desk.reply(text);
    await sleep(2500);
    assert.equal((await desk.message(id)).status, 'sending');
    await desk.until(id, SENT);
    assert.equal(await attempts(id), 2);
    const list = await requests(text);
    assert.equal(list.length, 2);
    assert.ok(Date.parse(list[1].at) - Date.parse(list[0].at) >=
      1500 + GRACE_S * 1000);
  });

  test('sem resposta duas vezes, falha e manda conferir', async () => {
    const text = word();
    await plan({ action: 'hang', seconds: 4, times: 2, match: { text } });
    const m = await desk.until(await desk.reply(text), ['failed'], 30);
    assert.match(m.error, /confira antes de reenviar/);
    assert.equal((await requests(text)).length, 2);
  });

  test('aceita sem resposta, o estado a reconcilia e nada se repete', async () => {
    const text = word();
    await plan({ action: 'drop-accepted', match: { text } });
    const id = await desk.reply(text);
    await desk.until(id, SENT);
    await sleep((GRACE_S + 2) * 1000);
    assert.equal((await requests(text)).length, 1);
    assert.equal(await attempts(id), 1);
    assert.equal(await stack.jobsLeft(), 0);
  });
});

describe('o worker morre entre a chamada e o registro', () => {
  test('se a Meta aceitou, o estado a reconcilia: uma vez só', async () => {
    const text = word();
    await plan({ action: 'hang', seconds: 4, accept: true, match: { text } });
    const { id } = await replyAndKill(text);
    await desk.until(id, SENT, 30);
    await sleep((3 + GRACE_S + 2) * 1000);
    assert.equal((await requests(text)).length, 1);
    assert.equal(await attempts(id), 1);
    assert.equal(await stack.jobsLeft(), 0);
  });

  test('sem notícia, falha e manda conferir; o que vem atrás sai', async () => {
    const [text, later] = [word(), word()];
    const { autoStatuses } = await control('config');
    await control('config', { autoStatuses: [] });
    await plan({ action: 'hang', seconds: 4, accept: true, match: { text } });
    const { id, dead } = await replyAndKill(text);
    const second = await desk.reply(later);
    await stack.waitRestart('work', dead);
    const m = await desk.until(id, ['failed'], 30);
    assert.match(m.error, /confira antes de reenviar/);
    await desk.until(second, SENT);
    assert.equal((await requests(text)).length, 1);
    assert.equal((await requests(later)).length, 1);
    await control('config', { autoStatuses });
  });

  test('nada se perde nem se repete com o worker morrendo sem parar', async () => {
    const texts = Array.from({ length: 30 }, word);
    const ids = [];
    for (const [i, text] of texts.entries()) {
      ids.push(await desk.reply(text));
      if (i % 10 === 9) await stack.kill9('work').catch(() => {});
    }
    for (const id of ids)
      await desk.until(id, [...SENT, 'failed'], 60);
    for (const [i, text] of texts.entries()) {
      const all = await requests(text);
      const list = all.filter((r) => r.verdict === 'accepted');
      const { status } = await desk.message(ids[i]);
      assert.ok(list.length <= 1, `${text}: enviada ${list.length} vezes`);
      if (status !== 'failed') assert.equal(list.length, 1,
          `${status} ${JSON.stringify(all)}`);
    }
    assert.equal(await stack.jobsLeft(), 0);
  });
});

describe('o banco cai enquanto a resposta chega', () => {
  test('o resultado espera o banco voltar e é gravado', async () => {
    const text = word();
    await plan({ action: 'delay', ms: 1200, match: { text } });
    const id = await desk.reply(text);
    await untilRequested(text);
    await stack.restart('postgres');
    await stack.waitHealthy();
    await desk.until(id, SENT, 30);
    assert.equal((await requests(text)).length, 1);
    assert.equal(await attempts(id), 1);
  });
});
