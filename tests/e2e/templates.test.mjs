// templates.test.mjs - modelos do WhatsApp: com a janela fechada escolhe-se um,
// preenche-se vendo como fica, e a bolha aparece; também sem JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, bubble, customerSays, enter, newPhone, openBrowser, openStack,
         openTalk } from './desk.mjs';

const mark = String(Date.now() % 1000000);
const phone = newPhone();
const name = `Teresa Modelo ${mark}`;
let stack, browser, page;

async function graph(method, path, body) {
  const answer = await fetch(`${stack.info.GRAPH_URL}/__control/${path}`, { method,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** Os modelos que a Meta aceitou para este telefone. */
async function sent() {
  const { data } = await graph('GET', `requests?to=${phone}&verdict=accepted`);
  return data.map((entry) => entry.body).filter((body) => body.type === 'template');
}

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  await customerSays(stack, phone, name, 'oi, tem novidade?',
    { options: { timestamp: String(Math.floor(Date.now() / 1000) - 2 * 86400) } });
  page = await enter(browser, stack, { viewport: { width: 1440, height: 900 } });
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
}, { timeout: 120000 });

after(async () => {
  await graph('POST', 'reset', { templates: true }).catch(() => {});
  await browser?.close();
  await stack?.stop();
});

const sheet = () => page.locator('#tmpl-sheet');

test('with the window closed a template is picked, filled and sent', { timeout: 120000 }, async () => {
  await page.locator('.blocked a[data-templates]').click();
  await sheet().locator('.tmpl-row', { hasText: 'lembrete_visita' }).waitFor();
  await sheet().locator('.is-off', { hasText: 'promocao_com_foto' }).waitFor();
  assert.deepEqual(await accessibility(page), []);
  await sheet().locator('#tmpl-q').fill('lembrete vis');
  await sheet().locator('.tmpl-row', { hasText: 'pedido_enviado' }).waitFor({ state: 'hidden' });
  await sheet().locator('.tmpl-row', { hasText: 'lembrete_visita' }).click();
  await sheet().locator('#p2').waitFor();
  assert.equal(await sheet().locator('#p1').inputValue(), 'Teresa');
  await sheet().locator('#p2').fill(`dia ${mark}`);
  const preview = sheet().locator('.tmpl-body');
  assert.match(await preview.textContent(),
    new RegExp(`^Teresa, sua visita está marcada para dia ${mark}, às \\{\\{hora\\}\\}`));
  await sheet().locator('#p3').fill('14     h');
  assert.deepEqual(await accessibility(page), []);
  await sheet().locator('button.btn-primary').click();
  await sheet().locator('#p3-error').waitFor();   // cinco espaços: a Meta recusaria
  assert.equal(await sheet().locator('#p2').inputValue(), `dia ${mark}`);
  await sheet().locator('#p3').fill('14 h');
  await sheet().locator('button.btn-primary').click();
  await sheet().waitFor({ state: 'detached' });
  await bubble(page, `marcada para dia ${mark}, às 14 h`).waitFor();
  await bubble(page, `dia ${mark}`).and(page.locator('[data-status=delivered], [data-status=read], [data-status=sent]'))
    .waitFor({ timeout: 60000 });
  const [body] = await sent();
  assert.equal(body.template.name, 'lembrete_visita');
  assert.deepEqual(body.template.components[0].parameters.map((item) =>
    [item.parameter_name, item.text]),
  [['nome', 'Teresa'], ['dia', `dia ${mark}`], ['hora', '14 h']]);
  assert.deepEqual(page.problems, []);
});

test('with the window open the composer still reaches the templates', async () => {
  await customerSays(stack, phone, name, 'cheguei agora');
  const link = page.locator('.attach a[data-templates]');
  await link.waitFor();
  await link.click();
  await sheet().locator('.tmpl-row').first().waitFor();
  await page.keyboard.press('Escape');
  await sheet().waitFor({ state: 'detached' });
});

test('a list read again brings what is new at Meta', { timeout: 120000 }, async () => {
  await graph('POST', 'templates', { name: `novo_${mark}`,
    components: [{ type: 'BODY', text: `Novidade ${mark}` }] });
  const path = `${new URL(page.url()).pathname}/templates`;
  await page.goto(path);
  await page.locator('.tmpl-sync button').click();
  await page.locator('.flash.is-good').waitFor();
  const row = page.locator('.tmpl-row', { hasText: `novo_${mark}` });
  for (let i = 0; i < 60 && await row.count() === 0; i++) {
    await page.waitForTimeout(1000);
    await page.goto(path);
  }
  await row.waitFor();
  assert.deepEqual(await accessibility(page), []);
});

test('without JavaScript the page does the same', async () => {
  const plain = await enter(browser, stack, { javaScriptEnabled: false });
  await plain.goto(new URL(page.url()).pathname.replace('/templates', ''));
  await plain.locator('.attach a[data-templates]').click();
  await plain.fill('#tmpl-q', 'pedido');
  await plain.click('[data-template-search] button');
  await plain.locator('a.tmpl-row', { hasText: 'pedido_enviado' }).click();
  for (const [field, text] of [['#p1', mark], ['#p2', 'Teresa'], ['#p3', 'hoje'], ['#p4', mark]])
    await plain.fill(field, text);
  await plain.click('[data-template-form] button.btn-primary');
  await plain.locator('#messages .msg', { hasText: 'saiu para entrega e chega hoje' }).waitFor();
  assert.equal(await plain.locator('#messages .msg strong', { hasText: `Pedido ${mark}` }).count(), 1);
  await plain.context().close();
});
