// mail.test.mjs - o e-mail de ponta a ponta: worker de verdade, servidor SMTP
// de verdade (aiosmtpd), e tudo que costuma dar errado entre os dois.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../stack.mjs';

const TIMEOUT_MS = 1500;
const RETRY_S = 1;
const ATTEMPTS = 4;

let stack;
let plain; // a configuração de antes, sem TLS
let count = 0;

const address = () => `pessoa${count += 1}@exemplo.com`;
const send = (to, ...more) => stack.balcao('mail', 'test', ...more, to);
const mode = (name) => stack.mailServer({ mode: name });

/** As conexões em que este endereço foi dito: uma por tentativa. */
async function tries(to) {
  const { seen } = await stack.mailServer();
  return seen.filter((s) => s.what === `rcpt ${to}`);
}

async function untilTries(to, n, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const list = await tries(to);
    if (list.length >= n) return list;
    if (Date.now() > end)
      assert.fail(`${list.length} de ${n} tentativas\n` +
        stack.log('work').split('\n').slice(-8).join('\n'));
    await sleep(50);
  }
}

/** O único e-mail da fila num destes estados, com o motivo. */
async function job(condition, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const row = await stack.psql(`select state, attempts, last_error
      from jobs where kind = 'mail.send' and ${condition}`);
    if (row) {
      const [state, attempts, error] = row.split('|');
      return { state, attempts: Number(attempts), error };
    }
    if (Date.now() > end)
      assert.fail(`nenhum job com ${condition}: ` +
        await stack.psql('select kind, state, attempts, last_error from jobs'));
    await sleep(50);
  }
}

const forget = () => stack.psql("delete from jobs where kind = 'mail.send'");

async function post(path, body, token) {
  const r = await fetch(`${stack.baseUrl}/api/v1${path}`, { method: 'POST',
    headers: { 'content-type': 'application/json',
               ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body) });
  const text = await r.text();
  return { status: r.status, json: text ? JSON.parse(text) : null };
}

const links = (text) => text.match(/https?:\/\/\S+token=\S+/g) ?? [];

/** Um certificado para `host`, assinado por si mesmo. */
function certificate(name, host) {
  const [cert, key] = [join(stack.dir, `${name}.pem`),
                       join(stack.dir, `${name}.key`)];
  const r = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=t',
    '-addext', `subjectAltName=${host}`, '-keyout', key, '-out', cert]);
  assert.equal(r.status, 0, String(r.stderr));
  chmodSync(key, 0o644); // o servidor de prova roda como outro usuário
  return { cert, key };
}

/** O servidor e o worker de outro jeito, só dentro de `body`. */
async function withSetup(server, conf, body) {
  await stack.mailServer({ mode: 'ok', auth: '', cert: '', key: '', ...server });
  await stack.configure(conf, 'work');
  try {
    await body();
  } finally {
    await forget();
    await stack.mailServer({ mode: 'ok', auth: '', cert: '', key: '' });
    await stack.configure(Object.fromEntries(Object.keys(conf)
      .map((k) => [k, plain[k] ?? ''])));
  }
}

before(async () => {
  stack = await startStack({ mail: true, env: {
    BALCAO_MAIL_TIMEOUT_MS: String(TIMEOUT_MS), BALCAO_JOB_LEASE_S: '3',
    BALCAO_MAIL_RETRY_S: String(RETRY_S),
    BALCAO_MAIL_ATTEMPTS: String(ATTEMPTS) } });
  plain = Object.fromEntries(readFileSync(stack.info.CONF, 'utf8').split('\n')
    .filter((l) => l.includes(' = ')).map((l) => l.split(' = ')));
});
after(() => stack?.stop());

