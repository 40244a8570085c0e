// panel.js - mostrar e esconder o painel de detalhes. Em tela larga ele fica ao
// lado, e a escolha se guarda; em tela estreita toma o lugar da conversa.
import htmx from 'htmx.org';
import { $, memory } from './page.js';
import { localize } from './times.js';

const isWide = matchMedia('(min-width: 82.01rem)');

export function togglePanel(show) {
  const { classList } = document.body;
  if (!$('#panel')) return;
  if (!isWide.matches) {
    classList.toggle('has-panel', show);
    $(classList.contains('has-panel') ? '#panel-body' : '#scroll')?.focus({ preventScroll: true });
    return;
  }
  const hidden = classList.toggle('no-panel', show === undefined ? undefined : !show);
  memory.set('panel', hidden ? 'hidden' : null);
}

/* O que a pessoa já mexeu num formulário passa ao que o substitui. */
function carryOver(from, to) {
  for (const field of from.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const twin = [...to.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)]
      .find((other) => other.type === field.type && (!/checkbox|radio/.test(field.type) || other.value === field.value));
    if (!twin) continue;
    if (/checkbox|radio/.test(field.type)) {
      if (field.checked !== field.defaultChecked) twin.checked = field.checked;
    } else if (field.tagName === 'SELECT') {
      const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      if (field.value !== first?.value) twin.value = field.value;
    } else if (field.value !== field.defaultValue) {
      twin.value = field.value;
    }
  }
}

/* O formulário aberto continua o mesmo; se o ticket mudou, é o novo (a versão
 * é outra) com o que já se mexeu nele. */
function keepOpen(old, fresh) {
  const version = (details) => $('[name=version]', details)?.value;
  if (version(old) === version(fresh)) {
    fresh.replaceWith(old);
    return;
  }
  carryOver(old, fresh);
  fresh.open = true;
}

/** Troca o painel pelo que veio do servidor, sem fechar nem apagar o que a
 * pessoa tem aberto. */
export function refreshPanel(content) {
  const panel = $('#panel-body'), focused = panel.contains(document.activeElement) && document.activeElement.id;
  const open = [...panel.querySelectorAll('details[open][id]')];
  panel.replaceChildren(...content.childNodes);
  for (const old of open) {
    const fresh = document.getElementById(old.id);
    if (fresh) keepOpen(old, fresh);
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  htmx.process(panel);
  localize(panel);
}

document.addEventListener('click', (e) => {
  const link = e.target.closest('#panel-open, [data-panel-close]');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  togglePanel(link.id === 'panel-open');
});

document.body.classList.toggle('no-panel', memory.get('panel') === 'hidden');
