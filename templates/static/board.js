// board.js - o quadro vivo: arrastar o cartão, movê-lo pelo teclado (Alt e as
// setas) ou pela lista dele; o que outros movem aparece sozinho.
import { $, fetchPart, say, throttled } from './page.js';
import { localize } from './times.js';

const board = document.getElementById('board');
let dragged = null;
const ROWS = 20, ROWS_MAX = 200;   // cartões por coluna (cgi-bin/web/desk_pages/board.c)

const cardsOf = (stage) => $('.stage-cards', stage);

function count(stage, by) {
  const box = $('.stage-count', stage);
  box.textContent = Number(box.textContent) + by;
}

function prepare() {
  for (const card of board.querySelectorAll('.card-ticket'))
    if ($('.card-move', card)) card.draggable = true;
}

/** Lê o quadro de novo, sem perder a rolagem, o foco nem o que se pediu a mais. */
const refresh = throttled(async () => {
  if (dragged || board.contains(document.activeElement) && document.activeElement.tagName === 'SELECT') return;
  const url = new URL(location.href);
  url.searchParams.set('part', 'columns');
  const most = Math.max(...[...board.querySelectorAll('.stage-cards')].map((list) => list.children.length), 0);
  url.searchParams.set('rows', Math.min(Math.max(most, ROWS), ROWS_MAX));
  const { ok, status, content } = await fetchPart(url);
  if (status >= 500 || status === 429) throw new Error(`quadro: ${status}`);
  if (!ok || dragged) return;
  const focus = document.activeElement?.closest?.('.card-ticket')?.id;
  const stages = [...content.querySelectorAll('.stage')];
  const kept = new Set(stages.map((stage) => stage.dataset.column));
  for (const gone of board.querySelectorAll('.stage')) if (!kept.has(gone.dataset.column)) gone.remove();
  for (const fresh of stages) {
    const old = $(`.stage[data-column="${fresh.dataset.column}"]`, board);
    if (!old) { board.append(fresh); continue; }
    const top = cardsOf(old).scrollTop;
    old.replaceWith(fresh);
    cardsOf(fresh).scrollTop = top;
  }
  prepare();
  localize(board);
  if (focus) $('.card-top', document.getElementById(focus) ?? board)?.focus({ preventScroll: true });
}, 600);

async function move(card, stage) {
  const from = card.closest('.stage'), form = $('.card-move', card), select = $('select', form);
  if (!stage || from === stage) return;
  const was = from.dataset.column, next = card.nextElementSibling, focused = card.contains(document.activeElement);
  cardsOf(stage).prepend(card);
  count(from, -1);
  count(stage, 1);
  select.value = stage.dataset.column;
  if (focused) $('.card-top', card).focus();
  const answer = await fetch(form.action, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  if (answer?.type === 'opaqueredirect') {
    say(board.dataset.moved.replace('{n}', stage.dataset.name));
    return;
  }
  cardsOf(from).insertBefore(card, next?.parentNode === cardsOf(from) ? next : null);
  count(from, 1);
  count(stage, -1);
  select.value = was;
  say(board.dataset.failed);
  refresh();
}

async function more(link) {
  const url = new URL(link.href), stage = link.closest('.stage');
  url.searchParams.set('part', 'columns');
  const { ok, content } = await fetchPart(url);
  const fresh = ok && $('.stage', content);
  if (!fresh) { location.href = link.href; return; }
  const first = $('.card-ticket', fresh);
  cardsOf(stage).append(...cardsOf(fresh).children);
  const again = $('.stage-more', fresh);
  if (again) link.replaceWith(again);
  else link.remove();
  prepare();
  localize(stage);
  if (first) $('.card-top', first).focus();
}

function listen() {
  board.addEventListener('dragstart', (e) => {
    dragged = e.target.closest?.('.card-ticket');
    if (!dragged) return;
    e.dataTransfer.effectAllowed = 'move';
    e.dataTransfer.setData('text/plain', dragged.dataset.ticket);
    requestAnimationFrame(() => dragged?.classList.add('is-dragged'));
  });
  board.addEventListener('dragover', (e) => {
    const stage = dragged && e.target.closest('.stage');
    if (!stage) return;
    e.preventDefault();
    for (const other of board.querySelectorAll('.is-over')) if (other !== stage) other.classList.remove('is-over');
    stage.classList.add('is-over');
  });
  board.addEventListener('drop', (e) => {
    const stage = dragged && e.target.closest('.stage');
    if (!stage) return;
    e.preventDefault();
    move(dragged, stage);
  });
  board.addEventListener('dragend', () => {
    dragged?.classList.remove('is-dragged');
    dragged = null;
    for (const stage of board.querySelectorAll('.is-over')) stage.classList.remove('is-over');
  });
  board.addEventListener('change', (e) => {
    const card = e.target.closest('.card-ticket');
    if (card) move(card, $(`.stage[data-column="${e.target.value}"]`, board) ?? null);
  });
  board.addEventListener('keydown', (e) => {
    const card = e.altKey && e.target.closest('.card-ticket');
    if (!card || !['ArrowLeft', 'ArrowRight'].includes(e.key) || !$('.card-move', card)) return;
    e.preventDefault();
    const stages = [...board.querySelectorAll('.stage')];
    move(card, stages[stages.indexOf(card.closest('.stage')) + (e.key === 'ArrowRight' ? 1 : -1)]);
  });
  board.addEventListener('click', (e) => {
    const link = e.target.closest('.stage-more');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    more(link);
  });
  document.body.addEventListener('live:event', ({ detail: { type } }) => {
    if (/^(ticket:(created|updated|closed|transferred|sla)|message:created)$/.test(type)) refresh();
  });
  document.body.addEventListener('live:resync', refresh);
}

if (board) {
  prepare();
  localize(board);
  listen();
}
