// sla.test.mjs - o prazo de uma fila: quem atende o vê na lista e na conversa,
// e é avisado na hora em que vence, sem recarregar.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, customerSays, enter, newPhone, openBrowser, openStack } from './desk.mjs';

let stack, browser, page, name, row;

/** Os prazos de toda fila, pela página. */
async function setTargets(answer, resolution) {
  await page.goto('/admin/queues');
  const hrefs = await page.locator('a[href^="/admin/queues/"]').evaluateAll((all) =>
    [...new Set(all.map((a) => a.getAttribute('href')))].filter((h) => /\d+$/.test(h)));
  assert.ok(hrefs.length > 0);
  for (const href of hrefs) {
    await page.goto(href);
    await page.fill('#answerMinutes', answer);
    await page.fill('#resolutionMinutes', resolution);
    await page.click('.form-actions .btn-primary');
    await page.locator('.flash').first().waitFor();
    assert.equal(await page.inputValue('#answerMinutes'), answer);
  }
}

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  page = await enter(browser, stack);
  await setTargets('1', '480');
  const phone = newPhone();
  name = `Prazeres Prado ${phone.slice(-6)}`;
  await page.goto('/inbox?status=pending');
  await customerSays(stack, phone, name, 'preciso de ajuda hoje');
  row = page.locator('#rows .item', { hasText: name });
}, { timeout: 120000 });

after(async () => {
  await setTargets('', '').catch(() => {});
  await browser?.close();
  await stack?.stop();
});

test('the row says how long is left, in words', async () => {
  await row.locator('.sla.is-ok, .sla.is-near').waitFor();
  assert.equal(await row.locator('.sla-left').textContent(), 'vence em 1 min');
  assert.equal(await row.locator('.sla-kind').textContent(), 'Resposta');
});

test('the breach shows by itself, in the list, in the talk and in the bell', async () => {
  await row.click();
  await page.locator('#talk-head .sla').waitFor();
  const before = Number(await page.locator('#bell-badge').textContent());
  await row.locator('.sla.is-breached').waitFor({ timeout: 90000 });
  await page.locator('#talk-head .sla.is-breached').waitFor();
  assert.match(await page.locator('#talk-head .sla-left').textContent(), /^venceu há/);
  await page.locator('.changes', { hasText: 'anotou o prazo vencido: a primeira resposta' }).waitFor({ state: 'attached' });
  assert.deepEqual(await accessibility(page), []);
  assert.ok(before >= 0);
});

test('the filter by deadline finds it, and the answer goes on to the resolution', async () => {
  await page.goto('/inbox?status=pending&sla=breached&sort=sla');
  await page.locator('#rows .item', { hasText: name }).click();
  await page.getByRole('button', { name: 'Assumir' }).click();
  await page.getByRole('button', { name: 'Encerrar' }).waitFor();
  await page.fill('#answer', 'já estou vendo isso');
  await page.click('#composer .send');
  await page.locator('#talk-head .sla-kind', { hasText: 'Solução' }).waitFor();
  assert.equal(await page.locator('#talk-head .sla.is-ok').count(), 1);
  assert.deepEqual(page.problems, []);
});

test('without JavaScript the words are the same', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/inbox?status=active&sort=sla');
  const mark = plain.locator('#rows .item', { hasText: name }).locator('.sla');
  assert.match(await mark.textContent(), /Solução\s+vence em (8 h|7 h 5\d min)/);
  await plain.context().close();
});
