// sizes.mjs - as mesmas telas com poucos e com muitos dados, ao lado do par em
// Node com os mesmos dados: `make bench SIZES="demo large"`. As pilhas ficam
// semeadas em BENCH_DIR para a próxima vez. Tudo se mede em rodízio: em cada
// volta, cada servidor uma vez; as razões são as medianas das voltas.
//   SIZES demo small large   ROUNDS (3) DURATION (3) CONNS (32)   BENCH_KIT
//   BENCH_DIR (balcao-bench na pasta temporária)   BENCH_TESTS
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';
import { login } from './live.mjs';
import { EMAIL, PASSWORD, kitPath } from './http.mjs';
import { peerCode, peerData, startPeer } from './peer.mjs';
import { cpuS } from './proc.mjs';

const env = process.env;
const here = dirname(fileURLToPath(import.meta.url));
const build = resolve(here, '../..', env.BUILD ?? 'build');
const home = env.BENCH_DIR ?? join(tmpdir(), 'balcao-bench');
const sizes = (env.SIZES ?? 'demo large').split(/[ ,]+/).filter(Boolean);
const rounds = Number(env.ROUNDS ?? 3);
const seconds = Number(env.DURATION ?? 3);
const conns = env.CONNS ?? '32';
const wanted = (env.BENCH_TESTS ?? 'tickets messages contacts search message_post').split(/[ ,]+/);
const say = (text) => console.error(`bench: ${text}`);
const num = (v, digits = 1) => (Number.isFinite(v) ? v.toFixed(digits) : '–');

function freePort() {
  return new Promise((ok) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => ok(port));
    });
  });
}

