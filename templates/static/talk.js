// talk.js - a conversa aberta: junta mensagens novas sem mexer no que a
// pessoa lê ou escreve, troca os sinais de entrega no lugar, busca as antigas.
import htmx from 'htmx.org';
import { $, announce, fetchPart, texts, throttled } from './page.js';
import { refreshPanel } from './panel.js';
import { layDays, localize } from './times.js';

const RANK = { queued: 0, sent: 1, delivered: 2, read: 3 };
const TICKS = { received: 'sent', sending: 'queued', played: 'read' };
const NEAR = 80;                // px do fim que ainda contam como "no fim"

const ticks = new Map();        // o sinal mais adiantado que se ouviu de cada uma
const wanted = new Map();       // de que mensagens chegou aviso, e quando
const served = new WeakMap();   // de cada bolha, o HTML do servidor e quando se pediu

export const talk = () => $('#talk');
export const openTicket = () => Number(talk()?.dataset.ticket || 0);
const messages = () => $('#messages');
const scroller = () => $('#scroll');

/** A rolagem é invertida: o fim da conversa é o zero. */
const isAtEnd = () => scroller().scrollTop > -NEAR;

export function goToEnd() {
  scroller().scrollTop = 0;
  $('#pill').hidden = true;
}

export function lastId() {
  const list = messages()?.querySelectorAll('li.msg[data-id]');
  return list?.length ? Number(list[list.length - 1].dataset.id) : 0;
}

/** Chegou algo mais abaixo que ainda não se viu? Mostra, e diz. */
export function hasUnseen() {
  if ($('#pill').hidden) return false;
  goToEnd();
  return true;
}

const firstId = () => Number($('li.msg[data-id]', messages())?.dataset.id ?? 0);

