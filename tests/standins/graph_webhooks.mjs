// graph_webhooks.mjs - assina e entrega webhooks como a Meta, insiste quando
// a resposta não é 200 e roda a sequência de estados de cada envio.

import http from 'node:http';
import https from 'node:https';
import { createHmac } from 'node:crypto';
import { envelope, metaJson, sign, statusUpdate } from './graph_payloads.mjs';

const AGENTS = { keepAlive: true, maxSockets: 256, timeout: 60000 };

export class WebhookSender {
  /*
   *   settings  {retryDelaysMs, webhookTimeoutMs, statusDelayMs, …}, vivo
   *   journal   onde cada entrega fica registrada
   */
  constructor(settings, journal) {
    this.settings = settings;
    this.journal = journal;
    this.agents = { 'http:': new http.Agent(AGENTS),
      'https:': new https.Agent(AGENTS) };
    this.timers = new Map();
    this.pending = 0;
    this.idleWaiters = new Set();
    this.closed = false;
  }

  // Espera que close() interrompe: devolve false se foi interrompida.
  sleep(ms) {
    if (this.closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve(true);
      }, ms);
      this.timers.set(timer, resolve);
    });
  }

  // Um pedido só, sem insistir. Nunca rejeita: falha de rede dá status 0.
  async request(url, { method = 'POST', headers = {}, raw = '' } = {}) {
    const first = await this.#once(url, method, headers, raw, true);
    // Conexão guardada que o receptor já fechara: não é falha dele.
    return first.stale ? this.#once(url, method, headers, raw, false) : first;
  }

  #once(url, method, headers, raw, keep) {
    const started = Date.now();
    return new Promise((resolve) => {
      let req;
      const fail = (error) => resolve({ status: 0, body: '', headers: {},
        error: error.code ?? error.message, ms: Date.now() - started,
        stale: keep && Boolean(req?.reusedSocket) &&
          ['ECONNRESET', 'EPIPE'].includes(error.code) });
      try {
        const target = new URL(url);
        const client = target.protocol === 'https:' ? https : http;
        req = client.request(target, { method,
          agent: keep ? this.agents[target.protocol] : undefined,
          headers: { Accept: '*/*', 'User-Agent': 'facebookexternalua',
            ...headers, ...(method === 'POST'
              ? { 'Content-Length': Buffer.byteLength(raw) } : {}) } });
      } catch (error) {
        fail(error);
        return;
      }
      req.setTimeout(this.settings.webhookTimeoutMs, () =>
        req.destroy(Object.assign(new Error('prazo'), { code: 'TIMEOUT' })));
      req.on('error', fail);
      req.on('response', (res) => {
        const parts = [];
        res.on('data', (part) => parts.push(part));
        res.on('error', fail);
        res.on('end', () => resolve({ status: res.statusCode,
          headers: res.headers, ms: Date.now() - started,
          body: Buffer.concat(parts).toString('utf8') }));
      });
      req.end(method === 'POST' ? raw : undefined);
    });
  }

  /*
   * Entrega um webhook pronto.
   *   number   {webhookUrl, appSecret, …} do número dono
   *   payload  objeto (vira JSON da Meta) ou texto, mandado como está
   *   options  retry (padrão sim), secret, url, headers,
   *            signature: 'none', 'bad' ou o texto a mandar
   * Devolve a última resposta mais {sent, attempts}; status 0 = sem resposta.
   */
  async deliver(number, payload, options = {}) {
    const raw = typeof payload === 'string' ? payload : metaJson(payload);
    const url = options.url ?? number.webhookUrl;
    if (!url) return { status: 0, error: 'SEM_WEBHOOK', sent: raw, attempts: 0 };
    const headers = { 'Content-Type': 'application/json',
      ...signatures(options.secret ?? number.appSecret, raw,
        options.signature), ...options.headers };
    const delays = options.retry === false ? [] : this.settings.retryDelaysMs;
    const record = this.journal.add({ url, kind: options.kind ?? 'webhook',
      sent: raw, attempts: 0, status: null });
    this.pending += 1;
    let answer;
    for (let i = 0; ; i += 1) {
      answer = await this.request(url, { headers, raw });
      Object.assign(record, { attempts: i + 1, status: answer.status,
        error: answer.error, ms: answer.ms });
      if (answer.status === 200 || i >= delays.length ||
          !await this.sleep(delays[i])) break;
    }
    this.journal.touch();
    this.#done();
    return { ...answer, sent: raw, attempts: record.attempts };
  }

  // A conversa de verificação (seção 2): certo é 200 e o desafio puro.
  async verify(number, options = {}) {
    const url = new URL(options.url ?? number.webhookUrl);
    const challenge = options.challenge ??
      String(Math.floor(Math.random() * 2 ** 31));
    url.searchParams.set('hub.mode', options.mode ?? 'subscribe');
    url.searchParams.set('hub.challenge', challenge);
    url.searchParams.set('hub.verify_token',
      options.verifyToken ?? number.verifyToken);
    const answer = await this.request(url.href, { method: 'GET' });
    return { ok: answer.status === 200 && answer.body === challenge, challenge,
      status: answer.status, body: answer.body, error: answer.error,
      contentType: answer.headers['content-type'] ?? null };
  }

  // Um estado de uma mensagem, na fila dela: nunca passa à frente do anterior.
  status(sent, status, extra = {}) {
    if (!this.settings.autoStatuses.includes(status) && !extra.force) {
      return sent.chain;
    }
    if (status === 'read') sent.read = true;
    const item = statusUpdate(sent.wamid, status, {
      shape: this.#shape(), callbackData: sent.callbackData,
      recipientId: sent.waId ?? null, recipientUserId: sent.userId, ...extra });
    sent.chain = sent.chain.then(() => {
      sent.statuses.push(status);
      return this.deliver(sent.number, envelope({ statuses: [item] },
        sent.number.ids), { kind: `status:${status}` });
    });
    return sent.chain;
  }

  // sent, delivered e, se alguém estiver olhando, read. `delivered` pode ser
  // pulado na Meta; aqui a ordem é sempre a completa.
  async run(sent, hooks = {}) {
    this.pending += 1;
    try {
      const pause = () => this.sleep(this.settings.statusDelayMs);
      if (!await pause()) return;
      if (sent.failCode) {
        hooks.failed?.();
        await this.status(sent, 'failed', { code: sent.failCode,
          details: sent.failDetails });
        return;
      }
      await this.status(sent, 'sent');
      if (!await pause()) return;
      hooks.delivered?.();
      await this.status(sent, 'delivered');
      if (!await pause()) return;
      const wanted = hooks.isRead?.() || this.settings.autoRead;
      // Abrir a conversa pode já ter mandado o `read` no meio da espera.
      if (wanted && !sent.read) await this.status(sent, 'read');
    } finally {
      this.#done();
    }
  }

  #shape() {
    return Number(this.settings.version.slice(1)) < 24 ? 'cbp' : 'pmp';
  }

  #done() {
    this.pending -= 1;
    if (this.pending > 0) return;
    for (const waiter of this.idleWaiters) waiter();
    this.idleWaiters.clear();
  }

  // Resolve quando não houver mais nada saindo; devolve o que faltou.
  async flush(seconds = 10) {
    if (this.pending === 0) return 0;
    let timer;
    await Promise.race([
      new Promise((resolve) => { this.idleWaiters.add(resolve); }),
      new Promise((resolve) => { timer = setTimeout(resolve, seconds * 1000); }),
    ]);
    clearTimeout(timer);
    return this.pending;
  }

  // Interrompe esperas e insistências em curso.
  cancel() {
    for (const [timer, resolve] of this.timers) {
      clearTimeout(timer);
      resolve(false);
    }
    this.timers.clear();
  }

  close() {
    this.closed = true;
    this.cancel();
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}

// Os dois cabeçalhos da Meta; o sha1 é o legado, que ninguém deve conferir.
function signatures(secret, raw, kind) {
  if (kind === 'none') return {};
  if (kind === 'bad') {
    return { 'X-Hub-Signature-256': 'sha256=' + '0'.repeat(64) };
  }
  if (kind !== undefined) return { 'X-Hub-Signature-256': kind };
  return { 'X-Hub-Signature': 'sha1=' +
    createHmac('sha1', secret).update(raw).digest('hex'),
  'X-Hub-Signature-256': sign(secret, raw) };
}
