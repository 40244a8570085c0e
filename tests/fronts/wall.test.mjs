// wall.test.mjs - o primeiro muro do nginx: enxurrada de um endereço vira 429
// com a cara certa, e passa. As outras pilhas de teste não o encontram, porque
// a própria máquina fica fora dele; aqui WALL_LOOPBACK a põe dentro.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../stack.mjs';
import { assertProblem, Desk } from './desk.mjs';
import { Wire, requestHead } from './wire.mjs';

let stack;
let desk;
const sleep = (ms) => new Promise((ok) => { setTimeout(ok, ms); });

before(async () => {
  stack = await startStack({ front: 'nginx', env: { WALL_LOOPBACK: 'loopback',
    WALL_RATE: '10', WALL_BURST: '20', WALL_CONNECTIONS: '4' } });
  desk = new Desk(stack);
  await sleep(2500);
});
after(() => stack?.stop());

async function flood(path, n) {
  const out = [];
  for (let i = 0; i < n; i += 1)
    out.push(await desk.raw('GET', path));
  return out;
}

test('a flood is 429 with Retry-After, and the burst before it passes', async () => {
  const out = await flood('/api/v1/health', 60);
  const passed = out.filter((r) => r.status === 200).length;
  const refused = out.filter((r) => r.status === 429);
  assert.equal(passed + refused.length, 60);
  assert.ok(passed >= 20 && passed <= 40, `${passed} passaram`);
  const problem = assertProblem(refused[0], 429, 'rate-limited');
  assert.match(problem.title, /Pedidos demais/);
  assert.equal(refused[0].headers['retry-after'], '1');
  assert.equal(refused[0].headers['x-content-type-options'], 'nosniff');
  const page = (await flood('/login', 5)).find((r) => r.status === 429);
  assert.equal(page.type, 'text/html');
  assert.match(page.text, /<h1>Pedidos demais/);
});

test('who waits comes in again', async () => {
  await sleep(2500);
  assert.equal((await desk.raw('GET', '/api/v1/health')).status, 200);
});

test('an invented X-Forwarded-For is not another address', async () => {
  await sleep(2500);
  const out = [];
  for (let i = 0; i < 60; i += 1)
    out.push((await desk.raw('GET', '/api/v1/health',
      { headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status);
  assert.ok(out.includes(429));
});

test('one address holds only so many connections at once', async () => {
  await sleep(2500);
  const token = (await desk.login()).json.accessToken;
  const wires = [];
  const statuses = [];
  try {
    for (let i = 0; i < 6; i += 1) {
      const wire = new Wire(desk.port);
      wires.push(wire);
      statuses.push((await wire.send(requestHead('GET', '/api/v1/stream',
        { authorization: `Bearer ${token}` })).head()).status);
    }
  } finally {
    wires.forEach((wire) => wire.close());
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
});
