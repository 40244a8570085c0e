// app.js - liga as partes. Sem JavaScript a página é a mesma, por links e
// formulários; aqui ela fica viva.
import 'htmx.org';
import { $, memory, say, texts, throttled } from './page.js';
import { localize } from './times.js';
import { Live } from './live.js';
import { ack, heard, openTicket, refresh, refreshAll, refreshFrame, setUpTalk, talk } from './talk.js';
import './attach.js';
import './record.js';
import { setUpComposer } from './composer.js';
import { setUpKeys } from './keys.js';
import { showWatchers, watchTicket } from './watch.js';
import { showPresence } from './presence.js';
import { setUpFilters } from './filters.js';
import './replies.js';
import './settings.js';
import './bubble.js';
import './bell.js';
import './push.js';
import './palette.js';
import './chat.js';
import './import.js';
import './board.js';
import './macros.js';
import './sla.js';
import './templates.js';
import { badge } from './installed.js';

document.documentElement.classList.add('js');
const body = document.body;

/* ---- aparência: troca na hora, o servidor lembra ---- */

document.addEventListener('submit', (e) => {
  if (e.target.action.endsWith('/logout')) memory.clear('draft:');
  if (!e.target.matches('[data-theme-form]') || !e.submitter) return;
  e.preventDefault();
  const form = new FormData(e.target, e.submitter);
  document.documentElement.dataset.bsTheme = e.submitter.value;
  for (const b of e.target.querySelectorAll('button'))
    b.setAttribute('aria-pressed', b === e.submitter);
  fetch(e.target.action, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
});

document.addEventListener('click', (e) => {
  const opener = e.target.closest('[data-opens]');
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (e.target.tagName === 'DIALOG') e.target.close();
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(e.target)) menu.open = false;
});

/* ---- caixa de entrada ---- */

const live = new Live();

function rooms() {
  const base = body.dataset.rooms.split(',').filter(Boolean);
  const room = talk()?.dataset.room;
  if (room && !base.includes('company')) base.push(room);
  return base.join();
}

