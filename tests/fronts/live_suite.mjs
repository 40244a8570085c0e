// live_suite.mjs - o contrato ao vivo: SSE onde a frente o deixa passar,
// espera longa em todas; ids, retomada, resync e salas.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertProblem, word } from './desk.mjs';
import { Sse } from './sse.mjs';

const ID = /^\d+-\d+$/;

/** Uma empresa à parte, com um ticket: o que ninguém daqui pode ouvir. */
async function foreignTicket({ stack }) {
  const sql = `
    INSERT INTO companies (name) VALUES ('Outra') RETURNING id \\gset c_
    INSERT INTO channels (company_id, platform, name, key, external_id, secrets)
    VALUES (:c_id, 'whatsapp_cloud', 'X', 'outra-empresa-de-teste', '1', '') RETURNING id \\gset ch_
    INSERT INTO contacts (company_id, name, phone)
    VALUES (:c_id, 'Y', '5511900000001') RETURNING id \\gset ct_
    INSERT INTO tickets (company_id, contact_id, channel_id, status)
    VALUES (:c_id, :ct_id, :ch_id, 'pending') RETURNING id;`;
  return Number((await stack.psql(sql)).trim().split('\n').pop());
}

function refusals(use, path) {
  const ask = (query, options) => use.desk.api('GET', `${path}?${query}`, options);

  test('another company\'s ticket and what the agent may not see: 403', async () => {
    use.foreign ??= await foreignTicket(use);
    for (const room of [`ticket:${use.foreign}`, 'ticket:999999999', 'user:1',
      'company', `ticket:${use.desk.ticket},queue:999`])
      assertProblem(await ask(`rooms=${room}&timeout=1`.replace(
        path === '/stream' ? '&timeout=1' : /$^/, '')), 403, 'forbidden');
  });

  test('without a token 401; a room that does not exist 422', async () => {
    assertProblem(await ask('rooms=queue:1', { token: null }), 401);
    assertProblem(await ask('rooms=queue:1&access_token=abc', { token: null }),
      401);
    for (const rooms of ['sala:1', 'ticket:', 'ticket:01', 'ticket:1,',
      '%00', Array.from({ length: 200 }, (_, i) => `ticket:${i + 1}`).join(',')])
      assertProblem(await ask(`rooms=${rooms}`), 422, 'invalid-fields');
    assertProblem(await ask('rooms=events&since=abc'), 422, 'invalid-fields');
  });
}

