// phone_server.mjs - as rotas de /demo/: a página, os arquivos dela, o SSE
// e as ações do cliente. É a única face que um proxy pode mostrar.

import fs from 'node:fs';
import * as make from './graph_payloads.mjs';
import { HttpError, readJson, send, sendJson } from './graph_http.mjs';
import { stringsFor } from './phone_strings.mjs';
import { DOCUMENT_ID, PICTURE_ID } from './phone_samples.mjs';

const MAX_STREAMS = 64;
const HEARTBEAT_MS = 15000;
const SAFE_INLINE = /^(image\/(png|jpeg|webp)|audio\/|video\/)/;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "img-src 'self'; media-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
const FILES = {
  '/demo/phone.css': ['phone.css', 'text/css; charset=utf-8'],
  '/demo/phone.js': ['phone.js', 'text/javascript; charset=utf-8'],
  '/demo/phone_net.js': ['phone_net.js', 'text/javascript; charset=utf-8'],
  '/demo/icon.svg': ['phone_icon.svg', 'image/svg+xml'],
  '/demo/phone_view.js': ['phone_view.js', 'text/javascript; charset=utf-8'],
};

const read = (name) =>
  fs.readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (c) =>
  ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;',
    "'": '&#39;' })[c]);

function page(graph, req, res) {
  const words = { ...stringsFor(req.headers['accept-language']),
    business: graph.settings.businessName };
  const html = read('phone.html').replace(/\{\{(\w+)\}\}/g,
    (all, key) => escapeHtml(words[key] ?? all));
  send(res, 200, html, { 'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': CSP, 'Cache-Control': 'no-store',
    Vary: 'Accept-Language', 'Referrer-Policy': 'same-origin' });
}

function strings(req, res) {
  const words = stringsFor(req.headers['accept-language']);
  send(res, 200, `export default ${JSON.stringify(words)};\n`,
    { 'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-store', Vary: 'Accept-Language' });
}

function mediaFile(graph, res, id) {
  const item = graph.media.items.get(id);
  if (!item) throw new HttpError(404, 'mídia não encontrada');
  // Só imagem, áudio e vídeo abrem na página; o resto é baixado.
  const inline = SAFE_INLINE.test(item.mime);
  const name = encodeURIComponent(item.filename ?? id);
  send(res, 200, item.bytes, { 'Cache-Control': 'private, max-age=3600',
    'Content-Type': inline ? item.mime : 'application/octet-stream',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Content-Disposition': `${inline ? 'inline' : 'attachment'}; ` +
      `filename*=UTF-8''${name}` });
}

