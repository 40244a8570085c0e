// inbox.test.mjs - a caixa de entrada num navegador de verdade, do webhook
// assinado à Graph API e de volta aos sinais na tela.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibility, AGENT, bubble, configureGraph, customerSays, enter,
         giveStatus, live, newPhone, openBrowser, openStack, openTalk, sentToGraph, yOf } from './desk.mjs';

let stack, browser;

before(async () => {
  stack = await openStack();
  browser = await openBrowser();
  await configureGraph(stack, { autoStatuses: ['sent'], statusDelayMs: 0 });
}, { timeout: 120000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Um cliente que ninguém conhece escreve, e a conversa dele fica aberta. */
async function newTalk(page, firstName, text) {
  const phone = newPhone(), name = `${firstName} ${phone.slice(-6)}`;
  await customerSays(stack, phone, name, text);
  await page.goto('/inbox?status=pending');
  await openTalk(page, name);
  return { phone, says: (words) => customerSays(stack, phone, name, words) };
}

test('a message from the webhook appears by itself in list and open talk', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Ana Ao Vivo', 'primeira mensagem');
  await live(page);
  await page.fill('#answer', 'texto que não pode sumir');
  await client.says('chegou agora mesmo');
  await bubble(page, 'chegou agora mesmo').waitFor();
  await page.locator('#rows .item[aria-current]', { hasText: 'chegou agora mesmo' }).waitFor();
  assert.equal(await page.inputValue('#answer'), 'texto que não pode sumir');

  const other = `Outro ${newPhone()}`;
  await customerSays(stack, newPhone(), other, 'olá, sou novo aqui');
  const row = page.locator('#rows .item', { hasText: other });
  await row.locator('.unread').waitFor();
  await page.waitForFunction(() => /^\(\d+\) /.test(document.title));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('an answer reaches the Graph API and its ticks move in place', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Bruno Sinais', 'preciso de ajuda');
  await live(page);
  const text = `resposta ${newPhone()}`;
  await page.fill('#answer', text);
  await page.press('#answer', 'Control+Enter');
  const mine = bubble(page, text);
  await mine.waitFor();
  assert.equal(await page.inputValue('#answer'), '');
  const [request] = await sentToGraph(stack, text);
  assert.equal(request.body.text.body, text);
  await mine.locator('.tick-sent').waitFor();
  await giveStatus(stack, { id: request.wamid, status: 'delivered' });
  await mine.locator('.tick-delivered').waitFor();
  await giveStatus(stack, { id: request.wamid, status: 'read' });
  await mine.locator('.tick-read').waitFor();
  await giveStatus(stack, { id: request.wamid, status: 'delivered' });
  await page.waitForTimeout(400);
  assert.equal(await mine.locator('.tick-read').count(), 1, 'o sinal não volta');
  assert.equal(await mine.count(), 1, 'uma bolha só');
  await page.locator('.talk-sub .state-active').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a bubble that did not change is not replaced when everything is asked again', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Caio Parado', 'oi');
  await live(page);
  const text = `fica ${newPhone()}`;
  await page.fill('#answer', text);
  await page.press('#answer', 'Control+Enter');
  const [request] = await sentToGraph(stack, text);
  const mine = bubble(page, text);
  await mine.locator('.tick-sent').waitFor();
  const again = async () => {
    const answered = page.waitForResponse((r) => /[?&]ids=/.test(r.url()));
    await page.evaluate(() => document.body.dispatchEvent(new CustomEvent('live:resync')));
    await (await answered).finished();
    await page.waitForTimeout(200);
  };
  await again();
  await mine.evaluate((li) => { li.marked = true; });
  await again();
  assert.ok(await mine.evaluate((li) => li.marked), 'a mesma bolha');
  await giveStatus(stack, { id: request.wamid, status: 'read' });
  await mine.locator('.tick-read').waitFor();
  await page.context().close();
});

test('a send that the Graph API refuses shows the reason in its bubble', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Caio Recusa', 'oi');
  await live(page);
  const text = `vai falhar ${newPhone()}`;
  await page.fill('#answer', text);
  await page.click('#composer .send');
  const [request] = await sentToGraph(stack, text);
  await giveStatus(stack, { id: request.wamid, status: 'failed',
    errors: [{ code: 131047, title: 'Re-engagement message' }] });
  await bubble(page, text).locator('.failure').waitFor();
  assert.match(await bubble(page, text).locator('.failure').innerText(), /\S{4}/);
  await page.context().close();
});

