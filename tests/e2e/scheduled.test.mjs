// scheduled.test.mjs - mensagens agendadas: marcar no painel, mudar, cancelar,
// e a que sai na hora, vista por quem olha a conversa.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, live, newPhone, openBrowser, openStack,
         openTalk, sentToGraph } from './desk.mjs';

const mark = String(Date.now() % 1000000);
let stack, browser, page, name;

/** "AAAA-MM-DDThh:mm" daqui a tantos minutos, no fuso da empresa. */
const inMinutes = (n) => new Date(Date.now() + n * 60000 - 3 * 3600000).toISOString().slice(0, 16);

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  const phone = newPhone();
  name = `Helena Agenda ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'me lembra amanhã?');
  page = await enter(browser, stack, { viewport: { width: 1440, height: 900 } });
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const row = (text) => page.locator('#panel-scheduled .sched', { hasText: text });

test('a message is scheduled in the panel, and what one types survives an event', async () => {
  await page.click('#panel-schedule summary');
  await page.fill('#panel-schedule-body', `Bom dia ${mark}`);
  await page.evaluate(() => document.body.dispatchEvent(new CustomEvent('live:resync')));
  await page.waitForTimeout(1500);
  assert.equal(await page.inputValue('#panel-schedule-body'), `Bom dia ${mark}`);
  await page.fill('#panel-schedule-due', inMinutes(180));
  await page.selectOption('#panel-schedule-repeat', 'weekly');
  assert.deepEqual(await accessibility(page), []);
  await page.click('#panel-schedule button[type=submit]');
  await row(`Bom dia ${mark}`).waitFor();
  assert.match(await row(`Bom dia ${mark}`).textContent(), /Toda semana/);
  assert.deepEqual(page.problems, []);
});

test('a refused hour keeps what was typed', async () => {
  await page.locator('#panel-schedule').evaluate((e) => { e.open = true; });
  await page.fill('#panel-schedule-body', 'ontem não dá');
  await page.locator('#panel-schedule-due').evaluate((e) => { e.removeAttribute('min'); e.value = '2020-01-01T10:00'; });
  await page.click('#panel-schedule button[type=submit]');
  await page.locator('text=precisa ser um instante futuro').first().waitFor();
  assert.equal(await page.inputValue('#panel-schedule-body'), 'ontem não dá');
});

test('the page lists it; it is changed and cancelled without JavaScript', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto('/scheduled');
  const mine = plain.locator('.sched-row', { hasText: `Bom dia ${mark}` });
  await mine.locator('a.btn').click();
  await plain.fill('#body', `Boa tarde ${mark}`);
  await plain.fill('#dueAt', inMinutes(240));
  await plain.click('.form-actions .btn-primary');
  await plain.locator('.flash.is-good').waitFor();
  await plain.locator('.sched-row', { hasText: `Boa tarde ${mark}` }).locator('button').click();
  await plain.goto('/scheduled?status=cancelled');
  await plain.locator('.sched-row', { hasText: `Boa tarde ${mark}` }).waitFor();
  await plain.context().close();
});

test('the pages have no serious accessibility finding', async () => {
  const other = await page.context().newPage();
  for (const path of ['/scheduled', '/scheduled?status=cancelled']) {
    await other.goto(path);
    assert.deepEqual(await accessibility(other), []);
  }
  await other.close();
});

test('at its hour it goes out, and the talk shows it', { timeout: 150000 }, async () => {
  const text = `Na hora ${mark}`;
  await page.reload();
  await live(page);
  await page.waitForTimeout(1000);   // a releitura de quando se conecta
  await page.locator('#panel-schedule').evaluate((e) => { e.open = true; });
  await page.fill('#panel-schedule-body', text);
  await page.fill('#panel-schedule-due', inMinutes(1));
  await page.click('#panel-schedule button[type=submit]');
  await bubble(page, text).waitFor({ timeout: 100000 });
  assert.equal((await sentToGraph(stack, text)).length, 1);
  await row(text).waitFor({ state: 'detached' });
});
