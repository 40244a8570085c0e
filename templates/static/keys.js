// keys.js - teclado: andar na lista, abrir, responder, voltar, ajuda.
import { $ } from './page.js';
import { focusAnswer } from './composer.js';
import { togglePanel } from './panel.js';

const items = () => [...document.querySelectorAll('#rows .item')];

function step(by) {
  const list = items();
  if (!list.length) return;
  let at = list.indexOf(document.activeElement);
  if (at < 0) at = list.findIndex((a) => a.hasAttribute('aria-current'));
  const next = Math.min(Math.max(at + by, 0), list.length - 1);
  list[next].focus();
  list[next].scrollIntoView({ block: 'nearest' });
}

const isTyping = (el) => el.closest('textarea, select, [contenteditable]') ||
  (el.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(el.type));

export function setUpKeys({ leave }) {
  const acts = {
    j: () => step(1), ArrowDown: () => step(1),
    k: () => step(-1), ArrowUp: () => step(-1),
    r: focusAnswer,
    i: togglePanel,
    m: () => {
      if (!$('.macro-run')) return;
      togglePanel(true);
      $('.macro-run').focus();
    },
    '?': () => $('#help').showModal(),
    Escape: () => leave(),
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || $('dialog[open]')) return;
    const menu = $('details.menu[open]');
    if (e.key === 'Escape' && menu) {
      menu.open = false;
      $('summary', menu).focus();
      return;
    }
    if (isTyping(e.target)) {
      if (e.key === 'Escape') {
        e.target.blur();
        $('#scroll')?.focus({ preventScroll: true });
      }
      return;
    }
    if (e.key.startsWith('Arrow') && e.target.closest('#scroll, details')) return;
    if (/^[1-4]$/.test(e.key)) {
      document.querySelectorAll('.tabs .tab')[e.key - 1]?.click();
      return;
    }
    const act = acts[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
}
