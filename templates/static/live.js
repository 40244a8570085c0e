// live.js - os avisos ao vivo, sem perder nenhum: EventSource; depois de cada
// volta, um poll fecha o buraco desde o último id; se o SSE não passa (proxy,
// hospedagem), long-poll. Repetidos caem pelo id.
//
// As abas da mesma pessoa dividem uma conexão (o navegador só abre seis por
// servidor em HTTP/1.1): a que tem a tranca conecta e conta às outras; se ela
// fecha, outra herda a tranca e fecha o próprio buraco. Sem trancas (http que
// não é local), cada aba tem a sua.
//
// Avisa no <body>: live:event {type, data}, live:resync, live:state {state}.
// Estados: connecting, live, slow (long-poll), reconnecting, offline, expired.

const SEEN_MAX = 500;
const SSE_TRIES = 3;            // falhas seguidas antes do long-poll
const SSE_AGAIN_MS = 5 * 60000; // quando tentar SSE de novo
const OPEN_LIMIT_MS = 8000;     // sem `connected` até aqui, algo segura o SSE
const QUIET_MS = 60000;         // calado assim, confere com um poll
const SLEEP_MS = 30000;         // relógio que pulou: a máquina dormiu
const LEADER_WAIT_MS = 6000;    // sem resposta de quem lidera, cada um por si
const TYPES = ['ticket:created', 'ticket:updated', 'ticket:closed',
  'ticket:transferred', 'ticket:merged', 'ticket:participants', 'ticket:sla', 'message:created', 'message:updated',
  'message:ack',
  'contact:created', 'contact:updated', 'queue:updated', 'online_status', 'private_message',
  'chat:message', 'chat:read', 'chat:updated', 'notification', 'notification:read',
  'job:progress', 'resync'];
// sussurros: sem id, e não se repetem depois de uma queda (live/whisper.h)
const WHISPERS = ['ticket:watchers', 'user:typing'];

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Compara "xid-seq" com "xid-seq"; os números passam de 2^53. */
export function isAfter(id, other) {
  if (!other) return true;
  const [x, s] = id.split('-').map(BigInt), [ox, os] = other.split('-').map(BigInt);
  return x > ox || (x === ox && s > os);
}

export class Live {
  constructor({ stream = '/api/v1/stream', poll = '/api/v1/poll' } = {}) {
    this.streamPath = stream;
    this.pollPath = poll;
    this.rooms = '';
    this.lastId = '';
    this.seen = new Set();
    this.state = 'connecting';
    this.failures = 0;
    this.round = 0;             // o que é de uma conexão velha não vale mais
    this.heardAt = this.tickAt = Date.now();
    this.owns = true;           // esta aba é que conecta
  }

