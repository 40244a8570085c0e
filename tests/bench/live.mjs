// live.mjs - do webhook assinado às telas abertas: demora, faltas e repetições.
import http from 'node:http';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join, dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { metaJson, sign } from '../standins/graph_payloads.mjs';
import { cpuS, pssMb } from './proc.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Compila fan.c em `dir` e devolve o caminho do programa. */
export function buildFan(dir) {
  const out = join(dir, 'fan');
  mkdirSync(dir, { recursive: true });
  const r = spawnSync('gcc', ['-std=c17', '-D_GNU_SOURCE', '-O2', '-Wall',
    '-Wextra', '-o', out, join(here, 'fan.c')], { stdio: 'inherit' });
  if (r.status !== 0) throw new Error('fan.c não compilou');
  return out;
}

export async function login(baseUrl, email, password) {
  const r = await fetch(`${baseUrl}/api/v1/auth/login`, { method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }) });
  const { accessToken } = await r.json();
  if (!accessToken) throw new Error(`login de ${email}: ${r.status}`);
  return accessToken;
}

/** Microssegundos do CLOCK_MONOTONIC, o relógio de fan.c. */
const nowUs = () => process.hrtime.bigint() / 1000n;

function payload(info, run, seq, customers) {
  const from = `5511${910000000 + seq % customers}`;
  return metaJson({ object: 'whatsapp_business_account', entry: [{
    id: '900800700600500', changes: [{ field: 'messages', value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '551140000000',
        phone_number_id: info.WEBHOOK_PHONE_NUMBER_ID },
      contacts: [{ wa_id: from, profile: { name: `Cliente ${seq % customers}` } }],
      messages: [{ from, id: `wamid.${run}.${seq}`, type: 'text',
        timestamp: String(Math.floor(Date.now() / 1000)),
        text: { body: `#${seq} ${nowUs()}# mensagem de medição` } }],
    } }] }] });
}

function post(agent, url, secret, body) {
  return new Promise((ok) => {
    const req = http.request(url, { method: 'POST', agent, headers: {
      'Content-Type': 'application/json', 'Content-Length': body.length,
      'X-Hub-Signature-256': sign(secret, body) } }, (res) => {
      res.resume();
      res.on('end', () => ok(res.statusCode));
    });
    req.on('error', () => ok(0));
    req.end(body);
  });
}

/** Posta `count` webhooks a `rate`/s; devolve quantos não deram 200. */
async function postAll(info, { rate, count, customers, run, first = 0 }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const start = performance.now();
  const answers = [];
  for (let seq = 0; seq < count;) {
    const due = Math.min(count, Math.ceil((performance.now() - start) * rate / 1000));
    for (; seq < due; seq += 1)
      answers.push(post(agent, info.WEBHOOK_URL, info.WEBHOOK_APP_SECRET,
        Buffer.from(payload(info, run, first + seq, customers))));
    await sleep(1);
  }
  const refused = (await Promise.all(answers)).filter((s) => s !== 200).length;
  agent.destroy();
  return refused;
}

/*
 * Cada cliente escreve uma vez: contato e ticket passam a existir. Os números
 * são altos para que fan.c não os tome por mensagens da medida.
 */
export async function acquaint({ info }, customers) {
  await postAll(info, { rate: 100, count: customers, customers,
    run: `a-${process.pid}-${Date.now()}`, first: customers * 10000 });
  await sleep(1000);
}

/*
 * Abre `tabs` telas na sala company, posta e espera. Devolve o que fan.c
 * mediu, mais refused, hubMb e nginxMb (com as telas ainda abertas) e cpuMs
 * por mensagem: hub, nginx, fan.
 */
export async function measure(stack, fan, { tabs, rate, count, customers }) {
  const { info } = stack;
  const token = await login(stack.baseUrl, info.ADMIN_EMAIL, info.PASSWORD);
  const child = spawn(fan, [String(tabs), String(stack.port),
    '/api/v1/stream?rooms=company', token, String(count),
    String(count / rate + 20)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = (await lines.next()).value;
  if (first !== 'pronto') {
    child.stdin.end();
    throw new Error(`as telas não abriram: ${first}`);
  }
  await sleep(500);
  const hub = await stack.pid('stream');
  const nginx = await stack.pid('nginx');
  const cpu = () => [cpuS(hub), cpuS(nginx), cpuS(child.pid)];
  const before = cpu();
  const run = `${process.pid}-${Date.now()}`;
  const posting = postAll(info, { rate, count, customers, run });
  const result = JSON.parse((await lines.next()).value ?? '{}');
  result.refused = await posting;
  result.cpuMs = cpu().map((s, i) => (s - before[i]) / count * 1000);
  result.hubMb = pssMb(hub);
  result.nginxMb = pssMb(nginx);
  child.stdin.end();
  return result;
}