test('what changes while an answer is on its way is asked again', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Caio Atraso', 'oi');
  await live(page);
  const text = `atrasa ${newPhone()}`;
  await page.fill('#answer', text);
  await page.press('#answer', 'Control+Enter');
  const [request] = await sentToGraph(stack, text);
  await bubble(page, text).locator('.tick-sent').waitFor();
  /* a resposta já foi lida no servidor, e demora a chegar */
  let letGo, taken;
  const gate = new Promise((done) => { letGo = done; });
  const isTaken = new Promise((done) => { taken = done; });
  await page.route(/[?&]ids=/, async (route) => {
    const response = await route.fetch();
    taken();
    await gate;
    await route.fulfill({ response });
  }, { times: 1 });
  await page.evaluate(() => {
    window.failures = 0;
    document.body.addEventListener('live:event', ({ detail }) => {
      if (detail.type === 'message:ack' && detail.data.status === 'failed') window.failures++;
    });
    document.body.dispatchEvent(new CustomEvent('live:resync'));
  });
  await isTaken;
  await giveStatus(stack, { id: request.wamid, status: 'failed',
    errors: [{ code: 131047, title: 'Re-engagement message' }] });
  await page.waitForFunction(() => window.failures > 0);
  letGo();
  await bubble(page, text).locator('.failure').waitFor();
  await page.context().close();
});

test('take, close and reopen change the ticket for everyone who looks', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Dora Estados', 'bom dia');
  const watcher = await enter(browser, stack);
  await watcher.goto(page.url());
  await live(watcher);
  await page.getByRole('button', { name: 'Assumir' }).click();
  await page.locator('.talk-sub .state-active').waitFor();
  await watcher.locator('.talk-sub .state-active').waitFor();
  await page.getByRole('button', { name: 'Encerrar' }).click();
  await page.locator('.talk-sub .state-closed').waitFor();
  await watcher.locator('.talk-sub .state-closed').waitFor();
  await watcher.locator('#composer input[type=hidden][name=note]').waitFor({ state: 'attached' });
  assert.equal(await watcher.locator('#attach').count(), 0, 'encerrado: só anotação');
  await page.getByRole('button', { name: 'Reabrir' }).click();
  await page.locator('.talk-sub .state-active').waitFor();
  await watcher.locator('#composer input[type=checkbox][name=note]').waitFor();
  assert.deepEqual([...page.problems, ...watcher.problems], []);
  await page.context().close();
  await watcher.context().close();
});

test('without JavaScript every action works by form and link', async () => {
  const name = `Eva ${newPhone()}`, phone = newPhone();
  await customerSays(stack, phone, name, 'dá para responder sem script?');
  const page = await enter(browser, stack, { javaScriptEnabled: false });
  await page.goto('/inbox?status=pending');
  await page.locator('#rows .item', { hasText: name }).click();
  await page.locator('.talk-name', { hasText: name }).waitFor();
  await page.getByRole('button', { name: 'Assumir' }).click();
  await page.locator('.talk-sub .state-active').waitFor();
  await page.locator('#messages .reply-to').first().click();
  assert.ok(await page.locator('#replying').isVisible());
  const text = `sem script ${newPhone()}`;
  await page.fill('#answer', text);
  await page.getByRole('button', { name: 'Enviar' }).click();
  await bubble(page, text).waitFor();
  assert.ok(await bubble(page, text).locator('.quote').isVisible());
  const [request] = await sentToGraph(stack, text);
  assert.ok(request.body.context?.message_id, 'a citação vai junto');
  await page.fill('#answer', 'x'.repeat(4097));
  await page.getByRole('button', { name: 'Enviar' }).click();
  assert.match(await page.locator('#composer-error').innerText(), /4096/);
  assert.equal((await page.inputValue('#answer')).length, 4097, 'o texto fica');
  await page.getByRole('button', { name: 'Encerrar' }).click();
  await page.locator('.talk-sub .state-closed').waitFor();
  await page.getByRole('button', { name: 'Reabrir' }).click();
  await page.locator('.talk-sub .state-active').waitFor();
  await page.locator('.rail-user summary').click();
  await page.getByRole('button', { name: 'Sair' }).click();
  await page.waitForURL('**/login');
  await page.context().close();
});

