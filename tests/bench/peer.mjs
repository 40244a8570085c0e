// peer.mjs - o par em Node sobre os mesmos dados: um banco `peer` no mesmo
// PostgreSQL da pilha, copiado do nosso uma vez, e o par do kit com as buscas.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const here = dirname(fileURLToPath(import.meta.url));

/** Uma cópia do par com as buscas; devolve a pasta. */
export function peerCode(kit, work) {
  const dir = join(work, 'peer-node');
  mkdirSync(work, { recursive: true });
  cpSync(join(kit, 'peer-node'), dir, { recursive: true });
  cpSync(join(here, 'peer_search.mjs'), join(dir, 'search.mjs'));
  const app = readFileSync(join(dir, 'app.mjs'), 'utf8');
  const mark = 'app.use((err, req, res, next)';
  if (!app.includes(mark)) throw new Error('o par do kit mudou: onde pôr as buscas?');
  writeFileSync(join(dir, 'app.mjs'), app.replace(mark,
    `(await import('./search.mjs')).default({ app, auth, query, z });\n${mark}`));
  if (!existsSync(join(dir, 'node_modules'))) {
    const r = spawnSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'],
      { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
    if (r.status !== 0) throw new Error('npm ci do par falhou');
  }
  return dir;
}

/* Nossa tabela -> a do par: o que se lê, e onde entra. */
const copies = (company) => [
  ['SELECT 1, \'Bench\'', 'companies (id, name)'],
  [`SELECT m.user_id, 1, m.display_name, u.email, u.password_hash, m.role
      FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.company_id = ${company}`,
    'users (id, company_id, name, email, password_hash, role)'],
  [`SELECT id, 1, name FROM queues WHERE company_id = ${company}`,
    'queues (id, company_id, name)'],
  [`SELECT id, 1, name, coalesce(phone, ''), email FROM contacts
     WHERE company_id = ${company}`,
    'contacts (id, company_id, name, number, email)'],
  [`SELECT id, 1, contact_id, queue_id, user_id, CASE status WHEN 'active' THEN
           'open' WHEN 'bot' THEN 'pending' ELSE status END, last_message,
           unread_count, created_at, updated_at
      FROM tickets WHERE company_id = ${company}`,
    `tickets (id, company_id, contact_id, queue_id, user_id, status,
      last_message, unread_count, created_at, updated_at)`],
  [`SELECT id, 1, ticket_id, user_id, sender_type <> 'contact', body, created_at
      FROM messages WHERE company_id = ${company}`,
    'messages (id, company_id, ticket_id, user_id, from_me, body, created_at)'],
];

const after = `
  SELECT setval(pg_get_serial_sequence('messages', 'id'), max(id)) FROM messages;
  CREATE INDEX tickets_status_recent ON tickets (company_id, status, updated_at DESC, id DESC);
  CREATE INDEX messages_ticket ON messages (ticket_id, id DESC);
  CREATE INDEX messages_words ON messages USING gin (to_tsvector('simple', body));
  CREATE INDEX contacts_name ON contacts USING gin (name gin_trgm_ops);
  CREATE INDEX contacts_number ON contacts USING gin (number gin_trgm_ops);
  CREATE INDEX contacts_email ON contacts USING gin (email gin_trgm_ops);
  CREATE TABLE done ();`;

/** O banco do par, com os mesmos dados; feito uma vez por pilha. */
export async function peerData(stack, kit, company) {
  const psql = (db, ...args) => {
    const r = spawnSync(join(stack.info.PG_BIN, 'psql'), ['-X', '-q', '-A', '-t',
      '-v', 'ON_ERROR_STOP=1', '-h', stack.info.PG_HOST, '-U', 'postgres', '-d',
      db, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (r.status !== 0) throw new Error(`psql ${db}: ${r.stderr}`);
    return r.stdout.trim();
  };
  if (psql('postgres', '-c', 'SELECT 1 FROM pg_database WHERE datname = \'peer\'') === '1') {
    if (psql('peer', '-c', 'SELECT to_regclass(\'done\') IS NOT NULL') === 't') return;
    psql('postgres', '-c', 'DROP DATABASE peer');
  }
  psql('postgres', '-c', 'CREATE DATABASE peer');
  psql('peer', '-f', join(kit, 'peer-node/schema.sql'), '-c',
    'ALTER TABLE contacts ADD email text', '-c', 'CREATE EXTENSION pg_trgm');
  for (const [from, to] of copies(company)) {
    const at = ['-X', '-q', '-h', stack.info.PG_HOST, '-U', 'postgres',
      '-v', 'ON_ERROR_STOP=1'];
    const bin = join(stack.info.PG_BIN, 'psql');
    const out = spawn(bin, [...at, '-d', 'balcao', '-c',
      'SET search_path = balcao', '-c',
      `COPY (${from.replace(/\s+/g, ' ')}) TO STDOUT`],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    const into = spawn(bin, [...at, '-d', 'peer', '-c',
      'SET session_replication_role = replica', '-c', `COPY ${to} FROM STDIN`],
      { stdio: [out.stdout, 'inherit', 'inherit'] });
    out.stdout.destroy(); // o outro psql é que o lê
    const ended = await Promise.all([out, into].map((c) =>
      new Promise((ok) => { c.on('exit', ok); })));
    if (ended.some(Boolean)) throw new Error(`a cópia para ${to} falhou`);
  }
  psql('peer', '-c', after);
  psql('peer', '-c', 'VACUUM ANALYZE', '-c', 'CHECKPOINT');
}

/** Liga o par; {url, pids, stop}. O Redis é o da pilha. */
export async function startPeer(stack, dir, port) {
  const { MAKEFLAGS: _, ...env } = process.env;
  const child = spawn('node', ['server.mjs'], { cwd: dir, stdio: 'ignore',
    env: { ...env, NODE_ENV: 'production', PORT: String(port), WORKERS: '2',
      PG_POOL: '8', ACCESS_TTL: '12h', REDIS_URL: `unix:${stack.info.REDIS_SOCKET}`,
      DATABASE_URL: `postgresql:///peer?host=${stack.info.PG_HOST}&user=postgres` } });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i += 1) {
    if (await fetch(url).then(() => true, () => false)) break;
    if (i === 100) throw new Error('o par não subiu');
    await sleep(100);
  }
  return { url, pids: [child.pid], stop: () => child.kill('SIGTERM') };
}
