// sse.mjs - um assinante de eventos, do lado de quem assina: lê o fluxo
// como veio na rede e guarda tudo que passou.
import { Wire, requestHead } from './wire.mjs';

/** {id, event, data} de um bloco; só comentários dá {comment}. */
function parseBlock(block) {
  const out = {};
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at === 0)
      out.comment = line.slice(1);
    else if (at > 0)
      out[line.slice(0, at)] = line.slice(at + 1).replace(/^ /, '');
  }
  if (out.data !== undefined)
    out.data = JSON.parse(out.data);
  return out;
}

export class Sse {
  /** Abre o fluxo; com resposta que não é fluxo, `answer` é o problema. */
  static async open(port, path, headers = {}, timeoutMs = 15000) {
    const wire = new Wire(port, timeoutMs);
    const sse = new Sse();
    wire.send(requestHead('GET', path, { accept: 'text/event-stream',
                                         ...headers }));
    sse.wire = wire;
    sse.answer = await wire.head();
    sse.blocks = [];
    sse.rest = '';
    sse.seen = 0;
    if (sse.answer.type === 'text/event-stream')
      sse.done = sse.#read();
    return sse;
  }

  /** O nchan manda o corpo cru até o fim da conexão; os outros, em chunks. */
  #part() {
    return this.answer.headers['transfer-encoding'] ? this.wire.chunk()
      : this.wire.some();
  }

  async #read() {
    try {
      for (let part; (part = await this.#part()).length > 0;) {
        this.rest += part.toString();
        const whole = this.rest.split('\n\n');
        this.rest = whole.pop();
        for (const block of whole)
          this.blocks.push({ ...parseBlock(block), at: Date.now() });
      }
    } catch (e) {
      this.error = e;
    }
    this.isOver = true;
  }

  get events() {
    return this.blocks.filter((b) => b.event !== undefined);
  }

  /** O primeiro bloco que serve, já visto ou por vir. */
  async find(test, timeoutMs = 5000) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = this.blocks.find(test);
      if (found)
        return found;
      if (Date.now() > end || this.isOver)
        throw new Error(`não veio em ${timeoutMs} ms; veio ` +
          JSON.stringify(this.blocks).slice(0, 600) +
          (this.error ? ` e ${this.error.message}` : ''));
      await new Promise((ok) => { setTimeout(ok, 10); });
    }
  }

  close() {
    this.wire.close();
  }
}
