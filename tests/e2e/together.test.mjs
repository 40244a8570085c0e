// together.test.mjs - duas pessoas na mesma conversa, cada uma no seu navegador.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, bubble, customerSays, enter, live, newPhone, openBrowser, openStack,
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
    await live(page);
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
  await marina.locator('#watchers', { hasText: /Rafael.*está escrevendo/ }).waitFor();
  await marina.locator('#watchers', { hasText: /também está vendo/ }).waitFor({ timeout: 12000 });
  await rafael.keyboard.press('Escape');   // sai da caixa
  await rafael.keyboard.press('Escape');   // e da conversa
  await marina.locator('#watchers').waitFor({ state: 'hidden' });
  await openTalk(rafael, name);
});

test('of two who take it at once, one wins and the other is told by whom', async () => {
  const take = 'form[action$="/take"] button';
  let release;
  const held = new Promise((done) => { release = done; });
  // o pedido dele já partiu, e chega depois do dela
  await rafael.route(/\/take$/, async (route) => { await held; await route.continue(); });
  await rafael.click(take);
  await marina.click(take);
  await marina.locator('.talk-sub .state-active').waitFor();
  release();
  await rafael.locator('.talk-inner', { hasText: /já está com/ }).waitFor();
  await rafael.locator('.talk-sub .state-active').waitFor();
  await rafael.unroute(/\/take$/);
  assert.doesNotMatch(await marina.locator('.talk-inner').innerText(), /já está com/);
});

test('what one answers the other reads at once', async () => {
  await marina.fill('#answer', 'resposta de uma só');
  await marina.click('.send');
  await bubble(rafael, 'resposta de uma só').waitFor({ timeout: 5000 });
  assert.deepEqual([...marina.problems, ...rafael.problems], []);
});
