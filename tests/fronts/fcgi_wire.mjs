// fcgi_wire.mjs - FastCGI byte a byte: registros bons e tortos direto no
// soquete de um programa, sem servidor web no meio.
import { connect } from 'node:net';

export const BEGIN = 1;
export const ABORT = 2;
export const PARAMS = 4;
export const STDIN = 5;

/** Um registro; version, padding e length trocam o que a norma manda. */
export function record(type, data = '', { id = 1, version = 1, padding = 0,
  length } = {}) {
  const body = Buffer.from(data);
  const head = Buffer.alloc(8);
  head[0] = version;
  head[1] = type;
  head.writeUInt16BE(id, 2);
  head.writeUInt16BE(length ?? body.length, 4);
  head[6] = padding;
  return Buffer.concat([head, body, Buffer.alloc(padding)]);
}

export const begin = (options) =>
  record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]), options);

function size(n) {
  if (n < 128)
    return Buffer.from([n]);
  const out = Buffer.alloc(4);
  out.writeUInt32BE((n | 0x80000000) >>> 0);
  return out;
}

export function pairs(params) {
  return Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
    const [a, b] = [Buffer.from(name), Buffer.from(value)];
    return [size(a.length), size(b.length), a, b];
  }));
}

/** Um pedido inteiro e bem formado. */
export function whole(params, body = '') {
  return Buffer.concat([begin(), record(PARAMS, pairs(params)), record(PARAMS),
    ...(body ? [record(STDIN, body)] : []), record(STDIN)]);
}

/** O STDOUT que veio até o fim da conexão (ou do prazo), como texto. */
export function exchange(path, data, { hangUp = false, waitMs = 3000 } = {}) {
  return new Promise((ok) => {
    const socket = connect(path);
    const chunks = [];
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      ok(stdoutOf(Buffer.concat(chunks)));
    };
    const timer = setTimeout(done, waitMs);
    socket.on('data', (d) => chunks.push(d));
    socket.on('close', done);
    socket.on('error', done);
    socket.write(data, () => { if (hangUp) done(); });
  });
}

function stdoutOf(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === 6)
      parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + bytes[at + 6];
  }
  return Buffer.concat(parts).toString();
}