test('what was typed survives another talk and a reload', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Fábio Rascunho', 'oi');
  await page.fill('#answer', 'pela metade');
  const url = page.url();
  await page.locator('#rows .item').last().click();
  await page.waitForFunction((u) => location.href !== u, url);
  await page.goto(url);
  assert.equal(await page.inputValue('#answer'), 'pela metade');
  await page.context().close();
});

test('a reader of old messages is not moved, and is told of new ones', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Gil Rolagem', 'linha 0');
  await live(page);
  for (let i = 1; i <= 25; i++) await client.says(`linha ${i}`);
  await bubble(page, 'linha 25').waitFor();
  await page.locator('#scroll').evaluate((el) => { el.scrollTop = -el.scrollHeight; });
  await page.waitForTimeout(200);
  const before = await yOf(page, 'linha 3');
  await client.says('a mais nova');
  await bubble(page, 'a mais nova').waitFor({ state: 'attached' });
  await page.locator('#pill').waitFor();
  const moved = await yOf(page, 'linha 3') - before;
  assert.ok(Math.abs(moved) < 3, `andou ${moved} px`);
  await page.click('#pill');
  await page.waitForFunction(() => Math.abs(document.querySelector('#scroll').scrollTop) < 5);
  await page.context().close();
});

test('older messages come above without moving the reader', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Gina Antigas', 'antiga 0');
  const many = Array.from({ length: 119 }, (_, i) => ({ kind: 'text',
    payload: { body: `antiga ${i + 1}.` } }));
  await customerSays(stack, client.phone, 'Gina', '', { messages: many });
  await bubble(page, 'antiga 119.').waitFor();
  await page.reload();
  await bubble(page, 'antiga 119.').waitFor();
  assert.equal(await page.locator('#messages .msg').count(), 50);
  await page.locator('#scroll').evaluate((el) => { el.scrollTop = -el.scrollHeight; });
  const before = await yOf(page, 'antiga 70.');
  await page.click('#older');
  await bubble(page, 'antiga 20.').waitFor({ state: 'attached' });
  assert.ok(Math.abs(await yOf(page, 'antiga 70.') - before) < 3);
  await page.locator('#older').scrollIntoViewIfNeeded();
  await page.click('#older');
  await bubble(page, 'antiga 1.').waitFor({ state: 'attached' });
  assert.equal(await page.locator('#messages .msg').count(), 120);
  assert.equal(await page.locator('#messages .day').count(), 1);
  await page.locator('#older').waitFor({ state: 'detached' });
  await page.context().close();
});

test('a dropped connection shows, heals, and loses nothing', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Hugo Queda', 'antes');
  await live(page);
  await page.context().setOffline(true);
  await page.locator('#live[data-state=offline], #live[data-state=reconnecting]').waitFor();
  await client.says('durante a queda');
  await page.context().setOffline(false);
  await live(page);
  await bubble(page, 'durante a queda').waitFor();
  const front = stack.front.startsWith('apache') ? 'apache' : 'nginx';
  await stack.stopProgram(front);
  await page.locator('#live[data-state=reconnecting]').waitFor({ timeout: 15000 });
  await stack.startProgram(front);
  await live(page);
  await client.says('depois da queda');
  await bubble(page, 'depois da queda').waitFor();
  assert.equal(await page.locator('#messages .msg').count(), 3);
  await page.context().close();
});

test('tabs share one connection, and another takes over when it closes', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Ígor Abas', 'oi');
  await live(page);
  const second = await page.context().newPage();
  const streams = [];
  second.on('request', (r) => { if (/v1[/]stream/.test(r.url())) streams.push(r.url()); });
  await second.goto(page.url());
  await live(second);
  await client.says('para as duas abas');
  await bubble(page, 'para as duas abas').waitFor();
  await bubble(second, 'para as duas abas').waitFor();
  assert.deepEqual(streams, [], 'a segunda aba não abre outra conexão');
  await page.close();
  await client.says('só ficou uma');
  await bubble(second, 'só ficou uma').waitFor();
  await client.says('e continua viva');
  await bubble(second, 'e continua viva').waitFor();
  await second.context().close();
});