const median = (list) => {
  const s = list.filter(Number.isFinite).sort((a, b) => a - b);
  return s.length === 0 ? NaN : (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2;
};

async function programs(stack) {
  const names_ = (await stack.sh('ctl', 'status')).split('\n')
    .map((l) => /^app:(\S+)\s+RUNNING/.exec(l)?.[1]).filter((n) => n && !['graph', 'work'].includes(n));
  return Promise.all(names_.map((n) => stack.pid(n)));
}

/** Uma pilha com os dados do tamanho; semeia na primeira vez. */
async function stackOf(size) {
  const keep = join(home, size);
  const conf = join(keep, 'v/etc/postgresql/pg.local.conf');
  const fresh = !existsSync(conf);
  mkdirSync(keep, { recursive: true });
  spawnSync('chmod', ['755', home, keep]);
  say(`${size}: ligando ${keep}`);
  const stack = await startStack({ keep, env: { PG_FAST: '', BALCAO_LOG_LEVEL: 'warn',
    BALCAO_RATE_DEFAULT: '100000000', BALCAO_RATE_ADDRESS: '0',
    BALCAO_RATE_FACTOR: '1000000' } });
  if (fresh) {
    writeFileSync(conf,
      'shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 30min\n');
    await stack.restart('postgres');
    await stack.waitHealthy();
  }
  if (size !== 'demo') {
    say(`${size}: semeando, se falta`);
    await stack.balcao('seed', size);
  }
  const name = size === 'demo' ? 'Demo' : 'Bench Ltd';
  const [company, ...counts] = (await stack.psql(`SELECT c.id,
      (SELECT count(*) FROM contacts WHERE company_id = c.id),
      (SELECT count(*) FROM tickets WHERE company_id = c.id),
      (SELECT count(*) FROM messages WHERE company_id = c.id)
    FROM companies c WHERE c.name LIKE '${name}%' ORDER BY c.id LIMIT 1`)).split('|');
  const pids = await programs(stack);
  // o worker enviaria o que se posta: mede-se a resposta, como no par
  await stack.stopProgram('work');
  return { size, stack, company, counts, pids,
    email: size === 'demo' ? stack.info.ADMIN_EMAIL : EMAIL,
    password: size === 'demo' ? stack.info.PASSWORD : PASSWORD };
}

/* O que se procura, tirado dos dados: começo do nome, nome ao contrário,
 * número sem o país, e o sobrenome sem uma letra. */
const names = (company) => `
  SELECT CASE n % 4 WHEN 0 THEN left(name, 12)
      WHEN 1 THEN split_part(name, ' ', array_length(string_to_array(name, ' '), 1)) || ' ' || split_part(name, ' ', 1)
      WHEN 2 THEN substr(coalesce(phone, name), 3)
      ELSE split_part(name, ' ', 1) || ' ' || overlay(split_part(name, ' ', array_length(string_to_array(name, ' '), 1)) placing '' from 3 for 1) END
    FROM (SELECT name, phone, row_number() OVER () AS n FROM (
          SELECT name, phone FROM contacts WHERE company_id = ${company}
             AND deleted_at IS NULL AND phone IS NOT NULL
             AND id % greatest(1, (SELECT max(id) / 2000 FROM contacts)) = 0
           ORDER BY md5(id::text) LIMIT 200) x) y`;
/* E em tudo: o nome de alguém, o número do atendimento, palavras de mensagens. */
const words = (company) => `
  SELECT CASE n % 3 WHEN 0 THEN c.name WHEN 1 THEN t.id::text
      ELSE coalesce(substring(m.body FROM '(\\w+\\W+\\w+)\\W*$'), 'pedido') END
    FROM (SELECT id, contact_id, company_id, row_number() OVER () AS n FROM (
          SELECT id, contact_id, company_id FROM tickets WHERE company_id = ${company}
             AND id % greatest(1, (SELECT max(id) / 2000 FROM tickets)) = 0
           ORDER BY md5(id::text) LIMIT 200) x) t
    JOIN contacts c ON c.company_id = t.company_id AND c.id = t.contact_id
    LEFT JOIN LATERAL (SELECT body FROM messages WHERE company_id = t.company_id
         AND ticket_id = t.id AND kind = 'text' ORDER BY id DESC LIMIT 1) m ON true`;

async function filesOf({ stack, company, size }) {
  const dir = join(build, 'bench', size);
  const put = async (name, sql) => {
    const path = join(dir, name);
    writeFileSync(path, (await stack.psql(sql)).split('\n').map(encodeURIComponent).join('\n'));
    return path;
  };
  mkdirSync(dir, { recursive: true });
  return { names: await put('names', names(company)), words: await put('words', words(company)),
    tickets: await put('tickets', `SELECT id FROM tickets WHERE company_id = ${company}
      AND status = 'active' AND erased_at IS NULL ORDER BY md5(id::text) LIMIT 2000`) };
}

const paths = (f) => ({
  tickets: ['/api/v1/tickets?status=open&limit=20'],
  messages: [`/api/v1/tickets/@${f.tickets}@/messages?limit=50`],
  contacts: [`/api/v1/contacts?limit=20&q=@${f.names}@`],
  search: [`/api/v1/search?limit=5&q=@${f.words}@`],
  message_post: [`/api/v1/tickets/@${f.tickets}@/messages`,
    '{"body":"Reply: your order is on its way."}'],
});

function wrk(server, test, time) {
  const before = [cpuS(...server.pids), cpuS(...server.dbPids)];
  const out = spawnSync('wrk', ['-t1', `-c${conns}`, `-d${time}s`, '--timeout', '20s',
    '-s', join(here, 'get.lua'), `${server.url}/`, '--', server.token,
    ...server.paths[test]], { encoding: 'utf8' });
  const after = [cpuS(...server.pids), cpuS(...server.dbPids)];
  const m = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(out.stdout);
  if (!m) throw new Error(`wrk: ${test} de ${server.name}: ${out.stdout}${out.stderr}`);
  const [n, us, p50, p99, errors, bytes] = m.slice(1).map(Number);
  /* nada respondido no tempo: é um resultado, não um defeito da medida */
  if (n === 0) return { rps: 0, p50: NaN, p99: NaN, errors, bytes: NaN, cpuUs: NaN, dbUs: NaN };
  return { rps: n / us * 1e6, p50: p50 / 1000, p99: p99 / 1000, errors, bytes: bytes / n,
    cpuUs: (after[0] - before[0]) / n * 1e6, dbUs: (after[1] - before[1]) / n * 1e6 };
}

async function serversOf(kit, code) {
  const servers = [];
  for (const size of sizes) {
    const s = await stackOf(size);
    const files = await filesOf(s);
    const dbPids = [await s.stack.pid('postgres'), await s.stack.pid('redis')];
    const add = async (who, url, pids) => servers.push({ who, size, name: `${who} ${size}`,
      url, pids, dbPids, counts: s.counts, stack: s.stack, paths: paths(files),
      token: await login(url, s.email, s.password) });
    await add('ours', s.stack.baseUrl, s.pids);
    if (kit) {
      say(`${size}: o banco do par, se falta`);
      await peerData(s.stack, kit, s.company);
      const peer = await startPeer(s.stack, code, await freePort());
      process.on('exit', peer.stop);
      await add('peer', peer.url, peer.pids);
    }
    await s.stack.psql('CHECKPOINT');
  }
  return servers;
}

/* O que ainda se procura por quem já desistiu de esperar não pesa no seguinte. */
async function settle({ stack }) {
  const active = `FROM pg_stat_activity WHERE state = 'active'
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  for (let i = 0; i < 100; i += 1) {
    await stack.psql(`SELECT pg_cancel_backend(pid) ${active}`);
    if (await stack.psql(`SELECT count(*) ${active}`) === '0') return;
    await sleep(200);
  }
}

/* Em cada volta cada servidor mede uma vez, e a ordem gira. */
async function measureAll(servers) {
  const out = [];
  for (const test of wanted) {
    for (const s of servers) {
      wrk(s, test, 2);
      await settle(s);
    }
    for (let round = 0; round < rounds; round += 1)
      for (let i = 0; i < servers.length; i += 1) {
        const s = servers[(i + round) % servers.length];
        const r = wrk(s, test, seconds);
        await settle(s);
        say(`${test}, volta ${round + 1}, ${s.name}: ${num(r.rps, 0)}/s, p99 ${num(r.p99)} ms`);
        out.push({ test, round, who: s.who, size: s.size, ...r });
      }
  }
  return out;
}

function table(rows, servers) {
  const of = (test, who, size) => rows.filter((r) => r.test === test && r.who === who && r.size === size);
  const pick = (list, key) => median(list.map((r) => r[key]));
  const ratio = (a, b, key) => median(a.map((r) =>
    r[key] / b.find((o) => o.round === r.round)?.[key]));
  const base = sizes[0];
  const lines = [`| test | size | req/s | p50 / p99 ms | CPU µs servers + database | bytes | peer req/s | peer p99 ms | **ours / peer** (goal 5) | **time, size / ${base}** (goal < 1.3) | the same, CPU |`,
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'];
  for (const test of wanted)
    for (const size of sizes) {
      const ours = of(test, 'ours', size);
      const peer = of(test, 'peer', size);
      const first = of(test, 'ours', base);
      const all = (list) => list.map((r) => ({ ...r, cpu: r.cpuUs + r.dbUs }));
      lines.push(`| ${test} | ${size} | ${num(pick(ours, 'rps'), 0)} | ${num(pick(ours, 'p50'))} / ${num(pick(ours, 'p99'))} | ` +
        `${num(pick(ours, 'cpuUs'), 0)} + ${num(pick(ours, 'dbUs'), 0)} | ${num(pick(ours, 'bytes'), 0)} | ` +
        `${num(pick(peer, 'rps'), 0)} | ${num(pick(peer, 'p99'))} | ${num(ratio(ours, peer, 'rps'), 2)} | ` +
        `${size === base ? '' : num(ratio(first, ours, 'rps'), 2)} | ` +
        `${size === base ? '' : num(ratio(all(ours), all(first), 'cpu'), 2)} |`);
    }
  const errors = rows.filter((r) => r.errors > 0 || r.rps === 0)
    .map((r) => `${r.test} of ${r.who} ${r.size}: ${r.rps === 0 ? 'no answer in the time' : `${r.errors} errors`}.`);
  const seen = servers.filter((s) => s.who === 'ours').map((s) =>
    `${s.size}: ${s.counts[0]} contacts, ${s.counts[1]} tickets, ${s.counts[2]} messages.`);
  return [...lines, '', ...seen, ...new Set(errors), '',
    `${cpus().length} cores, Node ${process.versions.node}, ${conns} connections, ` +
    `median of ${rounds} x ${seconds} s, every server once in each round, fsync on, ` +
    `load ${loadavg().map((v) => num(v)).join(' ')}; ${new Date().toISOString().slice(0, 16)}Z.`, ''].join('\n');
}

async function main() {
  const kit = kitPath();
  if (!kit) say('sem o kit (BENCH_KIT ou ../shared/bench): o par não é medido');
  const code = kit ? peerCode(kit, join(build, 'bench')) : null;
  const servers = await serversOf(kit, code);
  const text = table(await measureAll(servers), servers);
  writeFileSync(join(build, 'bench-sizes.md'), text);
  console.log(text);
  for (const s of servers.filter((x) => x.who === 'ours')) {
    // o que se postou não sai: a fila não espera pela próxima vez
    await s.stack.psql('DELETE FROM jobs WHERE kind LIKE \'message.%\'');
    await s.stack.stop();
  }
  process.exit(0);
}

await main();
