// chat.test.mjs - duas pessoas conversam, cada uma no seu navegador; o sino.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, accessibility, enter, openBrowser, openStack } from './desk.mjs';
import { frontTraits } from '../stack.mjs';

let stack, browser, marina, rafael, path;
const line = (page, text) => page.locator('#chat-lines .msg', { hasText: text }).last();

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  marina = await enter(browser, stack);
  rafael = await enter(browser, stack, { as: AGENT });
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('a private conversation starts, and the other is told wherever he is', async () => {
  await marina.goto('/chat/new');
  await marina.locator('.person', { hasText: 'Rafael' }).click();
  await marina.click('.chat-form button[type=submit]');
  await marina.waitForURL(/\/chat\/\d+$/);
  path = new URL(marina.url()).pathname;
  await marina.fill('#chat-answer', 'Oi, chegou bem?');
  await marina.press('#chat-answer', 'Enter');
  await line(marina, 'Oi, chegou').waitFor();
  await rafael.locator('#chat-badge:not([hidden])').waitFor({ timeout: 10000 });
  await rafael.locator('#bell-badge:not([hidden])').waitFor();
});

test('the bell leads to the conversation, and reading clears it and shows so', async () => {
  await rafael.goto('/notifications');
  assert.deepEqual(await accessibility(rafael), []);
  await rafael.locator('.notice-row.is-fresh button').first().click();
  await rafael.waitForURL(`**${path}`);
  await line(rafael, 'Oi, chegou').waitFor();
  await rafael.locator('#chat-badge').waitFor({ state: 'hidden' });
  await marina.locator('#chat-lines .msg.out .tick-read').last().waitFor({ timeout: 10000 });
});

test('each one sees the other write, then the message, without reloading', async (t) => {
  if (frontTraits(stack.front).sse) {
    await rafael.locator('#chat-answer').pressSequentially('Tudo');
    await marina.locator('#chat-typing', { hasText: /Rafael.*está escrevendo/ }).waitFor({ timeout: 5000 });
  } else t.diagnostic('sem SSE não há sussurros');
  await rafael.fill('#chat-answer', 'Tudo, e você?');
  await rafael.press('#chat-answer', 'Enter');
  await line(marina, 'Tudo, e você?').waitFor({ timeout: 5000 });
  await marina.locator('#chat-typing').waitFor({ state: 'hidden' });
  // quem olha não tem por ler: a marca some assim que a leitura volta
  await marina.locator('#chat-badge').waitFor({ state: 'hidden', timeout: 5000 });
});

test('a message is edited and deleted, and the other sees it', async () => {
  await line(rafael, 'Tudo, e você?').hover();
  await line(rafael, 'Tudo, e você?').getByTitle('Corrigir').click();
  await rafael.fill('#chat-answer', 'Tudo ótimo!');
  await rafael.press('#chat-answer', 'Enter');
  await line(marina, 'Tudo ótimo!').waitFor({ timeout: 5000 });
  await line(rafael, 'Tudo ótimo!').hover();
  await line(rafael, 'Tudo ótimo!').getByTitle('Apagar').click();
  await line(marina, 'Mensagem apagada').waitFor({ timeout: 5000 });
});

test('a file goes without reloading, keeps what was being written, and the other sees it', async () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAEAAAUAAQ0KLbQAAAAASUVORK5CYII=', 'base64');
  await marina.fill('#chat-answer', 'meio escrito');
  await marina.setInputFiles('#attach input[type=file]', { name: 'ponto.png', mimeType: 'image/png', buffer: png });
  await marina.fill('#caption', 'veja o ponto');
  await marina.press('#caption', 'Enter');
  const mine = line(marina, 'veja o ponto'), his = line(rafael, 'veja o ponto');
  await mine.waitFor();
  assert.equal(await marina.inputValue('#chat-answer'), 'meio escrito');
  await his.locator('.photo img').waitFor({ timeout: 5000 });
  await rafael.waitForFunction((img) => img.naturalWidth === 1, await his.locator('.photo img').elementHandle());
  await marina.setInputFiles('#attach input[type=file]', { name: 'x.exe', mimeType: 'image/png',
    buffer: Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1') });
  await marina.click('#attach button[type=submit]');
  await marina.locator('#attach-error', { hasText: 'não aceita' }).waitFor();
  assert.deepEqual(await accessibility(marina), []);
  await marina.fill('#chat-answer', '');
  await marina.reload();
});

test('a group works without JavaScript', async () => {
  const context = await browser.newContext({ baseURL: stack.baseUrl, javaScriptEnabled: false,
    storageState: await marina.context().storageState() });
  const page = await context.newPage();
  await page.goto('/chat/new');
  await page.locator('.person', { hasText: 'Rafael' }).click();
  await page.locator('.person', { hasText: 'Camila' }).click();
  await page.fill('#name', 'Turno da tarde');
  await page.click('.chat-form button[type=submit]');
  await page.fill('#chat-answer', 'Boa tarde @Rafael');
  await page.click('.send');
  await line(page, 'Boa tarde').waitFor();
  await rafael.goto('/chat');
  await rafael.locator('.item.is-unread', { hasText: 'Turno da tarde' }).click();
  await line(rafael, 'Boa tarde').waitFor();
  await page.locator('.talk-actions a').first().click();
  await page.fill('#name', 'Turno da noite');
  await page.locator('.chat-form button', { hasText: 'Salvar' }).click();
  await page.locator('.chat-done').waitFor();
  await rafael.locator('.talk-name', { hasText: 'Turno da noite' }).waitFor({ timeout: 8000 });
  await context.close();
});

test('Ctrl+K searches everything, accents aside, and goes where the keys say', async () => {
  const box = marina.locator('#palette-q');
  await marina.goto('/chat');
  await marina.keyboard.press('Control+k');
  await marina.locator('#palette .hit-place', { hasText: 'Contatos' }).waitFor();
  await box.fill('nao aceita cartao');
  await marina.locator('#palette .hit mark', { hasText: 'não' }).first().waitFor();
  assert.deepEqual(await accessibility(marina), []);
  await marina.keyboard.press('ArrowDown');
  await marina.locator('#palette .hit:focus').waitFor();
  await marina.keyboard.press('Enter');
  await marina.locator('#messages .msg', { hasText: 'não aceita meu cartão' }).waitFor();
  await marina.keyboard.press('Control+k');
  await box.fill('contat');
  await marina.locator('#palette .hit-place', { hasText: 'Contatos' }).waitFor();
  await marina.keyboard.press('Escape');
  await marina.locator('#palette').waitFor({ state: 'hidden' });
  await marina.locator('.rail-link[href="/search"]').click();
  await box.fill('quadro');
  await marina.locator('#palette .hit-place', { hasText: 'Quadro' }).click();
  await marina.waitForURL('**/board');
});

test('the search page answers the same without the palette', async () => {
  await marina.goto('/search?q=nao+aceita+cartao');
  await marina.locator('.search-group .hit mark', { hasText: 'não' }).first().waitFor();
  assert.deepEqual(await accessibility(marina), []);
});

test('the pages have no serious finding and no script failed', async () => {
  for (const at of ['/chat', '/chat/new', path, '/account/notifications']) {
    await marina.goto(at);
    assert.deepEqual(await accessibility(marina), [], at);
  }
  assert.deepEqual([...marina.problems, ...rafael.problems], []);
});