test('where SSE does not pass, long-poll brings the same messages', async () => {
  const page = await enter(browser, stack);
  await page.route('**/api/v1/stream**', (route) => route.abort());
  const client = await newTalk(page, 'Ivo Espera', 'oi');
  await page.locator('#live[data-state=slow]').waitFor({ timeout: 20000 });
  for (const words of ['pela espera 1', 'pela espera 2']) {
    await client.says(words);
    await bubble(page, words).waitFor();
  }
  await page.context().close();
});

test('a refusal does not take the list or the talk off the screen', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Ícaro Recusa', 'oi');
  await live(page);
  const busy = { status: 429, contentType: 'text/html',
    body: '<div class="problem-part"><div><strong>Pedidos demais</strong></div></div>' };
  await page.route('**/inbox**', (route) => route.fulfill(busy));
  await client.says('no meio da recusa');
  await page.getByRole('button', { name: 'Assumir' }).click();
  await page.locator('#snack', { hasText: 'Pedidos demais' }).waitFor();
  await page.waitForTimeout(500);
  assert.ok(await page.locator('#rows .item').count() > 0);
  assert.ok(await page.locator('#answer').isVisible());
  await page.unroute('**/inbox**');
  await bubble(page, 'no meio da recusa').waitFor();
  await page.context().close();
});

test('a session that ended leads to the login and back to the talk', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Ivone Sessão', 'oi');
  await live(page);
  const here = new URL(page.url()).pathname;
  await page.context().clearCookies();
  /* um aviso pode chegar antes do clique, e levar ao login por si */
  await page.locator('#rows .item').last().click({ timeout: 2000 }).catch(() => {});
  await page.waitForURL('**/login**');
  await page.fill('#email', AGENT);
  await page.fill('#password', stack.info.PASSWORD);
  await page.click('form[action="/login"] button[type=submit]');
  await page.waitForURL('**/inbox/**');
  assert.equal(new URL(page.url()).pathname, here);
  await page.context().close();
});

test('a failed post gives the text back and a retry makes one message', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'Iara Rede', 'oi');
  await live(page);
  const text = `uma vez só ${newPhone()}`;
  let cut = 0;
  await page.route('**/inbox/*/messages', async (route) => {
    if (route.request().method() !== 'POST' || cut > 0) return route.continue();
    cut++;
    await route.fetch();            // o servidor gravou; a resposta se perdeu
    await page.locator('#messages li[data-id]', { hasText: text }).waitFor();   // e o aviso chegou antes
    return route.abort('connectionreset');
  });
  await page.fill('#answer', text);
  await page.press('#answer', 'Control+Enter');
  await bubble(page, text).locator('.tick-sent').waitFor();
  await page.waitForTimeout(500);
  assert.equal(await bubble(page, text).count(), 1);
  assert.equal((await sentToGraph(stack, text)).length, 1);
  assert.equal(await page.inputValue('#answer'), '', 'foi: nada volta à caixa');
  assert.equal(await page.locator('#composer-error').isVisible(), false);
  await page.context().close();
});

test('keyboard walks the list, opens, answers and shows the help', async () => {
  const page = await enter(browser, stack);
  await newTalk(page, 'João Teclado', 'oi');
  await page.goto('/inbox?status=pending');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press('k');
  assert.notEqual(await page.evaluate(() => document.activeElement.id), second);
  await page.keyboard.press('Enter');
  await page.locator('#answer').waitFor();
  await page.waitForFunction(() => document.activeElement?.id === 'answer');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  assert.ok(await page.locator('#help').isVisible());
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'answer');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('.nothing').waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a phone shows list and talk one at a time', async () => {
  const page = await enter(browser, stack, { viewport: { width: 390, height: 844 },
    isMobile: true, hasTouch: true });
  await newTalk(page, 'Kátia Celular', 'oi');
  assert.ok(await page.locator('#list').isHidden());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, 'nada sai da tela');
  await page.click('.back');
  assert.ok(await page.locator('#list').isVisible());
  assert.ok(await page.locator('#conversation').isHidden());
  await page.context().close();
});