function streams(use) {
  const open = (query, headers = { authorization: `Bearer ${use.desk.token}` }) =>
    Sse.open(use.desk.port, `/api/v1/stream?${query}`, headers);
  const room = () => `rooms=ticket:${use.desk.ticket}`;
  // ao menos uma vez: quem assina joga fora o id que já viu
  const heard = (sse, texts) => sse.events
    .filter((e, i, all) => texts.includes(e.data?.message?.body) &&
      all.findIndex((x) => x.id === e.id) === i)
    .map((e) => e.data.message.body);
  const isText = (text) => (b) => b.data?.message?.body === text;

  test('connected comes first; an event comes by itself', async () => {
    const sse = await open(room());
    try {
      const first = await sse.find((b) => b.event !== undefined);
      assert.equal(first.event, 'connected');
      assert.match(first.id, ID);
      assert.deepEqual(first.data.rooms, [`ticket:${use.desk.ticket}`]);
      assert.equal(sse.answer.headers['content-encoding'], undefined);
      assert.match(sse.answer.headers['cache-control'], /no-store/);
      assert.match(sse.answer.headers['x-request-id'], /^[\w-]{8,63}$/);
      const text = word('ao vivo');
      await use.desk.write(text);
      const seen = await sse.find(isText(text));
      assert.equal(seen.event, 'message:created');
      assert.equal(seen.data.ticketId, use.desk.ticket);
      assert.match(seen.id, ID);
      assert.deepEqual(heard(sse, [text]), [text]);
    } finally {
      sse.close();
    }
  });

  test('Last-Event-ID and since replay what was missed, in order', async () => {
    const sse = await open(room());
    const { id } = await sse.find((b) => b.event === 'connected');
    sse.close();
    const texts = [word('a'), word('b'), word('c')];
    for (const text of texts)
      await use.desk.write(text);
    for (const again of [
      await open(room(), { authorization: `Bearer ${use.desk.token}`,
                           'last-event-id': id }),
      await open(`${room()}&since=${id}`)]) {
      await again.find(isText(texts[2]));
      assert.deepEqual(heard(again, texts), texts);
      again.close();
    }
  });

  test('who writes is known, and has no id', async () => {
    const sse = await open(room());
    await sse.find((b) => b.event === 'connected');
    const say = (state) => use.desk.api('POST', `/tickets/${use.desk.ticket}/watch`,
      { body: { state } });
    assert.equal((await say('typing')).status, 200);
    const seen = await sse.find((b) => b.event === 'ticket:watchers');
    assert.equal(seen.id, undefined);
    assert.equal(seen.data.ticketId, use.desk.ticket);
    assert.equal(seen.data.watchers[0].typing, true);
    await say('gone');
    await sse.find((b) => b.event === 'ticket:watchers' && b.data.watchers.length === 0);
    sse.close();
  });

  test('an unknown position: one resync', async () => {
    const sse = await open(room(), { authorization: `Bearer ${use.desk.token}`,
                                     'last-event-id': '99999999-1' });
    await sse.find((b) => b.event === 'resync');
    assert.equal(sse.events[0].event, 'connected');
    const text = word('depois do resync');
    await use.desk.write(text);
    await sse.find(isText(text));
    assert.equal(sse.events.filter((b) => b.event === 'resync').length, 1);
    sse.close();
  });

  test('a heartbeat keeps the line, and the next event still comes', async () => {
    const sse = await open(room());
    await sse.find((b) => b.comment !== undefined, 6000);
    const text = word('depois do batimento');
    await use.desk.write(text);
    await sse.find(isText(text));
    sse.close();
  });

  test('a stream token and the browser\'s cookie open a stream', async () => {
    const made = await use.desk.api('POST', '/stream/token');
    assert.equal(made.status, 200, made.text);
    assert.equal(made.json.expiresIn, 60);
    const byToken = await open(`${room()}&access_token=${made.json.token}`, {});
    const { cookie } = await use.desk.browse();
    const byCookie = await open('rooms=company', { cookie });
    const text = word('para todos');
    await use.desk.write(text);
    for (const sse of [byToken, byCookie]) {
      await sse.find(isText(text));
      sse.close();
    }
  });

  test('forty screens at once see the same events in the same order', async () => {
    const screens = await Promise.all(Array.from({ length: 40 },
      () => open(room())));
    await Promise.all(screens.map((s) => s.find((b) => b.event === 'connected')));
    const texts = [word('1'), word('2'), word('3'), word('4')];
    for (const text of texts)
      await use.desk.write(text);
    for (const sse of screens) {
      await sse.find(isText(texts[3]));
      assert.deepEqual(heard(sse, texts), texts);
      sse.close();
    }
  });

  test('an agent\'s answer shows up with its ticks', async () => {
    const sse = await open(room());
    await sse.find((b) => b.event === 'connected');
    const text = word('resposta');
    const sent = await use.desk.api('POST',
      `/tickets/${use.desk.ticket}/messages`, { body: { body: text } });
    assert.equal(sent.status, 201, sent.text);
    await sse.find(isText(text));
    await sse.find((b) => b.event === 'message:ack' &&
      b.data.messageId === sent.json.id, 8000);
    sse.close();
  });
}

