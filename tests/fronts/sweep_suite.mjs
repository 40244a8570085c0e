// sweep_suite.mjs - bytes ao acaso por toda porta, muitos de uma vez: nenhum
// 5xx, nenhum processo perdido, memória no lugar.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sign } from '../standins/graph_payloads.mjs';
import { Wire } from './wire.mjs';

const PROGRAMS = ['tickets', 'whatsapp'];
const GROWTH_KB = 2048;

/** O mesmo texto, com alguns bytes trocados. */
function spoil(text) {
  const bytes = Buffer.from(text);
  for (let n = randomInt(1, 6); n > 0; n -= 1)
    bytes[randomInt(bytes.length)] = randomInt(256);
  return bytes;
}

/** n trabalhos, `width` por vez. */
async function crowd(n, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < n)
      await work(next += 1);
  }));
}

/** {pid: kB só dele} dos processos que atendem. */
async function processes(stack) {
  const out = {};
  for (const name of PROGRAMS)
    for (const pid of await stack.children(name)) {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      out[pid] = ['Private_Clean', 'Private_Dirty'].reduce((sum, key) =>
        sum + Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)[1]), 0);
    }
  return out;
}

async function sweep({ desk }, times) {
  const seen = new Set();
  const valid = JSON.stringify(desk.payload('varredura'));
  const post = async (path, headers, body) => seen.add(
    (await desk.raw('POST', path, { headers, body })).status);
  await crowd(times, 25, async (i) => {
    const body = i % 3 ? spoil('{"body":"olá","replyTo":1}') : randomBytes(300);
    await post(`/api/v1/tickets/${desk.ticket}/messages`,
      { authorization: `Bearer ${desk.token}`,
        'content-type': 'application/json' }, body);
    const hook = spoil(valid);
    await post(desk.hookPath, { 'x-hub-signature-256':
      sign(desk.info.WEBHOOK_APP_SECRET, hook) }, hook);
    await post('/language', { 'content-type':
      'application/x-www-form-urlencoded' }, spoil('lang=en&next=%2Finbox'));
    const wire = new Wire(desk.port, 5000);
    wire.send(randomBytes(randomInt(1, 2000))).finish();
    await wire.head().then((r) => seen.add(r.status), () => {});
    wire.close();
  });
  return [...seen].sort();
}

export function sweepSuite(use) {
  const fixed = use.traits.sse;

  test('random bytes everywhere: no 5xx, no process lost, no growth', async () => {
    // a primeira volta enche o que se guarda; a segunda não pode crescer
    await sweep(use, 40);
    const before = fixed ? await processes(use.stack) : {};
    const seen = await sweep(use, use.traits.cgi ? 40 : 150);
    assert.deepEqual(seen.filter((s) => s >= 500), [], seen.join(' '));
    const after = fixed ? await processes(use.stack) : {};
    assert.deepEqual(Object.keys(after), Object.keys(before));
    for (const [pid, kb] of Object.entries(after))
      assert.ok(kb - before[pid] < GROWTH_KB, `${before[pid]} → ${kb} kB`);
  });

  test('two hundred at once are all answered', async () => {
    const path = `/tickets/${use.desk.ticket}`;
    const n = use.traits.cgi ? 60 : 200;
    await crowd(n, n, async () => {
      const r = await use.desk.api('GET', path);
      assert.equal(r.status, 200, r.text);
    });
  });
}
