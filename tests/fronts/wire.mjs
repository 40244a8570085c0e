// wire.mjs - HTTP/1.1 byte a byte, sobre net: manda o que o fetch não deixa
// (caminho com .., cabeçalho quebrado, corpo pela metade, vários pedidos de
// uma vez) e lê as respostas uma a uma.
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';

const CRLF = '\r\n';

/** A resposta pronta: cabeçalhos em minúsculas; set-cookie sempre em lista. */
class Answer {
  constructor(head) {
    const [first, ...lines] = head.toString('latin1').split(CRLF);
    const m = /^HTTP\/1\.[01] (\d{3})/.exec(first);
    if (!m)
      throw new Error(`isto não é HTTP: ${first.slice(0, 100)}`);
    this.status = Number(m[1]);
    this.headers = {};
    for (const line of lines) {
      const at = line.indexOf(':');
      const name = line.slice(0, at).toLowerCase();
      const value = line.slice(at + 1).trim();
      if (name === 'set-cookie')
        (this.headers[name] ??= []).push(value);
      else
        this.headers[name] = name in this.headers
          ? `${this.headers[name]}, ${value}` : value;
    }
    this.body = Buffer.alloc(0);
  }

  get type() {
    return (this.headers['content-type'] ?? '').split(';')[0];
  }

  get text() {
    return (this.headers['content-encoding'] === 'gzip'
      ? gunzipSync(this.body) : this.body).toString();
  }

  get json() {
    return JSON.parse(this.text);
  }
}

export class Wire {
  constructor(port, timeoutMs = 15000) {
    this.buffer = Buffer.alloc(0);
    this.ended = false;
    this.waiter = null;
    this.timeoutMs = timeoutMs;
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (d) => {
      this.buffer = Buffer.concat([this.buffer, d]);
      this.#wake();
    });
    for (const event of ['end', 'close', 'error'])
      this.socket.on(event, () => { this.ended = true; this.#wake(); });
  }

  #wake() {
    const wake = this.waiter;
    this.waiter = null;
    wake?.();
  }

  send(data) {
    this.socket.write(data);
    return this;
  }

  /** Fecha só o nosso lado: quem lê ainda pode responder. */
  finish() {
    this.socket.end();
    return this;
  }

  close() {
    this.socket.destroy();
  }

  /** Espera chegar mais; falso no fim da conexão. */
  async more() {
    if (this.ended)
      return false;
    const before = this.buffer.length;
    await new Promise((ok, fail) => {
      const timer = setTimeout(() => {
        this.waiter = null;
        fail(new Error(`nada em ${this.timeoutMs} ms; até agora: ` +
          this.buffer.toString('latin1').slice(0, 300)));
      }, this.timeoutMs);
      this.waiter = () => { clearTimeout(timer); ok(); };
    });
    return this.buffer.length > before || !this.ended;
  }

  #take(n) {
    const out = this.buffer.subarray(0, n);
    this.buffer = this.buffer.subarray(n);
    return out;
  }

  async #until(mark) {
    for (;;) {
      const at = this.buffer.indexOf(mark);
      if (at >= 0) {
        const out = this.#take(at);
        this.#take(mark.length);
        return out;
      }
      if (!await this.more())
        throw Object.assign(new Error('fim da conexão'), { code: 'END' });
    }
  }

  async #exactly(n) {
    while (this.buffer.length < n)
      if (!await this.more())
        throw Object.assign(new Error('corpo pela metade'), { code: 'END' });
    return this.#take(n);
  }

  /** Só a linha de estado e os cabeçalhos; 1xx passa, se não for pedido. */
  async head({ interim = false } = {}) {
    for (;;) {
      const answer = new Answer(await this.#until(CRLF + CRLF));
      if (answer.status >= 200 || interim)
        return answer;
    }
  }

  /** Um pedaço do corpo em chunks; vazio no último. */
  async chunk() {
    const size = parseInt((await this.#until(CRLF)).toString(), 16);
    const data = await this.#exactly(size);
    await this.#until(CRLF);
    return data;
  }

  /** O que houver, sem chunks; vazio no fim. */
  async some() {
    while (this.buffer.length === 0 && await this.more()) { /* espera */ }
    return this.#take(this.buffer.length);
  }

  /** A resposta inteira; para HEAD, sem corpo. */
  async answer({ head = false } = {}) {
    const answer = await this.head();
    const length = answer.headers['content-length'];
    if (head || answer.status === 204 || answer.status === 304)
      return answer;
    if (/chunked/i.test(answer.headers['transfer-encoding'] ?? '')) {
      const parts = [];
      for (let part; (part = await this.chunk()).length > 0;)
        parts.push(part);
      answer.body = Buffer.concat(parts);
    } else if (length !== undefined) {
      answer.body = await this.#exactly(Number(length));
    } else {
      while (await this.more()) { /* até o fim da conexão */ }
      answer.body = this.#take(this.buffer.length);
    }
    return answer;
  }
}

/** As linhas de um pedido; sem host nem tamanho, se o chamador os deu. */
export function requestHead(method, path, headers = {}) {
  return `${method} ${path} HTTP/1.1${CRLF}` +
    Object.entries({ host: 'localhost', ...headers })
      .map(([k, v]) => `${k}: ${v}${CRLF}`).join('') + CRLF;
}

/** Um pedido numa conexão só dele. O caminho vai como está. */
export async function request(port, method, path,
  { headers = {}, body, timeoutMs } = {}) {
  const wire = new Wire(port, timeoutMs);
  const data = body === undefined ? undefined : Buffer.from(body);
  try {
    wire.send(Buffer.concat([Buffer.from(requestHead(method, path, {
      connection: 'close', ...headers,
      ...(data && { 'content-length': data.length }) }), 'latin1'),
    data ?? Buffer.alloc(0)]));
    return await wire.answer({ head: method === 'HEAD' });
  } finally {
    wire.close();
  }
}
