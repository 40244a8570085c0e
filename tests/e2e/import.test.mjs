// import.test.mjs - contatos de uma planilha no navegador: arquivo estragado,
// colunas, andamento, recusadas, desfazer; e o mesmo caminho sem JavaScript.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ADMIN, accessibility, enter, newPhone, openBrowser, openStack } from './desk.mjs';

let stack, browser;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
}, { timeout: 240000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const letters = () => Array.from({ length: 8 }, () =>
  'abcdefghijklmnopqrstuvwxyz'[Math.floor(Math.random() * 26)]).join('');
const csv = (text) => ({ name: 'clientes.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
const save = 'main form button.btn-primary';

/** Espera o fim; sem JavaScript, recarregando. */
async function finish(page, javaScriptEnabled) {
  const facts = page.locator('.import-facts');
  if (!javaScriptEnabled)
    for (let n = 0; n < 60 && await facts.count() === 0; n++) {
      await page.waitForTimeout(500);
      await page.locator('noscript a, .import-state a', { hasText: 'Atualizar' }).first().click();
    }
  await facts.waitFor();
}

for (const javaScriptEnabled of [true, false])
  test(`contacts come from a file and leave again, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await enter(browser, stack, { as: ADMIN, javaScriptEnabled });
    const one = `Zé ${letters()}`, other = `Bia ${letters()}`, wrong = `Torta ${letters()}`;
    await page.goto('/contacts');
    await page.click('a[href="/contacts/import"]');
    if (javaScriptEnabled) assert.deepEqual(await accessibility(page), []);
    await page.setInputFiles('#file', csv('Nome;Celular\n"Ana;1\n'));
    await page.click(save);
    await page.locator('#file-error', { hasText: 'linha 2' }).waitFor();
    if (javaScriptEnabled) assert.deepEqual(await accessibility(page), []);

    await page.setInputFiles('#file', csv(`Nome;Celular;E-mail\n${one};${newPhone()};\n` +
      `${other};${newPhone()};${letters()}@x.test\n${wrong};sem número;\n`));
    await page.click(save);
    await page.waitForURL(/\/contacts\/import\/\d+$/);
    await page.locator('.import-sample td', { hasText: one }).waitFor();
    assert.equal(await page.inputValue('#phoneColumn'), '2');
    if (javaScriptEnabled) assert.deepEqual(await accessibility(page), []);
    await page.click(save);
    await finish(page, javaScriptEnabled);
    assert.match(await page.locator('.import-facts').innerText(), /Criados\s+2[\s\S]*recusadas\s+1/);
    if (javaScriptEnabled) {
      assert.deepEqual(await accessibility(page), []);
      const [report] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="/refused"]')]);
      const text = readFileSync(await report.path(), 'utf8');
      assert.match(text, new RegExp(`"4","O telefone não é um número de telefone","${wrong}"`));
    }
    const here = page.url();
    await page.goto(`/contacts?q=${encodeURIComponent(one)}`);
    await page.locator('#book th a', { hasText: one }).waitFor();

    await page.goto(here);
    await page.click('a[href$="/undo"]');
    await page.click('main form button.btn-danger');
    await page.waitForURL(here);
    await finish(page, javaScriptEnabled);
    await page.locator('.import-facts', { hasText: 'Desfeitos' }).waitFor();
    await page.goto(`/contacts?q=${encodeURIComponent(one)}`);
    assert.equal(await page.locator('#book th a', { hasText: one }).count(), 0);
    if (javaScriptEnabled) assert.deepEqual(page.problems, []);
    await page.context().close();
  });

test('a vCard comes in, and its contact leaves in every format', async () => {
  const page = await enter(browser, stack, { as: ADMIN });
  const name = `Cartão ${letters()}`;
  await page.goto('/contacts/import');
  await page.setInputFiles('#file', { name: 'agenda.vcf', mimeType: 'text/vcard',
    buffer: Buffer.from(`BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name}\r\nTEL:${newPhone()}\r\n` +
      `TEL:${newPhone()}\r\nEND:VCARD\r\n`) });
  await page.click(save);
  await page.locator('.import-sample td', { hasText: name }).waitFor();
  assert.deepEqual(await accessibility(page), []);
  await page.click(save);
  await finish(page, true);
  await page.goto(`/contacts?q=${encodeURIComponent(name)}`);
  for (const [label, mark] of [['CSV', name], ['vCard', `FN:${name}`], ['XLSX', 'PK']]) {
    const [file] = await Promise.all([page.waitForEvent('download'),
      page.click(`.book-export a:text-is("${label}")`)]);
    assert.ok(readFileSync(await file.path(), 'utf8').includes(mark), label);
  }
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
