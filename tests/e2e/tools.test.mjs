// tools.test.mjs - as ferramentas de quem atende: etiquetas e respostas rápidas.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, live, newPhone,
         openBrowser, openStack, openTalk } from './desk.mjs';

const mark = String(Date.now() % 1000000);
let stack, browser, page, name;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  const phone = newPhone();
  name = `Rita Rápida ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'qual é o horário?');
  page = await enter(browser, stack);
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('a tag is made in settings and put on the contact in the panel', async () => {
  const tag = `Atacado ${mark}`;
  await page.goto('/admin/tags');
  await page.click('.set-head .btn-primary');
  await page.fill('#name', tag);
  await page.fill('#color', '#d63939');
  await page.click('.form-actions .btn-primary');
  await page.locator('.set-table tr', { hasText: tag }).waitFor();
  await page.goto('/admin/tags');
  assert.deepEqual(await accessibility(page), []);
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  await page.click('#panel-open');
  const choice = page.locator('#panel-contact-tags label', { hasText: tag });
  await page.click('#panel-contact-tags summary');
  await choice.click();
  await page.click('#panel-contact-tags button');
  await page.locator('.panel-contact .tag-list', { hasText: tag }).waitFor();
});

test('a form that is open stays so when the ticket changes meanwhile', async () => {
  const subject = `Troca ${mark}`;
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  await live(page);
  await page.click('#panel-open');
  await page.click('#panel-edit summary');
  await page.fill('#panel-subject', subject);
  const other = await enter(browser, stack);
  await other.goto('/inbox?status=pending');
  await openTalk(other, name);
  await other.click('#panel-open');
  await other.click('#panel-edit summary');
  await other.selectOption('#panel-priority', 'urgent');
  await other.click('#panel-edit button[type=submit]');
  await page.locator('#panel-priority option[value=urgent][selected]').waitFor({ state: 'attached' });
  assert.equal(await page.inputValue('#panel-subject'), subject, 'o que se digitava ficou');
  assert.equal(await page.inputValue('#panel-priority'), 'urgent', 'e o que o colega mudou também');
  assert.ok(await page.locator('#panel-subject').evaluate((e) => e === document.activeElement), 'sem perder o lugar');
  await page.click('#panel-edit button[type=submit]');
  await page.locator('.panel .facts dd', { hasText: subject }).waitFor();
  await other.context().close();
});

test('slash opens the replies, keys choose and Enter inserts', async () => {
  for (const [shortcut, body] of [[`horas${mark}`, '{{greeting}}, {{contact.firstName}}! Abrimos às 8h.'],
    [`horasfim${mark}`, 'Aos sábados, até as 14h.']]) {
    await page.goto('/admin/replies/new');
    await page.fill('#shortcut', shortcut);
    await page.fill('#body', body);
    if (body.includes('{{'))
      await page.locator('#reply-preview', { hasText: /(Bom dia|Boa tarde|Boa noite), Maria!/ }).waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.click('.form-actions .btn-primary');
    await page.locator('.set-table', { hasText: shortcut }).waitFor();
  }
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  const box = page.locator('#answer'), list = page.locator('#reply-options');
  await box.click();
  await box.pressSequentially('/horas');
  await list.locator('li', { hasText: `/horasfim${mark}` }).waitFor();
  assert.equal(await box.getAttribute('role'), 'combobox');
  assert.deepEqual(await accessibility(page), []);
  const active = () => box.getAttribute('aria-activedescendant');
  const first = await active();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await active(), first);
  await page.keyboard.press('Escape');
  await page.locator('#reply-pop').waitFor({ state: 'hidden' });
  assert.equal(await box.inputValue(), '/horas');
  await box.pressSequentially(mark);
  await list.locator('li').first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.reply-option').length === 1);
  await page.keyboard.press('Enter');
  assert.match(await box.inputValue(), /^(Bom dia|Boa tarde|Boa noite), Rita! Abrimos às 8h\.$/);
  assert.equal(await box.getAttribute('role'), null);
  await page.keyboard.press('Control+Enter');
  await bubble(page, 'Abrimos às 8h.').waitFor();
  assert.deepEqual(page.problems, []);
});

test('Enter before the list came waits for it, and sends no slash to the customer', async () => {
  const box = page.locator('#answer');
  await page.route('**/replies?q=*', async (route) => {
    await new Promise((ok) => { setTimeout(ok, 600); });
    await route.continue();
  });
  await box.fill('');
  await box.pressSequentially(`/horasfim${mark}`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#answer').value === 'Aos sábados, até as 14h.');
  assert.equal(await bubble(page, `/horasfim${mark}`).count(), 0);
  await page.unroute('**/replies?q=*');
  await box.fill('');
});

test('the file of a reply comes with it, may be taken off, and goes as a photo with its caption', async () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAEAAAUAAQ0KLbQAAAAASUVORK5CYII=', 'base64');
  const talk = page.url();
  await page.goto('/admin/replies');
  await page.locator('.set-table a', { hasText: `/horasfim${mark}` }).click();
  await page.setInputFiles('#file', { name: 'fachada.png', mimeType: 'image/png', buffer: png });
  await page.click('.reply-attach button');
  await page.locator('.reply-file img').waitFor();
  await page.reload();
  assert.deepEqual(await accessibility(page), []);
  await page.goto(talk);
  const box = page.locator('#answer'), chip = page.locator('#reply-chip');
  const insert = async () => {
    await box.click();
    await box.pressSequentially(`/horasfim${mark}`);
    await page.waitForFunction(() => {
      const [one, ...others] = document.querySelectorAll('.reply-option');
      return one?.textContent.includes('fachada.png') && others.length === 0;
    });
    await page.keyboard.press('Enter');
    await chip.filter({ hasText: 'fachada.png' }).waitFor();
  };
  await insert();
  assert.deepEqual(await accessibility(page), []);
  await page.click('[data-chip-cancel]');
  await chip.waitFor({ state: 'hidden' });
  await box.fill('');
  await insert();
  await page.keyboard.press('Control+Enter');
  const sent = bubble(page, 'Aos sábados, até as 14h.').last();
  await sent.locator('.photo img').waitFor();
  await chip.waitFor({ state: 'hidden' });
  assert.deepEqual(page.problems, []);
});

test('without JavaScript a link puts the reply in the box', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto(page.url());
  await plain.click('a[data-replies]');
  await plain.locator('.reply-row', { hasText: `/horasfim${mark}` }).click();
  assert.equal(await plain.inputValue('#answer'), 'Aos sábados, até as 14h.');
  await plain.context().close();
});