function setTitle() {
  const unread = Number($('#list-live')?.dataset.unread || 0);
  const name = talk()?.dataset.title || body.dataset.title;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${name} · Balcão`;
  if ($('#list-live')) badge(unread);
}

/** O htmx busca a lista; aqui só se junta a pressa. */
const refreshList = throttled(() => new Promise((done, fail) => {
  const gone = new AbortController(), { signal } = gone;
  const end = (act) => (e) => {
    if (e.detail.ctx?.sourceElement?.id !== 'list-live') return;
    gone.abort();
    const { status } = e.detail.ctx.response ?? {};
    if (status >= 400) fail(new Error(`lista: ${status}`));
    else act(e.detail.error);
  };
  document.addEventListener('htmx:error', end(fail), { signal });
  document.addEventListener('htmx:finally:request', end(done), { signal });
  setTimeout(() => { gone.abort(); done(); }, 8000);
  body.dispatchEvent(new CustomEvent('live:list'));
}));

/** Qual linha está aberta, já; o servidor confirma na próxima lista. */
function markOpen() {
  const id = openTicket(), list = $('#list-live');
  for (const a of document.querySelectorAll('#rows .item')) {
    if (a.id === `t${id}`) a.setAttribute('aria-current', 'true');
    else a.removeAttribute('aria-current');
  }
  if (!list) return;
  const url = new URL(list.getAttribute('hx-get'), location.origin);
  url.searchParams.set('open', id);
  list.setAttribute('hx-get', url.pathname + url.search);
}

function talkChanged({ focus = false } = {}) {
  body.classList.toggle('has-ticket', openTicket() > 0);
  setUpTalk();
  setUpComposer({ focus });
  markOpen();
  setTitle();
  live.setRooms(rooms());
  watchTicket();
}

/** Fecha a conversa e volta à lista, sem recarregar. */
function leave() {
  const id = openTicket();
  if (!id) return;
  history.pushState({ htmx: true }, '', $('.back').getAttribute('href'));
  $('#conversation').replaceChildren($('#nothing').content.cloneNode(true));
  talkChanged();
  refreshList();
  document.getElementById(`t${id}`)?.focus();
}

function onEvent({ type, data }) {
  if (/^(notification|chat:|private_message|user:typing)/.test(type)) return;   // bell.js
  const ticket = data.ticketId ?? data.ticket?.id;
  const isOpen = ticket === openTicket();
  if (type === 'ticket:watchers') {
    showWatchers(data);
    return;
  }
  if (type === 'online_status') {
    if (data.userId === Number(body.dataset.user)) showPresence(data.presence.status);
    return;
  }
  if (type === 'message:ack') {
    if (isOpen) ack(data);
    return;
  }
  /* as mensagens mudaram de conversa: quem via uma das duas vê a que ficou */
  if (type === 'ticket:merged' && [data.ticketId, data.intoId].includes(openTicket())) {
    location.assign(`/inbox/${data.intoId}`);
    return;
  }
  if (!isOpen) {
    refreshList();
    return;
  }
  /* a pessoa está vendo: a lista espera a leitura ser gravada, sem piscar */
  setTimeout(refreshList, document.hidden ? 0 : 150);
  if (type.startsWith('message:')) heard(data.message);
  /* a resposta cumpre um prazo, e o seguinte passa a correr */
  const meets = type === 'message:created' && data.message.fromMe && $('#talk-head .sla');
  if (meets || type.startsWith('ticket:')) refreshFrame();
}

function showState(state) {
  const mark = $('#live'), t = texts();
  const words = { live: t.live, slow: t.live, connecting: t.connecting, reconnecting: t.reconnecting,
    offline: t.offline, expired: t.expired };
  if (!mark) return;
  mark.dataset.state = state;
  mark.title = state === 'slow' ? t.slow : '';
  $('.live-text', mark).textContent = words[state];
  if (state === 'expired') location.reload();
}

function start() {
  body.dataset.title = document.title.replace(/^\(\d+\) /, '').replace(/ · Balcão$/, '');
  if (openTicket()) body.dataset.title = $('.list-title').textContent;
  localize();
  talkChanged({ focus: true });
  setUpKeys({ leave });
  body.addEventListener('live:event', (e) => onEvent(e.detail));
  body.addEventListener('talk:gone', () => {
    leave();
    say(texts().gone);
  });
  body.addEventListener('live:state', (e) => showState(e.detail.state));
  body.addEventListener('live:resync', () => {
    refreshList();
    refreshAll();
    refreshFrame();
  });
  body.addEventListener('talk:frame', () => { setUpComposer(); setTitle(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  live.start(rooms(), body.dataset.user);
}

document.addEventListener('htmx:after:swap', (e) => {
  const target = e.detail.ctx.target;
  if (target?.id === 'conversation') {
    talkChanged({ focus: true });
    refreshList();
  } else if (target?.id === 'list') {
    localize(target);
    markOpen();
    setTitle();
  }
});

/*
 * A sessão acabou no meio: o login vem como pedaço; a página inteira vai lá.
 * Uma recusa que não é a conversa (pressa demais, serviço fora) só se diz.
 */
document.addEventListener('htmx:before:swap', (e) => {
  const { response, text, target } = e.detail.ctx, answer = response?.raw;
  if (answer?.redirected && new URL(answer.url).pathname === '/login') {
    e.preventDefault();
    location.reload();
  } else if (answer?.status >= 400 && (target.id === 'list' || ![404, 409].includes(answer.status) && !text?.includes('id="talk"'))) {
    e.preventDefault();
    const problem = document.createElement('template');
    problem.innerHTML = text;
    if (target.id !== 'list')
      say([...problem.content.querySelectorAll('.problem-part :is(strong, p)')].map((n) => n.textContent).join(': ')
        || String(answer.status));
  }
});

document.addEventListener('click', (e) => {
  if (!e.target.closest('.back') || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  leave();
});

setInterval(localize, 60000, document);
if ($('#list')) start();
setUpFilters();
