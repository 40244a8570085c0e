// together.test.mjs - duas pessoas na mesma conversa, cada uma no seu navegador.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, bubble, customerSays, enter, newPhone, openBrowser, openStack,
         openTalk } from './desk.mjs';
import { frontTraits } from '../stack.mjs';

let stack, browser, marina, rafael, name;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  const phone = newPhone();
  name = `Dora Dividida ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, 'alguém pode me atender?');
  marina = await enter(browser, stack);
  rafael = await enter(browser, stack, { as: AGENT });
  for (const page of [marina, rafael]) {
    await page.goto('/inbox?status=pending');
    await openTalk(page, name);
    await page.locator('#live[data-state=live], #live[data-state=slow]').waitFor();
  }
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('each one sees that the other is looking, then writing, then gone', async (t) => {
  if (!frontTraits(stack.front).sse) return t.skip('sem SSE não há sussurros');
  await marina.locator('#watchers', { hasText: /Rafael.*também está vendo/ }).waitFor();
  await rafael.fill('#answer', 'já respondo');
  const start = Date.now();
  await marina.locator('#watchers', { hasText: /Rafael.*está escrevendo/ }).waitFor();
  assert.ok(Date.now() - start < 2000, `${Date.now() - start} ms`);
  await marina.locator('#watchers', { hasText: /também está vendo/ }).waitFor({ timeout: 12000 });
  await rafael.keyboard.press('Escape');   // sai da caixa
  await rafael.keyboard.press('Escape');   // e da conversa
  await marina.locator('#watchers').waitFor({ state: 'hidden' });
  await openTalk(rafael, name);
});

test('of two who take it at once, one wins and the other is told by whom', async () => {
  const take = 'form[action$="/take"] button';
  let arrived = 0, release;
  const both = new Promise((done) => { release = done; });
  for (const page of [marina, rafael])
    await page.route('**/take', async (route) => {
      if (++arrived === 2) release();   // nenhum chega antes de o outro clicar
      await both;
      await route.continue();
    });
  await Promise.all([marina.click(take), rafael.click(take)]);
  const said = async (page) => (await page.locator('.talk-inner').innerText());
  await marina.locator('.talk-sub .state-active').waitFor();
  await rafael.locator('.talk-sub .state-active').waitFor();
  const texts = [await said(marina), await said(rafael)];
  assert.equal(texts.filter((text) => /já está com/.test(text)).length, 1, texts.join('\n---\n'));
});

test('what one answers the other reads at once', async () => {
  await marina.fill('#answer', 'resposta de uma só');
  await marina.click('.send');
  await bubble(rafael, 'resposta de uma só').waitFor({ timeout: 5000 });
  assert.deepEqual([...marina.problems, ...rafael.problems], []);
});
