// lib.mjs - clientes de SSE e de long-poll como o contrato os descreve
// (voltam sozinhos, de onde pararam, e largam repetições), e atalhos para
// pôr eventos na outbox.
import http from 'node:http';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const sleep = (ms) => new Promise((ok) => { setTimeout(ok, ms); });

/** Negativo, zero ou positivo: a ordem dos ids "xid-seq". */
export function compareIds(a, b) {
  const [x, y] = a.split('-').map(BigInt);
  const [u, v] = b.split('-').map(BigInt);
  if (x !== u)
    return x < u ? -1 : 1;
  return y < v ? -1 : Number(y > v);
}

/** Espera a condição; falha dizendo o que esperava. */
export async function until(what, condition, timeoutMs = 10000) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const value = await condition();
    if (value)
      return value;
    await sleep(20);
  }
  throw new Error(`não aconteceu em ${timeoutMs} ms: ${what}`);
}

export async function login(stack, email = stack.info.ADMIN_EMAIL) {
  const answer = await fetch(`${stack.baseUrl}/api/v1/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: stack.info.PASSWORD }) });
  if (answer.status !== 200)
    throw new Error(`login: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).accessToken;
}

const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;

/** SQL que põe um evento na outbox. */
export const eventSql = (rooms, type, payload, company = 1) =>
  `INSERT INTO live_outbox (company_id, rooms, type, payload) VALUES
   (${company}, ${quote(`{${rooms.join(',')}}`)}, ${quote(type)},
    ${quote(JSON.stringify(payload))});`;

/** Acorda o relay, como faz quem grava. */
export const nudge = (stack) =>
  stack.redis('PUBLISH', 'nudge:relay', '1').catch(() => {});

/** Grava um ou mais eventos [salas, tipo, corpo, empresa], numa transação. */
export async function emit(stack, ...events) {
  await stack.psql(`BEGIN; ${events.map((e) => eventSql(...e)).join('\n')} COMMIT;`);
  await nudge(stack);
}

/** Um bloco SSE: { id, event, data }, ou null se é só comentário. */
function parseBlock(text) {
  const out = {};
  for (const line of text.split('\n')) {
    const at = line.indexOf(': ');
    if (at > 0)
      out[line.slice(0, at)] = line.slice(at + 2);
  }
  return out.event ? out : null;
}

/*
 * Um assinante por SSE. Guarda em `events` os que recebeu, sem repetições;
 * `repeats` conta as largadas e `disorder` as que vieram fora de ordem sem
 * nunca terem vindo antes (isso o contrato proíbe).
 */
export class Subscriber {
  constructor(stack, { rooms = null, token, reconnect = true, headers = {},
                       query = '', since = null } = {}) {
    Object.assign(this, { stack, rooms, token, reconnect, headers, query });
    this.last = since;
    this.start = since;
    this.events = [];
    this.seen = new Set();
    this.beats = this.repeats = this.disorder = this.resyncs = 0;
    this.opens = this.refusals = this.drops = 0;
    this.stopped = false;
    this.open();
  }

  open() {
    const headers = { ...this.headers };
    if (this.token)
      headers.authorization = `Bearer ${this.token}`;
    if (this.last)
      headers['last-event-id'] = this.last;
    const query = [this.rooms && `rooms=${this.rooms.join(',')}`, this.query]
      .filter(Boolean).join('&');
    this.request = http.get(
      `${this.stack.baseUrl}/api/v1/stream${query ? `?${query}` : ''}`,
      { headers, agent: false }, (answer) => this.take(answer));
    this.request.on('error', () => this.again());
  }

  take(answer) {
    this.status = answer.statusCode;
    this.answerHeaders = answer.headers;
    let text = '';
    answer.setEncoding('utf8');
    answer.on('error', () => this.again());
    answer.on('close', () => this.again());
    if (answer.statusCode !== 200) {
      this.refusals += 1;
      answer.on('data', (d) => { this.problem = (this.problem ?? '') + d; });
      return;
    }
    this.opens += 1;
    this.answer = answer;
    answer.on('data', (d) => {
      text += d;
      for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
        this.block(text.slice(0, at));
        text = text.slice(at + 2);
      }
    });
  }

  again() {
    if (this.waiting || this.stopped)
      return;
    this.drops += 1;
    this.ended = true;
    if (!this.reconnect)
      return;
    this.waiting = true;
    setTimeout(() => {
      this.waiting = false;
      if (!this.stopped)
        this.open();
    }, 50 + Math.random() * 150);
  }

  block(text) {
    if (text === ':' || text.startsWith(':')) {
      this.beats += 1;
      return;
    }
    const e = parseBlock(text);
    if (!e)
      return;
    if (e.event === 'connected' || e.event === 'resync') {
      if (e.event === 'resync')
        this.resyncs += 1;
      else
        this.connected = JSON.parse(e.data);
      this.start ??= e.id;
      if (!this.last || e.event === 'resync')
        this.last = e.id;
      this.lastKind = e.event;
      return;
    }
    if (compareIds(e.id, this.last) <= 0) {
      if (this.seen.has(e.id) || compareIds(e.id, this.start) <= 0)
        this.repeats += 1;
      else
        this.disorder += 1;
      return;
    }
    this.last = e.id;
    this.seen.add(e.id);
    this.events.push({ id: e.id, type: e.event, data: JSON.parse(e.data) });
  }

  /** Espera o `connected` da conexão de agora. */
  ready() {
    return until('connected', () => this.connected && this.answer);
  }

  /** Espera ter ao menos n eventos. */
  async count(n, timeoutMs) {
    await until(`${n} eventos (há ${this.events.length})`,
      () => this.events.length >= n, timeoutMs).catch((e) => {
      throw new Error(`${e.message}: ${this.events.length} eventos`);
    });
    return this.events;
  }

  /** Corta a conexão; volta sozinho se reconnect. */
  cut() {
    this.request.destroy();
  }

  close() {
    this.stopped = true;
    this.request.destroy();
  }
}

