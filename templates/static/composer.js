// composer.js - a caixa de resposta: rascunho por conversa, contador, citação
// e o envio. A bolha aparece na hora com o relógio e só ganha sinal pelo que
// o servidor disser; o que não foi volta à caixa.
import { $, fetchPart, memory, newKey, texts } from './page.js';
import { setChip } from './replies.js';
import { goToEnd, hasUnseen, lastId, merge, openTicket, refresh, refreshFrame } from './talk.js';

const LIMIT = 4096, COUNT_FROM = 3600;
const RETRIES_MS = [800, 2500, 6000];

let queue = Promise.resolve();  // um envio por vez: a ordem é a da pessoa
let failed = null;              // o que voltou à caixa, para repetir a chave

const box = () => $('#answer');
const draftKey = (ticket = openTicket()) => `draft:${ticket}`;
const length = (text) => [...text].length;

function enterSends() {
  const kept = memory.get('enter');
  return kept === null ? matchMedia('(pointer: fine)').matches : kept === '1';
}

function showError(text) {
  const p = $('#composer-error');
  if (!p) return;
  p.textContent = text;
  p.hidden = !text;
}

/** Onde o CSS não ajusta sozinho (field-sizing), a altura é daqui. */
function resize() {
  const area = box();
  if (!area || CSS.supports('field-sizing', 'content')) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

function count() {
  const n = length(box().value), counter = $('#counter');
  counter.hidden = n < COUNT_FROM;
  counter.textContent = `${n} / ${LIMIT}`;
  counter.classList.toggle('is-over', n > LIMIT);
}

/** O rascunho é do servidor; o navegador o guarda só até ele confirmar. */
const saving = new Map();       // ticket → relógio do próximo envio

async function saveDraft(ticket, draft) {
  saving.delete(ticket);
  try {
    const answer = await fetch(`/api/v1/tickets/${ticket}/draft`, { method: 'PUT', keepalive: true,
      headers: { 'content-type': 'application/json', 'x-csrf-token': document.body.dataset.csrf },
      body: JSON.stringify(draft) });
    if (answer.ok && memory.get(draftKey(ticket)) === (draft.body || null))
      memory.set(draftKey(ticket), null);
  } catch { /* sem rede: fica o do navegador */ }
}

const isNote = () => {
  const field = $('#composer')?.elements.note;
  return field?.type === 'hidden' || Boolean(field?.checked);
};

function keepDraft() {
  const ticket = openTicket(), form = $('#composer');
  if (!ticket || !form || length(box().value) > LIMIT) return;
  const draft = { body: box().value, replyTo: Number(form.elements.replyTo.value) || 0,
    isNote: isNote() };
  clearTimeout(saving.get(ticket)?.timer);
  saving.set(ticket, { draft, timer: setTimeout(saveDraft, 700, ticket, draft) });
}

/** O que foi enviado já não é rascunho: o servidor o esqueceu junto. */
function dropDraft() {
  clearTimeout(saving.get(openTicket())?.timer);
  saving.delete(openTicket());
  memory.set(draftKey(), null);
}

addEventListener('pagehide', () => {
  for (const [ticket, { draft }] of saving) saveDraft(ticket, draft);
});

function typed() {
  memory.set(draftKey(), box().value || null);
  keepDraft();
  count();
  resize();
}

function setText(text) {
  box().value = text;
  typed();
}

/* ---- citação ---- */

function quote(id) {
  const li = document.getElementById(`m${id}`), bar = $('#replying');
  if (!li || !bar) return;
  $('#composer').elements.replyTo.value = id;
  $('[data-reply-who]', bar).textContent = $('.visually-hidden', li).textContent.replace(/:$/, '');
  $('[data-reply-text]', bar).textContent =
    ($('.text', li) ?? $('.file-text strong', li) ?? $('.odd', li))?.textContent ?? '';
  bar.hidden = false;
  box().focus();
}

function dropQuote() {
  const bar = $('#replying');
  if (!bar || bar.hidden) return false;
  $('#composer').elements.replyTo.value = '';
  bar.hidden = true;
  return true;
}

/* ---- envio ---- */

function pendingBubble(text) {
  const li = document.createElement('li'), side = isNote() ? 'memo' : 'out';
  li.className = `msg ${side} pending`;
  li.dataset.side = side;
  li.dataset.at = new Date().toISOString();
  const bubble = document.createElement('div');
  bubble.className = 'bubble';
  const p = document.createElement('p');
  p.className = 'text';
  p.textContent = text;
  const meta = document.createElement('p');
  meta.className = 'meta';
  meta.append($('template[data-tick-sample=queued]').content.cloneNode(true));
  bubble.append(p, meta);
  li.append(bubble);
  return li;
}

/** O que se pede, fora o que já estava na tela. */
const wish = (form) => JSON.stringify([...form].filter(([name]) => name !== 'after'));

/** Repete com a mesma chave e o mesmo corpo: o servidor grava uma vez só. */
async function post(sending) {
  for (let i = 0; ; i++) {
    try {
      const answer = await fetchPart(sending.action, {
        method: 'POST', body: new URLSearchParams(sending.form),
        headers: { 'Idempotency-Key': sending.key } });
      if (answer.status < 500 || i >= RETRIES_MS.length) return answer;
    } catch (error) {
      if (i >= RETRIES_MS.length) return { ok: false, status: 0 };
    }
    await new Promise((done) => { setTimeout(done, RETRIES_MS[i]); });
  }
}

function giveBack(sending, answer) {
  const reason = answer.content ? $('.problem-part p, .problem-part strong', answer.content) : null;
  const now = openTicket() === sending.ticket ? box() : null;
  const text = now?.value ? `${sending.text}\n${now.value}` : sending.text;
  failed = answer.status === 0 || answer.status >= 500 ? sending : null;
  if (!now) {
    memory.set(draftKey(sending.ticket), sending.text);
    return;
  }
  setText(text);
  if (sending.form.get('quickReplyId')) setChip(sending.form.get('quickReplyId'), sending.fileName);
  showError(reason?.textContent || texts().unsaved);
  if (answer.status === 409) refreshFrame();
}

async function deliver(sending) {
  const answer = await post(sending);
  sending.bubble.remove();
  if (!answer.ok) {
    giveBack(sending, answer);
    return;
  }
  memory.set(`sending:${sending.ticket}`, null);
  if (openTicket() !== sending.ticket) return;
  merge(answer, { mine: true });
  if (!document.getElementById('messages').querySelector('li.msg')) refresh();
  if (!sending.note && $('#talk').dataset.tab !== 'active') {
    $('#talk').dataset.tab = 'active';
    refreshFrame();
  }
}

function send() {
  const form = $('#composer'), text = box().value.trim();
  if (!text && !form.elements.quickReplyId.value) return;
  if (length(text) > LIMIT) {
    showError(texts().toolong);
    return;
  }
  if (hasUnseen()) {
    showError(texts().unseen);
    return;
  }
  const ticket = openTicket();
  const sending = { ticket, text, action: form.getAttribute('action'), form: new FormData(form),
    fileName: $('[data-chip-name]').textContent, key: newKey(), note: isNote(), bubble: pendingBubble(text) };
  sending.form.set('body', text);
  sending.form.set('after', lastId());
  if (failed?.ticket === ticket && wish(failed.form) === wish(sending.form))
    Object.assign(sending, { key: failed.key, form: failed.form });
  failed = null;
  showError('');
  setText('');
  dropDraft();
  dropQuote();
  setChip();
  $('#messages').append(sending.bubble);
  goToEnd();
  box().focus();
  queue = queue.then(() => deliver(sending));
}

/* ---- janela de 24 horas ---- */

function showWindow() {
  const form = $('#composer'), mark = $('#window');
  if (!form?.dataset.window || !mark) return;
  const left = new Date(form.dataset.window) - Date.now();
  if (left <= 0) {
    refreshFrame();
    return;
  }
  const hours = Math.floor(left / 3600000);
  $('span', mark).textContent = hours >= 1 ? texts().hours.replace('{n}', hours)
    : texts().minutes.replace('{n}', Math.floor(left / 60000));
  mark.classList.toggle('is-short', hours < 2);
}

export function setUpComposer({ focus = false } = {}) {
  const area = box();
  if (!area) return;
  const choice = $('#enter-sends');
  choice.checked = enterSends();
  if (!area.value) area.value = memory.get(draftKey()) ?? '';
  count();
  resize();
  showWindow();
  if (focus && matchMedia('(pointer: fine)').matches) area.focus({ preventScroll: true });
}

export function focusAnswer() {
  box()?.focus();
}

setInterval(showWindow, 30000);

document.addEventListener('input', (e) => {
  if (e.target === box()) {
    showError('');
    typed();
  }
});

document.addEventListener('change', (e) => {
  if (e.target.name === 'note') keepDraft();
  if (e.target.id === 'enter-sends') memory.set('enter', e.target.checked ? '1' : '0');
});

document.addEventListener('submit', (e) => {
  if (e.target.id !== 'composer') return;
  e.preventDefault();
  send();
});

document.addEventListener('keydown', (e) => {
  if (e.target !== box() || e.key !== 'Enter' || e.isComposing || e.shiftKey) return;
  if (e.ctrlKey || e.metaKey || enterSends()) {
    e.preventDefault();
    send();
  }
});

document.addEventListener('click', (e) => {
  const reply = e.target.closest('[data-reply]');
  if (e.target.closest('[data-reply-cancel]')) {
    e.preventDefault();
    dropQuote();
    focusAnswer();
  } else if (reply && box()) {
    e.preventDefault();
    quote(reply.dataset.reply);
  }
});
