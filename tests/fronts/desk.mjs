// desk.mjs - quem usa a pilha de um teste: a Meta que entrega webhooks, o
// agente com seu token e o navegador com seu cookie.
import assert from 'node:assert/strict';
import { envelope, sign, textMessage } from '../standins/graph_payloads.mjs';
import { request } from './wire.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
let words = 0;

/** Um texto que nenhum outro teste usa. */
export const word = (what = 'frente') =>
  `${what} ${process.pid}-${words += 1}`;

const newPhone = () => `55119${String(8e7 + (words += 1) * 1000 +
  process.pid % 1000)}`;

/** A resposta é um problem+json deste estado e deste código? */
export function assertProblem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.type, 'application/problem+json', answer.text);
  const { json } = answer;
  assert.equal(json.status, status);
  if (code !== undefined)
    assert.equal(json.code, code, answer.text);
  assert.ok(json.title, answer.text);
  // o que o próprio Apache recusa é um arquivo fixo, sem id
  assert.ok(json.request_id || (json.type === 'about:blank' &&
    answer.headers.server === 'Apache'), answer.text);
  return json;
}

export class Desk {
  constructor(stack) {
    this.stack = stack;
    this.port = stack.port;
    this.info = stack.info;
    this.hookPath = new URL(stack.info.WEBHOOK_URL).pathname;
  }

  raw(method, path, options) {
    return request(this.port, method, path, options);
  }

  /** Um pedido com o token do agente (ou o de options.token; null: sem). */
  api(method, path, { body, headers = {}, token = this.token } = {}) {
    return this.raw(method, `/api/v1${path}`, {
      headers: { ...(body !== undefined && JSON_TYPE),
                 ...(token && { authorization: `Bearer ${token}` }),
                 ...headers },
      body: body === undefined || typeof body === 'string' ||
            Buffer.isBuffer(body) ? body : JSON.stringify(body) });
  }

  async login(email = this.info.AGENT_EMAIL) {
    const answer = await this.api('POST', '/auth/login', { token: null,
      body: { email, password: this.info.PASSWORD } });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  }

  /** Entra como agente e como gerente, e faz um atendimento só do teste. */
  async open() {
    this.token = (await this.login()).json.accessToken;
    const admin = (await this.login(this.info.ADMIN_EMAIL)).json;
    this.adminToken = admin.accessToken;
    this.phone = newPhone();
    this.ticket = (await this.newTicket(this.phone)).id;
  }

  /** Um webhook como a Meta o manda; options.signature troca a assinatura. */
  hook(payload, { signature, headers = {} } = {}) {
    const body = typeof payload === 'string' || Buffer.isBuffer(payload)
      ? payload : JSON.stringify(payload);
    const signed = signature ?? sign(this.info.WEBHOOK_APP_SECRET, body);
    return this.raw('POST', this.hookPath, { body, headers: { ...JSON_TYPE,
      ...(signed !== 'none' && { 'x-hub-signature-256': signed }),
      ...headers } });
  }

  payload(text, from = this.phone) {
    return envelope({ messages: [textMessage(text, { from })],
                      phoneNumberId: this.info.WEBHOOK_PHONE_NUMBER_ID, from });
  }

  /** O cliente escreve; devolve a hora em que a Meta soube que chegou. */
  async write(text, from = this.phone) {
    const answer = await this.hook(this.payload(text, from));
    assert.equal(answer.status, 200, answer.text);
    return Date.now();
  }

  /** Cliente novo, primeira mensagem: o atendimento que nasceu dela. */
  async newTicket(phone = newPhone()) {
    const text = word('primeira');
    await this.write(text, phone);
    const { json } = await this.api('GET', '/tickets?status=pending&limit=50',
      { token: this.adminToken });
    const ticket = json.data.find((t) => t.lastMessage === text);
    assert.ok(ticket, JSON.stringify(json));
    return ticket;
  }

  /** Entra pela página, como o navegador: {cookie, csrf}. */
  async browse() {
    const page = await this.raw('GET', '/login');
    assert.equal(page.status, 200);
    const entered = await this.form('/login', { email: this.info.ADMIN_EMAIL,
      password: this.info.PASSWORD, next: '/inbox' });
    assert.equal(entered.status, 303, entered.text);
    assert.equal(entered.headers.location, '/inbox');
    const cookie = entered.headers['set-cookie'][0];
    assert.match(cookie, /^balcao=\S{20,}; .*HttpOnly; SameSite=Lax/);
    return { cookie: cookie.split(';')[0] };
  }

  form(path, fields, headers = {}) {
    return this.raw('POST', path, { body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded',
                 origin: this.stack.baseUrl, host: `127.0.0.1:${this.port}`,
                 ...headers } });
  }
}
