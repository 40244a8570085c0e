// macros.test.mjs - uma macro montada passo a passo, com e sem JavaScript, e o
// clique que faz tudo na conversa, ou nada, dizendo que passo não pôde.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, newPhone, openBrowser,
         openStack, openTalk, sentToGraph } from './desk.mjs';

const mark = String(Date.now() % 1000000);
const macro = `Fechar venda ${mark}`;
let stack, browser, page, name;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  const phone = newPhone();
  name = `Marta Macro ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'fechado, pode mandar');
  page = await enter(browser, stack, { viewport: { width: 1500, height: 900 } });
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const add = async (tab, action) => {
  const before = await tab.locator('.macro-step').count();
  await tab.selectOption('#add', action);
  await tab.click('.macro-add button');
  await tab.locator('.macro-step').nth(before).waitFor();
};

test('steps are added, moved and removed without losing the page', async () => {
  await page.goto('/admin/macros/new');
  await page.fill('#name', macro);
  await page.evaluate(() => { window.kept = true; });
  for (const action of ['close', 'send', 'priority', 'note']) await add(page, action);
  assert.match(await page.evaluate(() => document.activeElement.name), /s3Text/);
  await page.fill('[name=s0Text]', 'vendido');
  await page.fill('[name=s1Text]', `Obrigada, {{contact.firstName}}! ${mark}`);
  await page.selectOption('[name=s2Choice]', 'high');
  await page.locator('.macro-step').nth(3).locator('[value^="drop:"]').click();
  await page.waitForFunction(() => document.querySelectorAll('.macro-step').length === 3);
  for (const at of [0, 1]) {
    await page.locator('.macro-step').nth(at).locator('[value^="down:"]').click();
    await page.locator(`[name=s${at + 1}Action][value=close]`).waitFor({ state: 'attached' });
  }
  assert.equal(await page.inputValue('[name=s2Text]'), 'vendido');
  assert.equal(await page.inputValue('#name'), macro);
  assert.ok(await page.evaluate(() => window.kept));
  assert.deepEqual(await accessibility(page), []);
  await page.click('.form-actions .btn-primary');
  await page.locator('.set-table', { hasText: macro }).waitFor();
  await page.goto('/admin/macros');
  assert.deepEqual(await accessibility(page), []);
});

test('one click answers, marks and closes, and the history says so', async () => {
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  await page.locator('.macro-run', { hasText: macro }).click();
  await bubble(page, `Obrigada, Marta! ${mark}`).waitFor();
  await page.locator('.talk-head .state-closed').waitFor();
  await page.locator('.changes', { hasText: `usou a macro ${macro}` }).waitFor();
  assert.equal((await sentToGraph(stack, `Obrigada, Marta! ${mark}`)).length, 1);
  assert.deepEqual(await accessibility(page), []);
});

test('a step that cannot be done is named, and nothing is half done', async () => {
  await page.locator('.macro-run', { hasText: macro }).click();
  const notice = page.locator('.talk .notice');
  await notice.waitFor();
  assert.match(await notice.textContent(), /passo 1, Mandar mensagem/);
  assert.equal(await bubble(page, `Obrigada, Marta! ${mark}`).count(), 1);
  assert.deepEqual(page.problems, []);
});

test('without JavaScript the same form and the same click', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/admin/macros/new');
  await plain.fill('#name', `Anotar ${mark}`);
  await add(plain, 'note');
  await plain.fill('[name=s0Text]', `visto ${mark}`);
  await plain.press('#name', 'Enter');
  await plain.locator('.set-table', { hasText: `Anotar ${mark}` }).waitFor();
  await plain.goto('/inbox?status=closed');
  await plain.locator('#rows .item', { hasText: name }).first().click();
  await plain.click('#panel-open');
  await plain.locator('.macro-run', { hasText: `Anotar ${mark}` }).click();
  await bubble(plain, `visto ${mark}`).waitFor();
});
