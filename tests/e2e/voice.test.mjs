// voice.test.mjs - a mensagem de voz: gravar, ouvir, enviar, desistir, e o
// microfone que não há. O som é o de mentira do navegador.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AGENT, bubble, customerSays, enter, openBrowser, openStack, accessibility } from './desk.mjs';

let stack, browser, page;
const from = `55119${String(70000000 + process.pid * 7).slice(-8)}`;

before(async () => {
  stack = await openStack();
  browser = await openBrowser({ args: ['--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream'] });
  page = await enter(browser, stack);
  await customerSays(stack, from, 'Vera Voz', 'Pode me explicar por áudio?');
  await page.goto('/inbox?status=pending');
  await page.click('#rows .item:has-text("Vera Voz")');
  await page.waitForSelector('[data-record]');
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const record = async (ms = 1500) => {
  await page.click('[data-record]');
  await page.waitForSelector('#record.is-on');
  await page.waitForTimeout(ms);
};

describe('a mensagem de voz', () => {
  test('só pelo teclado: grava, conta o tempo, e Esc desiste', async () => {
    await page.focus('[data-record]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#record.is-on');
    assert.equal(await page.evaluate(() =>
      document.activeElement.hasAttribute('data-record-stop')), true);
    await page.waitForFunction(() =>
      document.querySelector('[data-record-time]').textContent === '0:01');
    await page.keyboard.press('Escape');
    assert.equal(await page.isHidden('#record'), true);
    assert.equal(await page.evaluate(() =>
      document.activeElement.hasAttribute('data-record')), true);
  });

  test('gravada, se ouve antes de enviar, e vai', async () => {
    await record();
    await page.click('[data-record-stop]');
    await page.waitForSelector('[data-record-send]');
    assert.match(await page.getAttribute('[data-record-sound]', 'src'), /^blob:/);
    assert.deepEqual(await accessibility(page), []);
    await page.evaluate(async () => {
      const sound = document.querySelector('[data-record-sound]');
      sound.muted = true;
      await sound.play();
    });
    await page.click('[data-record-send]');
    await page.waitForSelector('.msg.out .sound[src]');
    const time = await page.textContent('.msg.out .sound-box .file-time');
    assert.match(time, /0:0[1-3]/);
    const played = await page.$eval('.msg.out .sound', async (sound) => {
      sound.muted = true;
      await sound.play();
      return Number.isFinite(sound.duration) && sound.duration > 0.5;
    });
    assert.equal(played, true);
    await page.waitForSelector('.msg.out[data-status="sent"], .msg.out[data-status="delivered"]');
    assert.equal(await page.isHidden('#record'), true);
  });

  test('o que não foi fica no painel', async () => {
    await page.route('**/inbox/*/files', (route) => route.abort());
    await record(600);
    await page.click('[data-record-stop]');
    await page.click('[data-record-send]');
    await page.waitForSelector('#record-error:not([hidden])');
    assert.match(await page.textContent('#record-error'), /A gravação continua aqui/);
    assert.equal(await page.isVisible('[data-record-send]'), true);
    await page.unroute('**/inbox/*/files');
    await page.click('[data-record-cancel]');
    assert.equal(await page.isHidden('#record-error'), true);
  });

  test('um colega respondeu por cima: o arquivo espera, e continua escolhido', async () => {
    const ask = (path, body, token) => fetch(`${stack.baseUrl}/api/v1/${path}`, { method: 'POST',
      body: JSON.stringify(body), headers: { 'Content-Type': 'application/json',
        ...token && { Authorization: `Bearer ${token}` } } }).then((r) => r.json());
    const { accessToken } = await ask('auth/login', { email: AGENT, password: stack.info.PASSWORD });
    const ticket = await page.getAttribute('#talk', 'data-ticket');
    const said = await ask(`tickets/${ticket}/messages`, { body: 'Eu cuido disto' }, accessToken);
    assert.ok(said.id, JSON.stringify(said));
    /* como se o aviso da resposta não tivesse chegado a esta tela */
    await page.evaluate(() => {
      globalThis.late = (e) => { if (e.target.id === 'attach') e.target.elements.after.value = 1; };
      document.addEventListener('submit', globalThis.late, true);
    });
    await page.setInputFiles('#attach input[type=file]',
      { name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('uma nota simples, com palavras.\n') });
    await page.click('#attach button[type=submit]');
    await page.locator('#snack', { hasText: 'respondeu enquanto' }).waitFor();
    await bubble(page, 'Eu cuido disto').waitFor();
    assert.equal(await page.$eval('#attach input[type=file]', (field) => field.files.length), 1);
    await page.evaluate(() => document.removeEventListener('submit', globalThis.late, true));
    await page.click('#attach button[type=submit]');
    await page.locator('.msg.out', { hasText: 'nota.txt' }).waitFor();
  });

  test('sem microfone, ou sem licença, diz por quê', async () => {
    for (const [name, words] of [['NotAllowedError', /não liberou o microfone/],
      ['NotFoundError', /Nenhum microfone/], ['NotReadableError', /em uso/]]) {
      await page.evaluate((error) => {
        navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException('não', error));
      }, name);
      await page.click('[data-record]');
      await page.waitForSelector('#record-error:not([hidden])');
      assert.match(await page.textContent('#record-error'), words);
      assert.equal(await page.isHidden('#record'), true);
    }
    assert.deepEqual(page.problems, []);
  });
});
