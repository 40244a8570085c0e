// filters.test.mjs - procurar, filtrar, guardar um filtro e mudar muitas
// conversas de uma vez; com JavaScript e sem ele.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { customerSays, enter, newPhone, openBrowser, openStack } from './desk.mjs';

let stack;
let browser;
let page;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  page = await enter(browser, stack);
  for (const name of ['Zuleica Filtrada', 'Zuleica Segunda', 'Outro Qualquer'])
    await customerSays(stack, newPhone(), name, 'quero um orçamento');
  await page.goto('/inbox?status=pending');
  await page.locator('#rows .item', { hasText: 'Outro Qualquer' }).waitFor();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const rows = (on) => on.locator('#rows .item');

test('searching shows only what was sought, in the address too, and live', async () => {
  await page.fill('#filter-q', 'zuleica');
  await page.press('#filter-q', 'Enter');
  await page.locator('.list-note').waitFor();
  assert.equal(await rows(page).count(), 2);
  const query = new URL(page.url()).searchParams;
  assert.deepEqual([...query.keys()].sort(), ['q', 'status']);
  await customerSays(stack, newPhone(), 'Zuleica Terceira', 'oi');
  await customerSays(stack, newPhone(), 'Ninguém Procurou', 'oi');
  await rows(page).filter({ hasText: 'Zuleica Terceira' }).waitFor();
  assert.equal(await rows(page).count(), 3);
});

test('an open talk keeps the filtered list beside it', async () => {
  await rows(page).first().click();
  await page.locator('.talk-name', { hasText: 'Zuleica' }).waitFor();
  await page.reload();
  await page.locator('.list-note').waitFor();
  assert.equal(await rows(page).count(), 3);
});

test('a filter is kept with a name and comes back by its link', async () => {
  await page.click('.filter-more > summary');
  await page.fill('#view-name', 'As Zuleicas');
  await page.click('.filter-keep button');
  await page.locator('.list-done', { hasText: 'guardado' }).waitFor();
  await page.goto('/inbox');
  const view = page.locator('#views .view', { hasText: 'As Zuleicas' });
  await view.locator('.view-count', { hasText: '3' }).waitFor();
  await view.click();
  await page.locator('.list-note').waitFor();
  assert.equal(await rows(page).count(), 3);
  assert.deepEqual(page.problems, []);
});

test('the count beside a kept filter follows what arrives', async () => {
  await page.goto('/inbox');
  await customerSays(stack, newPhone(), 'Zuleica Quarta', 'cheguei');
  await page.locator('#views .view', { hasText: 'As Zuleicas' })
    .locator('.view-count', { hasText: '4' }).waitFor({ timeout: 60_000 });
  assert.deepEqual(page.problems, []);
});

test('a filter is renamed and shared without JavaScript', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/inbox');
  await plain.click('#views a[href="/admin/views"]');
  await plain.locator('.set-table th a', { hasText: 'As Zuleicas' }).click();
  await plain.fill('#name', 'Todas as Zuleicas');
  await plain.selectOption('#audience', 'company');
  await plain.click('.form-actions button');
  await plain.locator('.set-table tr', { hasText: 'Todas as Zuleicas' })
    .locator('.badge-soft', { hasText: 'a empresa' }).waitFor();
  await plain.goto('/inbox');
  await plain.locator('#views .view', { hasText: 'Todas as Zuleicas' }).waitFor();
  await plain.context().close();
});

test('what only a screen reader reads does not make the page taller', async () => {
  for (let i = 0; i < 8; i++)
    await customerSays(stack, newPhone(), `Fundo da Lista ${i}`, 'oi');
  await page.goto('/inbox?status=pending');
  await rows(page).filter({ hasText: 'Fundo da Lista 0' }).waitFor();
  const [tall, seen] = await page.evaluate(() =>
    [document.scrollingElement.scrollHeight, innerHeight]);
  assert.equal(tall, seen);
});

test('many change at once, without JavaScript', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/inbox?status=pending&q=zuleica&pick=1');
  for (const box of await plain.locator('#rows input[name=ticketIds]').all())
    await box.check();
  await plain.selectOption('#bulk-what', 'close');
  await plain.locator('.bulk button').press('Enter');
  await plain.locator('.list-done', { hasText: /4 conversas mudaram/ }).waitFor();
  assert.equal(await rows(plain).count(), 0);
  await plain.context().close();
});
