// board.test.mjs - o quadro: a etiqueta que vira coluna, o cartão que se move
// pelo mouse, pelo teclado e pela lista dele, e o que outra pessoa vê na hora.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, customerSays, enter, newPhone, openBrowser, openStack } from './desk.mjs';

const mark = String(Date.now() % 1000000);
// vizinhas, mesmo numa pilha que já viu este teste
const place = 10 + mark % 4000 * 2;
const first = `Proposta ${mark}`, second = `Fechamento ${mark}`;
let stack, browser, page, other, name;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  const phone = newPhone();
  name = `Quincas Quadro ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'quero uma proposta');
  page = await enter(browser, stack, { viewport: { width: 2400, height: 900 } });
  for (const tag of [first, second]) {
    await page.goto('/admin/tags/new');
    await page.fill('#name', tag);
    await page.fill('#position', String(place + (tag === second)));
    await page.check('input[name=board]');
    await page.click('.form-actions .btn-primary');
    await page.locator('.set-table tr', { hasText: tag }).locator('.badge-soft').waitFor();
  }
  other = await enter(browser, stack, { viewport: { width: 2400, height: 900 } });
  await other.goto('/board');
  await page.goto('/board');
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const stage = (tab, tag) => tab.locator(`.stage[data-name="${tag}"]`);
const card = (tab, tag) => stage(tab, tag).locator('.card-ticket', { hasText: name });

test('a card is dragged to a column, and another person sees it move', async () => {
  await card(page, 'Sem etapa').dragTo(stage(page, first));
  await card(page, first).waitFor();
  await card(other, first).waitFor();
  assert.equal(await stage(other, first).locator('.stage-count').textContent(), '1');
});

test('Alt with the arrows moves it, and the focus stays on it', async () => {
  await card(page, first).locator('.card-top').focus();
  await page.keyboard.press('Alt+ArrowRight');
  await card(page, second).waitFor();
  await card(other, second).waitFor();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Quincas/);
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual(page.problems, []);
});

test('the list of the card moves it too', async () => {
  await card(page, second).locator('select').selectOption({ label: first });
  await card(page, first).waitFor();
  await card(other, first).waitFor();
});

test('without JavaScript the list and its button move it', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/board');
  await card(plain, first).locator('select').selectOption({ label: 'Sem etapa' });
  await card(plain, first).locator('.card-move button').click();
  await card(plain, 'Sem etapa').waitFor();
  await card(page, 'Sem etapa').waitFor();
  await plain.context().close();
});
