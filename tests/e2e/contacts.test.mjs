// contacts.test.mjs - a agenda no navegador: campos próprios, criar com erro e
// sem perder nada, procurar ao digitar, anotar, conversar, bloquear; e o mesmo
// caminho sem JavaScript.
import assert from 'node:assert/strict';
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

/** Um nome de uma palavra só, que ninguém mais tem. */
const letters = () => Array.from({ length: 8 }, () =>
  'abcdefghijklmnopqrstuvwxyz'[Math.floor(Math.random() * 26)]).join('');
const save = 'main form button.btn-primary';

async function makeField(page, label) {
  await page.goto('/admin/fields/new?target=contact');
  await page.fill('#label', label);
  await page.selectOption('#kind', 'select');
  await page.fill('#optionsText', 'Ouro\nPrata');
  await page.click(save);
  await page.waitForURL('**/admin/fields');
  await page.locator('th', { hasText: label }).waitFor();
}

/** Cria pelo formulário, errando o documento antes; devolve o endereço dele. */
async function makeContact(page, name, phone, label) {
  await page.goto('/contacts');
  await page.click('a[href="/contacts/new"]');
  await page.fill('#name', name);
  await page.fill('#phone', phone);
  await page.fill('#document', '111.111.111-11');
  await page.fill('#emailsText', `${letters()}@b.test`);
  await page.getByLabel(label).selectOption('Prata');
  await page.click(save);
  await page.locator('#document-error').waitFor();
  assert.equal(await page.inputValue('#name'), name);
  assert.equal(await page.getByLabel(label).inputValue(), 'Prata');
  assert.equal(await page.getAttribute('#document', 'aria-invalid'), 'true');
  await page.fill('#document', '');
  await page.click(save);
  await page.waitForURL(/\/contacts\/\d+$/);
  return new URL(page.url()).pathname;
}

for (const javaScriptEnabled of [true, false])
  test(`a contact from nothing to blocked, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await enter(browser, stack, { as: ADMIN, javaScriptEnabled });
    const name = `Zé ${letters()}`, label = `Plano ${letters()}`, phone = newPhone();
    await makeField(page, label);
    const path = await makeContact(page, name, phone, label);
    await page.locator('dd', { hasText: 'Prata' }).waitFor();

    await page.fill('#body', 'Prefere à tarde');
    await page.locator('.book-note-form button').click();
    await page.locator('.book-note-body', { hasText: 'Prefere à tarde' }).waitFor();

    await page.goto('/contacts');
    await page.fill('#q', name.slice(3, 9));
    if (!javaScriptEnabled) await page.press('#q', 'Enter');
    const found = page.locator('#book th a', { hasText: name });
    await found.waitFor();
    await page.waitForFunction(() => document.querySelectorAll('#book tbody tr').length === 1)
      .catch((e) => { if (javaScriptEnabled) throw e; });
    if (javaScriptEnabled) await page.waitForURL(/q=/);
    await found.click();
    await page.waitForURL(`**${path}`);

    await page.getByRole('button', { name: 'Começar uma conversa' }).click();
    await page.waitForURL(/\/inbox\/\d+/);
    await page.goto(`${page.url().split('?')[0]}?panel=1`);
    await page.locator('.panel-name a').click();
    await page.waitForURL(`**${path}`);
    assert.equal(await page.locator('.book-tickets li').count(), 1);

    await page.getByRole('button', { name: 'Bloquear' }).click();
    await page.getByRole('button', { name: 'Desbloquear' }).waitFor();
    await page.goto('/contacts?blocked=true');
    await page.locator('#book th a', { hasText: name }).waitFor();
    if (javaScriptEnabled) assert.deepEqual(page.problems, []);
    await page.context().close();
  });

test('the export brings what the search shows, ready for a spreadsheet', async () => {
  const page = await enter(browser, stack, { as: ADMIN });
  const name = letters();
  await page.goto('/contacts/new');
  const label = await page.locator('label .book-needed').count();
  assert.equal(label, 0);
  await page.fill('#name', `=${name}`);
  await page.click(save);
  await page.waitForURL(/\/contacts\/\d+$/);
  await page.goto(`/contacts?q=${name}`);
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.click('a[href^="/contacts/export"]')]);
  assert.match(download.suggestedFilename(), /^contatos-\d{4}-\d\d-\d\d\.csv$/);
  let text = '';
  for await (const part of await download.createReadStream()) text += part;
  assert.match(text, new RegExp(`"'=${name}"`));
  assert.equal(text.trim().split('\r\n').length, 2);
  await page.context().close();
});

for (const [name, options] of [['light', { colorScheme: 'light' }],
  ['phone, dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }]])
  test(`the pages are accessible and inside the screen: ${name}`, async () => {
    const page = await enter(browser, stack, { as: ADMIN, ...options });
    await page.goto('/contacts');
    const one = await page.locator('#book th a').first().getAttribute('href');
    const bad = [];
    for (const path of ['/contacts', '/contacts?q=nada-assim-mesmo', '/contacts/new', one,
      `${one}/edit`, `${one}/delete`, '/admin/fields', '/admin/fields/new']) {
      await page.goto(path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) bad.push(`${path}: passa ${over} px da borda`);
      bad.push(...(await accessibility(page)).map((v) => `${path}: ${v}`));
    }
    assert.deepEqual(bad, []);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
