// palette.js - Ctrl+K (ou ⌘K), de onde se estiver: procurar em tudo e ir para
// qualquer página sem largar o teclado. As linhas são as de /search, que é
// também aonde se chega com Enter, ou sem JavaScript.
import { $, fetchPart } from './page.js';

const WAIT_MS = 180;
const palette = document.getElementById('palette');
const box = palette && $('#palette-q', palette);
const hits = palette && $('#palette-hits', palette);
let timer, asking, shown;

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const links = () => [...hits.querySelectorAll('a.hit')];

function group(label, rows) {
  const section = document.createElement('section');
  const title = document.createElement('h2');
  const list = document.createElement('ul');
  section.className = 'search-group';
  section.setAttribute('aria-label', label);
  title.textContent = label;
  list.className = 'hits';
  list.append(...rows);
  section.append(title, list);
  return section;
}

/** As páginas da trilha e do menu cujo nome tem o que se digitou. */
function places(q) {
  const seen = new Set([location.pathname, '/search']), rows = [];
  for (const link of document.querySelectorAll('.rail-link[href], .rail-user .menu-item[href]')) {
    const path = link.getAttribute('href');
    const name = $('.visually-hidden', link)?.textContent ?? link.textContent.trim();
    if (seen.has(path) || !fold(name).includes(fold(q))) continue;
    seen.add(path);
    const row = document.createElement('li');
    const to = document.createElement('a');
    to.className = 'hit hit-place';
    to.href = path;
    if (link.target) {
      to.target = link.target;
      to.rel = 'noopener';
    }
    to.append($('.icon', link).cloneNode(true), name);
    row.append(to);
    rows.push(row);
  }
  return rows.length ? [group(hits.dataset.goto, rows)] : [];
}

/** Os grupos que a página de busca mostraria, sem os números dela. */
async function found(q) {
  asking?.abort();
  asking = new AbortController();
  const { ok, content } = await fetchPart(`/search?${new URLSearchParams({ q })}`, { signal: asking.signal });
  if (!ok) return [];
  return [...content.querySelectorAll('.search-group, .none')].map((part) => {
    const title = $('h2', part);
    title?.removeAttribute('id');
    if (title) part.setAttribute('aria-label', title.textContent);
    part.removeAttribute('aria-labelledby');
    return part;
  });
}

async function look() {
  const q = box.value.trim();
  const near = places(q);
  if (q.length < 2) {
    asking?.abort();
    hits.replaceChildren(...near);
    shown = q;
    return;
  }
  try {
    const groups = await found(q);
    const nothing = groups.every((part) => part.matches('.none'));
    hits.replaceChildren(...(nothing && near.length ? near : [...groups, ...near]));
    hits.scrollTop = 0;
    shown = q;
  } catch (error) {
    if (error.name !== 'AbortError') console.warn(error);
  }
}

function open() {
  if (palette.open) {
    box.select();
    return;
  }
  palette.showModal();
  box.select();
  look();
}

/** Anda entre a caixa e as linhas, sem dar a volta. */
function step(by) {
  const list = links(), at = list.indexOf(document.activeElement) + by;
  if (at < 0) box.focus();
  else list[Math.min(at, list.length - 1)]?.focus();
}

if (palette) {
  document.addEventListener('keydown', (e) => {
    if (e.key.toLowerCase() !== 'k' || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
    e.preventDefault();
    if (!$('dialog[open]:not(#palette)')) open();
  });
  document.addEventListener('click', (e) => {
    if (!e.target.closest('.rail-link[href="/search"]') || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    open();
  });
  box.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  palette.addEventListener('keydown', (e) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by) {
      e.preventDefault();
      step(by);
    } else if (e.key === 'Escape') { /* senão o primeiro só apagaria o texto */
      e.preventDefault();
      palette.close();
    } else if (e.key.length === 1 && e.target !== box && !e.ctrlKey && !e.metaKey && e.key !== ' ') {
      box.focus(); /* quem volta a digitar volta à caixa */
    }
  });
  /* Enter abre a primeira linha; antes de ela chegar, a página de busca */
  $('form', palette).addEventListener('submit', (e) => {
    if (shown !== box.value.trim() || !links().length) return;
    e.preventDefault();
    links()[0].click();
  });
  palette.addEventListener('click', (e) => {
    if (e.target === palette || e.target.closest('a.hit')) palette.close();
  });
}
