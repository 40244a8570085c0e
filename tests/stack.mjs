// stack.mjs - uma pilha descartável para os testes em node: VAR numa pasta
// temporária, porta livre, banco sem fsync, e a certeza de parar no fim.
//
//   const stack = await startStack({ front: 'nginx-nchan' });
//   await stack.psql('select 1');  await stack.kill9('relay');
//   await stack.stop();
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync,
         writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repo = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const script = join(repo, 'conf/stack/stack.sh');

/** As cinco frentes, na ordem da tabela do projeto. */
export const FRONTS = ['nginx-nchan', 'nginx', 'apache-proxy', 'apache-fcgid',
                       'apache-cgi'];

/** Em qual delas cada coisa existe: SSE de verdade, nchan, processos fixos. */
export const frontTraits = (front) => ({
  sse: !['apache-fcgid', 'apache-cgi'].includes(front),
  nchan: front === 'nginx-nchan',
  cgi: front === 'apache-cgi',
});

const running = new Set();

/** Porta livre: pergunta ao sistema e devolve logo. */
function freePort() {
  return new Promise((ok, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => ok(port));
    });
  });
}

/** Roda e devolve a saída; falha com tudo que o programa disse. */
function run(file, args, options = {}) {
  return new Promise((ok, fail) => {
    const { input, ...rest } = options;
    const child = spawn(file, args, {
      cwd: repo, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...rest });
    let out = '';
    let err = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err += d; });
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? ok(out) : fail(new Error(
      `${file.split('/').pop()} ${args.join(' ')}: saiu ${code}\n${out}${err}`))));
    if (input !== undefined)
      child.stdin.end(input);
  });
}

