// bench.mjs - as medidas de `make bench`, numa pilha descartável com fsync.
// Escreve uma tabela Markdown e a guarda em build/bench.md. Nada aqui falha
// por ser lento: são medidas, não testes.
//   SCALE (0.2) ROUNDS (3) DURATION (3) WARMUP (3) CONNS (32) TABS (5000)
//   BENCH_KIT (pasta do kit), PARTS (http latency fanout login idle)
import { cpus } from 'node:os';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';
import { acquaint, buildFan, login, measure } from './live.mjs';
import { measureLogins } from './login.mjs';
import { EMAIL, PASSWORD, TESTS, alone, kitPath, withKit } from './http.mjs';
import { pssMb } from './proc.mjs';

const env = process.env;
const repo = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = resolve(repo, env.BUILD ?? 'build');
const work = join(build, 'bench');
const settings = { SCALE: env.SCALE ?? '0.2', ROUNDS: env.ROUNDS ?? '3',
  DURATION: env.DURATION ?? '3', WARMUP: env.WARMUP ?? '3',
  CONNS: env.CONNS ?? '32', RETRIES: env.RETRIES ?? '1' };
const tabs = Number(env.TABS ?? 5000);
const parts = (env.PARTS ?? 'http latency fanout login idle').split(/[ ,]+/);
const idleS = 70;
const customers = 100;

const rows = [];
const notes = [];
const num = (v, digits = 1) => (Number.isFinite(v) ? v.toFixed(digits) : '–');
const add = (what, figure, goal = '') => {
  rows.push([what, figure, goal]);
  console.error(`  ${what}: ${figure}`);
};
const say = (text) => console.error(`bench: ${text}`);

/* Os programas da aplicação: sem banco, Redis, servidor web e substituto. */
async function programs(stack) {
  const names = (await stack.sh('ctl', 'status')).split('\n')
    .map((l) => /^app:(\S+)\s+RUNNING/.exec(l)?.[1]).filter(Boolean)
    .filter((n) => !['nginx', 'apache', 'graph'].includes(n));
  return Promise.all(names.map((n) => stack.pid(n)));
}

/* O mesmo PostgreSQL que o kit dá ao par. */
async function tunePostgres(stack) {
  writeFileSync(join(dirname(stack.info.CONF), 'etc/postgresql/pg.local.conf'),
    'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 30min\n');
  await stack.restart('postgres');
  await stack.waitHealthy();
}

const start = (front) => startStack({ front, env: { PG_FAST: '',
  BALCAO_LOG_LEVEL: 'warn', BALCAO_RATE_DEFAULT: '100000000',
  BALCAO_RATE_ADDRESS: '0' } });

async function httpPart(stack) {
  say(`semeando, escala ${settings.SCALE}`);
  await stack.balcao('seed', 'bench', '--scale', settings.SCALE);
  await stack.psql('CHECKPOINT');
  const ids = (await stack.psql(`SELECT min(t.id) || '-' || max(t.id)
    FROM tickets t JOIN companies c ON c.id = t.company_id
   WHERE c.name = 'Bench Ltd' AND t.status = 'active'`)).trim();
  const target = { url: stack.baseUrl, ids,
    pids: [await stack.pid('nginx'), ...await programs(stack)],
    dbPids: [await stack.pid('postgres'), await stack.pid('redis')] };
  const kit = kitPath();
  if (!kit) {
    say('sem o kit (BENCH_KIT ou ../shared/bench): o par não é medido');
    notes.push('The kit was not found: no peer was measured.');
  }
  const results = kit
    ? withKit(kit, join(work, 'kit'), target, settings)
    : await alone(target, { ...settings, DURATION: Number(settings.DURATION) });
  for (const test of TESTS)
    httpRows(test, results[test]);
  if (results.foreign > 0.15)
    notes.push(`Not a quiet machine: other programs used ${num(results.foreign, 2)} ` +
      'cores (median) during the HTTP measurements; the ratios hold better than the figures.');
}

const cpuUs = (r) => `${num(r.cpu_s_1k * 1000, 0)} + ${num(r.db_cpu_s_1k * 1000, 0)}`;

function httpRows(test, { ours, peer, ratio, cpuRatio }) {
  const versus = peer ? `, peer ${num(peer.rps, 0)}: **${num(ratio, 2)}x**` : '';
  add(`${test}, req/s`, `${num(ours.rps, 0)}${versus}`,
    test === 'message_post' ? '' : '5x the peer');
  add(`${test}, p50 / p99 ms`, `${num(ours.p50_ms)} / ${num(ours.p99_ms)}` +
    (peer ? `, peer ${num(peer.p50_ms)} / ${num(peer.p99_ms)}` : ''),
    test === 'message_post' ? '' : 'p99 < 5 ms');
  add(`${test}, CPU µs a request, servers + database and Redis`,
    cpuUs(ours) + (peer
      ? `, peer ${cpuUs(peer)}: **${num(1 / cpuRatio, 2)}x** less` : ''));
  if (ours.errors > 0)
    notes.push(`${test}: ${ours.errors} answers were errors (median of the rounds).`);
}

