// http.mjs - pedidos por segundo: com o kit, ao lado do par em Node; sem ele,
// só o nosso servidor, por wrk.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { login } from './live.mjs';
import { cpuS } from './proc.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const EMAIL = 'user1@bench.test';
export const PASSWORD = 'bench-password-1';

export const TESTS = ['tickets', 'messages', 'message_post'];

export function kitPath() {
  const path = resolve(process.env.BENCH_KIT ?? join(here, '../../../shared/bench'));
  return existsSync(join(path, 'run-peer.sh')) ? path : null;
}

const median = (list) => {
  const s = list.filter(Number.isFinite).sort((a, b) => a - b);
  const m = s.length >> 1;
  if (s.length === 0) return NaN;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};

/** Linhas do kit -> {test: {ours, peer, ratio…}}; a razão é a mediana dos pares. */
function summarize(rows) {
  const out = {};
  for (const test of TESTS) {
    const of = (server) => rows.filter((r) => r.test === test && r.server === server);
    const pick = (server) => Object.fromEntries(['rps', 'p50_ms', 'p99_ms',
      'cpu_s_1k', 'db_cpu_s_1k', 'errors', 'bytes'].map((k) =>
      [k, median(of(server).map((r) => r[k]))]));
    const ratio = (value) => median(of('target').map((r) =>
      value(r) / value(of('peer').find((p) => p.round === r.round) ?? {})));
    out[test] = { ours: pick('target'), peer: pick('peer'),
      ratio: ratio((r) => r.rps),
      cpuRatio: ratio((r) => r.cpu_s_1k + r.db_cpu_s_1k) };
  }
  out.foreign = median(rows.map((r) => r.foreign_cores));
  return out;
}

/*
 * Roda o kit, copiado para `dir` (o original pode ser só de leitura).
 *   target  {url, pids, dbPids, ids} do nosso servidor
 */
export function withKit(kit, dir, target, settings) {
  mkdirSync(dir, { recursive: true });
  cpSync(kit, dir, { recursive: true });
  const out = join(dir, 'results.jsonl');
  const r = spawnSync(join(dir, 'run-peer.sh'), [], { cwd: dir,
    stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...settings,
      OUT: out, TESTS: TESTS.join(' '), TARGET_URL: target.url,
      TARGET_PIDS: target.pids.join(' '), TARGET_DB_PIDS: target.dbPids.join(' '),
      TARGET_EMAIL: EMAIL, TARGET_PASSWORD: PASSWORD,
      TARGET_TICKET_IDS: target.ids, TARGET_SKIP_CHECK: '1' } });
  if (r.status !== 0)
    throw new Error(`run-peer.sh saiu ${r.status}`);
  return summarize(readFileSync(out, 'utf8').trim().split('\n').map((l) => JSON.parse(l)));
}

export async function alone(target, { DURATION, CONNS }) {
  const token = await login(target.url, EMAIL, PASSWORD);
  const one = `/api/v1/tickets/{${target.ids}}/messages`;
  const args = { tickets: ['/api/v1/tickets?status=open&limit=20'],
    messages: [`${one}?limit=50`],
    message_post: [one, '{"body":"Reply: your order is on its way."}'] };
  const out = {};
  for (const test of TESTS) {
    const cpu = () => [cpuS(...target.pids), cpuS(...target.dbPids)];
    const wrk = (seconds) => spawnSync('wrk', ['-t1', `-c${CONNS}`,
      `-d${seconds}s`, '-s', join(here, 'get.lua'), `${target.url}/`, '--',
      token, ...args[test]], { encoding: 'utf8' }).stdout;
    wrk(1);
    const before = cpu();
    const m = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(wrk(DURATION));
    const after = cpu();
    if (!m) throw new Error(`wrk não mediu ${test}`);
    const [n, us, p50, p99, errors] = m.slice(1).map(Number);
    out[test] = { ours: { rps: n / us * 1e6, p50_ms: p50 / 1000,
      p99_ms: p99 / 1000, errors, cpu_s_1k: (after[0] - before[0]) / n * 1000,
      db_cpu_s_1k: (after[1] - before[1]) / n * 1000 } };
  }
  return out;
}
