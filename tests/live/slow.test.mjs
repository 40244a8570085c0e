// slow.test.mjs - quem lê devagar não atrasa ninguém, não enche a memória do
// hub, e ao voltar recebe tudo. No laço próprio: é ele que segura os sockets.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { startStack } from '../stack.mjs';
import { Subscriber, login, nudge, sleep, until } from './lib.mjs';

const COUNT = 4000;
const BODY = 'x'.repeat(4000);

describe('leitor lento no laço próprio', { timeout: 120000 }, () => {
  let stack, token;

  before(async () => {
    stack = await startStack({ front: 'nginx' });
    token = await login(stack);
  });
  after(() => stack?.stop());

  const memory = async () => {
    const [pid] = await stack.children('stream');
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)[1]);
  };

  test('é largado depois de um teto, e volta sem perder nada', async () => {
    const quick = new Subscriber(stack, { token, rooms: ['company'] });
    const slow = new Subscriber(stack, { token, rooms: ['company'] });
    await quick.ready();
    await slow.ready();
    slow.answer.pause();
    const before = await memory();
    for (let i = 0; i < COUNT; i += 500) {
      await stack.psql(`INSERT INTO live_outbox (company_id, rooms, type, payload)
        SELECT 1, '{company}', 'message:created',
               json_build_object('n', n, 'body', '${BODY}')
          FROM generate_series(${i}, ${i + 499}) n`);
      await nudge(stack);
    }
    await quick.count(COUNT, 30000);
    assert.ok((await memory()) - before < 30000, 'o hub guardou demais');
    assert.ok(slow.events.length < COUNT);
    slow.answer.resume();
    await slow.count(COUNT, 30000);
    assert.deepEqual(slow.events.map((e) => e.data.n),
                     Array.from({ length: COUNT }, (_, i) => i));
    assert.ok(slow.opens > 1, 'a conexão lenta não caiu');
    assert.equal(slow.disorder, 0);
    quick.close();
    slow.close();
  });

  test('duzentas reconexões de uma vez, de longe, recebem tudo', async () => {
    const first = new Subscriber(stack, { token, rooms: ['company'] });
    await first.ready();
    const since = first.last;
    await stack.psql(`INSERT INTO live_outbox (company_id, rooms, type, payload)
      SELECT 1, CASE WHEN n % 50 = 0 THEN '{company,user:1}'::text[]
                     ELSE '{company}' END,
             'message:created', json_build_object('n', n)
        FROM generate_series(1, 12000) n`);
    await nudge(stack);
    await first.count(12000, 30000);
    first.close();
    const crowd = Array.from({ length: 200 }, () =>
      new Subscriber(stack, { token, rooms: ['user:1'], since }));
    await Promise.all(crowd.map((s) => s.count(240, 30000)));
    await sleep(300);
    for (const s of crowd) {
      assert.deepEqual(s.events.map((e) => e.data.n),
                       Array.from({ length: 240 }, (_, i) => (i + 1) * 50));
      s.close();
    }
    await until('todas fechadas', async () => {
      const text = await (await fetch(`${stack.baseUrl}/metrics`)).text();
      return /live_subscribers\{hub="stream"\} 0/.test(text);
    });
  });
});