function polls(use) {
  const poll = async (query, token) => {
    const r = await use.desk.api('GET', `/poll?${query}`, token);
    assert.equal(r.status, 200, r.text);
    assert.match(r.json.next, ID);
    return r.json;
  };
  const room = () => `rooms=ticket:${use.desk.ticket}`;
  const bodies = (events) => events.map((e) => e.data.message?.body);

  /** Espera, posição por posição, até ouvir o texto. */
  async function hear(next, text) {
    for (let i = 0; i < 20; i += 1) {
      const out = await poll(`${room()}&since=${next}&timeout=10`);
      const event = out.events.find((e) => e.data.message?.body === text);
      if (event)
        return { event, heardAt: Date.now() };
      next = out.next;
    }
    throw new Error(`não se ouviu ${text}`);
  }

  test('waits no longer than asked, and gives where to go on', async () => {
    const { id } = await use.desk.newTicket();
    let took, out = { events: [null] }, since = '';
    /* numa máquina ocupada o aviso de nascimento ainda pode estar a caminho */
    for (let i = 0; i < 5 && out.events.length > 0; i += 1) {
      const before = Date.now();
      out = await poll(`rooms=ticket:${id}&timeout=1${since}`);
      took = Date.now() - before;
      since = `&since=${out.next}`;
    }
    assert.deepEqual(out.events, []);
    assert.ok(took > 900, `${took} ms`);
    assert.ok(took < 20000, `${took} ms: não é a espera de costume, de 25 s`);
  });

  test('an event ends the wait', async () => {
    const { next } = await poll(`${room()}&timeout=0`);
    const text = word('espera');
    const waiting = hear(next, text);
    await new Promise((ok) => { setTimeout(ok, 400); });
    const at = await use.desk.write(text);
    const { event, heardAt } = await waiting;
    assert.ok(heardAt - at < 9000, `${heardAt - at} ms de uma espera de 10 s`);
    assert.match(event.id, ID);
    assert.ok(event.type.includes(':') && event.rooms.includes(
      `ticket:${use.desk.ticket}`), JSON.stringify(event));
  });

  test('since replays, in order, nothing twice', async () => {
    let { next } = await poll(`${room()}&timeout=0`);
    const texts = [word('x'), word('y'), word('z')];
    const seen = [];
    for (const text of texts)
      await use.desk.write(text);
    for (let i = 0; i < 20 && seen.filter((b) => texts.includes(b)).length < 3;
      i += 1) {
      const out = await poll(`${room()}&since=${next}&timeout=2`);
      seen.push(...bodies(out.events));
      next = out.next;
    }
    assert.deepEqual(seen.filter((b) => texts.includes(b)), texts);
  });

  test('an unknown position gives one resync, and a good next', async () => {
    const out = await poll(`${room()}&since=99999999-1&timeout=2`);
    assert.deepEqual(out.events.map((e) => e.type), ['resync']);
    const after = await poll(`${room()}&since=${out.next}&timeout=0`);
    assert.deepEqual(after.events.filter((e) => e.type === 'resync'), []);
  });

  test('a stream token and the cookie poll; HEAD does not wait', async () => {
    const { token } = (await use.desk.api('POST', '/stream/token')).json;
    await poll(`${room()}&timeout=0&access_token=${token}`, { token: null });
    const { cookie } = await use.desk.browse();
    await poll('rooms=company&timeout=0', { token: null, headers: { cookie } });
    const before = Date.now();
    const head = await use.desk.api('HEAD', `/poll?${room()}&timeout=10`);
    assert.equal(head.status, 200);
    assert.ok(Date.now() - before < 9000, 'menos que os 10 s da espera');
  });

  test('twelve wait at once, and all hear', async () => {
    const { next } = await poll(`${room()}&timeout=0`);
    const text = word('doze');
    const waiting = Array.from({ length: 12 }, () => hear(next, text));
    await new Promise((ok) => { setTimeout(ok, 500); });
    const at = await use.desk.write(text);
    for (const { heardAt } of await Promise.all(waiting))
      assert.ok(heardAt - at < 9000, `${heardAt - at} ms de uma espera de 10 s`);
  });
}

export function liveSuite(use) {
  describe('poll', () => { polls(use); refusals(use, '/poll'); });
  if (use.traits.sse)
    describe('stream', () => { streams(use); refusals(use, '/stream'); });
}
