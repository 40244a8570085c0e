// contract.mjs - o contrato do tempo real (DESIGN §5.5), o mesmo atrás de
// qualquer frente. contract.test.mjs o roda na frente de sempre; os testes
// de frentes, em cada uma.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { frontTraits, startStack } from '../stack.mjs';
import { Subscriber, compareIds, emit, eventSql, login, nudge, poll, sleep,
         until } from './lib.mjs';

const message = (n) => ['message:created', { ticketId: 1, n }];
const numbers = (list) => list.map((e) => e.data.n);

/** Descreve o contrato numa frente; `stack` pronta, ou uma que sobe aqui. */
export function liveContract(front, ready = null) {
  describe(`tempo real em ${front}`, { timeout: 240000 }, () => {
    let stack, admin, agent, adminId, agentId, foreign;

    before(async () => {
      stack = ready ? await ready() : await startStack({ front });
      admin = await login(stack);
      agent = await login(stack, stack.info.AGENT_EMAIL);
      [adminId, agentId] = (await stack.psql(`SELECT id FROM users WHERE email IN
        ('${stack.info.ADMIN_EMAIL}', '${stack.info.AGENT_EMAIL}')
        ORDER BY email = '${stack.info.AGENT_EMAIL}'`)).split('\n').map(Number);
      foreign = await otherCompany(stack);
    });
    after(async () => {
      if (!ready)
        await stack?.stop();
    });

    const get = (path, headers = {}) =>
      fetch(`${stack.baseUrl}/api/v1/${path}`, { headers });
    const bearer = (token) => ({ authorization: `Bearer ${token}` });

    async function problem(path, headers, status, code) {
      const answer = await get(path, headers);
      assert.equal(answer.status, status, path);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      assert.equal((await answer.json()).code, code);
    }

    test('sem credencial responde 401 e sala alheia 403', async () => {
      for (const route of ['stream', 'poll']) {
        await problem(route, {}, 401, 'unauthorized');
        await problem(`${route}?access_token=${admin}`, {}, 401, 'unauthorized');
        await problem(`${route}?rooms=user:${agentId}`, bearer(admin), 403, 'forbidden');
        await problem(`${route}?rooms=ticket:${foreign.ticket}`, bearer(admin), 403,
                      'forbidden');
        await problem(`${route}?rooms=queue:${foreign.queue}`, bearer(admin), 403,
                      'forbidden');
        await problem(`${route}?rooms=company`, bearer(agent), 403, 'forbidden');
        await problem(`${route}?rooms=ticket:999999`, bearer(agent), 403, 'forbidden');
      }
    });

    test('sala que não existe e since torto respondem 422', async () => {
      for (const bad of ['rooms=nada', 'rooms=ticket:0', 'rooms=ticket:1,',
                         'rooms=ticket:-1', 'rooms=,', 'since=abc', 'since=1',
                         `rooms=${Array(102).fill(0).map((_, i) => `ticket:${i + 1}`)}`])
        await problem(`poll?timeout=0&${bad}`, bearer(admin), 422, 'invalid-fields');
      assert.equal((await fetch(`${stack.baseUrl}/api/v1/poll`,
                                { method: 'POST', headers: bearer(admin) })).status, 405);
    });

    test('poll sem since responde a posição de agora', async () => {
      const first = await poll(stack, admin, { rooms: ['company'] });
      assert.equal(first.status, 200);
      assert.deepEqual(first.events, []);
      assert.match(first.next, /^\d+-\d+$/);
    });

    test('poll com since traz o que houve, em ordem e uma vez', async () => {
      const { next } = await poll(stack, admin, { rooms: ['company'] });
      await emit(stack, [['company', 'ticket:1'], ...message(1)],
                 [['company', `user:${adminId}`], ...message(2)]);
      await emit(stack, [['queue:1'], ...message(3)], [['company'], ...message(4)]);
      const seen = [];
      let since = next;
      await until('os três eventos', async () => {
        const answer = await poll(stack, admin, { since, timeout: 2,
          rooms: ['company', `user:${adminId}`] });
        seen.push(...answer.events);
        since = answer.next;
        return seen.length >= 3;
      });
      assert.deepEqual(numbers(seen), [1, 2, 4]);
      assert.deepEqual(seen[1].rooms.sort(), ['company', `user:${adminId}`]);
      assert.equal(seen[0].type, 'message:created');
      const after4 = await poll(stack, admin, { since, rooms: ['company'] });
      assert.deepEqual(after4.events, []);
    });

    test('poll que espera é acordado pelo evento', async () => {
      const { next } = await poll(stack, admin, { rooms: ['company'] });
      const start = Date.now();
      const waiting = poll(stack, admin, { since: next, timeout: 20, rooms: ['company'] });
      await sleep(300);
      await emit(stack, [['company'], ...message(5)]);
      let answer = await waiting;
      if (frontTraits(front).cgi && answer.events.length === 0)
        answer = await poll(stack, admin, { since: answer.next, timeout: 2,
                                            rooms: ['company'] });
      assert.deepEqual(numbers(answer.events), [5]);
      assert.ok(Date.now() - start < 8000);
    });

    test('seguindo next, trezentos eventos chegam todos', async () => {
      let { next } = await poll(stack, admin, { rooms: ['company'] });
      const seen = [];
      for (let i = 0; i < 3; i += 1)
        await emit(stack, ...Array.from({ length: 100 },
          (_, k) => [['company'], ...message(i * 100 + k)]));
      await until('trezentos', async () => {
        const answer = await poll(stack, admin, { since: next, timeout: 2,
                                                  rooms: ['company'] });
        seen.push(...answer.events);
        next = answer.next;
        return seen.length >= 300;
      }, 30000);
      assert.deepEqual(numbers(seen), Array.from({ length: 300 }, (_, i) => i));
    });

    test('posição de outro banco responde um resync e segue', async () => {
      const answer = await poll(stack, admin, { since: '9000000000000000000-1',
                                                rooms: ['company'] });
      assert.deepEqual(answer.events.map((e) => e.type), ['resync']);
      const again = await poll(stack, admin, { since: answer.next, rooms: ['company'] });
      assert.deepEqual(again.events, []);
    });

    test('token de fluxo abre pelo endereço; outro texto não', async () => {
      const made = await fetch(`${stack.baseUrl}/api/v1/stream/token`,
                               { method: 'POST', headers: bearer(agent) });
      assert.equal(made.status, 200);
      const { token, expiresIn } = await made.json();
      assert.equal(expiresIn, 60);
      assert.equal((await get(`poll?timeout=0&access_token=${token}`)).status, 200);
      await problem(`poll?timeout=0&access_token=${token}x`, {}, 401, 'unauthorized');
      await problem('me', bearer(token), 401, 'unauthorized');
    });

    if (!frontTraits(front).sse)
      return;

    const open = (options) => new Subscriber(stack, { token: admin, ...options });

    test('o primeiro evento é connected, com as salas da pessoa', async () => {
      const boss = open({});
      const person = open({ token: agent });
      await boss.ready();
      await person.ready();
      assert.match(boss.answerHeaders['content-type'], /^text\/event-stream/);
      assert.match(boss.answerHeaders['cache-control'], /no-store/);
      assert.equal(boss.connected.userId, adminId);
      assert.deepEqual(boss.connected.rooms.sort(), ['company', `user:${adminId}`]);
      assert.equal(person.connected.userId, agentId);
      assert.ok(!person.connected.rooms.includes('company'));
      assert.ok(person.connected.rooms.includes(`user:${agentId}`));
      boss.close();
      person.close();
    });

    test('cada um recebe só o das suas salas, em ordem', async () => {
      const all = open({ rooms: ['company'] });
      const mine = open({ rooms: [`user:${adminId}`] });
      await all.ready();
      await mine.ready();
      await emit(stack, [['company'], ...message(1)],
                 [['company'], ...message(90), foreign.company],
                 [['company', `user:${adminId}`], ...message(2)],
                 [[`user:${agentId}`], ...message(91)]);
      await emit(stack, [['company'], ...message(3)]);
      await all.count(3);
      await mine.count(1);
      await sleep(200);
      assert.deepEqual(numbers(all.events), [1, 2, 3]);
      assert.deepEqual(numbers(mine.events), [2]);
      assert.equal(all.repeats, 0);
      all.close();
      mine.close();
    });

    test('quem volta com Last-Event-ID recebe o que perdeu', async () => {
      const s = open({ rooms: ['company'], reconnect: false });
      await s.ready();
      await emit(stack, [['company'], ...message(1)]);
      await s.count(1);
      s.close();
      await emit(stack, [['company'], ...message(2)], [['queue:1'], ...message(9)],
                 [['company'], ...message(3)]);
      await sleep(300);
      const back = open({ rooms: ['company'], since: s.last });
      await back.count(2);
      await emit(stack, [['company'], ...message(4)]);
      await back.count(3);
      assert.deepEqual(numbers(back.events), [2, 3, 4]);
      assert.equal(back.disorder, 0);
      back.close();
    });

    test('since na query vale o mesmo, e o cabeçalho vence', async () => {
      const { next } = await poll(stack, admin, { rooms: ['company'] });
      await emit(stack, [['company'], ...message(1)]);
      const s = open({ rooms: ['company'], query: `since=${next}` });
      await s.count(1);
      const header = open({ rooms: ['company'], query: `since=${next}`, since: s.last });
      await header.ready();
      await sleep(300);
      assert.equal(header.events.length, 0);
      s.close();
      header.close();
    });

    test('id de outro banco, ou que não é id, dá connected e resync', async () => {
      for (const strange of ['9000000000000000000-1', 'nada', '7:1']) {
        const s = open({ rooms: ['company'], headers: { 'last-event-id': strange } });
        await until('resync', () => s.resyncs === 1);
        await emit(stack, [['company'], ...message(7)]);
        await s.count(1);
        assert.equal(s.opens, 1);
        s.close();
      }
    });

    test('a posição apagada da outbox dá resync', async () => {
      await stack.psql(`INSERT INTO live_cursor (name, xid, seq, cluster)
        SELECT 'pruned', xid, seq, live_cluster() FROM live_outbox
         ORDER BY xid DESC, seq DESC LIMIT 1
        ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, seq = excluded.seq`);
      const old = await stack.psql('SELECT xid FROM live_outbox ORDER BY xid LIMIT 1');
      await sleep(1300);            // o hub olha de segundo em segundo
      const s = open({ rooms: ['company'],
                       headers: { 'last-event-id': `${BigInt(old) - 5n}-0` } });
      await until('resync', () => s.resyncs === 1);
      s.close();
      await stack.psql("DELETE FROM live_cursor WHERE name = 'pruned'");
    });

    test('transação lenta que começou antes chega antes', async () => {
      const s = open({ rooms: ['company'] });
      await s.ready();
      const slow = stack.psql(`BEGIN; ${eventSql(['company'], ...message(1))}
                               SELECT pg_sleep(1); COMMIT;`);
      await sleep(400);
      await emit(stack, [['company'], ...message(2)]);
      await sleep(200);
      assert.equal(s.events.length, 0);
      await slow;
      await s.count(2, 3000);
      assert.deepEqual(numbers(s.events), [1, 2]);
      s.close();
    });

    test('texto com quebras de linha chega inteiro', async () => {
      const s = open({ rooms: ['company'] });
      await s.ready();
      const text = 'uma\nduas\r\n\r\ndata: três\u2028 ção 👍';
      await stack.psql(`INSERT INTO live_outbox (company_id, rooms, type, payload)
        VALUES (1, '{company}', 'message:created', E'{"text":\\n${
          JSON.stringify(text).replaceAll('\\', '\\\\')}\\n}')`);
      await nudge(stack);
      const [e] = await s.count(1);
      assert.equal(e.data.text, text);
      s.close();
    });

    test('evento grande chega inteiro', async () => {
      const s = open({ rooms: ['company'] });
      await s.ready();
      const body = 'á'.repeat(150000);
      await emit(stack, [['company'], 'message:created', { body }],
                 [['company'], ...message(2)]);
      const events = await s.count(2);
      assert.equal(events[0].data.body, body);
      s.close();
    });

    test('mudança de acesso termina o fluxo na hora e não aparece', async () => {
      const s = open({});
      await s.ready();
      await emit(stack, [[`user:${adminId}`], 'access:changed', {}]);
      await until('a volta', () => s.opens === 2);
      await emit(stack, [['company'], ...message(3)]);
      await s.count(1);
      assert.deepEqual(s.events.map((e) => e.type), ['message:created']);
      s.close();
    });

    test('sessão do navegador abre o fluxo', async () => {
      const secret = randomBytes(32).toString('base64url');
      const hash = createHash('sha256').update(secret).digest('hex');
      await stack.psql(`INSERT INTO web_sessions (user_id, company_id, token_version,
        token_hash, expires_at) SELECT id, 1, token_version, '\\x${hash}',
        now() + interval '1 hour' FROM users WHERE id = ${adminId}`);
      const s = open({ token: null, headers: { cookie: `balcao=${secret}` } });
      await s.ready();
      assert.equal(s.connected.userId, adminId);
      s.close();
      await problem('stream', { cookie: `balcao=${secret.slice(1)}A` }, 401,
                    'unauthorized');
    });

    test('cem salas num fluxo só, cada evento uma vez', async () => {
      const tickets = (await stack.psql(
        'SELECT id FROM tickets WHERE company_id = 1 ORDER BY id LIMIT 98'))
        .split('\n').map((id) => `ticket:${id}`);
      const s = open({ rooms: ['company', ...tickets] });
      await s.ready();
      await emit(stack, [['company', ...tickets.slice(0, 5)], ...message(1)],
                 [[tickets.at(-1)], ...message(2)]);
      await s.count(2);
      await sleep(200);
      assert.deepEqual(numbers(s.events), [1, 2]);
      assert.equal(s.repeats, 0);
      assert.ok(compareIds(s.events[0].id, s.events[1].id) < 0);
      s.close();
    });
  });
}

/** Outra empresa, com fila e ticket que ninguém da Demo pode ver. */
async function otherCompany(stack) {
  const text = await stack.psql(`
    WITH c AS (INSERT INTO companies (name) VALUES ('Outra') RETURNING id),
    q AS (INSERT INTO queues (company_id, name) SELECT id, 'dela' FROM c RETURNING *),
    h AS (INSERT INTO channels (company_id, platform, name, key, external_id, secrets)
      SELECT id, 'whatsapp_cloud', 'dela', 'chave_da_outra_' || id, 'x' || id, 'x'
        FROM c RETURNING *),
    p AS (INSERT INTO contacts (company_id, name) SELECT id, 'gente' FROM c RETURNING *)
    SELECT c.id, q.id, h.id, p.id FROM c, q, h, p`);
  const [company, queue, channel, contact] = text.split('|').map(Number);
  const ticket = Number(await stack.psql(`INSERT INTO tickets (company_id, contact_id,
    channel_id, queue_id, status) VALUES (${company}, ${contact}, ${channel}, ${queue},
    'pending') RETURNING id`));
  return { company, queue, ticket };
}
