// chat.js - a conversa entre colegas, viva: a página se relê quando algo muda,
// e o que se escreve vai sem recarregar. Sem isto, ela é a mesma por formulários.
import { $, announce, say, texts, throttled } from './page.js';
import { localize } from './times.js';

const body = document.body;
const TYPING_MS = 3000, TYPED_MS = 6000;
const talk = body.dataset.talk;

const PARTS = ['chat-list', 'chat-lines', 'chat-head'];
const served = new Map();       // o HTML de cada parte, como o servidor a deu
let asked = 0, shown = 0;       // a resposta mais velha não desfaz a mais nova

/** Troca só o que mudou de lugar; a caixa de escrever fica. */
async function reread({ seen = !document.hidden } = {}) {
  const turn = ++asked;
  const url = new URL(location.href);
  if (!seen) url.searchParams.set('peek', '1');
  const answer = await fetch(url, { headers: { Accept: 'text/html' } });
  if (answer.redirected && new URL(answer.url).pathname === '/login') location.reload();
  if (answer.status === 404 && talk) location.href = '/chat';   // saiu do grupo
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (turn < shown) return;
  shown = turn;
  for (const id of PARTS) {
    const old = document.getElementById(id), fresh = page.getElementById(id);
    /* igual fica: trocar à toa perderia o clique que está no meio */
    if (!old || !fresh || served.get(id) === fresh.innerHTML) continue;
    served.set(id, fresh.innerHTML);
    const rows = $('.rows', old)?.scrollTop, focused = document.activeElement;
    const href = old.contains(focused) ? focused.getAttribute('href') : null;
    old.innerHTML = fresh.innerHTML;
    if (rows) $('.rows', old).scrollTop = rows;
    if (href) $(`[href="${CSS.escape(href)}"]`, old)?.focus();
    localize(old);
  }
}

const refresh = throttled(() => reread(), 300);

/* ---- quem escreve ---- */

const typists = new Map();
function showTypists() {
  const line = $('#chat-typing');
  if (!line) return;
  const names = [...typists.values()].map((t) => t.name);
  line.hidden = !names.length;
  line.textContent = line.dataset.text.replace('{n}', names.join(', '));
}
function stopped(id) {
  clearTimeout(typists.get(id)?.timer);
  typists.delete(id);
  showTypists();
}

function onEvent({ type, data }) {
  if (type === 'user:typing' && String(data.conversationId) === talk) {
    clearTimeout(typists.get(data.userId)?.timer);
    typists.set(data.userId, { name: data.name, timer: setTimeout(stopped, TYPED_MS, data.userId) });
    showTypists();
  } else if (type === 'private_message') {
    if (String(data.conversationId) === talk) {
      stopped(data.message.userId);
      if (String(data.message.userId) !== body.dataset.user)
        announce(`${data.message.userName}: ${data.message.body}`);
    }
    refresh();
  } else if (type.startsWith('chat:') || type === 'online_status') {
    refresh();
  }
}

/* ---- escrever ---- */

let toldAt = 0;
function typing() {
  if (Date.now() - toldAt < TYPING_MS) return;
  toldAt = Date.now();
  fetch(`/api/v1/conversations/${talk}/typing`, { method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': body.dataset.csrf },
    body: '{}' }).catch(() => {});
}

/** O que se citava já foi; a conversa mostra o que se mandou. */
async function sentOne() {
  const form = $('#chat-form'), files = $('#attach');
  form.elements.edit.value = form.elements.replyTo.value = '0';
  if (files) files.elements.replyTo.value = '0';
  $('#chat-about')?.remove();
  if (location.search) history.replaceState(null, '', location.pathname);
  await reread({ seen: true });
  $('.chat .scroll').scrollTop = 0;
}

const reasonOf = async (answer) => {
  const problem = await answer.json().catch(() => ({}));
  return problem.errors?.[0]?.detail ?? problem.detail ?? problem.title ?? String(answer.status);
};

/** O arquivo vai sem recarregar: o texto que se escrevia fica onde está. */
async function sendFile(form) {
  const error = $('#attach-error'), button = $('button[type=submit]', form);
  const sent = new FormData();
  sent.set('file', form.elements.file.files[0]);
  if (form.elements.body.value.trim()) sent.set('caption', form.elements.body.value.trim());
  if (Number(form.elements.replyTo.value)) sent.set('replyTo', form.elements.replyTo.value);
  button.disabled = true;
  try {
    const answer = await fetch(`/api/v1/conversations/${talk}/files`, { method: 'POST', body: sent,
      headers: { Accept: 'application/json', 'X-CSRF-Token': body.dataset.csrf } });
    error.hidden = answer.ok;
    if (!answer.ok) {
      error.textContent = await reasonOf(answer);
      return;
    }
    form.reset();
    await sentOne();
  } catch {
    say(texts().unsaved);
  } finally {
    button.disabled = false;
    $('#chat-answer').focus();
  }
}

async function send(form) {
  const box = $('#chat-answer'), error = $('#chat-error'), button = $('.send', form);
  const text = box.value.trim(), edit = Number(form.elements.edit.value);
  if (!text || button.disabled) return;
  button.disabled = true;
  const sent = { body: text };
  if (!edit && Number(form.elements.replyTo.value)) sent.replyTo = Number(form.elements.replyTo.value);
  try {
    const answer = await fetch(`/api/v1/conversations/${talk}/messages${edit ? `/${edit}` : ''}`, {
      method: edit ? 'PATCH' : 'POST', body: JSON.stringify(sent),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json',
        'X-CSRF-Token': body.dataset.csrf } });
    if (!answer.ok) {
      error.textContent = await reasonOf(answer);
      error.hidden = false;
      return;
    }
    error.hidden = true;
    box.value = '';
    toldAt = 0;
    await sentOne();
  } catch {
    say(texts().unsaved);
  } finally {
    button.disabled = false;
    box.focus();
  }
}

if (body.classList.contains('chat')) {
  for (const id of PARTS) served.set(id, document.getElementById(id)?.innerHTML);
  localize();
  body.addEventListener('live:event', (e) => onEvent(e.detail));
  body.addEventListener('live:resync', refresh);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);   // quem saiu não avisa
  document.addEventListener('submit', async (e) => {
    if (e.target.id === 'chat-form') {
      e.preventDefault();
      send(e.target);
    } else if (e.target.id === 'attach') {
      e.preventDefault();
      sendFile(e.target);
    } else if (e.target.matches('.chat-delete')) {
      e.preventDefault();
      await fetch(e.target.action, { method: 'POST', body: new URLSearchParams(new FormData(e.target)), redirect: 'manual' });
      refresh();
    }
  });
  $('#chat-answer')?.addEventListener('input', typing);
  $('#chat-answer')?.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    send(e.target.form);
  });
  if (talk && matchMedia('(hover: hover)').matches) $('#chat-answer').focus();
} else if (body.classList.contains('notices')) {
  localize();
  const reload = throttled(async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    const fresh = page.getElementById('notice-list');
    if (!fresh) return;
    $('#notice-list').innerHTML = fresh.innerHTML;
    $('.sheet-top').innerHTML = $('.sheet-top', page).innerHTML;
    localize();
  });
  body.addEventListener('live:event', ({ detail }) => {
    if (detail.type.startsWith('notification')) reload();
  });
}
