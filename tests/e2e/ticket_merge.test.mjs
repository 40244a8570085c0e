// ticket_merge.test.mjs - duas conversas do mesmo contato viram uma: escolher, ver
// como fica, confirmar; e quem tinha a outra aberta vai junto, na hora.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, ADMIN, bubble, customerSays, enter, newPhone,
         openBrowser, openStack, openTalk } from './desk.mjs';

let stack, browser, page, other, name, api, old, fresh;

/** A API com o token de quem administra. */
async function signIn() {
  const ask = (path, method, body, token) => fetch(`${stack.baseUrl}/api/v1/${path}`, {
    method, body: body && JSON.stringify(body), headers: {
      'Content-Type': 'application/json', ...token && { Authorization: `Bearer ${token}` } } })
    .then((r) => r.json());
  const { accessToken } = await ask('auth/login', 'POST',
    { email: ADMIN, password: stack.info.PASSWORD });
  return (path, method = 'GET', body) => ask(path, method, body, accessToken);
}

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  api = await signIn();
  const phone = newPhone();
  name = `Davi Duplo ${phone.slice(-6)}`;
  const { reopenHours } = await api('settings/tickets');
  await api('settings/tickets', 'PUT', { reopenHours: 0 });
  await customerSays(stack, phone, name, 'primeira conversa');
  page = await enter(browser, stack, { viewport: { width: 1500, height: 900 } });
  await openTalk(page, name);
  old = new URL(page.url()).pathname;
  await page.click('.talk-head form[action$="/close"] button');
  await page.locator('.talk-head .state-closed').waitFor();
  await customerSays(stack, phone, name, 'segunda conversa');
  await api('settings/tickets', 'PUT', { reopenHours });
  other = await enter(browser, stack, { viewport: { width: 1500, height: 900 } });
  await openTalk(other, name);
  fresh = new URL(other.url()).pathname;
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('the page shows what will pass before anything does', async () => {
  assert.notEqual(old, fresh);
  await page.goto(old);
  await page.click(`a[href="${old}/merge"]`);
  await page.locator('.merge-row', { hasText: 'segunda conversa' }).click();
  await page.click('.merge-card .btn-primary');
  await page.locator('.merge-facts', { hasText: '1 mensagem' }).waitFor();
  assert.deepEqual(await accessibility(page), []);
});

test('merged, both are one stream, here and on another screen', async () => {
  await page.click('.merge-card .btn-danger');
  await page.waitForURL(`**${fresh}`);
  await bubble(page, 'primeira conversa').waitFor();
  await bubble(page, 'segunda conversa').waitFor();
  await bubble(other, 'primeira conversa').waitFor();
  await page.locator('.changes', { hasText: 'juntou aqui o' }).waitFor();
  await page.goto(old);
  await page.locator(`.panel a[href="${fresh}"]`).first().waitFor();
  assert.equal(await page.locator('.talk-head form[action$="/reopen"]').count(), 0);
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual([...page.problems, ...other.problems], []);
});

test('without JavaScript the refusal comes back on the page', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto(`${old}/merge`);
  assert.match(await plain.locator('.bubble-page-body').textContent(), /não tem, neste canal, outra conversa/);
});
