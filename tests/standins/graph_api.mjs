// graph_api.mjs - a face que o Balcão enxerga: POST …/messages e mídia,
// respondidos como a Graph API responde.

import { newWamid, metaJson } from './graph_payloads.mjs';
import { checkSend } from './graph_rules.mjs';
import { GraphError, badParam, badToken, badValue, unknownObject, unknownPath }
  from './graph_errors.mjs';
import { faultError } from './graph_faults.mjs';
import { HttpError, readBody, send } from './graph_http.mjs';
import { UPLOAD_LIMIT } from './graph_media.mjs';
import { checkAgainst } from './graph_templates.mjs';

const DOWNLOAD = '/whatsapp_business/attachments/';
const MESSAGES_LIMIT = 1 << 20;

function answer(graph, res, status, value, headers = {}) {
  send(res, status, metaJson(value), {
    'Content-Type': 'application/json; charset=UTF-8',
    'Cache-Control': 'private, no-cache, no-store, must-revalidate',
    'facebook-api-version': graph.settings.version,
    'x-app-usage': '{"call_count":0,"total_cputime":0,"total_time":0}',
    ...headers });
}

function answerError(graph, res, error) {
  const headers = {};
  if (error.status === 401) {
    headers['WWW-Authenticate'] = 'OAuth "Facebook Platform" ' +
      '"invalid_token" "Invalid OAuth access token"';
  }
  if (error.retryAfter !== undefined) {
    headers['Retry-After'] = String(error.retryAfter);
  }
  answer(graph, res, error.status, error.body(), headers);
}

const bearer = (req) =>
  /^Bearer ([^\s]+)$/.exec(req.headers.authorization ?? '')?.[1] ?? null;

// A ficha vem antes do objeto: com ficha errada a Meta nem diz se ele existe.
function authorize(graph, req, entry, numberId) {
  const token = bearer(req);
  const number = graph.numbers.get(numberId);
  const good = number ? token === number.token
    : [...graph.numbers.values()].some((item) => item.token === token);
  entry.auth = token === null ? 'missing' : good ? 'ok' : 'wrong';
  if (!good) throw badToken();
  return number;
}

// O que as regras precisam saber do que já passou por aqui.
function known(graph, number) {
  return {
    ownPhone: number.displayPhone.replace(/\D/g, ''),
    message(id, at) {
      const strict = graph.settings.knownContext === 'strict';
      if (!/^wamid\.[^\s]+$/.test(id) || (strict && !graph.wamids.has(id))) {
        throw badValue(`${at} is not a known message id`);
      }
    },
    media(id, type) {
      if (!graph.media.items.has(id)) {
        throw badParam(`Param ${type}['id'] is not a valid whatsapp business ` +
          'account media attachment ID');
      }
    },
    template(sent) {
      checkAgainst(graph.templates, sent);
    },
  };
}

async function readSend(req, entry) {
  const raw = (await readBody(req, MESSAGES_LIMIT)).toString('utf8');
  entry.body = raw;
  // Sem application/json a Meta não lê JSON nenhum: falta tudo.
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw badParam('The parameter messaging_product is required.',
      'Content-Type must be application/json');
  }
  try {
    entry.body = JSON.parse(raw);
  } catch {
    throw badParam('Invalid JSON payload.');
  }
  return entry.body;
}

// Registra o envio e dá-lhe um wamid; daqui em diante ele existe.
function accept(graph, number, body, entry, plan) {
  const customer = graph.phone?.lookup(body.to, body.recipient);
  const waId = body.to === undefined ? customer?.waId
    : body.recipient_type === 'group' ? body.to
      : customer?.waId ?? body.to.replace('+', '');
  const sent = { wamid: newWamid(waId ?? '0', 'out'), number, body, waId,
    userId: body.to === undefined ? body.recipient : undefined,
    callbackData: body.biz_opaque_callback_data, statuses: [],
    chain: Promise.resolve() };
  if (plan?.action === 'fail-status') {
    sent.failCode = plan.code ?? 131026;
    sent.failDetails = plan.details;
  }
  graph.wamids.set(sent.wamid, sent);
  entry.verdict = 'accepted';
  entry.wamid = sent.wamid;
  graph.requests.touch();
  const hooks = graph.phone?.receive(sent, customer) ?? {};
  graph.webhooks.run(sent, hooks);
  return { messaging_product: 'whatsapp', contacts: [{
    input: body.to ?? body.recipient,
    ...(sent.userId ? { user_id: sent.userId } : { wa_id: waId }) }],
  messages: [{ id: sent.wamid,
    ...(body.type === 'template' ? { message_status: 'accepted' } : {}) }] };
}

// Espera que cai junto com a conexão: processo que morreu não prende nada.
function pause(graph, res, ms) {
  return Promise.race([graph.webhooks.sleep(ms),
    new Promise((resolve) => { res.once('close', resolve); })]);
}

/*
 * Faz o estrago. Devolve true se já respondeu (ou calou) e não há mais nada
 * a fazer; false se o pedido segue o caminho normal.
 */
