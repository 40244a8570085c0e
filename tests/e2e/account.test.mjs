// account.test.mjs - a conta própria num navegador sem JavaScript: liga e
// desliga a segunda etapa, entra com o código, confirma o e-mail novo pelo
// link; nenhuma página transborda na tela de um telefone.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startStack } from '../stack.mjs';
import { AGENT, enter, openBrowser } from './desk.mjs';

const NEW_EMAIL = 'rafael.novo@demo.balcao';

let stack;
let browser;
let page;
let secret;

before(async () => {
  stack = await startStack({ mail: true });
  browser = await openBrowser();
  page = await enter(browser, stack, { as: AGENT, javaScriptEnabled: false });
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

// pelo teclado: sem JavaScript o Chromium às vezes para de desenhar, e o clique
// do Playwright espera um quadro que não vem
const submit = (action) =>
  page.locator(`form[action="${action}"] button[type=submit]`).press('Enter');

/** RFC 6238, com o segredo em base32. */
function code(steps = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c)
    .toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** Espera o aviso com este assunto chegar ao e-mail antigo. */
async function told(subject) {
  let mails;
  for (let i = 0; i < 40; i++) {
    mails = await stack.mails({ to: AGENT });
    if (mails.some((m) => subject.test(m.subject))) return;
    await new Promise((done) => { setTimeout(done, 250); });
  }
  assert.fail(`${subject} não chegou: ${mails.map((m) => m.subject)}`);
}

test('two-factor is turned on by reading the secret, and codes come once', async () => {
  await page.goto('/account/two-factor');
  await page.fill('#password', stack.info.PASSWORD);
  await submit('/account/two-factor');
  assert.equal(await page.locator('svg.qr').count(), 1);
  secret = (await page.textContent('.secret-text')).replaceAll(' ', '');
  await page.fill('#code', '000000');
  await submit('/account/two-factor/confirm');
  assert.match(await page.textContent('#code-error'), /não confere/);
  assert.equal((await page.textContent('.secret-text')).replaceAll(' ', ''), secret);
  await page.fill('#code', code());
  await submit('/account/two-factor/confirm');
  const codes = await page.locator('.recovery-codes code').allTextContents();
  assert.equal(new Set(codes).size, 10);
  await page.goto('/account/two-factor');
  assert.ok(!(await page.content()).includes(codes[0]));

  const other = await browser.newContext({ baseURL: stack.baseUrl,
    javaScriptEnabled: false });
  const login = await other.newPage();
  await login.goto('/login');
  await login.fill('#email', AGENT);
  await login.fill('#password', stack.info.PASSWORD);
  await login.click('form[action="/login"] button[type=submit]');
  await login.click('a[href*="use=recovery"]');
  await login.fill('#code', codes[0]);
  await login.click('form[action="/login/code"] button[type=submit]');
  await login.waitForURL('**/inbox**');
  await page.goto('/account/sessions');
  await submit('/account/sessions/end-others');
  await login.goto('/account');
  assert.match(login.url(), /\/login/);
  await other.close();
});

test('two-factor is turned off with the password and a code', async () => {
  await page.goto('/account/two-factor/remove');
  await page.fill('#password', stack.info.PASSWORD);
  await page.fill('#code', code(1));
  await submit('/account/two-factor/remove');
  assert.match(await page.textContent('main'), /Desligada/);
});

test('new e-mail is confirmed by its link, and only in the session of its account', async () => {
  await page.goto('/account/password');
  await page.fill('#newEmail', NEW_EMAIL);
  await page.fill('#password', stack.info.PASSWORD);
  await submit('/account/email');
  assert.match(await page.textContent('main'), /Falta confirmar/);
  const [mail] = await stack.mails({ to: NEW_EMAIL });
  const link = mail.text.match(/https?:\/\/\S+confirm\?token=\S+/)[0];

  const context = await browser.newContext({ javaScriptEnabled: false });
  const visitor = await context.newPage();
  await visitor.goto(link);
  assert.match(visitor.url(), /\/login/);
  await context.close();
  await page.goto(link);
  assert.match(await page.textContent('main'), new RegExp(NEW_EMAIL));
  await submit('/account/email/confirm');
  await page.waitForURL('**/account/password');
  assert.equal((await page.goto(link)).status(), 410);
  await page.goto('/account/password');
  assert.match(await page.textContent('main'), new RegExp(NEW_EMAIL));
  await told(/duas etapas/);
  await told(/O e-mail da sua conta mudou/);
});

test('no page of the account overflows a phone', async () => {
  const context = await browser.newContext({ baseURL: stack.baseUrl,
    storageState: await page.context().storageState() });
  const phone = await context.newPage();
  for (const width of [390, 320])
    for (const path of ['/account', '/account/password', '/account/two-factor',
      '/account/sessions', '/inbox']) {
      await phone.setViewportSize({ width, height: 844 });
      await phone.goto(path);
      assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth)
        <= width, `${path} transborda em ${width}px`);
    }
  await context.close();
});
