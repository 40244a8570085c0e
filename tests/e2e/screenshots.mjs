// screenshots.mjs - as figuras do README, da empresa Demo recém-semeada.
//   node tests/e2e/screenshots.mjs    (grava em templates/readme)
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENT, customerSays, enter, openBrowser, openStack, openTalk } from './desk.mjs';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const out = join(repo, 'templates/readme');
/** Um fuso em que agora é tarde: as conversas da Demo são de hoje. */
const east = (15 - new Date().getUTCHours() + 24) % 24;
const timezoneId = east <= 12 ? `Etc/GMT-${east}` : `Etc/GMT+${24 - east}`;
const DESKTOP = { timezoneId, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 };
const PHONE = { timezoneId, viewport: { width: 390, height: 800 }, deviceScaleFactor: 2,
  isMobile: true, hasTouch: true };

async function picture(browser, stack, name, options, contact, typed) {
  const page = await enter(browser, stack, { as: AGENT, ...options });
  await page.goto('/inbox?status=active');
  await openTalk(page, contact);
  await page.locator('#live[data-state=live]').waitFor({ state: 'attached' });
  if (typed) await page.fill('#answer', typed);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(out, `${name}.png`) });
  await page.context().close();
}

/** A auditoria depois de um pouco de vida: um papel muda, um token nasce. */
async function auditPicture(browser, stack) {
  const page = await enter(browser, stack, { ...DESKTOP });
  await page.goto('/admin/users');
  const link = page.locator('a[href^="/admin/users/"]', { hasText: 'Rafael' }).first();
  await page.goto(await link.getAttribute('href'));
  await page.selectOption('#role', 'supervisor');
  await page.locator("form[action^=\"/admin/users/\"] button.btn-primary").first().click();
  await page.goto('/account/tokens');
  await page.fill('#name', 'Planilha do financeiro');
  await page.check('input[name=scopes][value="tickets.read"]');
  await page.click('form[action="/account/tokens"] button.btn-primary');
  await page.goto('/admin/audit');
  await page.locator('.log-row summary').nth(1).click();
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(out, 'audit.png') });
  await page.context().close();
}

/** O passeio do README: uma figura de cada página do dia a dia. */
const TOUR = [
  ['panel', '/inbox?status=active', 'Beatriz Moraes'],
  ['board', '/board'],
  ['scheduled', '/scheduled'],
  ['contacts', '/contacts'],
  ['contact', '/contacts', 'a:text("Beatriz Moraes")'],
  ['import', '/contacts/import'],
  ['duplicates', '/contacts/duplicates', '.set-card .btn-primary'],
  ['queue', '/admin/queues', 'a:text("Vendas")'],
  ['tags', '/admin/tags'],
  ['replies', '/admin/replies'],
  ['macros', '/admin/macros'],
  ['satisfaction', '/admin/csat'],
  ['chat', '/chat', '.item:has-text("Loja do centro")'],
  ['search', '/search?q=cafeteira'],
  ['templates', '/inbox?status=active', 'Beatriz Moraes'],
  ['views', '/admin/views'],
  ['roles', '/admin/roles'],
];

async function tour(browser, stack) {
  const page = await enter(browser, stack, { timezoneId, viewport: { width: 1280, height: 800 } });
  for (const [name, path, then] of TOUR) {
    await page.setViewportSize(name === 'panel' ? { width: 1500, height: 900 } : { width: 1280, height: 800 });
    await page.goto(path);
    if (['panel', 'templates'].includes(name)) await openTalk(page, then);
    else if (then) await page.locator(then).first().click();
    if (name === 'templates') {
      await page.click('.tmpl-open');
      await page.locator('.tmpl-row', { hasText: 'pedido_enviado' }).click();
      await page.locator('.tmpl-fields input').first().fill('10452');
      await page.locator('.tmpl-fields input').nth(1).fill('Beatriz');
    }
    if (name === 'duplicates') await page.locator('.twin').first().waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(out, `tour-${name}.png`) });
  }
  await page.context().close();
}

mkdirSync(out, { recursive: true });
const stack = await openStack();
const browser = await openBrowser();
try {
  await customerSays(stack, '5521981230002', 'Carlos Eduardo Pinto', 'Obrigado pela ajuda!');
  await picture(browser, stack, 'inbox-light', DESKTOP, 'Beatriz Moraes',
    'Prontinho! Assim que o Pix cair eu separo a cafeteira.');
  await picture(browser, stack, 'inbox-dark', { ...DESKTOP, colorScheme: 'dark' }, 'Padaria Pão de Mel');
  await picture(browser, stack, 'inbox-phone', PHONE, 'Beatriz Moraes');
  await tour(browser, stack);
  await auditPicture(browser, stack);
} finally {
  await browser.close();
  await stack.stop();
}