/** O texto sem as marcas: o que se digitou e o que o servidor formatou. */
const plain = (li) => ($('.text', li)?.textContent ?? '').replace(/[*_~`>\s.\d-]/g, '');

function want(id) {
  wanted.set(Number(id), performance.now());
}

function tidy() {
  layDays(messages());
  localize(messages());
}

/** Põe a mensagem na ordem, ou no lugar da que já estava. A que não mudou fica:
 * trocá-la pararia o áudio que toca nela e largaria o texto selecionado. A que
 * veio de um pedido mais velho que o dela não a desfaz: pergunta-se de novo. */
function place(li, askedAt) {
  const html = li.outerHTML;
  const old = document.getElementById(li.id), had = old && served.get(old);
  if (had?.html === html) {
    had.askedAt = Math.max(had.askedAt, askedAt);
    return false;
  }
  if (had?.askedAt > askedAt) {
    want(li.dataset.id);
    refresh();
    return false;
  }
  served.set(li, { html, askedAt });
  applyTick(li, ticks.get(Number(li.dataset.id)));
  if (old) {
    old.replaceWith(li);
    return false;
  }
  const id = Number(li.dataset.id);
  /* de antes do que está na tela: vem quando se pedirem as antigas */
  if ($('#older') && id < firstId()) return false;
  /* a que se está mandando já é esta: o relógio dá lugar ao que se sabe */
  const pending = [...messages().querySelectorAll('li.msg.pending')];
  const twin = ['out', 'memo'].includes(li.dataset.side) &&
    pending.find((other) => other.dataset.side === li.dataset.side && plain(other) === plain(li));
  if (twin) pending.splice(pending.indexOf(twin), 1)[0].remove();
  const next = [...messages().querySelectorAll('li.msg[data-id]')]
    .find((other) => Number(other.dataset.id) > id);
  if (next || pending.length) (next ?? pending[0]).before(li);
  else messages().append(li);
  return true;
}

function tellNew(fresh) {
  const heard = fresh.filter((li) => li.dataset.side === 'in');
  if (!heard.length) return;
  const last = heard[heard.length - 1];
  announce(`${texts().newmessage} ${talk().dataset.title}: ${
    $('.text', last)?.textContent ?? $('.file-text', last)?.textContent ?? ''}`);
}

const keepServed = (root, askedAt = 0) => {
  for (const li of root.querySelectorAll('li.msg')) served.set(li, { html: li.outerHTML, askedAt });
};

/** Junta o pedaço que veio do servidor; devolve as mensagens novas. */
export function merge({ content, askedAt }, { mine = false } = {}) {
  const box = scroller(), followed = isAtEnd();
  const before = box.scrollHeight, top = box.scrollTop;
  const fresh = [...content.querySelectorAll('li.msg')].filter((li) => place(li, askedAt));
  tidy();
  if (mine || followed) {
    goToEnd();
  } else {
    box.scrollTop = top - (box.scrollHeight - before);
    if (fresh.some((li) => li.dataset.side !== 'memo')) $('#pill').hidden = false;
  }
  for (const li of fresh) li.classList.add('new');
  tellNew(fresh);
  return fresh;
}

/** Busca o que falta: depois da última na tela, e as de que se soube. */
async function pull() {
  const ticket = openTicket();
  if (!ticket || $('#newer')) return;   // lendo o passado: nada se mistura
  const ids = [...wanted.keys()].slice(0, 150);
  const url = new URL(talk().dataset.part, location.origin);
  url.searchParams.set('after', lastId());
  if (ids.length) url.searchParams.set('ids', ids.join());
  if (!document.hidden) url.searchParams.set('seen', 1);
  const answer = await fetchPart(url);
  if (answer.status >= 500 || answer.status === 429) throw new Error(`${url.pathname}: ${answer.status}`);
  if (!answer.ok || openTicket() !== ticket) return;
  /* o aviso que chegou com o pedido a caminho continua por atender */
  for (const id of ids) if (wanted.get(id) < answer.askedAt) wanted.delete(id);
  merge(answer);
  if (wanted.size) refresh();
}

export const refresh = throttled(pull);

/** Pede de novo o que ainda pode mudar: os sinais que não chegaram ao fim. */
export function refreshAll() {
  for (const li of messages()?.querySelectorAll('li.msg[data-status]') ?? [])
    if (!['read', 'failed'].includes(li.dataset.status)) want(li.dataset.id);
  refresh();
}

/** Cabeçalho e caixa de resposta, quando o ticket muda de mãos ou de estado. */
export const refreshFrame = throttled(async () => {
  const ticket = openTicket();
  if (!ticket) return;
  const { ok, status, content } = await fetchPart(`/inbox/${ticket}?part=talk`);
  if (status >= 500 || status === 429) throw new Error(`talk: ${status}`);
  if (openTicket() !== ticket) return;
  /* deixou de ver esta conversa: ela não fica na tela */
  if (status === 404) document.body.dispatchEvent(new CustomEvent('talk:gone'));
  if (!ok) return;
  const fresh = $('#talk', content);
  talk().dataset.title = fresh.dataset.title;
  $('#talk-head').replaceWith($('#talk-head', content));
  htmx.process($('#talk-head'));
  if ($('#panel-body')) refreshPanel($('#panel-body', content));
  const had = $('#composer'), has = $('#composer', content);
  if (had && has) $('#answer', had).placeholder = $('#answer', has).placeholder;
  if (had?.dataset.can !== has?.dataset.can) {
    const text = had && $('#answer', had).value;
    $('#answer-area').replaceChildren(...$('#answer-area', content).childNodes);
    if (text && $('#answer')) $('#answer').value = text;
  } else if (had && had.dataset.window !== has.dataset.window) {
    had.dataset.window = has.dataset.window;
    $('#window').replaceWith($('#window', has));
  }
  document.body.dispatchEvent(new CustomEvent('talk:frame'));
});

/** Troca o sinal, se este é mais adiantado que o da bolha. */
function applyTick(li, to) {
  const from = li?.dataset.status;
  if (!to || !from || (RANK[from] ?? 9) >= (RANK[to] ?? -1)) return;
  $('.tick', li)?.replaceWith($(`template[data-tick-sample="${to}"]`).content.cloneNode(true));
  li.dataset.status = to;
}

/** O sinal de entrega, no lugar; nunca anda para trás, mesmo que a bolha só
 * chegue depois dele, ou venha de um pedido mais velho. */
export function ack({ messageId, status, error }) {
  const li = document.getElementById(`m${messageId}`);
  const to = TICKS[status] ?? status;
  if (to === 'failed' || error) {
    want(messageId);
    refresh();
    return;
  }
  if ((RANK[to] ?? -1) > (RANK[ticks.get(messageId)] ?? -1)) ticks.set(messageId, to);
  applyTick(li, to);
}

export function heard(message) {
  want(message.id);
  refresh();
}

/** As anteriores entram por cima; quem lê não sai do lugar. */
async function loadOlder(a) {
  a.setAttribute('aria-busy', 'true');
  const { ok, content, askedAt } = await fetchPart(a.dataset.part);
  a.removeAttribute('aria-busy');
  if (!ok) return;
  const more = $('#older', content);
  keepServed(content, askedAt);
  messages().prepend(...content.querySelectorAll('li'));
  tidy();
  if (more) {
    a.href = more.getAttribute('href');
    a.dataset.part = more.dataset.part;
  } else {
    a.closest('.older').remove();
  }
}

function flash(hash) {
  const li = document.getElementById(hash.slice(1));
  if (!li) return;
  li.scrollIntoView({ block: 'center' });
  li.classList.remove('flash');
  requestAnimationFrame(() => li.classList.add('flash'));
}

export function setUpTalk() {
  if (!messages()) return;
  wanted.clear();
  ticks.clear();
  keepServed(messages());
  tidy();
  scroller().addEventListener('scroll', () => { if (isAtEnd()) $('#pill').hidden = true; },
    { passive: true });
}

document.addEventListener('click', (e) => {
  const older = e.target.closest('#older'), quote = e.target.closest('a.quote');
  if (e.ctrlKey || e.metaKey || e.shiftKey) return;
  if (older) {
    e.preventDefault();
    loadOlder(older);
  } else if (quote) {
    e.preventDefault();
    flash(quote.hash);
  } else if (e.target.closest('#pill')) {
    goToEnd();
  }
});
