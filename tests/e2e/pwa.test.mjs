// pwa.test.mjs - o Balcão como aplicativo: o Chromium o instalaria, o número
// no ícone acompanha, e sem rede a página diz isso sem ter guardado nada.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { customerSays, enter, newPhone, openBrowser, openStack } from './desk.mjs';

let stack;
let browser;
let page;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  page = await enter(browser, stack);
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A página no comando do worker: a que se abre depois de ele estar pronto. */
async function controlled(on, path) {
  await on.goto(path);
  await on.evaluate(() => navigator.serviceWorker.ready);
  await on.goto(path);
  await on.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** Largura e altura de um PNG, do cabeçalho dele. */
async function sizeOf(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  const bytes = Buffer.from(await answer.arrayBuffer());
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

test('the manifest is one the browser understands, with icons that exist', async () => {
  const cdp = await page.context().newCDPSession(page);
  const { url, data, errors } = await cdp.send('Page.getAppManifest');
  assert.equal(new URL(url).pathname, '/app.webmanifest');
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.equal(manifest.start_url, '/inbox');
  assert.equal(manifest.lang, 'pt-BR');
  for (const { src, sizes } of manifest.icons)
    assert.equal(await sizeOf(new URL(src, stack.baseUrl)), sizes);
  for (const { url: to } of manifest.shortcuts)
    assert.equal((await page.goto(to)).status(), 200, to);
  assert.deepEqual(page.problems, []);
});

test('Chromium finds nothing that stops it from being installed', async () => {
  /* numa janela anônima, como as outras dos testes, nada se instala */
  const folder = mkdtempSync(join(tmpdir(), 'balcao-pwa-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'] });
  try {
    const one = await context.newPage();
    await one.goto(`${stack.baseUrl}/login`);
    const cdp = await context.newCDPSession(one);
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the number on the icon is that of the title, and leaves with the person', async () => {
  const other = await enter(browser, stack);
  await other.addInitScript(() => {
    globalThis.badges = [];
    navigator.setAppBadge = async (n) => { globalThis.badges.push(n); };
    navigator.clearAppBadge = async () => { globalThis.badges.push(0); };
  });
  await other.goto('/inbox');
  await customerSays(stack, newPhone(), 'Íris Ícone', 'oi');
  await other.waitForFunction(() => {
    const shown = Number(/^\((\d+)\)/.exec(document.title)?.[1] ?? 0);
    return shown > 0 && globalThis.badges.at(-1) === shown;
  }, undefined, { timeout: 60_000 });
  await other.context().clearCookies();
  await other.goto('/login');
  await other.waitForFunction(() => globalThis.badges.at(-1) === 0);
  await other.context().close();
});

test('without a network the page says so, and comes back by itself', async () => {
  await controlled(page, '/inbox');
  await page.context().setOffline(true);
  const answer = await page.goto('/contacts');
  assert.equal(answer.status(), 503);
  await page.locator('#offline h1', { hasText: 'Sem conexão' }).waitFor();
  assert.equal(await page.locator('#offline a').getAttribute('href'), '');
  /* nada se guardou: nem páginas, nem dados */
  const worker = page.context().serviceWorkers().find((w) => w.url().endsWith('/sw.js'));
  assert.deepEqual(await worker.evaluate(() => caches.keys()), []);
  await page.context().setOffline(false);
  await page.click('#offline a');
  await page.locator('.settings').first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/contacts');
});

test('what is not opening a page does not pass through the worker', async () => {
  const other = await enter(browser, stack);
  await controlled(other, '/account');
  await other.context().setOffline(true);
  await assert.rejects(other.evaluate(() => fetch('/api/v1/me').then((a) => a.status)));
  await other.context().setOffline(false);
  assert.equal(await other.evaluate(() => fetch('/api/v1/health').then((a) => a.status)), 200);
  await other.context().close();
});
