// push.test.mjs - Web Push do começo ao fim: a pessoa liga o aparelho, fecha a
// página, e a notificação chega cifrada a um serviço de push exigente; o
// service worker a mostra, e o toque nela leva aonde aponta.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPush } from '../standins/push.mjs';
import { startStack } from '../stack.mjs';
import { accessibility, ADMIN, AGENT, enter, openBrowser } from './desk.mjs';

const PATIENCE = 90000;
let service, stack, browser, page, tokens, talk;

async function until(what, why) {
  for (const end = Date.now() + PATIENCE; ;) {
    const found = await what();
    if (found) return found;
    assert.ok(Date.now() < end, why);
    await new Promise((ok) => { setTimeout(ok, 200); });
  }
}

/** Numa máquina ocupada o servidor pode pedir que se volte depois. */
async function api(who, method, path, body) {
  for (const end = Date.now() + PATIENCE; ;) {
    const answer = await ask(who, method, path, body);
    if (answer.status < 500 || Date.now() > end) return answer;
    await new Promise((ok) => { setTimeout(ok, 500); });
  }
}

async function ask(who, method, path, body) {
  const answer = await fetch(`${stack.baseUrl}/api/v1${path}`, { method, body: body && JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...(who && { Authorization: `Bearer ${tokens[who]}` }) } });
  const text = await answer.text();
  return { status: answer.status, ...(text && { json: JSON.parse(text) }) };
}

const login = async (email) => (await api(null, 'POST', '/auth/login',
  { email, password: stack.info.PASSWORD })).json.accessToken;

/** O colega escreve; quem recebe não tem página aberta. */
async function write(text) {
  await stack.psql('delete from presence');
  const { status } = await api(AGENT, 'POST', `/conversations/${talk}/messages`, { body: text });
  assert.equal(status, 201);
}

const subscriptions = async () => Number(await stack.psql('select count(*) from push_subscriptions'));

/** O navegador sem serviço de push: a inscrição é a do substituto. */
const pretend = ({ endpoint, p256dh, auth }) => {
  const fake = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem('pushed'); return true; } };
  PushManager.prototype.subscribe = async (options) => {
    if (options.applicationServerKey.length !== 65) throw new TypeError('chave');
    localStorage.setItem('pushed', '1');
    return fake;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem('pushed') ? fake : null);
};

before(async () => {
  service = await startPush();
  stack = await startStack({ env: { BALCAO_PUSH_SERVICE_URL: service.origin } });
  browser = await openBrowser();
  tokens = { [ADMIN]: await login(ADMIN), [AGENT]: await login(AGENT) };
  const me = (await api(ADMIN, 'GET', '/me')).json;
  talk = (await api(AGENT, 'POST', '/conversations', { userIds: [me.id] })).json.id;
}, { timeout: 180000 });

after(async () => {
  await browser?.close();
  await stack?.stop();
  await service?.stop();
});

test('the device is turned on at the page and marked as this one', async () => {
  const device = service.subscribe();
  page = await enter(browser, stack);
  page.setDefaultTimeout(PATIENCE);
  await page.context().grantPermissions(['notifications'], { origin: stack.baseUrl });
  await page.context().addInitScript(pretend, { endpoint: device.endpoint, p256dh: device.p256dh, auth: device.auth });
  await page.goto('/account/notifications');
  const turnOn = page.getByRole('button', { name: 'Ligar neste aparelho' });
  const row = page.locator('.push-rows li', { hasText: 'este' });
  await turnOn.waitFor();
  await until(async () => {
    // se o servidor não pôde agora, a página diz para tentar de novo
    if (await turnOn.isVisible()) await turnOn.click({ timeout: 5000 }).catch(() => {});
    return row.waitFor({ timeout: 10000 }).then(() => true, () => false);
  }, 'o aparelho não se ligou');
  await page.getByRole('button', { name: 'Desligar neste aparelho' }).waitFor();
  assert.equal(await subscriptions(), 1);
  assert.deepEqual(await accessibility(page), []);
  assert.deepEqual(page.problems, []);
});

test('with the page closed the notice arrives, encrypted for it alone and signed', async () => {
  await page.goto('about:blank');
  await write('segredo entre colegas');
  const got = await until(() => service.taken[0], 'nada chegou ao serviço de push');
  assert.match(got.data.title, /escreveu a você$/);
  assert.match(got.data.url, /^\/notifications\/\d+\/open$/);
  assert.equal(got.data.tag, `c${talk}`);
  assert.equal(got.topic, `c${talk}`);
  assert.equal(got.ttl, 14400);
  assert.equal(got.key, (await api(ADMIN, 'GET', '/me/push')).json.publicKey);
  assert.ok(!JSON.stringify(got.data).includes('segredo'));
  assert.deepEqual(service.refused, []);
});

test('the service worker shows it, and opening it reads it', async () => {
  const { data } = service.taken[0];
  await page.goto('/account/notifications');
  await page.evaluate(() => navigator.serviceWorker.ready);
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise((ok) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find((r) => r.scopeURL === `${stack.baseUrl}/`);
      if (mine) ok(mine.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: stack.baseUrl,
    registrationId: await registered, data: JSON.stringify(data) });
  const shown = await until(() => page.evaluate(async () => {
    const [n] = await (await navigator.serviceWorker.ready).getNotifications();
    return n && { title: n.title, tag: n.tag, url: n.data.url };
  }), 'o service worker não mostrou nada');
  assert.deepEqual(shown, { title: data.title, tag: data.tag, url: data.url });
  const worker = page.context().serviceWorkers().find((w) => w.url().endsWith('/sw.js'));
  assert.ok(worker, 'o service worker está no ar');
  await worker.evaluate(async () => {
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  });
  await page.waitForURL(`**/chat/${talk}`, { timeout: PATIENCE });
  assert.equal(await stack.psql('select count(*) from notifications where read_at is null'), '0');
});

test('a busy service is tried again, and one that says gone ends the subscription', async () => {
  const device = service.subscribe();
  const { status } = await api(ADMIN, 'POST', '/me/push',
    { endpoint: device.endpoint, p256dh: device.p256dh, auth: device.auth });
  assert.equal(status, 201);
  await page.goto('about:blank');
  service.answer(device, 429, { 'Retry-After': '1' });
  await write('de novo');
  await until(() => service.taken.some((t) => t.device === device), 'não tentou de novo');
  assert.ok(service.refused.some((r) => r.device === device && r.status === 429));
  service.answer(device, 410);
  const before = await subscriptions();
  await write('e acabou');
  await until(async () => await subscriptions() === before - 1, 'a inscrição não acabou');
});

test('logging out of the device ends its subscription', async () => {
  await page.goto('/account/notifications');
  await page.locator('.push-rows li').first().waitFor();
  const token = await page.locator('#push-box').getAttribute('data-csrf');
  await page.evaluate(async (csrf) => {
    await fetch('/logout', { method: 'POST', body: new URLSearchParams({ _csrf: csrf }), redirect: 'manual' });
  }, token);
  await until(async () => await subscriptions() === 0, 'continuou inscrito');
  const count = service.taken.length;
  await page.goto('about:blank');
  await write('a ninguém');
  await until(async () => await stack.psql("select count(*) from jobs where kind = 'push.send'") === '0',
    'sobrou trabalho');
  assert.equal(service.taken.length, count);
});
