// push.mjs - um serviço de push exigente, para os testes: cada inscrição tem
// chaves dela, e um pedido só se aceita se o token VAPID confere (assinatura,
// aud, exp, sub), os cabeçalhos são os da RFC 8030 e a cifra se abre com uma
// biblioteca que não é nossa (http_ece).
//
//   const service = await startPush();
//   const device = service.subscribe();        // {endpoint, p256dh, auth}
//   service.answer(device, 429, { 'Retry-After': '1' });   // só na próxima
//   service.taken, service.refused             // o que chegou
import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer } from 'node:http';
import ece from 'http_ece';

const LONGEST = 4096;
const DAY_S = 86400;

/** Falha com o motivo; quem chama responde 400 ou 403. */
function need(fact, status, why) {
  if (!fact) throw Object.assign(new Error(why), { status });
}

/** O token de "vapid t=…, k=…", conferido. */
function vapid(header, origin) {
  const m = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]{87})$/.exec(header ?? '');
  need(m, 401, `Authorization: ${header}`);
  const point = Buffer.from(m[4], 'base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } });
  need(verify('sha256', Buffer.from(`${m[1]}.${m[2]}`), { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(m[3], 'base64url')), 403, 'a assinatura não confere');
  const head = JSON.parse(Buffer.from(m[1], 'base64url'));
  const claims = JSON.parse(Buffer.from(m[2], 'base64url'));
  const now = Date.now() / 1000;
  need(head.alg === 'ES256', 403, `alg ${head.alg}`);
  need(claims.aud === origin, 403, `aud ${claims.aud}`);
  need(claims.exp > now && claims.exp <= now + DAY_S, 403, `exp ${claims.exp}`);
  need(/^(mailto:.+@.+|https:\/\/.+)/.test(claims.sub), 403, `sub ${claims.sub}`);
  return m[4];
}

function check(req, body, device, origin) {
  const h = req.headers;
  need(req.method === 'POST', 405, req.method);
  need(device, 404, 'inscrição desconhecida');
  need(/^\d+$/.test(h.ttl ?? ''), 400, `TTL: ${h.ttl}`);
  need(h['content-encoding'] === 'aes128gcm', 415, h['content-encoding']);
  need(h.topic === undefined || /^[\w-]{1,32}$/.test(h.topic), 400, `Topic: ${h.topic}`);
  need(['very-low', 'low', 'normal', 'high', undefined].includes(h.urgency), 400, h.urgency);
  need(body.length > 0 && body.length <= LONGEST, 413, `${body.length} bytes`);
  return { key: vapid(h.authorization, origin), topic: h.topic, ttl: Number(h.ttl),
    raw: body, data: JSON.parse(ece.decrypt(body, { version: 'aes128gcm',
      privateKey: device.ecdh, authSecret: device.authBytes })) };
}

export async function startPush() {
  const devices = new Map(), taken = [], refused = [];
  const server = createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    const device = devices.get(req.url);
    const forced = device?.answers.shift();
    try {
      const message = check(req, Buffer.concat(parts), device, origin);
      if (!forced) taken.push({ device, ...message });
      else refused.push({ device, status: forced.status });
      res.writeHead(forced?.status ?? 201, forced?.headers ?? { Location: `${origin}/message/1` }).end();
    } catch (e) {
      refused.push({ device, status: e.status ?? 400, why: e.message });
      res.writeHead(e.status ?? 400).end(e.message);
    }
  });
  await new Promise((ok) => { server.listen(0, '127.0.0.1', ok); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin, taken, refused,
    subscribe() {
      const ecdh = createECDH('prime256v1');
      const authBytes = randomBytes(16);
      const path = `/send/${randomBytes(16).toString('base64url')}`;
      const device = { path, ecdh, authBytes, answers: [], endpoint: `${origin}${path}`,
        p256dh: ecdh.generateKeys().toString('base64url'), auth: authBytes.toString('base64url') };
      devices.set(path, device);
      return device;
    },
    answer(device, status, headers = {}) { device.answers.push({ status, headers }); },
    stop: () => new Promise((ok) => { server.close(ok); server.closeAllConnections(); }),
  };
}
