// replies.js - "/" na caixa abre as respostas rápidas (combobox com lista,
// WAI-ARIA APG): setas escolhem, Enter ou Tab insere, Esc fecha. E, no
// formulário delas, como o texto fica enquanto se escreve.
import { $ } from './page.js';
import { openTicket } from './talk.js';

const TOKEN = /(^|\s)\/([\p{L}\p{N}_-]*)$/u;

let options = [], chosen = -1, asked = 0, timer;
let answered = null;   // o que se digitou e já teve resposta: lista, nada, ou Esc

const box = () => $('#answer');
const pop = () => $('#reply-pop');
const isOpen = () => pop() !== null && !pop().hidden;

/** O que há da barra até o cursor, ou null. */
function token() {
  const area = box();
  if (!area || area.selectionStart !== area.selectionEnd) return null;
  return TOKEN.exec(area.value.slice(0, area.selectionStart))?.[2] ?? null;
}

function close() {
  clearTimeout(timer);
  asked++;
  const area = box();
  if (!isOpen()) return;
  pop().hidden = true;
  for (const name of ['role', 'aria-expanded', 'aria-controls', 'aria-autocomplete',
    'aria-activedescendant']) area?.removeAttribute(name);
}

function choose(i) {
  const items = [...$('#reply-options').children];
  chosen = items.length === 0 ? -1 : (i + items.length) % items.length;
  items.forEach((li, n) => li.setAttribute('aria-selected', n === chosen));
  if (chosen < 0) {
    box().removeAttribute('aria-activedescendant');
    return;
  }
  box().setAttribute('aria-activedescendant', items[chosen].id);
  items[chosen].scrollIntoView({ block: 'nearest' });
}

/** O arquivo da resposta que se inseriu: vai com o texto, se não se tirar. */
export function setChip(id = '', name = '') {
  const chip = $('#reply-chip');
  if (!chip) return;
  $('input', chip).value = id;
  $('[data-chip-name]', chip).textContent = name;
  chip.hidden = !id;
}

document.addEventListener('click', (e) => {
  if (!e.target.closest('[data-chip-cancel]')) return;
  e.preventDefault();
  setChip();
  box()?.focus();
});

function item(reply, i) {
  const li = document.createElement('li'), name = document.createElement('strong');
  const text = document.createElement('span');
  li.id = `reply-${i}`;
  li.role = 'option';
  li.className = 'reply-option';
  name.textContent = `/${reply.shortcut}`;
  text.textContent = reply.file ? `${reply.text} · ${reply.file}` : reply.text;
  li.append(name, ' ', text);
  return li;
}

function show(list, q) {
  const area = box();
  options = list;
  answered = q;
  $('#reply-options').replaceChildren(...list.map(item));
  $('.reply-none', pop()).hidden = list.length > 0;
  $('#reply-options').hidden = list.length === 0;
  pop().hidden = false;
  area.setAttribute('role', 'combobox');
  area.setAttribute('aria-expanded', 'true');
  area.setAttribute('aria-autocomplete', 'list');
  area.setAttribute('aria-controls', 'reply-options');
  choose(0);
}

async function ask(q) {
  const mine = ++asked;
  try {
    const answer = await fetch(`/api/v1/tickets/${openTicket()}/replies?q=${encodeURIComponent(q)}`);
    if (mine !== asked || token() === null) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const { data } = await answer.json();
    if (mine === asked && token() !== null) show(data, q);
  } catch {
    if (mine === asked) answered = q;   // sem rede: fica só a barra
  }
}

/** Enter antes de a lista chegar: espera por ela, e não manda a barra ao cliente. */
async function insertFirst(q) {
  clearTimeout(timer);
  await ask(q);
  if (isOpen() && token() === q && answered === q) insert(chosen);
}

function insert(i) {
  const area = box(), reply = options[i], typed = token();
  if (!reply || typed === null) return;
  const from = area.selectionStart - typed.length - 1;
  close();
  area.focus();
  area.setRangeText(reply.text, from, area.selectionStart, 'end');
  if (reply.file) setChip(reply.id, reply.file);
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  close();
}

document.addEventListener('input', (e) => {
  if (e.target !== box()) return;
  const q = token();
  clearTimeout(timer);
  if (q === null) {
    answered = null;
    close();
  }
  else timer = setTimeout(ask, isOpen() ? 80 : 0, q);
});

/* Antes dos outros: aberta a lista, Enter não manda e Esc não sai da caixa. */
document.addEventListener('keydown', (e) => {
  if (e.target !== box() || e.isComposing) return;
  const q = token(), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const late = e.key === 'Enter' && !e.shiftKey && !e.ctrlKey && !e.metaKey && q !== null && answered !== q;
  if (late) insertFirst(q);
  else if (!isOpen()) return;
  else if (step) choose(chosen + step);
  else if (e.key === 'Escape') {
    answered = q;
    close();
  }
  else if ((e.key === 'Enter' || e.key === 'Tab') && chosen >= 0 && !e.shiftKey) insert(chosen);
  else return;
  e.preventDefault();
  e.stopImmediatePropagation();
}, true);

document.addEventListener('pointerdown', (e) => {
  const li = e.target.closest?.('.reply-option');
  if (li) {
    e.preventDefault();   // o foco fica na caixa
    insert([...li.parentNode.children].indexOf(li));
  } else if (isOpen() && !e.target.closest('#reply-pop') && e.target !== box()) close();
});

document.addEventListener('focusout', (e) => {
  if (e.target === box()) setTimeout(() => { if (document.activeElement !== box()) close(); }, 100);
});

document.addEventListener('click', (e) => {
  if (!e.target.closest('[data-replies]') || !box() || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  const area = box(), at = area.selectionStart;
  area.focus();
  if (token() === null)
    area.setRangeText(at > 0 && !/\s$/.test(area.value.slice(0, at)) ? ' /' : '/',
      at, area.selectionEnd, 'end');
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
});

/* ---- como fica, no formulário ---- */

let previewTimer;

async function preview(area) {
  const out = $('#reply-preview');
  const answer = await fetch('/api/v1/replies/preview', { method: 'POST',
    headers: { 'content-type': 'application/json',
      'x-csrf-token': area.form.elements._csrf.value },
    body: JSON.stringify({ body: area.value }) }).catch(() => null);
  if (!answer?.ok) return;
  out.textContent = (await answer.json()).text;
  out.hidden = out.textContent === '';
}

document.addEventListener('input', (e) => {
  if (!e.target.matches?.('[data-reply-body]')) return;
  clearTimeout(previewTimer);
  previewTimer = setTimeout(preview, 250, e.target);
});
