// participants.test.mjs - um colega de outra fila é posto a acompanhar uma
// conversa, a vê chegar na lista dele, e deixa de a ver na hora em que o tiram.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, bubble, customerSays, enter, live, newPhone, openBrowser, openStack,
         openTalk } from './desk.mjs';

const LONG = 90000;
let stack, browser, marina, rafael, name, phone;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  phone = newPhone();
  name = `Pilar Partilhada ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'tem alguém do financeiro?');
  marina = await enter(browser, stack, { viewport: { width: 1440, height: 900 } });
  await marina.goto('/inbox?status=pending');
  await openTalk(marina, name);
  /* a conversa passa a ser só de quem coordena: uma fila sem mais ninguém */
  await marina.goto('/admin/queues/new');
  await marina.fill('[name=name]', `Fila ${phone.slice(-6)}`);
  await marina.click('main form button[type=submit]');
  await marina.waitForURL(/\/admin\/queues/);
  await marina.goto('/inbox?status=pending');
  await openTalk(marina, name);
  await marina.click('#panel-transfer > summary');
  await marina.selectOption('#panel-to', { label: `Fila ${phone.slice(-6)}` });
  await marina.click('#panel-transfer button[type=submit]');
  await marina.locator('.changes', { hasText: 'mudou a fila' }).waitFor();
  rafael = await enter(browser, stack, { as: AGENT, viewport: { width: 1440, height: 900 } });
  await rafael.goto('/inbox?status=pending');
  for (const page of [marina, rafael])
    await live(page);
}, { timeout: 2 * LONG });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('put to follow, the colleague sees it come to the list, and is told', async () => {
  assert.equal(await rafael.locator('#rows .item', { hasText: name }).count(), 0);
  await marina.click('#panel-participant > summary');
  await marina.selectOption('#panel-participant-id', { label: 'Rafael' });
  await marina.click('#panel-participant button[type=submit]');
  await marina.locator('.party', { hasText: 'Rafael' }).waitFor();
  await rafael.locator('#rows .item', { hasText: name }).waitFor({ timeout: LONG });
  await rafael.locator('#bell-badge:not([hidden])').waitFor({ timeout: LONG });
  await openTalk(rafael, name);
  await rafael.locator('.panel', { hasText: 'Deixar de acompanhar' }).waitFor();
});

test('what the customer writes reaches who follows, live', async () => {
  await customerSays(stack, phone, name, 'é sobre um boleto');
  await bubble(rafael, 'é sobre um boleto').waitFor({ timeout: LONG });
  await rafael.goto('/inbox?participantId=me&status=pending');
  await rafael.locator('#rows .item', { hasText: name }).waitFor();
  await openTalk(rafael, name);
});

test('taken out, the talk leaves the screen at once', async () => {
  await marina.click(`.party li:has-text("Rafael") button`);
  await marina.locator('.party-none').first().waitFor();
  await rafael.locator('#snack', { hasText: 'Você já não vê esta conversa.' }).waitFor({ timeout: LONG });
  await rafael.locator('.talk-name', { hasText: name }).waitFor({ state: 'detached', timeout: LONG });
  const gone = await rafael.request.get(marina.url());
  assert.equal(gone.status(), 404);
  assert.deepEqual([...marina.problems, ...rafael.problems], []);
});