function events(graph, req, res, clientId) {
  if (!/^[\w-]{8,64}$/.test(clientId ?? '')) {
    throw new HttpError(400, 'client inválido');
  }
  if (graph.phone.clients.size >= MAX_STREAMS) {
    throw new HttpError(503, 'telas demais abertas');
  }
  res.writeHead(200, { 'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  const write = (frame) => res.write(frame);
  write('retry: 2000\n\nevent: state\ndata: ' +
    `${JSON.stringify(graph.phone.snapshot())}\n\n`);
  graph.phone.join(clientId, write);
  const beat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
  res.on('close', () => {
    clearInterval(beat);
    graph.phone.leave(clientId, write);
  });
}

function customerOf(graph, input) {
  const customer = graph.phone.customers.get(input.waId);
  if (!customer) throw new HttpError(404, 'cliente desconhecido');
  return customer;
}

const messageOf = (customer, id) =>
  customer.messages.find((item) => item.id === id) ?? null;

function sample(graph, customer, kind, words) {
  const media = (id) => ({ id, mime: graph.media.items.get(id).mime,
    sha256: graph.media.items.get(id).sha256.toString('base64') });
  if (kind === 'image') {
    const caption = words.sampleCaption;
    return graph.phone.say(customer, (o) => make.imageMessage(
      { ...media(PICTURE_ID), caption }, o),
    { text: caption, media: { id: PICTURE_ID, type: 'image' } });
  }
  if (kind === 'document') {
    const { filename } = graph.media.items.get(DOCUMENT_ID);
    return graph.phone.say(customer, (o) => make.documentMessage(
      { ...media(DOCUMENT_ID), filename }, o), { text: '',
      media: { id: DOCUMENT_ID, type: 'document', filename } });
  }
  if (kind === 'location') {
    const location = { latitude: -23.550278, longitude: -46.633889,
      name: words.samplePlace, address: words.sampleAddress };
    return graph.phone.say(customer, (o) => make.locationMessage(location, o),
      { text: '', location });
  }
  throw new HttpError(400, 'kind inválido');
}

// O cliente toca num botão que o atendente (ou o robô) mandou.
function choose(graph, customer, input) {
  const message = messageOf(customer, input.messageId);
  const choice = message?.choices?.find((item) => item.id === input.choice);
  if (!choice) throw new HttpError(404, 'opção desconhecida');
  const { id, title, description } = choice;
  const builders = {
    button_reply: (o) => make.buttonReplyMessage({ id, title }, o),
    list_reply: (o) => make.listReplyMessage({ id, title,
      ...(description ? { description } : {}) }, o),
    button: (o) => make.buttonMessage({ payload: id, text: title }, o),
  };
  return graph.phone.say(customer, builders[choice.kind], { text: title },
    { replyTo: message.id });
}

function sayText(graph, customer, input) {
  const body = typeof input.body === 'string' ? input.body.trim() : '';
  if (!body || [...body].length > 4096 || body.includes('\0')) {
    throw new HttpError(422, 'texto vazio ou longo demais');
  }
  const replyTo = messageOf(customer, input.replyTo)?.id;
  return graph.phone.say(customer, (o) => make.textMessage(body, o),
    { text: body }, { replyTo });
}

function react(graph, customer, input) {
  const emoji = String(input.emoji ?? '');
  if (emoji.length > 16) throw new HttpError(422, 'reação inválida');
  const ok = graph.phone.react(customer, input.messageId, emoji, (o) =>
    (emoji ? make.reactionMessage(input.messageId, emoji, o)
      : make.reactionRemovedMessage(input.messageId, o)));
  if (!ok) throw new HttpError(404, 'mensagem desconhecida');
  return null;
}

const ACTIONS = {
  text: sayText,
  sample: (graph, customer, input, words) =>
    sample(graph, customer, input.kind, words),
  reaction: react,
  choice: choose,
};

async function action(graph, req, res, name) {
  // Só a própria página escreve: outra origem não manda JSON sem preflight,
  // e o navegador ainda diz de onde veio.
  if (!/^application\/json\b/.test(req.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'mande application/json');
  }
  const site = req.headers['sec-fetch-site'];
  if (site && site !== 'same-origin') throw new HttpError(403, 'outra origem');
  const input = await readJson(req, 64 << 10);
  if (typeof input !== 'object' || input === null) {
    throw new HttpError(400, 'mande um objeto');
  }
  if (name === 'open') {
    graph.phone.open(input.client, input.waId ?? null);
    sendJson(res, 200, { ok: true });
    return;
  }
  if (name === 'customer') {
    const customer = graph.phone.addCustomer();
    if (!customer) throw new HttpError(409, 'clientes demais');
    sendJson(res, 201, graph.phone.summary(customer));
    return;
  }
  const run = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : null;
  if (!run) throw new HttpError(404, 'não existe');
  const id = run(graph, customerOf(graph, input), input,
    stringsFor(req.headers['accept-language']));
  sendJson(res, 202, { id });
}

export async function handleDemo(graph, req, res, url) {
  const path = url.pathname;
  const get = req.method === 'GET' || req.method === 'HEAD';
  if (path.startsWith('/demo/api/')) {
    if (req.method !== 'POST') throw new HttpError(405, 'só POST');
    await action(graph, req, res, path.slice('/demo/api/'.length));
  } else if (!get) {
    throw new HttpError(405, 'só GET');
  } else if (path === '/demo' || path === '/demo/') {
    send(res, 302, '', { Location: '/demo/phone' });
  } else if (path === '/demo/phone') {
    page(graph, req, res);
  } else if (path === '/demo/strings.js') {
    strings(req, res);
  } else if (path === '/demo/events') {
    events(graph, req, res, url.searchParams.get('client'));
  } else if (path.startsWith('/demo/media/')) {
    mediaFile(graph, res, path.slice('/demo/media/'.length));
  } else if (Object.hasOwn(FILES, path)) {
    const [name, mime] = FILES[path];
    send(res, 200, read(name), { 'Content-Type': mime,
      'Cache-Control': 'no-cache' });
  } else {
    throw new HttpError(404, 'não existe');
  }
}