test('pages have no serious accessibility finding in light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await enter(browser, stack, { colorScheme });
    await newTalk(page, `Lia ${colorScheme}`, 'veja https://example.com/a?b=1');
    await live(page);
    assert.deepEqual(await accessibility(page), [], `conversa, ${colorScheme}`);
    for (const tab of ['bot', 'active', 'closed']) {
      await page.goto(`/inbox?status=${tab}`);
      const row = page.locator('#rows .item').first();
      if (await row.count()) {
        await row.click();
        await page.locator('.talk-name').waitFor();
      }
      assert.deepEqual(await accessibility(page), [], `${tab}, ${colorScheme}`);
    }
    await page.context().clearCookies();
    await page.goto('/login');
    assert.deepEqual(await accessibility(page), [], `entrada, ${colorScheme}`);
    await page.context().close();
  }
});

test('the theme switch is kept and drawn before any script', async () => {
  const page = await enter(browser, stack, { colorScheme: 'light' });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const bright = await paper();
  await page.click('.rail-user summary');
  await page.getByRole('button', { name: 'Escura' }).click();
  assert.notEqual(await paper(), bright);
  await page.waitForTimeout(300);
  await page.route('**/*.js', (route) => route.abort());
  await page.reload();
  assert.notEqual(await paper(), bright);
  await page.context().close();
});

test('English shows no Portuguese and the policy blocks nothing of ours', async () => {
  const page = await enter(browser, stack, { locale: 'en-US' });
  const blocked = [];
  page.on('console', (m) => /Content Security Policy/.test(m.text()) && blocked.push(m.text()));
  await page.context().addCookies([{ name: 'lang', value: 'en', url: stack.baseUrl }]);
  await newTalk(page, 'Max English', 'hello');
  await live(page);
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  const words = await page.evaluate(() => document.querySelector('.list-head').innerText +
    document.querySelector('.tabs').innerText + document.querySelector('.talk-head').innerText +
    document.querySelector('.answer-area').innerText + document.querySelector('.day').innerText);
  assert.match(words, /Take|Close|Today/);
  assert.doesNotMatch(words, /ç|ã|Assumir|Encerrar|Hoje|espera|Ativas/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  assert.doesNotMatch(await page.locator('#help').innerText(), /ç|ã/);
  assert.deepEqual(blocked, []);
  const answer = await page.request.get('/inbox');
  const policy = answer.headers()['content-security-policy'];
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  await page.context().close();
});

test('an agent hears a new ticket of no queue, and the first load is light', async () => {
  const context = await browser.newContext();
  await context.close();
  const page = await enter(browser, stack, { as: AGENT });
  await live(page);
  const sizes = await page.evaluate(() => performance.getEntriesByType('resource')
    .map((e) => e.transferSize || e.encodedBodySize));
  const total = sizes.reduce((a, b) => a + b, 0);
  assert.ok(total < 200000, `${total} bytes`);
  const name = `Nina ${newPhone()}`;
  await page.goto('/inbox?status=pending');
  await live(page);
  await customerSays(stack, newPhone(), name, 'sem fila');
  await page.locator('#rows .item', { hasText: name }).waitFor();
  await page.context().close();
});

test('a burst of events costs few requests', async () => {
  const page = await enter(browser, stack);
  const client = await newTalk(page, 'Otto Rajada', 'começo');
  await live(page);
  await page.waitForTimeout(600);
  let lists = 0;
  page.on('request', (r) => { if (/part=list/.test(r.url())) lists++; });
  const start = Date.now();
  await Promise.all(Array.from({ length: 40 }, (_, i) =>
    client.says(`rajada ${i}`)));
  await page.waitForFunction(() => document.querySelectorAll('#messages .msg').length === 41);
  await page.waitForTimeout(600);
  const allowed = Math.ceil((Date.now() - start) / 250) + 2;
  assert.ok(lists <= allowed, `${lists} pedidos; cabiam ${allowed}`);
  const order = await page.locator('#messages .msg').evaluateAll((list) =>
    list.map((li) => Number(li.dataset.id)));
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  await page.context().close();
});
