// live.test.mjs - o tempo real sob quedas: transações que se sobrepõem
// escrevem sem parar, alguém morre, e no fim cada assinante viu, em ordem,
// cada evento das suas salas.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { startStack } from '../stack.mjs';
import { Poller, Subscriber, login, settle, sleep, until, writers } from '../live/lib.mjs';

const ROOMS = [['ticket:1', 'ticket:2'], ['ticket:3'], ['queue:1'], ['company'],
               ['queue:2', 'ticket:1'], ['user:1', 'ticket:4'], ['ticket:5', 'queue:1'],
               ['ticket:6'], ['ticket:7'], ['ticket:8', 'ticket:1']];

describe('tempo real sob quedas', { timeout: 400000 }, () => {
  let stack, token, everyone, writing;

  before(async () => {
    stack = await startStack();
    token = await login(stack);
  });
  after(() => stack?.stop());

  async function crowd(streams, pollers) {
    everyone = [];
    for (let i = 0; i < streams; i += 1)
      everyone.push(new Subscriber(stack, { token, rooms: ROOMS[i % ROOMS.length] }));
    for (let i = 0; i < pollers; i += 1)
      everyone.push(new Poller(stack, { token, rooms: ROOMS[i % ROOMS.length] }));
    for (const one of everyone)
      await one.ready();
    writing = writers(stack, 2);
    await until('os primeiros eventos', () => everyone[3].events.length > 50);
  }

  /** Mais um pouco de eventos, fim das escritas, e a conferência. */
  async function verify() {
    await sleep(2000);
    const before = everyone[3].events.length;
    await until('eventos depois da queda', () => everyone[3].events.length > before + 20,
                20000);
    await writing.stop();
    writing = null;
    const problems = await settle(stack, everyone);
    assert.deepEqual(problems, []);
    assert.ok(everyone.every((one) => one.events.length > 0));
  }

  beforeEach(() => { everyone = []; });
  afterEach(async () => {
    await writing?.stop();
    writing = null;
    for (const one of everyone)
      one.close();
  });

  test('relay morto no meio de um lote, três vezes', async () => {
    await crowd(30, 5);
    for (let i = 0; i < 3; i += 1) {
      const pid = await stack.kill9('relay');
      await stack.waitRestart('relay', pid);
      await sleep(300);
    }
    await verify();
  });

  test('relay parado de vez: os hubs leem o banco', async () => {
    await crowd(10, 3);
    await stack.stopProgram('relay');
    const before = everyone[3].events.length;
    await until('eventos sem relay', () => everyone[3].events.length > before + 100);
    await stack.startProgram('relay');
    await verify();
  });

  test('Redis esvaziado e depois morto, voltando sem nada', async () => {
    await crowd(30, 5);
    await stack.redis('FLUSHALL');
    await sleep(1000);
    const pid = await stack.kill9('redis');
    await stack.waitRestart('redis', pid);
    await verify();
  });

  test('sem Redis nenhum os eventos seguem', async () => {
    await crowd(10, 3);
    await stack.stopProgram('redis');
    const before = everyone[3].events.length;
    await until('eventos sem Redis', () => everyone[3].events.length > before + 100);
    await stack.startProgram('redis');
    await verify();
  });

  test('PostgreSQL reiniciado enquanto os eventos correm', async () => {
    await crowd(30, 5);
    await stack.restart('postgres');
    await stack.waitHealthy();
    await verify();
  });

  test('nginx reiniciado com 200 telas abertas', async () => {
    await crowd(200, 5);
    await stack.restart('nginx');
    await until('todas voltarem', () =>
      everyone.every((one) => one instanceof Poller || one.opens > 1), 30000);
    await verify();
  });

  test('hub morto: as telas voltam e não perdem nada', async () => {
    await crowd(30, 5);
    for (const name of ['stream', 'poll'])
      for (const pid of await stack.children(name))
        process.kill(pid, 'SIGKILL');
    await verify();
  });
});
