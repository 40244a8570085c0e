// graph_control.mjs - /__control/: o que um teste pergunta e encomenda. Só
// atende quem fala direto, da mesma máquina.

import * as make from './graph_payloads.mjs';
import { HttpError, readJson, sendJson } from './graph_http.mjs';

const MAX_WAIT_S = 60;
const CONFIG_KEYS = ['statusDelayMs', 'autoRead', 'autoStatuses',
  'knownContext', 'retryDelaysMs', 'webhookTimeoutMs', 'version',
  'businessName', 'publicUrl'];
const NUMBER_KEYS = ['displayPhone', 'wabaId', 'token', 'appSecret',
  'verifyToken', 'webhookUrl'];

function numberOf(graph, input) {
  const number = input.phoneNumberId === undefined ? graph.mainNumber()
    : graph.numbers.get(String(input.phoneNumberId));
  if (!number) throw new HttpError(404, 'phoneNumberId desconhecido');
  return number;
}

// ?since= &to= &verdict= &wamid= &path= &text= &min= &wait=
function requestFilter(query) {
  const q = Object.fromEntries(query);
  return (entry) =>
    (q.since === undefined || entry.seq > Number(q.since)) &&
    (q.verdict === undefined || entry.verdict === q.verdict) &&
    (q.wamid === undefined || entry.wamid === q.wamid) &&
    (q.method === undefined || entry.method === q.method) &&
    (q.path === undefined || entry.path.includes(q.path)) &&
    (q.to === undefined || entry.body?.to === q.to) &&
    (q.text === undefined || [entry.body?.text?.body, entry.body?.interactive?.body?.text]
      .includes(q.text));
}

function webhookFilter(query) {
  const q = Object.fromEntries(query);
  return (entry) =>
    (q.since === undefined || entry.seq > Number(q.since)) &&
    (q.kind === undefined || entry.kind === q.kind) &&
    (q.status === undefined || entry.status === Number(q.status)) &&
    (q.contains === undefined || entry.sent.includes(q.contains));
}

async function listJournal(journal, filter, query) {
  const seconds = Math.min(Number(query.get('wait') ?? 0), MAX_WAIT_S);
  const min = Number(query.get('min') ?? 1);
  const found = seconds > 0 ? await journal.wait(filter, min, seconds)
    : journal.find(filter);
  return { data: found, total: journal.total };
}

// Monta o que a Meta mandaria: uma mensagem, várias, um `field`, ou o que
// vier pronto em `raw`/`envelope`.
function inboundPayload(input, number) {
  if (input.raw !== undefined) return { payload: String(input.raw), ids: [] };
  if (input.envelope !== undefined) return { payload: input.envelope, ids: [] };
  if (input.field !== undefined) {
    return { ids: [], payload: make.fieldSample(input.field,
      input.payload ?? {}, number.ids) };
  }
  const list = input.messages ?? [input];
  if (!Array.isArray(list) || list.length === 0) {
    throw new HttpError(400, 'messages deve ser uma lista');
  }
  const messages = list.map((item) => {
    const kind = item.kind ?? 'text';
    if (!Object.hasOwn(make.KINDS, kind)) {
      throw new HttpError(400, `kind desconhecido: ${kind}; há ${
        Object.keys(make.KINDS).join(', ')}`);
    }
    return make.KINDS[kind](item.payload ?? {}, {
      from: item.from ?? input.from, userId: item.userId ?? input.userId,
      ...item.options });
  });
  return { ids: messages.map((item) => item.id), payload: make.envelope(
    { messages, contacts: input.contacts },
    { ...number.ids, name: input.name, username: input.username }) };
}

const deliveryOptions = (input) => ({ retry: input.retry === true,
  secret: input.secret, signature: input.signature, url: input.url,
  headers: input.headers });

const report = (answer, extra = {}) => ({ status: answer.status, ...extra,
  attempts: answer.attempts, sent: answer.sent, response: answer.body ?? '',
  ms: answer.ms, error: answer.error ?? null });

async function inbound(graph, input) {
  const number = numberOf(graph, input);
  const { payload, ids } = inboundPayload(input, number);
  for (const id of ids) {
    graph.wamids.set(id, { wamid: id, number, inbound: true });
  }
  const answer = await graph.webhooks.deliver(number, payload,
    { kind: 'inbound', ...deliveryOptions(input) });
  return report(answer, { ids });
}

/*
 * Estados escolhidos a dedo, num webhook só ou (separate) um por vez. O que
 * faltar (destino, dado de volta) vem do envio, se ele é daqui.
 */
async function statuses(graph, input) {
  const number = numberOf(graph, input);
  if (!Array.isArray(input.statuses) || input.statuses.length === 0) {
    throw new HttpError(400, 'statuses deve ser uma lista');
  }
  const items = input.statuses.map((item) => {
    const sent = graph.wamids.get(item.id);
    return make.statusUpdate(item.id, item.status, {
      recipientId: sent?.waId, callbackData: sent?.callbackData, ...item });
  });
  const groups = input.separate ? items.map((item) => [item]) : [items];
  const answers = [];
  for (const group of groups) {
    answers.push(report(await graph.webhooks.deliver(number,
      make.envelope({ statuses: group }, number.ids),
      { kind: 'statuses', ...deliveryOptions(input) })));
  }
  return input.separate ? { answers } : answers[0];
}

