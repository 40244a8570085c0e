// fronts.test.mjs - a API, as páginas, a entrada ruim e o ao vivo, iguais em
// cada frente. Uma pilha por vez: FRONTS="nginx apache-cgi" escolhe.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FRONTS, frontTraits, startStack } from '../stack.mjs';
import { apiSuite } from './api_suite.mjs';
import { Desk } from './desk.mjs';
import { edgeSuite } from './edge_suite.mjs';
import { headerSuite } from './header_suite.mjs';
import { inputSuite } from './input_suite.mjs';
import { liveSuite } from './live_suite.mjs';
import { pageSuite } from './page_suite.mjs';
import { sweepSuite } from './sweep_suite.mjs';

const chosen = (process.env.FRONTS ?? FRONTS.join(' ')).split(/[\s,]+/)
  .filter(Boolean);

/** Nada do que se fez pode ter dado 500 nem derrubado um programa. */
async function assertQuiet(stack) {
  const log = stack.log('supervisord');
  assert.doesNotMatch(log, /exited: .*not expected/, log);
  const metrics = await (await fetch(`${stack.baseUrl}/metrics`)).text();
  assert.equal(metrics.split('\n').filter((l) => /status="5\d\d"/.test(l))
    .join('\n'), '');
}

for (const front of chosen) {
  describe(front, () => {
    const use = { front, traits: frontTraits(front) };

    before(async () => {
      use.stack = await startStack({ front,
        env: { BALCAO_STREAM_HEARTBEAT_S: '2',
               BALCAO_FRONTEND_URL: 'https://app.example' } });
      use.desk = new Desk(use.stack);
      await use.desk.open();
    });
    after(() => use.stack?.stop());

    describe('api', () => apiSuite(use));
    describe('pages', () => pageSuite(use));
    describe('input', () => inputSuite(use));
    describe('headers', () => headerSuite(use));
    describe('edge', () => edgeSuite(use));
    describe('live', () => liveSuite(use));
    describe('sweep', () => sweepSuite(use));
    test('no 500 and no program lost', () => assertQuiet(use.stack));
  });
}
