// contact_merge.test.mjs - contatos repetidos no navegador: procurar, comparar, fundir
// escolhendo um campo, desfazer; e o mesmo caminho sem JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADMIN, accessibility, enter, newPhone, openBrowser, openStack } from './desk.mjs';

let stack, browser;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
}, { timeout: 240000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const letters = () => Array.from({ length: 8 }, () =>
  'abcdefghijklmnopqrstuvwxyz'[Math.floor(Math.random() * 26)]).join('');
const save = 'main form button.btn-primary';

async function contact(page, name, phone) {
  await page.goto('/contacts/new');
  await page.fill('#name', name);
  await page.fill('#phone', phone);
  await page.click('main form button.btn-primary');
  await page.waitForURL(/\/contacts\/\d+$/);
  return page.url();
}

for (const javaScriptEnabled of [true, false])
  test(`two contacts become one and two again, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await enter(browser, stack, { as: ADMIN, javaScriptEnabled });
    const word = letters(), name = `Ana ${word}`, other = `Ana Maria ${word}`, phone = newPhone();
    const axe = async () => javaScriptEnabled && assert.deepEqual(await accessibility(page), []);
    const first = await contact(page, name, phone);
    const second = await contact(page, other, phone.replace(/^\+?55/, ''));

    await page.goto('/contacts');
    await page.click('a[href="/contacts/duplicates"]');
    await axe();
    await page.click(save);
    const pair = page.locator('.twin', { hasText: word });
    if (javaScriptEnabled) await pair.waitFor();
    else
      for (let n = 0; n < 60 && await pair.count() === 0; n++) {
        await page.waitForTimeout(500);
        await page.goto('/contacts/duplicates');
      }
    await axe();
    await pair.locator('a', { hasText: 'Comparar' }).click();
    await page.waitForURL(/\/merge\?with=\d+$/);
    await page.locator('.merge-facts', { hasText: other }).waitFor();
    await axe();
    await page.check('input[name="take.name"][value=other]');
    await page.click(save);
    await page.waitForURL(first);
    assert.equal(await page.locator('h1').innerText(), other);
    await page.locator('#merges', { hasText: other }).waitFor();
    await page.waitForTimeout(500); // o aviso acaba de aparecer
    await axe();
    assert.equal((await page.request.get(second)).status(), 404);

    await page.click('#merges button');
    await page.waitForURL(first);
    assert.equal(await page.locator('h1').innerText(), name);
    assert.equal((await page.request.get(second)).status(), 200);
    await page.goto(`${first}/merge`);
    await page.locator('.twin-choice', { hasText: other }).waitFor();
    await axe();
    if (javaScriptEnabled) assert.deepEqual(page.problems, []);
    await page.context().close();
  });