describe('o e-mail chega', () => {
  test('uma vez, com as duas partes e os cabeçalhos de praxe', async () => {
    const to = address();
    await send(to, '--name', 'Zoë Ångström da Conceição');
    const [m] = await stack.mails({ to });
    const heads = Object.fromEntries(m.headers);
    assert.equal(m.toName, 'Zoë Ångström da Conceição');
    assert.match(m.from, /^Balcão </);
    assert.match(m.messageId, /^<[0-9a-f]{32}@demo\.balcao>$/);
    assert.match(heads['Content-Type'], /^multipart\/alternative/);
    assert.equal(heads['Auto-Submitted'], 'auto-generated');
    assert.ok(Math.abs(Date.parse(m.date) - Date.now()) < 60000, m.date);
    assert.match(m.text, /o envio de e-mails do Balcão funciona/);
    assert.match(m.html, /<html lang="pt-BR"/);
    await sleep(300);
    assert.equal((await stack.mails({ to })).length, 1);
  });

  test('em inglês de verdade a quem lê inglês', async () => {
    const to = address();
    await send(to, '--lang', 'en');
    const [m] = await stack.mails({ to });
    assert.equal(m.lang, 'en');
    assert.equal(m.subject, 'Balcão mail test');
    assert.match(m.text, /can send mail/);
    assert.match(m.html, /<html lang="en"/);
    assert.doesNotMatch(m.text + m.html, /Mensagem|Olá|responder/);
  });

  test('senha esquecida: o link do e-mail abre a página da nova senha', async () => {
    const to = stack.info.AGENT_EMAIL;
    await stack.psql(`update users set locale = 'en' where email = '${to}'`);
    assert.equal((await post('/auth/forgot', { email: to })).status, 204);
    const [m] = await stack.mails({ to });
    const [text] = links(m.text);
    assert.ok(text, m.text);
    assert.ok(m.html.includes(text.replaceAll('&', '&amp;')), 'o mesmo no HTML');
    // o segredo sai do endereço: vira cookie, e a página abre sem ele
    const first = await fetch(text, { redirect: 'manual' });
    assert.equal(first.status, 303);
    const [cookie] = first.headers.getSetCookie()[0].split(';');
    const page = await fetch(`${stack.baseUrl}/reset`, { headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /name="password"/);
    assert.match(m.subject, /password/i);
  });

  test('convite: o link do e-mail abre a página de aceitar', async () => {
    const to = address();
    const { json } = await post('/auth/login', {
      email: stack.info.ADMIN_EMAIL, password: stack.info.PASSWORD });
    const made = await post('/invitations', { email: to, role: 'operator' },
      json.accessToken);
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const [m] = await stack.mails({ to });
    const page = await fetch(links(m.text)[0]);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /name="_csrf"/);
  });

  test('na fila o conteúdo está lacrado, e o log não diz quem', async () => {
    await stack.stopProgram('work');
    const to = 'segredo@exemplo.com';
    await send(to, '--template', 'welcome', '--model',
      '{"name":"Ana","company":"X","link":"https://exemplo.com/LINKSECRETO"}');
    const payload = await stack.psql(
      "select payload from jobs where kind = 'mail.send'");
    assert.match(payload, /^\{"sealed": ?"[A-Za-z0-9+/=]+"\}$/);
    await stack.startProgram('work');
    const [m] = await stack.mails({ to });
    assert.match(m.text, /LINKSECRETO/);
    assert.doesNotMatch(stack.log('work'), /segredo@|LINKSECRETO/);
  });
});

