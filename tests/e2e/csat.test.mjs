// csat.test.mjs - a pesquisa de satisfação, do encerrar à nota: o que a Graph
// API recebe ela mesma confere, e a resposta do contato não reabre a conversa.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, newPhone, openBrowser, openStack, sentToGraph } from './desk.mjs';

const question = `Como foi ${Date.now() % 1000000}?`;
let stack, browser, page, phone, name;

async function setSurvey(on, words) {
  await page.goto('/admin/csat');
  await page.locator('input[type=checkbox][name=enabled]').setChecked(on);
  await page.fill('#question', words);
  await page.click('.form-actions .btn-primary');
  await page.locator('.flash').first().waitFor();
  assert.equal(await page.inputValue('#question'), words);
}

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  page = await enter(browser, stack);
  await setSurvey(true, question);
  phone = newPhone();
  name = `Nora Nota ${phone.slice(-6)}`;
  await page.goto('/inbox?status=pending');
  await customerSays(stack, phone, name, 'bom dia');
  await page.locator('#rows .item', { hasText: name }).click();
  await page.getByRole('button', { name: 'Assumir' }).click();
  await page.getByRole('button', { name: 'Encerrar' }).click();
}, { timeout: 120000 });

after(async () => {
  await setSurvey(false, '').catch(() => {});
  await browser?.close();
  await stack?.stop();
});

test('closing sends a list of five scores that the Graph API accepts', async () => {
  const [sent] = await sentToGraph(stack, question);
  const { interactive, type } = sent.body;
  assert.equal(type, 'interactive');
  assert.equal(interactive.type, 'list');
  assert.equal(interactive.action.sections[0].rows.length, 5);
  assert.match(interactive.action.sections[0].rows[0].id, /^csat:\d+:5$/);
  assert.ok(sent.wamid);
  await bubble(page, question).waitFor();
});

test('the touch on the list shows in the talk, which stays closed', async () => {
  const [sent] = await sentToGraph(stack, question);
  const row = sent.body.interactive.action.sections[0].rows[0];
  await customerSays(stack, phone, name, '', { kind: 'list_reply', payload: { id: row.id, title: row.title } });
  await bubble(page, row.title).waitFor();
  await bubble(page, 'Obrigado pela nota!').waitFor();
  await customerSays(stack, phone, name, 'foi tudo ótimo mesmo');
  await bubble(page, 'foi tudo ótimo mesmo').waitFor();
  await page.locator('.talk-sub .state-closed').waitFor();
  await page.locator('#panel dd', { hasText: 'foi tudo ótimo mesmo' }).waitFor({ state: 'attached' });
});

test('the page has the figures and the words', async () => {
  await page.goto('/admin/csat');
  const answer = page.locator('.csat-answers li', { hasText: name });
  await answer.waitFor();
  assert.match(await answer.innerText(), /5 de 5[\s\S]*foi tudo ótimo mesmo/);
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual(page.problems, []);
});

test('without JavaScript the period is chosen by the same form', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/admin/csat');
  await plain.fill('#from', '2020-01-01');
  await plain.fill('#to', '2020-01-31');
  await plain.click('.csat-filter .btn-primary');
  assert.match(await plain.locator('.csat-figures').innerText(), /—/);
  await plain.context().close();
});