const losses = (r) => `${r.missing} / ${r.repeated}` +
  (r.refused ? ` (${r.refused} webhooks refused)` : '');

async function latencyPart(stack, fan) {
  say('webhook até a tela: 200/s por 15 s');
  await acquaint(stack, customers);
  const r = await measure(stack, fan, { tabs: 1, rate: 200, count: 3000, customers });
  add('webhook to browser at 200 messages/s, p50 / p99 / max ms',
    `${num(r.p50)} / ${num(r.p99)} / ${num(r.max)}`);
  add('the same, missing / repeated', losses(r), '0 missing');
}

async function fanoutPart(stack, fan) {
  say(`${tabs} telas, ${stack.front}: 10 mensagens/s por 10 s`);
  await acquaint(stack, customers);
  const r = await measure(stack, fan, { tabs, rate: 10, count: 100, customers });
  const name = `${r.tabs} SSE subscribers, ${stack.front}`;
  add(`${name}: p50 / p99 / max ms`,
    `${num(r.p50)} / ${num(r.p99)} / ${num(r.max)}`, 'p99 < 100 ms');
  add(`${name}: missing / repeated, of ${r.deliveries + r.missing}`, losses(r), '0 missing');
  add(`${name}: CPU ms a message, hub / nginx / the load client`,
    r.cpuMs.map((v) => num(v)).join(' / '));
  add(`${name}: PSS of hub / nginx, MB`, `${num(r.hubMb)} / ${num(r.nginxMb)}`, 'hub < 150 MB');
}

/* Depois de httpPart, que semeia; sozinha, semeia ela mesma um mínimo. */
async function loginPart(stack) {
  if (!parts.includes('http'))
    await stack.balcao('seed', 'bench', '--scale', '0.01');
  say('oito logins de cada vez, e os outros no ritmo deles');
  const token = await login(stack.baseUrl, EMAIL, PASSWORD);
  const r = await measureLogins(stack.baseUrl, { email: EMAIL, password: PASSWORD },
    token, '/api/v1/tickets?status=open&limit=20');
  add('logins/s, 8 at once (bcrypt 2^12)', `${num(r.perSecond)}, p50 ${num(r.p50, 0)} ms`);
  add('ticket list at 100/s, alone: p50 / p99 ms', `${num(r.idle.p50)} / ${num(r.idle.p99)}`);
  add('the same beside 8 logins: p50 / p99 ms',
    `${num(r.busy.p50)} / ${num(r.busy.p99)}: **${num(r.busy.p99 / r.idle.p99, 2)}x** the p99 alone`,
    '< 2x');
  if (r.bad + r.idle.bad + r.busy.bad > 0)
    notes.push(`Beside the logins: ${r.bad} logins and ${r.idle.bad + r.busy.bad} other requests failed.`);
}

/* Cada resposta postada deixou um envio na fila do worker. */
async function jobsDone(stack) {
  for (let i = 0; i < 60; i += 1) {
    if (await stack.psql('SELECT count(*) FROM jobs WHERE kind NOT IN (\'message.scheduled\', \'notice.digest\')') === '0') return;
    await sleep(1000);
  }
}

async function main() {
  const fan = buildFan(work);
  const began = performance.now();
  say('ligando a pilha (nginx-nchan, fsync ligado)');
  const stack = await start('nginx-nchan');
  await tunePostgres(stack);
  if (parts.includes('latency')) await latencyPart(stack, fan);
  if (parts.includes('fanout')) {
    await fanoutPart(stack, fan);
    const plain = await start('nginx');
    await fanoutPart(plain, fan);
    await plain.stop();
  }
  if (parts.includes('http')) await httpPart(stack);
  if (parts.includes('login')) await loginPart(stack);
  if (parts.includes('idle')) {
    await jobsDone(stack);
    say(`memória parada: ${idleS} s sem pedidos`);
    await sleep(idleS * 1000);
    add('idle PSS of all application processes, MB',
      num(pssMb(...await programs(stack))), '< 60 MB');
  }
  await stack.stop();
  write((performance.now() - began) / 1000);
}

function write(seconds) {
  const model = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  const text = ['| figure | measured | goal |', '|---|---|---|',
    ...rows.map((r) => `| ${r.join(' | ')} |`), '',
    `${cpus().length} cores (${model ?? '?'}), Node ${process.versions.node}, ` +
    `scale ${settings.SCALE}, ${settings.CONNS} connections, median of ` +
    `${settings.ROUNDS} x ${settings.DURATION} s, everything on one machine, ` +
    `fsync on; ${new Date().toISOString().slice(0, 16)}Z, ${num(seconds, 0)} s.`,
    ...notes, ''].join('\n');
  mkdirSync(build, { recursive: true });
  writeFileSync(join(build, 'bench.md'), text);
  console.log(text);
}

await main();