  start(rooms, who) {
    this.rooms = rooms;
    this.isStarted = true;
    setInterval(() => this.watch(), 5000);
    addEventListener('online', () => this.restart());
    addEventListener('offline', () => this.setState('offline'));
    addEventListener('pagehide', () => this.stop());
    addEventListener('pageshow', (e) => e.persisted && this.restart());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.state === 'live') this.catchUp();
    });
    if (who && navigator.locks && window.BroadcastChannel) this.share(`balcao-live-${who}`);
    else this.connect();
  }

  /* ---- entre abas ---- */

  share(name) {
    this.owns = false;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (e) => this.fromTab(e.data);
    navigator.locks.request(name, () => {
      this.leads = true;
      this.own();
      return new Promise(() => {});     // até a aba fechar
    });
    setTimeout(() => { if (!this.owns) this.ask(); }, 100);
    setTimeout(() => { if (this.state === 'connecting') this.own(); }, LEADER_WAIT_MS);
  }

  own() {
    if (this.owns) return;
    this.owns = true;
    this.isOpen = false;
    this.connect();
  }

  ask() {
    this.channel.postMessage({ ask: this.rooms });
  }

  fromTab(message) {
    if (message.ask !== undefined && this.leads) {
      this.addRooms(message.ask);
      this.channel.postMessage({ state: this.state });
    } else if (message.state && !this.owns) {
      this.heardAt = Date.now();
      const isUp = (state) => state === 'live' || state === 'slow', was = this.state;
      this.setState(message.state);
      if (isUp(message.state) && !isUp(was))
        this.catchUp().then(() => this.tell('live:resync'));
    } else if (message.type && !this.owns) {
      this.heardAt = Date.now();
      this.receive(message.id, message.type, message.text);
    }
  }

  /** Ouve também estas salas; só reconecta se alguma é nova. */
  addRooms(rooms) {
    const had = this.rooms.split(',');
    const fresh = rooms.split(',').filter((room) => !had.includes(room));
    if (!fresh.length) return;
    this.rooms = [...had, ...fresh].join();
    this.restart();
  }

  /** Troca as salas; só reconecta se alguma é nova. */
  setRooms(rooms) {
    if (!this.isStarted) return;
    const had = this.rooms.split(',');
    if (rooms.split(',').every((room) => had.includes(room))) return;
    if (this.leads) {
      this.addRooms(rooms);
      return;
    }
    this.rooms = rooms;
    this.restart();
  }

  restart() {
    if (this.state === 'expired') return;
    this.failures = 0;
    if (this.owns) {
      this.connect();
      return;
    }
    this.ask();
    this.catchUp();
  }

  /* ---- a conexão ---- */

  stop() {
    this.round++;
    clearTimeout(this.openTimer);
    this.source?.close();
    this.pollAbort?.abort();
    this.source = this.pollAbort = null;
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell('live:state', { state });
    if (this.leads) this.channel.postMessage({ state });
  }

  tell(name, detail) {
    document.body.dispatchEvent(new CustomEvent(name, { detail }));
  }

  connect() {
    this.stop();
    const round = this.round;
    const url = new URL(this.streamPath, location.origin);
    url.searchParams.set('rooms', this.rooms);
    const source = new EventSource(url);
    this.source = source;
    const mine = (act) => (e) => { if (round === this.round) act(e); };
    source.addEventListener('connected', mine(() => this.opened()));
    for (const type of TYPES)
      source.addEventListener(type, mine((e) => {
        this.opened();
        this.receive(e.lastEventId, type, e.data);
        if (this.leads) this.channel.postMessage({ id: e.lastEventId, type, text: e.data });
      }));
    for (const type of WHISPERS)
      source.addEventListener(type, mine((e) => {
        this.receive('', type, e.data);
        if (this.leads) this.channel.postMessage({ id: '', type, text: e.data });
      }));
    source.addEventListener('error', mine(() => this.dropped()));
    this.openTimer = setTimeout(mine(() => this.dropped()), OPEN_LIMIT_MS);
  }

  opened() {
    this.heardAt = Date.now();
    if (this.state === 'live' && this.isOpen) return;
    this.isOpen = true;
    clearTimeout(this.openTimer);
    this.failures = 0;
    this.setState('live');
    this.catchUp().then(() => this.tell('live:resync'));
  }

  /** Caiu ou não abriu: o poll diz se é o SSE, a rede ou a sessão. */
  async dropped() {
    this.stop();
    this.isOpen = false;
    this.failures++;
    const round = this.round;
    if (this.state !== 'offline') this.setState('reconnecting');
    if (this.failures > 1)
      await wait(Math.min(500 * 2 ** this.failures, 15000) * (0.7 + Math.random() * 0.6));
    else
      await wait(250);
    if (round !== this.round) return;
    const reached = await this.catchUp();
    if (round !== this.round || this.state === 'expired') return;
    if (reached && this.failures >= SSE_TRIES) this.longPoll();
    else this.connect();
  }

  receive(id, type, text) {
    let data;
    if (type === 'resync') {
      // os ids podem ter recomeçado mais abaixo: vale o que veio
      if (id) this.lastId = id;
      this.tell('live:resync');
      return;
    }
    if (id && /^\d+-\d+$/.test(id)) {
      if (this.seen.has(id)) return;
      this.seen.add(id);
      if (this.seen.size > SEEN_MAX) this.seen.delete(this.seen.values().next().value);
      if (isAfter(id, this.lastId)) this.lastId = id;
    }
    try {
      data = typeof text === 'string' ? JSON.parse(text) : text;
    } catch {
      this.tell('live:resync');
      return;
    }
    this.tell('live:event', { type, data });
  }

  async poll(timeout_s, signal) {
    const url = new URL(this.pollPath, location.origin);
    url.searchParams.set('rooms', this.rooms);
    url.searchParams.set('timeout', timeout_s);
    if (this.lastId) url.searchParams.set('since', this.lastId);
    const answer = await fetch(url, { signal, headers: { Accept: 'application/json' } });
    if (answer.status === 401) this.setState('expired');
    if (answer.status === 403) this.leaveTickets();
    if (!answer.ok) throw new Error(`poll ${answer.status}`);
    const { events, next } = await answer.json();
    for (const e of events) {
      this.receive(e.id, e.type, e.data);
      if (this.leads) this.channel.postMessage({ id: e.id, type: e.type, text: e.data });
    }
    if (next && /^\d+-\d+$/.test(next) && isAfter(next, this.lastId)) this.lastId = next;
  }

  /** A conversa aberta deixou de ser desta pessoa: ouve só o resto. */
  leaveTickets() {
    const rest = this.rooms.split(',').filter((room) => !room.startsWith('ticket:'));
    if (rest.join() === this.rooms) this.setState('expired');
    this.rooms = rest.join();
  }

  /** Fecha o buraco; verdadeiro se o servidor respondeu. */
  async catchUp() {
    try {
      const limit = AbortSignal.timeout?.(10000);
      await this.poll(0, limit);
      this.heardAt = Date.now();
      return true;
    } catch {
      return false;
    }
  }

  async longPoll() {
    const round = this.round, until = Date.now() + SSE_AGAIN_MS;
    this.setState('slow');
    this.tell('live:resync');
    while (round === this.round && Date.now() < until) {
      this.pollAbort = new AbortController();
      const limit = setTimeout(() => this.pollAbort?.abort(), 40000);
      try {
        await this.poll(25, this.pollAbort.signal);
        if (round === this.round) this.setState('slow');
      } catch {
        if (round !== this.round || this.state === 'expired') return;
        this.setState('reconnecting');
        await wait(2000 + Math.random() * 2000);
      } finally {
        clearTimeout(limit);
      }
    }
    if (round === this.round) this.connect();
  }

  /** Dormiu, ou está calado demais para se acreditar. */
  watch() {
    const now = Date.now(), slept = now - this.tickAt > SLEEP_MS;
    this.tickAt = now;
    if (slept) {
      this.restart();
    } else if (this.state === 'live' && now - this.heardAt > QUIET_MS) {
      const before = this.lastId;
      this.heardAt = now;
      this.catchUp().then((ok) => {
        /* calado e com novidade no servidor: quem lidera parou */
        if (!this.owns && before && this.lastId !== before) this.own();
        else if (!ok && this.owns) this.dropped();
      });
    }
  }
}
