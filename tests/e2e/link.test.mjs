// link.test.mjs - o cartão do endereço aparece sozinho na conversa aberta, diz
// o que a página diz de si sem obedecer a ela, e não aparece se não se alcança.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, live, newPhone, openBrowser, openStack,
         openTalk } from './desk.mjs';

const LONG = 120000;
const PAGE = `<title>x</title><meta property="og:title" content="Café &lt;img src=x onerror=alert(1)&gt; forte">
<meta name="description" content="Torra média">`;
let stack, browser, page, web, base, phone, name;

before(async () => {
  web = createServer((ask, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    answer.end(PAGE);
  });
  await new Promise((done) => { web.listen(0, '127.0.0.1', done); });
  base = `127.0.0.1:${web.address().port}`;
  stack = await openStack({ env: { BALCAO_LINK_ALLOW: base } });
  browser = await openBrowser();
  phone = newPhone();
  name = `Lino Ligado ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'oi');
  page = await enter(browser, stack);
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  await live(page);
}, { timeout: 2 * LONG });

after(async () => {
  await browser?.close();
  await stack?.stop();
  web?.close();
});

test('the card comes by itself, with what the page says as mere text', async () => {
  await customerSays(stack, phone, name, `veja http://${base}/cafe`);
  const card = bubble(page, 'veja http').locator('.link-card');
  await card.waitFor({ timeout: LONG });
  assert.match(await card.innerText(), /Café <img src=x onerror=alert\(1\)> forte/);
  assert.equal(await card.locator('img').count(), 0);
  assert.equal(await card.getAttribute('href'), `http://${base}/cafe`);
  assert.match(await card.getAttribute('rel'), /noopener/);
});

test('an address of the inside gives no card, and the message is not held', async () => {
  await customerSays(stack, phone, name, 'e http://169.254.169.254/latest/ ?');
  await customerSays(stack, phone, name, `depois http://${base}/outro`);
  await bubble(page, 'depois http').locator('.link-card').waitFor({ timeout: LONG });
  assert.equal(await bubble(page, '169.254').locator('.link-card').count(), 0);
});

test('the card is accessible', async () => {
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual(page.problems, []);
});