describe('o servidor diz que não', () => {
  test('450 se repete com espera que cresce, e um dia entrega', async () => {
    const to = address();
    await mode('450');
    await send(to);
    await untilTries(to, 2);
    await mode('ok');
    assert.equal((await stack.mails({ to })).length, 1);
    const list = await tries(to);
    assert.equal(list.length, 3);
    const [a, b] = [list[1].at - list[0].at, list[2].at - list[1].at];
    // sorteada entre a metade e o inteiro de 1 s e de 3 s
    assert.ok(a >= 0.45 && a < 2, `1ª espera ${a} s`);
    assert.ok(b >= 1.45 && b > a, `2ª espera ${b} s, a 1ª foi ${a} s`);
  });

  test('550 não se repete: fica entre os mortos, com o motivo', async () => {
    const to = address();
    await mode('550');
    await send(to);
    const dead = await job("state = 'dead'");
    await mode('ok');
    assert.match(dead.error, /550/);
    assert.match(dead.error, /nao existe/);
    assert.ok(!dead.error.includes(to), 'o endereço não vai ao motivo');
    await sleep(1500);
    assert.equal((await tries(to)).length, 1);
    await forget();
  });

  test('conexão que cai no meio se repete', async () => {
    const to = address();
    await mode('drop');
    await send(to);
    await untilTries(to, 1);
    await mode('ok');
    assert.equal((await stack.mails({ to })).length, 1);
  });

  test('servidor que não responde: o prazo acaba, e se repete', async () => {
    const to = address();
    await mode('hang');
    await send(to);
    const waiting = await job("state <> 'dead' and last_error is not null");
    assert.match(waiting.error, /[Tt]ime/);
    assert.equal((await tries(to)).length, 1);
    await mode('ok');
    // noutra conexão: a antiga ainda deve uma resposta, que não é desta vez
    assert.equal((await stack.mails({ to })).length, 1);
    const [first, second] = await tries(to);
    assert.ok(second.at - first.at < TIMEOUT_MS / 1000 + RETRY_S + 1);
  });

  test('um e-mail preso não segura os outros', async () => {
    const [stuck, next] = [address(), address()];
    await mode('hang');
    await send(stuck);
    await untilTries(stuck, 1);
    await mode('ok');
    await send(next);
    await stack.mails({ to: next });
    assert.equal((await stack.mails({ to: stuck, count: 0 })).length, 0);
    assert.match((await job('true')).state, /running/);
    await stack.mails({ to: stuck });
  });

  test('servidor fora do ar e de volta', async () => {
    const to = address();
    await stack.stopProgram('mail');
    await send(to);
    const waiting = await job('last_error is not null');
    assert.match(waiting.error, /não se chegou ao servidor/);
    await stack.startProgram('mail');
    assert.equal((await stack.mails({ to })).length, 1);
  });

  test('worker morto antes de registrar: repete com o mesmo Message-ID',
    async () => {
      const to = address();
      await mode('late');
      await send(to);
      await stack.mails({ to });
      const dead = await stack.kill9('work');
      await mode('ok');
      await stack.waitRestart('work', dead);
      const list = await stack.mails({ to, count: 2 });
      assert.equal(new Set(list.map((m) => m.messageId)).size, 1);
      assert.equal(list[0].date, list[1].date);
    });
});

describe('TLS e senha', () => {
  test('smtp_tls = required não manda a quem não oferece STARTTLS', async () => {
    await withSetup({}, { smtp_tls: 'required' }, async () => {
      const to = address();
      await send(to);
      const waiting = await job('last_error is not null');
      assert.notEqual(waiting.state, 'dead', 'é defeito nosso, não do e-mail');
      assert.equal((await tries(to)).length, 0);
    });
  });

  test('STARTTLS com a autoridade de smtp_ca_file entrega cifrado', async () => {
    const mine = certificate('certo', 'IP:127.0.0.1');
    const conf = { smtp_tls: 'required', smtp_ca_file: mine.cert };
    await withSetup(mine, conf, async () => {
      const to = address();
      await send(to);
      await stack.mails({ to });
      assert.equal((await tries(to))[0].tls, true);
    });
  });

  test('certificado de outro nome ou de ninguém é recusado', async () => {
    const other = certificate('outro', 'DNS:mail.exemplo.com');
    for (const ca of [other.cert, '']) {
      const conf = { smtp_tls: 'required', smtp_ca_file: ca };
      await withSetup(other, conf, async () => {
        const to = address();
        await send(to);
        await job('last_error is not null');
        assert.equal((await tries(to)).length, 0);
      });
    }
  });

  test('senha certa entra; a errada não condena o e-mail', async () => {
    const mine = certificate('senha', 'IP:127.0.0.1');
    const server = { ...mine, auth: 'balcao:segredo-do-smtp' };
    const conf = { smtp_tls: 'required', smtp_ca_file: mine.cert,
      smtp_user: 'balcao', smtp_password: 'errada' };
    await withSetup(server, conf, async () => {
      const to = address();
      await send(to);
      const waiting = await job('last_error is not null');
      assert.notEqual(waiting.state, 'dead');
      assert.equal((await tries(to)).length, 0);
      await stack.configure({ smtp_password: 'segredo-do-smtp' }, 'work');
      assert.equal((await stack.mails({ to })).length, 1);
      assert.doesNotMatch(stack.log('work'), /segredo-do-smtp|errada/);
    });
  });
});