/** Um long-poll. */
export async function poll(stack, token, { rooms, since, timeout = 0 } = {}) {
  const query = new URLSearchParams({ timeout });
  if (rooms)
    query.set('rooms', rooms.join(','));
  if (since)
    query.set('since', since);
  const answer = await fetch(`${stack.baseUrl}/api/v1/poll?${query}`,
    { headers: { authorization: `Bearer ${token}` } });
  const body = await answer.json();
  return { status: answer.status, ...body };
}

/** Um assinante por long-poll, com a mesma face dos de SSE. */
export class Poller {
  constructor(stack, { rooms, token, timeout = 5 }) {
    Object.assign(this, { stack, rooms, token, timeout });
    this.events = [];
    this.seen = new Set();
    this.repeats = this.disorder = this.resyncs = this.refusals = 0;
    this.opens = 0;
    this.stopped = false;
    this.done = this.run();
  }

  async run() {
    while (!this.stopped) {
      try {
        await this.turn();
      } catch {
        await sleep(200);
      }
    }
  }

  async turn() {
    const answer = await poll(this.stack, this.token, { rooms: this.rooms,
      since: this.start && this.last, timeout: this.start ? this.timeout : 0 });
    if (answer.status !== 200) {
      this.refusals += 1;
      await sleep(200);
      return;
    }
    this.opens += 1;
    if (!this.start) {
      this.start = this.last = answer.next;
      return;
    }
    for (const e of answer.events)
      this.take(e);
    this.last = answer.next;
  }

  take(e) {
    if (e.type === 'resync')
      this.resyncs += 1;
    else if (this.seen.has(e.id))
      this.repeats += 1;
    else {
      const before = this.events.at(-1);
      if (before && compareIds(e.id, before.id) <= 0)
        this.disorder += 1;
      this.seen.add(e.id);
      this.events.push(e);
    }
  }

  ready() {
    return until('primeiro next', () => this.start);
  }

  close() {
    this.stopped = true;
  }
}

const WRITER = `
\\set r random(1, 20)
\\set t random(0, 12)
\\set k random(1, 10)
BEGIN;
INSERT INTO live_outbox (company_id, rooms, type, payload) VALUES
  (1, array['ticket:' || :r, 'company'], 'message:created', '{"n":1}');
\\sleep :t ms
INSERT INTO live_outbox (company_id, rooms, type, payload) VALUES
  (1, array['queue:' || (:r % 2 + 1), 'company', 'user:1'], 'ticket:updated',
   '{"n":2}');
\\if :k = 1
ROLLBACK;
\\else
COMMIT;
\\endif
\\sleep 10 ms
`;

/*
 * Transações que se sobrepõem, esperam e às vezes desistem, em `clients`
 * conexões, até stop(). Refaz-se quando o banco cai.
 */
export function writers(stack, clients = 4) {
  const script = join(stack.root, 'writers.sql');
  let child;
  let stopped = false;

  writeFileSync(script, WRITER);
  const run = async () => {
    while (!stopped) {
      child = spawn(join(stack.info.PG_BIN, 'pgbench'),
        ['-h', stack.info.PG_HOST, '-U', 'postgres', '-n', '-c', String(clients),
         '-T', '600', '-f', script, 'balcao'],
        { env: { ...process.env, PGOPTIONS: '-c search_path=balcao' },
          stdio: 'ignore' });
      await new Promise((ok) => { child.on('exit', ok); child.on('error', ok); });
      await sleep(100);
    }
  };
  const done = run();
  return {
    stop() {
      stopped = true;
      child.kill('SIGINT');
      return done;
    },
  };
}

/*
 * O que falta, sobra ou veio torto em cada assinante, comparado com o que
 * está gravado; [] quando está tudo certo.
 */
export async function audit(stack, subscribers) {
  const text = await stack.psql(`SELECT xid || '-' || seq || ' ' ||
    array_to_string(rooms, ',') FROM live_outbox WHERE company_id = 1
    ORDER BY xid, seq`);
  const rows = text.split('\n').filter(Boolean).map((line) => {
    const [id, rooms] = line.split(' ');
    return { id, rooms: rooms.split(',') };
  });
  const problems = [];
  for (const s of subscribers) {
    const wanted = rows.filter((r) => compareIds(r.id, s.start) > 0 &&
      r.rooms.some((room) => s.rooms.includes(room)));
    const ids = new Set(wanted.map((r) => r.id));
    const missing = wanted.filter((r) => !s.seen.has(r.id)).map((r) => r.id);
    const extra = [...s.seen].filter((id) => !ids.has(id));
    if (missing.length || extra.length || s.disorder || s.resyncs)
      problems.push({ kind: s.constructor.name, rooms: s.rooms.join(),
        wanted: wanted.length, missing: missing.slice(0, 5), lost: missing.length,
        extra: extra.slice(0, 5), disorder: s.disorder, resyncs: s.resyncs });
  }
  return problems;
}

/** Espera até todos estarem em dia com a outbox; devolve o que não ficou. */
export async function settle(stack, subscribers, timeoutMs = 20000) {
  const end = Date.now() + timeoutMs;
  let problems = await audit(stack, subscribers);
  while (problems.length > 0 && Date.now() < end) {
    await sleep(500);
    problems = await audit(stack, subscribers);
  }
  return problems;
}
