// login.mjs - o que oito logins ao mesmo tempo fazem aos outros: o hash de
// senha custa de propósito, e quem atende não pode esperar por ele.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/* Cada login de um endereço: o limite por endereço não é o que se mede. */
const loopback = (n) => `127.0.${1 + (n >> 8 & 63)}.${1 + (n & 127)}`;

function ask(url, { agent, method = 'GET', headers, body, localAddress }) {
  return new Promise((done, fail) => {
    const began = performance.now();
    const r = request(url, { agent, method, headers, localAddress }, (res) => {
      res.resume();
      res.on('end', () => done({ status: res.statusCode, ms: performance.now() - began }));
    });
    r.on('error', fail);
    r.end(body);
  });
}

const percentile = (list, p) => {
  const s = [...list].sort((a, b) => a - b);
  return s[Math.min(s.length - 1, Math.floor(s.length * p))];
};

/** Pedidos num ritmo fixo, em conexões que ficam: a espera que a pessoa vê. */
async function paced(url, token, { rate, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, noDelay: true });
  const headers = { authorization: `Bearer ${token}` };
  const pending = [];
  const began = performance.now();
  for (let i = 0; i < rate * seconds; i += 1) {
    const wait = began + i * 1000 / rate - performance.now();
    if (wait > 1) await sleep(wait);
    pending.push(ask(url, { agent, headers }));
  }
  const all = await Promise.all(pending);
  agent.destroy();
  const bad = all.filter((r) => r.status !== 200).length;
  return { p50: percentile(all.map((r) => r.ms), 0.5),
    p99: percentile(all.map((r) => r.ms), 0.99), bad };
}

/** Logins sem parar, `lines` por vez, até `until.stop`. */
async function logins(url, who, lines, until) {
  const body = JSON.stringify(who);
  const agent = new Agent({ keepAlive: false });
  const took = [];
  let serial = 0;
  await Promise.all(Array.from({ length: lines }, async () => {
    while (!until.stop) {
      serial += 1;
      const r = await ask(`${url}/api/v1/auth/login`, { agent, method: 'POST', body,
        headers: { 'content-type': 'application/json' }, localAddress: loopback(serial) });
      took.push(r);
    }
  }));
  return took;
}

/**
 * A mesma medida parada e com oito logins em curso.
 *   who  {email, password}
 */
export async function measureLogins(url, who, token, path) {
  const pace = { rate: 100, seconds: 8 };
  const target = `${url}${path}`;
  await paced(target, token, { rate: 100, seconds: 2 });
  const idle = await paced(target, token, pace);
  const until = { stop: false };
  const began = performance.now();
  const running = logins(url, who, 8, until);
  await sleep(500);
  const busy = await paced(target, token, pace);
  until.stop = true;
  const all = await running;
  const seconds = (performance.now() - began) / 1000;
  return { idle, busy, perSecond: all.length / seconds,
    p50: percentile(all.map((r) => r.ms), 0.5),
    bad: all.filter((r) => r.status !== 200).length };
}