function configure(graph, input) {
  for (const [key, value] of Object.entries(input)) {
    if (CONFIG_KEYS.includes(key)) graph.settings[key] = value;
    else if (NUMBER_KEYS.includes(key)) {
      graph.addNumber({ ...numberOf(graph, input), [key]: value });
    } else if (key !== 'phoneNumberId') {
      throw new HttpError(400, `opção desconhecida: ${key}`);
    }
  }
  return showConfig(graph);
}

// Sem segredos: o que um teste precisa saber deles, ele mesmo passou.
function showConfig(graph) {
  const numbers = [...graph.numbers.values()].map((number) => ({
    phoneNumberId: number.id, displayPhone: number.displayPhone,
    wabaId: number.wabaId, webhookUrl: number.webhookUrl }));
  return { ...Object.fromEntries(CONFIG_KEYS.map((key) =>
    [key, graph.settings[key]])), numbers };
}

function addNumber(graph, input) {
  if (!/^\d{5,20}$/.test(String(input.phoneNumberId ?? ''))) {
    throw new HttpError(400, 'phoneNumberId deve ser só dígitos');
  }
  const { phoneNumberId, ...rest } = input;
  graph.addNumber({ ...graph.mainNumber(), ...rest,
    id: String(phoneNumberId) });
  return showConfig(graph);
}

async function reset(graph, input) {
  graph.webhooks.cancel();
  await graph.webhooks.flush(2);
  graph.faults.clear();
  graph.requests.clear();
  graph.webhookLog.clear();
  if (input.known) graph.wamids.clear();
  if (input.chats) graph.phone.reset();
  if (input.templates) graph.templates.reset();
  return { ok: true };
}

function know(graph, input) {
  for (const id of input.ids ?? []) {
    graph.wamids.set(String(id), { wamid: String(id),
      number: graph.mainNumber(), inbound: true });
  }
  return { known: graph.wamids.size };
}

// Bytes que um webhook de mídia vai citar: assim o id se resolve depois.
function addMedia(graph, input) {
  const item = graph.media.put(Buffer.from(String(input.base64 ?? ''),
    'base64'), input.mime ?? 'application/octet-stream',
  { filename: input.filename, id: input.id });
  return { id: item.id, mime: item.mime, fileSize: item.bytes.length,
    sha256: item.sha256.toString('base64') };
}

function addTemplates(graph, input) {
  try {
    graph.templates.put(input.templates ?? [input]);
  } catch (error) {
    throw new HttpError(400, error.message);
  }
  return { templates: graph.templates.items };
}

const showFaults = (graph) => ({ faults: graph.faults.plans });

function addFaults(graph, input) {
  try {
    graph.faults.add(input.faults ?? input);
  } catch (error) {
    throw new HttpError(400, error.message);
  }
  return showFaults(graph);
}

const ROUTES = {
  'GET health': (graph) => ({ ok: true, pending: graph.webhooks.pending }),
  'GET requests': (graph, input, query) =>
    listJournal(graph.requests, requestFilter(query), query),
  'GET webhooks': (graph, input, query) =>
    listJournal(graph.webhookLog, webhookFilter(query), query),
  'GET faults': showFaults,
  'POST faults': addFaults,
  'DELETE faults': (graph) => {
    graph.faults.clear();
    return showFaults(graph);
  },
  'GET config': showConfig,
  'POST config': configure,
  'POST numbers': addNumber,
  'POST known': know,
  'POST inbound': inbound,
  'POST statuses': statuses,
  'POST verify': (graph, input) =>
    graph.webhooks.verify(numberOf(graph, input), input),
  'POST flush': async (graph, input) =>
    ({ pending: await graph.webhooks.flush(input.seconds ?? 10) }),
  'GET templates': (graph) => ({ templates: graph.templates.items }),
  'POST templates': addTemplates,
  'POST media': addMedia,
  'POST expire-media': (graph) => {
    graph.media.expireUrls();
    return { ok: true };
  },
  'POST reset': reset,
};

export async function handleControl(graph, req, res, url) {
  const name = url.pathname.slice('/__control/'.length);
  const run = ROUTES[`${req.method} ${name}`];
  if (!run) {
    const known = Object.keys(ROUTES).some((key) => key.endsWith(` ${name}`));
    throw new HttpError(known ? 405 : 404, `há: ${
      Object.keys(ROUTES).join(', ')}`);
  }
  const input = req.method === 'POST' ? await readJson(req, 8 << 20) : {};
  if (typeof input !== 'object' || input === null) {
    throw new HttpError(400, 'mande um objeto');
  }
  sendJson(res, 200, await run(graph, input, url.searchParams));
}
