// panel.js - mostrar e esconder o painel de detalhes. Em tela larga ele fica ao
// lado, e a escolha se guarda; em tela estreita toma o lugar da conversa.
import { $, memory } from './page.js';

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

document.addEventListener('click', (e) => {
  const link = e.target.closest('#panel-open, [data-panel-close]');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  togglePanel(link.id === 'panel-open');
});

document.body.classList.toggle('no-panel', memory.get('panel') === 'hidden');
