// templates.js - o seletor de modelos por cima da conversa: o mesmo pedaço da
// página, com a lista que se filtra e a prévia que se preenche ao digitar. Sem
// JavaScript é uma página, com os mesmos formulários.
import { $, fetchPart, newKey, say, texts } from './page.js';
import { goToEnd, lastId, openTicket, refresh, refreshFrame } from './talk.js';

let sheet = null, asked = 0, sending = null;

function makeSheet(title) {
  sheet = document.createElement('dialog');
  sheet.className = 'sheet tmpl-sheet';
  sheet.id = 'tmpl-sheet';
  sheet.setAttribute('aria-labelledby', 'tmpl-sheet-title');
  const head = document.createElement('form'), name = document.createElement('h2');
  const close = $('#help .sheet-head button')?.cloneNode(true) ?? document.createElement('button');
  head.method = 'dialog';
  head.className = 'sheet-head';
  name.id = 'tmpl-sheet-title';
  name.className = 'h3';
  name.textContent = title;
  head.append(name, close);
  const body = document.createElement('div');
  body.dataset.templatesBody = '';
  sheet.append(head, body);
  sheet.addEventListener('close', () => {
    asked += 1;
    sending = null;
    sheet.remove();
    sheet = null;
  });
  document.body.append(sheet);
}

/** Mostra o pedaço que veio, com o foco onde se vai digitar. */
function show(content) {
  const body = $('[data-templates-body]', sheet), part = $('#tmpl', content);
  body.replaceChildren(...(part ? [part] : content.childNodes));
  ($('[aria-invalid]', body) ?? $('.tmpl-fields input', body) ??
    $('input[type=search]', body) ?? $('button[type=submit]', body))?.focus();
}

async function load(url) {
  const mine = asked += 1;
  sending = null;       // outro modelo é outro envio
  const answer = await fetchPart(url).catch(() => null);
  if (mine !== asked || !sheet) return;
  if (!answer?.ok) {
    location.href = url;   // a página diz o que houve
    return;
  }
  show(answer.content);
}

async function send(form) {
  const ticket = openTicket();
  sending ??= { key: newKey(), after: lastId() };
  form.elements.after.value = sending.after;
  const button = $('button[type=submit]', form);
  button.disabled = true;
  const answer = await fetchPart(form.getAttribute('action'), { method: 'POST',
    body: new URLSearchParams(new FormData(form)),
    headers: { 'Idempotency-Key': sending.key } }).catch(() => null);
  button.disabled = false;
  if (!answer || answer.status >= 500 || answer.status === 429) {
    say(texts().unsaved);
    return;             // a mesma chave, se repetir
  }
  sending = null;
  if (!answer.ok) {
    if (sheet) show(answer.content);
    return;
  }
  sheet?.close();
  if (openTicket() !== ticket) return;
  goToEnd();
  refresh();
  refreshFrame();
}

/* ---- a lista e a prévia, na página também ---- */

function filter(input) {
  const part = input.closest('[data-templates-part]');
  const q = input.value.trim().toLowerCase();
  let shown = 0;
  for (const li of part.querySelectorAll('.tmpl-list > li')) {
    const text = li.textContent.toLowerCase();
    li.hidden = q !== '' && !text.includes(q) && !text.replaceAll('_', ' ').includes(q);
    shown += li.hidden ? 0 : 1;
  }
  $('[data-template-none]', part).hidden = shown > 0;
}

function fill(input) {
  for (const mark of input.form.querySelectorAll(`mark[data-slot="${input.name}"]`)) {
    mark.textContent = input.value || mark.dataset.hole;
    mark.classList.toggle('is-hole', input.value === '');
  }
}

document.addEventListener('input', (e) => {
  if (e.target.id === 'tmpl-q') filter(e.target);
  else if (e.target.closest?.('.tmpl-fields')) {
    sending = null;
    fill(e.target);
  }
});

document.addEventListener('click', (e) => {
  if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
  const opener = e.target.closest('[data-templates]');
  const link = sheet && e.target.closest('[data-template-nav]');
  if (opener) {
    e.preventDefault();
    makeSheet(opener.textContent.trim());
    sheet.showModal();
    load(opener.href);
  } else if (link && sheet.contains(link)) {
    e.preventDefault();
    load(link.href);
  }
});

document.addEventListener('submit', (e) => {
  if (!sheet?.contains(e.target)) return;
  if (e.target.matches('[data-template-form]')) {
    e.preventDefault();
    send(e.target);
  } else if (e.target.matches('[data-template-search]')) {
    e.preventDefault();
    load(`${e.target.action}?${new URLSearchParams(new FormData(e.target))}`);
  }
});
