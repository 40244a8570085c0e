// attack.mjs - `make attack`: sqlmap, nível 2, em cada parâmetro de cada rota,
// página e cabeçalho de uma pilha descartável. Demora: fica fora do CI.
// Escreve build/attack.md e sai 1 se algo parece injetável.
//   ROUTES (expressão que escolhe pelo nome)  LEVEL (2)  LINES (2)
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack } from '../stack.mjs';
import { fromHeaders, fromOpenapi, fromPages } from './targets.mjs';

const env = process.env;
const repo = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = resolve(repo, env.BUILD ?? 'build');
const work = join(build, 'attack');
const level = env.LEVEL ?? '2';
const lines = Number(env.LINES ?? 2);
const chosen = new RegExp(env.ROUTES ?? '');
const say = (text) => console.error(`attack: ${text}`);

async function signIn(stack) {
  const who = { email: stack.info.ADMIN_EMAIL, password: stack.info.PASSWORD };
  const api = await fetch(`${stack.baseUrl}/api/v1/auth/login`, { method: 'POST',
    headers: { 'content-type': 'application/json' }, body: JSON.stringify(who) });
  const page = await fetch(`${stack.baseUrl}/login`, { method: 'POST',
    redirect: 'manual', body: new URLSearchParams(who) });
  const cookie = page.headers.getSetCookie().find((c) => c.startsWith('balcao='));
  return { token: (await api.json()).accessToken, cookie: cookie?.split(';')[0] };
}

/* Sem terminal ela lê os alvos da entrada: o script lhe dá um. */
function sqlmap(file, dir) {
  const args = ['-r', file, '--batch', '--level', level, '--risk', '1',
    '--dbms', 'PostgreSQL', '--flush-session', '--disable-coloring', '--timeout', '15',
    '--retries', '1', '--output-dir', dir, '-v', '1',
    '--ignore-code', '401,403,404,409,422'];
  return new Promise((done) => {
    const child = spawn('script', ['-qec', ['sqlmap', ...args].join(' '), '/dev/null'],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { out += d; });
    child.on('close', () => done(out));
  });
}

/* O que a sqlmap diz de um alvo. */
function verdict(out) {
  const tested = new Set([...out.matchAll(/testing if (.*? parameter '[^']*'|.*?) is dynamic/g)]
    .map((m) => m[1])).size;
  const found = /identified the following injection point/.test(out) ||
    /is vulnerable\. Do you want/.test(out);
  return { tested, found, requests: Number(/total of (\d+) HTTP/.exec(out)?.[1] ?? NaN),
    server5xx: Number(/5\d\d \([^)]*\) - (\d+) times/.exec(out)?.[1] ?? 0) };
}

async function attackOne(stack, target, index) {
  const { token, cookie } = await signIn(stack); // o alvo pode encerrar logins
  const file = join(work, `${index}.txt`);
  writeFileSync(file, target.text.replace('@TOKEN@', token).replace('@COOKIE@', cookie));
  const out = await sqlmap(file, join(work, `out-${index}`));
  writeFileSync(join(work, `${index}.log`), out);
  return { name: target.name, ...verdict(out) };
}

/*
 * Controle: um alvo furado de propósito. Se a sqlmap não o acha, o "nada
 * achado" dos outros não diz nada.
 */
async function controlIsFound(stack) {
  const leaky = createServer(async (req, res) => {
    const id = new URL(req.url, 'http://x').searchParams.get('id');
    try {
      res.end(`ok ${await stack.psql(`SELECT name FROM companies WHERE id = ${id}`)}`);
    } catch (e) {
      res.statusCode = 500;
      res.end(String(e));
    }
  });
  await new Promise((ready) => { leaky.listen(0, '127.0.0.1', ready); });
  const file = join(work, 'control.txt');
  writeFileSync(file, `GET /?id=1* HTTP/1.1\nHost: 127.0.0.1:${leaky.address().port}\n\n`);
  const out = await sqlmap(file, join(work, 'out-control'));
  leaky.close();
  return verdict(out).found;
}

async function attackAll(stack, targets) {
  const results = [];
  let next = 0;
  await Promise.all(Array.from({ length: lines }, async () => {
    while (next < targets.length) {
      const index = next++;
      const r = await attackOne(stack, targets[index], index);
      results.push(r);
      say(`${results.length}/${targets.length} ${r.name}: ${r.tested} parâmetros` +
        (r.found ? ' INJETÁVEL' : ''));
    }
  }));
  return results;
}

function report(results, pages, seconds) {
  const sum = (key) => results.reduce((s, r) => s + (r[key] || 0), 0);
  const bad = results.filter((r) => r.found).map((r) => r.name);
  const odd = results.filter((r) => r.server5xx > 0)
    .map((r) => `${r.name} (${r.server5xx})`);
  const text = [`sqlmap, level ${level}: ${results.length} requests as targets ` +
    `(API operations, forms and links of ${pages} pages, headers), ` +
    `${sum('tested')} parameters tested, ${seconds} s.`,
    `Injectable: ${bad.length === 0 ? 'none' : bad.join(', ')}.`,
    `Answers 5xx on the way: ${odd.length === 0 ? 'none' : odd.join(', ')}.`, ''].join('\n');
  writeFileSync(join(build, 'attack.md'), text);
  console.log(text);
  return bad.length === 0;
}

const began = performance.now();
mkdirSync(work, { recursive: true });
const stack = await startStack({ env: { BALCAO_RATE_DEFAULT: '0',
  BALCAO_RATE_ADDRESS: '0', BALCAO_ACCESS_TOKEN_S: '3600', BALCAO_LOG_LEVEL: 'error' } });
await stack.psql(`UPDATE users SET is_super = true
  WHERE email = '${stack.info.ADMIN_EMAIL}'`);
const host = new URL(stack.baseUrl).host;
const { cookie } = await signIn(stack);
const doc = JSON.parse(readFileSync(join(build, 'cgi-bin/openapi.json'), 'utf8'));
const get = async (path) => (await fetch(stack.baseUrl + path,
  { headers: { cookie, accept: 'text/html' } })).text();
const { pages, requests } = await fromPages(get,
  ['/inbox', '/admin', '/account', '/login', '/forgot', '/register'], host);
const targets = [...fromOpenapi(doc, host), ...requests, ...fromHeaders(host)]
  .filter((t) => chosen.test(t.name));
if (!await controlIsFound(stack)) {
  await stack.stop();
  throw new Error('a sqlmap não acha nem o alvo furado de propósito');
}
say(`${targets.length} alvos`);
const results = await attackAll(stack, targets);
const good = report(results, pages, Math.round((performance.now() - began) / 1000));
await stack.stop();
process.exit(good ? 0 : 1);