function keyValues(text) {
  return Object.fromEntries(text.split('\n').filter((l) => /^[A-Z_]+=/.test(l))
    .map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
}

const sleep = (ms) => new Promise((ok) => { setTimeout(ok, ms); });

class Stack {
  constructor(dir, port, front, env) {
    this.dir = join(dir, 'v');
    this.root = dir;
    this.kept = false;
    this.port = port;
    this.front = front;
    this.baseUrl = `http://127.0.0.1:${port}`;
    this.env = { ...process.env, PG_FAST: '1', HEALTH_WAIT_S: '90', ...env,
                 VAR: this.dir,
                 PORT: String(port), FRONT: front, BASE_URL: this.baseUrl };
    for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL'])
      delete this.env[name];
    this.stopped = false;
  }

  sh(...args) {
    return run(script, args, { env: this.env });
  }

  async start() {
    await this.sh('up');
    this.info = keyValues(await this.sh('info', 'all'));
    return this;
  }

  /** Linhas do psql (sem cabeçalho, | entre colunas), como superusuário. */
  async psql(sql) {
    const out = await run(join(this.info.PG_BIN, 'psql'),
      ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.info.PG_HOST,
       '-U', 'postgres', '-d', 'balcao', '-f', '-'],
      { env: { ...this.env, PGOPTIONS: '-c search_path=balcao' }, input: sql });
    return out.replace(/\n$/, '');
  }

  /** Quantas tarefas há por fazer, fora as que só esperam a hora delas. */
  async jobsLeft() {
    return Number(await this.psql(`select count(*) from jobs where state <> 'dead'
      and kind not in ('message.scheduled', 'notice.digest', 'ticket.sla', 'ticket.silence')`));
  }

  /** Um comando do Redis: await stack.redis('GET', 'x'). */
  async redis(...args) {
    const out = await run('redis-cli', ['-s', this.info.REDIS_SOCKET, ...args]);
    return out.replace(/\n$/, '');
  }

  /** O comando balcao com a configuração desta pilha. */
  balcao(...args) {
    const bin = join(resolve(repo, this.env.BUILD ?? 'build'), 'bin/balcao');
    return run(bin, args, { env: { ...this.env, BALCAO_CONF: this.info.CONF } });
  }

  /** pid do programa (o do multiwatch, nos que atendem FastCGI). */
  async pid(name) {
    const pid = Number((await this.sh('ctl', 'pid', name)).trim());
    if (!(pid > 1))
      throw new Error(`${name} não está no ar`);
    return pid;
  }

  /** Os filhos diretos: os processos que atendem, sob o multiwatch. */
  async children(name) {
    const pid = await this.pid(name);
    const path = `/proc/${pid}/task/${pid}/children`;
    return readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  }

  async restart(name) { await this.sh('ctl', 'restart', name); }

  async stopProgram(name) { await this.sh('ctl', 'stop', name); }

  async startProgram(name) { await this.sh('ctl', 'start', name); }

  /** kill -9; o supervisord o levanta de novo. Devolve o pid que morreu. */
  async kill9(name) {
    const pid = await this.pid(name);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Espera o programa voltar com outro pid. */
  async waitRestart(name, oldPid, timeoutMs = 20000) {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      const status = await this.sh('ctl', 'status', name).catch((e) => e.message);
      const m = /RUNNING\s+pid (\d+)/.exec(status);
      if (m && Number(m[1]) !== oldPid)
        return Number(m[1]);
      await sleep(200);
    }
    throw new Error(`${name} não voltou em ${timeoutMs} ms`);
  }

  /** Espera /api/v1/health dar 200. */
  async waitHealthy() { await this.sh('wait'); }

  /** Um pedido ao servidor de e-mail de prova, pelo soquete dele. */
  mailRequest(method, path, body) {
    return new Promise((ok, fail) => {
      const r = request({ socketPath: this.info.MAIL_SOCKET, method, path },
        (res) => {
          let text = '';
          res.setEncoding('utf8');
          res.on('data', (d) => { text += d; });
          res.on('end', () => ok(JSON.parse(text)));
        });
      r.on('error', fail);
      r.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /**
   * Muda o servidor de e-mail (pilha com mail: true) e devolve o que ele viu:
   * mode ok, 450, 550, drop, hang, late; auth 'usuário:senha'; cert e key PEM.
   */
  mailServer(changes) {
    return this.mailRequest(changes ? 'POST' : 'GET', '/control', changes);
  }

  /**
   * Os e-mails para `to` (todos, sem ele), o mais novo primeiro; espera haver
   * `count`, ou falha em `timeout` ms com o fim do log do worker.
   */
  async mails({ to, count = 1, timeout = 15000 } = {}) {
    const end = Date.now() + timeout;
    for (;;) {
      const all = await this.mailRequest('GET', '/demo/mail/mail.json');
      const found = all.filter((m) => !to || m.toAddress === to);
      if (found.length >= count)
        return found;
      if (Date.now() > end)
        throw new Error(`${found.length} de ${count} e-mails para ${to}\n` +
          this.log('work').split('\n').slice(-8).join('\n'));
      await sleep(50);
    }
  }

  /** Troca chaves do balcao.conf e religa os programas que o leem. */
  async configure(changes, ...programs) {
    const lines = readFileSync(this.info.CONF, 'utf8').split('\n')
      .filter((l) => l && !(l.split(' = ')[0].trim() in changes));
    for (const [key, value] of Object.entries(changes))
      lines.push(`${key} = ${value}`);
    writeFileSync(this.info.CONF, `${lines.join('\n')}\n`);
    for (const name of programs)
      await this.restart(name);
  }

  /** O fim do log de um programa. */
  log(name) {
    const path = join(this.info?.LOG_DIR ?? join(this.dir, 'log'), `${name}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async stop() {
    if (this.stopped)
      return;
    this.stopped = true;
    running.delete(this);
    await this.sh(this.kept ? 'down' : 'purge');
    if (!this.kept)
      rmSync(this.root, { recursive: true, force: true });
  }

  stopSync() {
    if (this.stopped)
      return;
    this.stopped = true;
    running.delete(this);
    spawnSync(script, [this.kept ? 'down' : 'purge'],
      { cwd: repo, env: this.env, stdio: 'ignore' });
    if (!this.kept)
      rmSync(this.root, { recursive: true, force: true });
  }
}

function stopAll() {
  for (const stack of [...running])
    stack.stopSync();
}

process.on('exit', stopAll);
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => { stopAll(); process.exit(code); });

/*
 * Liga uma pilha. Opções:
 *   front  uma de FRONTS (ou a variável FRONT; padrão nginx-nchan)
 *   demo   semeia a empresa Demo e liga o substituto da Graph API (padrão true)
 *   mail   liga o servidor de e-mail (padrão false: custa 24 MB por pilha)
 *   keep   pasta (que existe) em que os dados ficam depois de parar
 *   env    ambiente a mais; BALCAO_<CHAVE> vira configuração da pilha
 * Devolve { baseUrl, info, dir, psql, jobsLeft, redis, balcao, restart, kill9,
 *   waitRestart, pid, children, log, mails, mailServer, configure, stop }; info tem o que `make demo-info`
 *   diz e mais GRAPH_URL, PG_HOST, REDIS_SOCKET, CONF, LOG_DIR.
 * Se o processo sair sem stop(), a pilha para e some assim mesmo.
 */
export async function startStack({ front = process.env.FRONT || 'nginx-nchan',
                                   demo = true, mail = false,
                                   keep = null, env = {} } = {}) {
  const dir = keep ?? mkdtempSync(join(tmpdir(), 'balcao-t-'));
  // root: postgres e www-data precisam entrar
  if (process.getuid() === 0)
    spawnSync('chmod', ['755', dir]);
  for (let attempt = 1; ; attempt += 1) {
    const stack = new Stack(dir, await freePort(), front,
                            { DEMO: demo ? '1' : '0',
                              MAIL: mail ? '1' : '0', ...env });
    stack.kept = keep !== null;
    running.add(stack);
    try {
      return await stack.start();
    } catch (e) {
      // outro teste pode ter pego a porta entre a pergunta e o uso
      if (attempt < 3 && /já tem dono/.test(e.message)) {
        running.delete(stack);
        continue;
      }
      stack.stopSync();
      throw e;
    }
  }
}
