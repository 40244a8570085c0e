// desk.mjs - o que os testes de navegador dividem: a pilha, o navegador, a
// entrada, e o cliente que escreve pelo substituto da Graph API.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startStack } from '../stack.mjs';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const ADMIN = 'admin@demo.balcao';
export const AGENT = 'agent@demo.balcao';

/** Uma pilha já no ar (E2E_VAR, para quem desenvolve) ou uma descartável. */
export async function openStack(options = {}) {
  if (!process.env.E2E_VAR) return startStack(options);
  const out = spawnSync(`${repo}/conf/stack/stack.sh`, ['info', 'all'],
    { env: { ...process.env, VAR: process.env.E2E_VAR }, encoding: 'utf8' });
  const info = Object.fromEntries(out.stdout.split('\n').filter(Boolean)
    .map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
  const sh = (...args) => spawnSync(`${repo}/conf/stack/stack.sh`, args,
    { env: { ...process.env, VAR: process.env.E2E_VAR }, encoding: 'utf8' });
  return { baseUrl: info.BASE_URL, front: info.FRONT, info, stop: async () => {},
    stopProgram: async (name) => { sh('ctl', 'stop', name); },
    startProgram: async (name) => { sh('ctl', 'start', name); } };
}

export function openBrowser({ args = [] } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu',
      '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run', ...args],
  });
}

/** Uma janela com sessão aberta; erros da página ficam em page.problems. */
export async function enter(browser, stack, { as = ADMIN, ...options } = {}) {
  const context = await browser.newContext({ baseURL: stack.baseUrl,
    viewport: { width: 1280, height: 800 }, locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(e.message));
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to (load resource|fetch)|ERR_/.test(m.text()))
      page.problems.push(m.text());
  });
  await page.goto('/login');
  await page.fill('#email', as);
  await page.fill('#password', stack.info.PASSWORD);
  await page.click('form[action="/login"] button[type=submit]');
  await page.waitForURL('**/inbox**');
  return page;
}

async function control(stack, method, name, body) {
  const answer = await fetch(`${stack.info.GRAPH_URL}/__control/${name}`, {
    method, headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${name}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** O cliente escreve: sai um webhook assinado, como os da Meta. */
export async function customerSays(stack, from, name, text, extra = {}) {
  const sent = await control(stack, 'POST', 'inbound', { from, name,
    kind: 'text', payload: { body: text }, ...extra });
  assert.equal(sent.status, 200, sent.response);
  return sent.ids[0];
}

/** Um webhook assinado aqui mesmo, sem o substituto no meio. */
export function postWebhook(stack, payload) {
  const body = JSON.stringify(payload);
  const mac = createHmac('sha256', stack.info.WEBHOOK_APP_SECRET).update(body);
  return fetch(stack.info.WEBHOOK_URL, { method: 'POST', body, headers: {
    'Content-Type': 'application/json',
    'X-Hub-Signature-256': `sha256=${mac.digest('hex')}` } });
}

/** O que o Balcão mandou à Graph API com este texto; espera até 10 s. */
export async function sentToGraph(stack, text) {
  const query = new URLSearchParams({ text, wait: '10' });
  const { data } = await control(stack, 'GET', `requests?${query}`);
  return data;
}

export const giveStatus = (stack, ...statuses) =>
  control(stack, 'POST', 'statuses', { statuses });

export const configureGraph = (stack, options) =>
  control(stack, 'POST', 'config', options);

let phone = 5511970000000 + Math.floor(Math.random() * 90000) * 100;

/** Um telefone que ninguém usou. */
export const newPhone = () => String(++phone);

/** Abre a conversa de um contato pela lista. */
export async function openTalk(page, name) {
  await page.locator('#rows .item', { hasText: name }).first().click();
  await page.locator('.talk-name', { hasText: name }).waitFor();
}

/** A página já ouve o que acontece. */
export const live = (page) => page.locator('#live[data-state=live], #live[data-state=slow]').waitFor();

export const bubble = (page, text) =>
  page.locator('#messages .msg', { hasText: text });

/** A altura na tela da primeira mensagem com o texto, lida de uma vez: entre
 * achá-la e medi-la ela pode ter sido trocada pela versão mais nova. */
export const yOf = (page, text) => page.evaluate((words) =>
  [...document.querySelectorAll('#messages .msg')]
    .find((li) => li.textContent.includes(words)).getBoundingClientRect().y, text);

/**
 * As páginas que se alcançam clicando, uma de cada feitio: visit(caminho) abre
 * cada uma. Devolve os caminhos, na ordem em que foram vistas.
 */
export async function crawl(page, start, { most, visit }) {
  const queue = [...start];
  const seen = new Set();
  const pages = [];
  while (queue.length > 0 && pages.length < most) {
    const path = queue.shift();
    const kind = path.replace(/\d+/g, 'N').replace(/=[^&]*/g, '=');
    if (seen.has(kind) || /^\/(demo|static|docs|api)|export/.test(path)) continue;
    seen.add(kind);
    await visit(path);
    pages.push(path);
    queue.push(...await page.evaluate(() => [...document.links]
      .filter((a) => a.origin === location.origin && !a.hasAttribute('download'))
      .map((a) => a.pathname + a.search)));
  }
  return pages;
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** O que o axe acha de grave na página; ele roda fora da CSP dela. */
export async function accessibility(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document,
    { resultTypes: ['violations'] }));
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' | ')}`);
}
