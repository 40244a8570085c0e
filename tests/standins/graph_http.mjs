// graph_http.mjs - o mínimo de HTTP que as três faces do servidor (Graph
// API, controle, celular) repetiriam.

export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Lê o corpo inteiro; passou do limite, 413 sem guardar o excesso.
export async function readBody(req, limit) {
  const parts = [];
  let size = 0;
  for await (const part of req) {
    size += part.length;
    if (size > limit) throw new HttpError(413, 'corpo grande demais');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export async function readJson(req, limit = 1 << 20) {
  const raw = await readBody(req, limit);
  if (raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new HttpError(400, 'o corpo não é JSON');
  }
}

export function send(res, status, body, headers = {}) {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { 'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff', ...headers });
  res.end(body);
}

export function sendJson(res, status, value, headers = {}) {
  send(res, status, JSON.stringify(value) + '\n',
    { 'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store', ...headers });
}

// O endereço do pedido, já sem `..`: é por ele, e só por ele, que se decide
// a face, para que /demo/../__control não atravesse o proxy.
export function requestUrl(req) {
  try {
    return new URL(req.url, 'http://localhost');
  } catch {
    throw new HttpError(400, 'endereço inválido');
  }
}

/*
 * O controle é só de quem está na mesma máquina e fala direto: um pedido
 * que passou por proxy traz X-Forwarded-*, e um que saiu de página da web
 * traz Origin; nenhum dos dois é um teste.
 */
export function isLocalCaller(req) {
  const { headers, socket } = req;
  if (headers['x-forwarded-for'] || headers['x-real-ip'] ||
      headers.forwarded || headers['x-forwarded-proto'] || headers.origin) {
    return false;
  }
  const address = socket.remoteAddress;
  return address === undefined || address === '::1' ||
    address.replace(/^::ffff:/, '').startsWith('127.');
}