async function sabotage(graph, res, plan, entry, number) {
  entry.fault = plan.action;
  entry.verdict = 'fault';
  if (plan.action === 'http' || plan.action === 'error') {
    throw faultError(plan);
  }
  if (plan.action === 'html' || plan.action === 'garbage') {
    const html = plan.action === 'html';
    send(res, plan.status ?? (html ? 502 : 200),
      html ? '<html><body>Bad Gateway</body></html>' : '{"messaging_pro',
      { 'Content-Type': html ? 'text/html' : 'application/json' });
    return true;
  }
  if (plan.action === 'delay') {
    await pause(graph, res, plan.ms ?? (plan.seconds ?? 1) * 1000);
    return res.destroyed;
  }
  if (plan.action === 'fail-status') return false;
  if (plan.action === 'drop-accepted' || plan.accept) {
    accept(graph, number, entry.body, entry, plan);
  }
  if (plan.action === 'hang') {
    await pause(graph, res, (plan.seconds ?? 30) * 1000);
  }
  res.destroy();
  return true;
}

async function sendMessage(graph, req, res, entry, number) {
  const body = await readSend(req, entry);
  const kind = checkSend(body, known(graph, number));
  if (kind === 'read') {
    entry.verdict = 'read';
    graph.phone?.businessRead(body.message_id,
      Boolean(body.typing_indicator));
    answer(graph, res, 200, { success: true });
    return;
  }
  const plan = graph.faults.take(body);
  if (plan && await sabotage(graph, res, plan, entry, number)) return;
  answer(graph, res, 200, accept(graph, number, body, entry, plan));
}

async function media(graph, req, res, entry, id, query) {
  const item = graph.media.items.get(id);
  authorize(graph, req, entry, query.get('phone_number_id') ??
    item?.numberId ?? id);
  entry.verdict = 'media';
  if (req.method === 'GET') {
    const base = graph.settings.publicUrl ||
      `http://${req.headers.host ?? 'localhost'}`;
    answer(graph, res, 200, graph.media.resolve(id, base,
      query.get('phone_number_id')));
  } else if (req.method === 'DELETE' && graph.media.remove(id)) {
    answer(graph, res, 200, { success: true });
  } else {
    throw unknownObject(req.method, id);
  }
}

// O endereço de download exige a mesma ficha e um User-Agent.
function download(graph, req, res, entry, query) {
  const token = bearer(req);
  const good = [...graph.numbers.values()].some((n) => n.token === token);
  entry.auth = token === null ? 'missing' : good ? 'ok' : 'wrong';
  if (!good) throw badToken();
  const item = req.headers['user-agent'] ? graph.media.download(query)
    : undefined;
  entry.verdict = item ? 'media' : 'refused';
  if (!item) {
    send(res, item === null ? 404 : 400, '');
    return;
  }
  send(res, 200, item.bytes, { 'Content-Type': item.mime });
}

// A lista é da conta: quem tem a ficha de um número dela a lê.
function listTemplates(graph, req, res, entry, id, query) {
  const token = bearer(req);
  const number = [...graph.numbers.values()].find((n) => n.token === token);
  entry.auth = token === null ? 'missing' : number ? 'ok' : 'wrong';
  if (!number) throw badToken();
  if (req.method !== 'GET' || number.wabaId !== id) {
    throw unknownObject(req.method, id);
  }
  entry.verdict = 'templates';
  answer(graph, res, 200, graph.templates.page(query,
    `https://graph.facebook.com/${graph.settings.version}/${id}/message_templates`));
}

async function route(graph, req, res, url, entry) {
  if (url.pathname === DOWNLOAD) {
    if (req.method !== 'GET') throw unknownPath(url.pathname);
    download(graph, req, res, entry, url.searchParams);
    return;
  }
  const [version, id, leaf, ...rest] = url.pathname.slice(1).split('/');
  if (version !== graph.settings.version || !id || rest.length > 0) {
    throw unknownPath(url.pathname);
  }
  entry.numberId = id;
  if (leaf === undefined) {
    await media(graph, req, res, entry, id, url.searchParams);
    return;
  }
  if (leaf === 'message_templates') {
    listTemplates(graph, req, res, entry, id, url.searchParams);
    return;
  }
  if (leaf !== 'messages' && leaf !== 'media') throw unknownPath(`/${leaf}`);
  const number = authorize(graph, req, entry, id);
  if (!number || req.method !== 'POST') throw unknownObject(req.method, id);
  if (leaf === 'messages') {
    await sendMessage(graph, req, res, entry, number);
    return;
  }
  const raw = await readBody(req, UPLOAD_LIMIT);
  const item = graph.media.upload(number, req.headers['content-type'], raw);
  entry.verdict = 'media';
  entry.mediaId = item.id;
  entry.mediaMime = item.mime;
  answer(graph, res, 200, { id: item.id });
}

// Atende um pedido da Graph API e fecha a entrada dele no diário.
export async function handleGraph(graph, req, res, url) {
  const entry = graph.requests.add({ method: req.method, path: url.pathname,
    query: Object.fromEntries(url.searchParams), numberId: null, auth: null,
    contentType: req.headers['content-type'] ?? null,
    userAgent: req.headers['user-agent'] ?? null, body: null,
    verdict: 'pending', status: null, code: null });
  try {
    await route(graph, req, res, url, entry);
  } catch (error) {
    if (error instanceof GraphError) {
      if (entry.verdict !== 'fault') entry.verdict = 'refused';
      Object.assign(entry, { code: error.code, error: error.message,
        details: error.details });
      answerError(graph, res, error);
    } else if (error instanceof HttpError) {
      entry.verdict = 'refused';
      res.setHeader('Connection', 'close');
      answerError(graph, res, new GraphError(1, { status: error.status }));
    } else {
      throw error;
    }
  } finally {
    entry.status = res.headersSent ? res.statusCode : 0;
    entry.answered = res.headersSent;
    graph.requests.touch();
  }
}
