// graph_kit.mjs - o que os testes do substituto dividem: um receptor de
// webhooks, um substituto ligado numa porta livre e um envio bem formado.

import http from 'node:http';
import { startGraph } from './graph.mjs';
import { sign } from './graph_payloads.mjs';

export const TOKEN = 'ficha-de-teste';
export const SECRET = 'segredo-de-teste';
export const PHONE_ID = '100200300400500';

// Guarda o que recebe; answers diz o status de cada resposta (padrão 200).
export async function startReceiver() {
  const receiver = { got: [], answers: [], verifyToken: 'ficha-de-verificacao' };
  const server = http.createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    const raw = Buffer.concat(parts);
    const url = new URL(req.url, 'http://x');
    if (req.method === 'GET') {
      const good = url.searchParams.get('hub.mode') === 'subscribe' &&
        url.searchParams.get('hub.verify_token') === receiver.verifyToken;
      res.writeHead(good ? 200 : 403, { 'Content-Type': 'text/plain' });
      res.end(good ? url.searchParams.get('hub.challenge') : '');
      return;
    }
    const status = receiver.answers.shift() ?? 200;
    receiver.got.push({ raw, status, headers: req.headers,
      signed: req.headers['x-hub-signature-256'] === sign(SECRET, raw),
      json: JSON.parse(raw.toString('utf8')) });
    res.writeHead(status).end();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
  receiver.statuses = () => receiver.got.filter((item) => item.status === 200)
    .flatMap((item) => item.json.entry[0].changes[0].value.statuses ?? []);
  receiver.messages = () => receiver.got.flatMap((item) =>
    item.json.entry[0].changes[0].value.messages ?? []);
  receiver.close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return receiver;
}

/*
 * Liga receptor e substituto. Devolve {receiver, graph, url, send, control,
 * demo, close}: send(body, over) posta em …/messages e devolve {status,
 * json, headers}; control e demo falam com as outras duas faces.
 */
export async function startKit(options = {}) {
  const receiver = await startReceiver();
  const running = await startGraph({ listen: '127.0.0.1:0', token: TOKEN,
    appSecret: SECRET, phoneNumberId: PHONE_ID, statusDelayMs: 5,
    verifyToken: receiver.verifyToken, webhookUrl: receiver.url,
    retryDelaysMs: [5, 10, 20], ...options });
  const { url } = running;
  const call = async (path, init = {}) => {
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    let json = null;
    try {
      json = JSON.parse(text);
    } catch {
      json = null;
    }
    return { status: answer.status, headers: answer.headers, text, json };
  };
  const post = (path, body, headers = {}) => call(path, { method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body) });
  return {
    receiver, url, call, graph: running.graph,
    send: (body, { path = `/v23.0/${PHONE_ID}/messages`, headers = {} } = {}) =>
      post(path, body, { Authorization: `Bearer ${TOKEN}`, ...headers }),
    control: (name, body) => (body === undefined
      ? call(`/__control/${name}`) : post(`/__control/${name}`, body)),
    demo: (name, body, headers) => post(`/demo/api/${name}`, body, headers),
    close: async () => {
      await running.close();
      await receiver.close();
    },
  };
}

export const text = (over = {}) => ({ messaging_product: 'whatsapp',
  recipient_type: 'individual', to: '5511987654321', type: 'text',
  text: { body: 'Olá', preview_url: false }, ...over });

export const typed = (type, body, over = {}) => {
  const { text: dropped, ...rest } = text();
  return { ...rest, type, [type]: body, ...over };
};
