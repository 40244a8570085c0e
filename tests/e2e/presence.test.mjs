// presence.test.mjs - quem está com uma página aberta é quem recebe: o sinal
// de vida, a escolha de ficar ausente, e a página escondida que se cala.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, customerSays, enter, live, newPhone, openBrowser, openTalk } from './desk.mjs';
import { startStack } from '../stack.mjs';

let stack, browser, agent;

before(async () => {
  stack = await startStack();
  browser = await openBrowser();
  agent = await stack.psql(`SELECT id FROM users WHERE email = '${AGENT}'`);
  await stack.psql(`UPDATE queues SET assignment = 'round_robin';
    INSERT INTO queue_members (company_id, queue_id, user_id)
    SELECT company_id, default_queue_id, ${agent} FROM channels
     WHERE default_queue_id IS NOT NULL ON CONFLICT DO NOTHING`);
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const dot = (page, status) =>
  page.locator(`#presence-dot[data-status=${status}]`).waitFor();

/** Um cliente novo escreve; com quem a conversa fica ("" é ninguém). */
async function holderOfNew() {
  const name = `Cliente ${newPhone()}`;
  await customerSays(stack, newPhone(), name, 'oi');
  const holder = await stack.psql(`SELECT coalesce(t.user_id::text, '') FROM tickets t
    JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
    WHERE c.name = '${name}'`);
  return { name, holder };
}

async function choose(page, word) {
  await page.click('.rail-user summary');
  await page.locator('[data-presence]').getByRole('button', { name: word }).click();
}

test('who has the inbox open gets the ticket, and who is away gets it on coming back', async () => {
  assert.equal((await holderOfNew()).holder, '', 'ninguém com a tela aberta');
  const page = await enter(browser, stack, { as: AGENT });
  await dot(page, 'online');
  const first = await holderOfNew();
  assert.equal(first.holder, agent);
  await page.goto('/inbox?status=active');
  await openTalk(page, first.name);

  await choose(page, 'Ausente');
  await dot(page, 'away');
  const second = await holderOfNew();
  assert.equal(second.holder, '');
  await page.goto('/account');
  await dot(page, 'away');
  await choose(page, 'Disponível');
  await dot(page, 'online');
  await page.goto('/inbox?status=active');
  await openTalk(page, second.name);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('what one tab chooses the other shows', async () => {
  const page = await enter(browser, stack, { as: AGENT });
  await live(page);
  const other = await page.context().newPage();
  await other.goto('/account');
  await dot(other, 'online');
  await choose(other, 'Ausente');
  await dot(page, 'away');
  await choose(page, 'Disponível');
  await dot(page, 'online');
  await page.context().close();
});

test('a page hidden for long goes quiet, and speaks again when seen', async () => {
  const page = await enter(browser, stack, { as: AGENT });
  await page.addInitScript(() => {
    window.isUnseen = false;
    Object.defineProperty(document, 'hidden', { get: () => window.isUnseen });
  });
  let beats = 0;
  page.on('request', (r) => { if (r.url().endsWith('/me/presence')) beats++; });
  const see = (seen) => page.evaluate((unseen) => {
    window.isUnseen = unseen;
    document.dispatchEvent(new Event('visibilitychange'));
  }, !seen);
  await page.clock.install();
  await page.goto('/account');
  await dot(page, 'online');
  await page.clock.runFor(60000);
  assert.equal(beats, 3, 'um ao abrir e um a cada 25 s');
  await see(false);
  await page.clock.runFor(4 * 60000);
  assert.ok(beats >= 12, `em outra aba continua: ${beats}`);
  await page.clock.runFor(2 * 60000);
  const quiet = beats;
  await page.clock.runFor(10 * 60000);
  assert.equal(beats, quiet, 'calada');
  const spoke = page.waitForResponse((a) => a.url().endsWith('/me/presence'));
  await see(true);
  assert.equal((await spoke).status(), 200);
  await page.context().close();
});
