// pages.test.mjs - toda página que se alcança clicando: nada grave para quem
// usa leitor de tela, nada salta depois de desenhado, nada sai pela borda, e a
// primeira carga é leve. Uma página nova entra aqui sozinha.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, crawl, customerSays, enter, openBrowser, openStack }
  from './desk.mjs';

const START = ['/inbox', '/inbox?status=active', '/inbox?status=closed', '/admin',
  '/account', '/forgot', '/register', '/nada-aqui'];
const MOST_BYTES = 200_000;

let stack;
let browser;

before(async () => {
  stack = await openStack();
  if (stack.psql)
    await stack.psql(`UPDATE users SET is_super = true
      WHERE email = '${stack.info.ADMIN_EMAIL}'`);
  browser = await openBrowser();
  await customerSays(stack, '5511955553333', 'Uma Pessoa de Nome Bem Comprido da Silva e Souza',
    'uma-palavra-sem-espaco-nenhum-que-nao-cabe-na-tela-de-um-telefone-estreito-de-jeito-nenhum');
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/* Quanto a página saltou depois de desenhada (CLS), sem contar o que a pessoa fez. */
const watchShifts = () => {
  window.shifts = 0;
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) {
      if (e.hadRecentInput) continue;
      window.shifts += e.value;
      for (const { node, previousRect: was, currentRect: is } of e.sources)
        window.moved.push(`${node?.nodeName}.${node?.className} ${was.y}>${is.y}, ${was.height}>${is.height}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
};

for (const [name, options] of [
  ['wide, light', { colorScheme: 'light' }],
  ['phone, dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }]])
  test(`every page is accessible, still and inside the screen: ${name}`, async () => {
    const page = await enter(browser, stack, options);
    await page.addInitScript(watchShifts);
    const bad = [];
    const pages = await crawl(page, START, { most: 90, visit: async (path) => {
      await page.goto(path);
      await page.waitForTimeout(150);
      const { over, shifts, moved } = await page.evaluate(() => ({ shifts: window.shifts,
        moved: window.moved,
        over: document.documentElement.scrollWidth - innerWidth }));
      if (over > 0) bad.push(`${path}: passa ${over} px da borda`);
      if (shifts > 0.02) bad.push(`${path}: saltou ${shifts.toFixed(3)}: ${moved.join('; ')}`);
      bad.push(...(await accessibility(page)).map((v) => `${path}: ${v}`));
    } });
    console.log(`# ${name}: ${pages.length} páginas`);
    assert.deepEqual(bad, []);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

test('the first load of each kind of page is light', async () => {
  const { cookies } = await (await enter(browser, stack)).context().storageState();
  for (const path of ['/inbox', '/admin', '/account', '/login']) {
    const context = await browser.newContext({ baseURL: stack.baseUrl,
      storageState: { cookies: path === '/login' ? [] : cookies } });
    const page = await context.newPage();
    await page.goto(path, { waitUntil: 'load' });
    const bytes = await page.evaluate(() => [...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource')]
      .reduce((sum, e) => sum + (e.transferSize || e.encodedBodySize), 0));
    assert.ok(bytes < MOST_BYTES, `${path}: ${bytes} bytes`);
    console.log(`# ${path}: ${bytes} bytes`);
    await context.close();
  }
});
