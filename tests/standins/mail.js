// mail.js - /demo/mail: a lista do que chegou e a mensagem aberta. Nada do que
// vem num e-mail vira HTML desta página: só o quadro isolado o mostra.

const POLL_MS = 1500;
const $ = (id) => document.getElementById(id);
const words = document.body.dataset;
const lang = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(lang, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(lang, { day: '2-digit', month: 'short' });
const full = new Intl.DateTimeFormat(lang,
  { dateStyle: 'medium', timeStyle: 'short' });

let mails = [];
let tag = '';
let open = location.hash.slice(1);
let tab = 'html';
const opened = new Set(JSON.parse(sessionStorage.opened ?? '[]'));

function el(name, className, text) {
  const e = document.createElement(name);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

const nameOf = (m) => m.toName || m.toAddress || m.to;
const initials = (m) => nameOf(m).split(/[\s.@_-]+/).filter(Boolean)
  .slice(0, 2).map((w) => w[0].toUpperCase()).join('');
const tone = (m) => `tone-${[...m.toAddress].reduce(
  (n, c) => (n * 31 + c.codePointAt(0)) % 997, 7) % 6}`;
const isToday = (at) => new Date(at).toDateString() === new Date().toDateString();

function item(m) {
  const isNew = !opened.has(m.id);
  const button = el('button', `mail-item${isNew ? ' is-new' : ''}`);
  button.type = 'button';
  button.dataset.id = m.id;
  if (m.id === open) button.setAttribute('aria-current', 'true');
  const avatar = el('span', `avatar ${tone(m)}`, initials(m));
  avatar.setAttribute('aria-hidden', 'true');
  const subject = el('strong');
  if (isNew) {
    const mark = el('span', 'new-mark');
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', words.new);
    subject.append(mark);
  }
  subject.append(m.subject);
  const time = el('time', '', (isToday(m.at) ? clock : day).format(m.at));
  time.dateTime = new Date(m.at).toISOString();
  button.append(avatar, subject, el('span', 'who-to', nameOf(m)), time);
  const li = el('li');
  li.append(button);
  return li;
}

/** Texto com os endereços clicáveis. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const a = el('a', '', piece);
    a.href = piece;
    a.target = '_blank';
    a.rel = 'noopener';
    return a;
  });
}

function showTab() {
  for (const name of ['html', 'text', 'headers']) {
    $(`tab-${name}`).setAttribute('aria-selected', String(name === tab));
    $(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
    $(`pane-${name}`).hidden = name !== tab;
  }
}

function fill(m) {
  $('avatar').className = `avatar ${tone(m)}`;
  $('avatar').textContent = initials(m);
  $('subject').textContent = m.subject;
  $('to').textContent = m.to;
  $('from').textContent = m.from;
  $('lang').textContent = m.lang;
  $('lang').hidden = !m.lang;
  $('when').textContent = full.format(m.at);
  $('when').dateTime = new Date(m.at).toISOString();
  $('frame').srcdoc = m.html.replace(/<head>/i, '<head><base target="_blank">');
  $('text').replaceChildren(...(m.text ? linked(m.text) : [words.noText]));
  $('headers').replaceChildren(...m.headers.flatMap(
    ([k, v]) => [el('dt', '', k), el('dd', '', v)]));
  showTab();
}

let filled = '';
function draw() {
  const focused = document.activeElement?.dataset?.id;
  const m = mails.find((x) => x.id === open);
  $('list').replaceChildren(...mails.map(item));
  if (focused) $('list').querySelector(`[data-id="${focused}"]`)?.focus();
  $('box').classList.toggle('is-empty', mails.length === 0);
  $('box').classList.toggle('is-reading', Boolean(m));
  $('empty').hidden = mails.length > 0;
  $('choose').hidden = Boolean(m) || mails.length === 0;
  $('read').hidden = !m;
  if (m && filled !== m.id) fill(m);
  filled = m?.id ?? '';
}

function show(id, focus) {
  open = id;
  opened.add(id);
  sessionStorage.opened = JSON.stringify([...opened].slice(-500));
  history.replaceState(null, '', id ? `#${id}` : location.pathname);
  draw();
  if (focus) $('read').focus();
}

async function refresh() {
  try {
    const r = await fetch('/demo/mail/mail.json', { cache: 'no-store',
      headers: tag ? { 'If-None-Match': tag } : {} });
    if (r.ok) {
      tag = r.headers.get('etag') ?? '';
      mails = await r.json();
      const wide = matchMedia('(min-width: 52.01rem)').matches;
      if (!open && wide && mails.length > 0) show(mails[0].id);
      else draw();
    } else if (r.status !== 304) {
      throw new Error(String(r.status));
    }
    $('lost').hidden = true;
  } catch {
    $('lost').hidden = false;
  }
  setTimeout(refresh, document.hidden ? 4 * POLL_MS : POLL_MS);
}

$('list').addEventListener('click', (e) => {
  const button = e.target.closest('[data-id]');
  if (button) show(button.dataset.id, !matchMedia('(min-width: 52.01rem)').matches);
});
$('list').addEventListener('keydown', (e) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const at = mails.findIndex((m) => m.id === e.target.dataset?.id);
  if (!step || at < 0 || !mails[at + step]) return;
  e.preventDefault();
  show(mails[at + step].id);
  $('list').querySelector(`[data-id="${open}"]`).focus();
});
$('back').addEventListener('click', () => show(''));
const tabs = ['html', 'text', 'headers'];
for (const name of tabs) {
  $(`tab-${name}`).addEventListener('click', () => { tab = name; showTab(); });
  $(`tab-${name}`).addEventListener('keydown', (e) => {
    const step = { ArrowRight: 1, ArrowLeft: 2 }[e.key];
    if (!step) return;
    tab = tabs[(tabs.indexOf(name) + step) % 3];
    showTab();
    $(`tab-${tab}`).focus();
  });
}
document.addEventListener('visibilitychange', () => { if (!document.hidden) draw(); });
window.addEventListener('hashchange', () => {
  const id = location.hash.slice(1);
  if (id && id !== open) show(id);
});
refresh();
