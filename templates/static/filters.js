// filters.js - o endereço fica sem os filtros em branco; marcar todas; as
// contagens dos filtros guardados acompanham a lista, sem pressa.
import { $ } from './page.js';

const COUNT_EVERY_MS = 4000;

/** A lista muda a cada mensagem; contar de novo, só de tempos em tempos. */
function keepCounts() {
  let timer;
  document.body.addEventListener('live:list', () => {
    if (!$('#views .view-count')) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      document.body.dispatchEvent(new CustomEvent('live:views'));
    }, COUNT_EVERY_MS);
  });
}

/** Campo vazio não é filtro: não vai no endereço. */
export function setUpFilters() {
  keepCounts();
  $('#filter-form')?.addEventListener('submit', (e) => {
    for (const field of e.target.elements)
      if (field.name && (field.value === '' || field.value === 'recent'))
        field.disabled = true;
  });
  document.addEventListener('change', (e) => {
    if (e.target.id !== 'pick-all') return;
    for (const box of document.querySelectorAll('#rows input[name=ticketIds]'))
      box.checked = e.target.checked;
  });
  // voltar no navegador traz os campos como estavam quando saíram
  addEventListener('pageshow', () => {
    for (const field of $('#filter-form')?.elements ?? []) field.disabled = false;
  });
}
