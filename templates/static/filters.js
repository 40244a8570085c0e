// filters.js - o endereço fica sem os filtros em branco; marcar todas.
import { $ } from './page.js';

/** Campo vazio não é filtro: não vai no endereço. */
export function setUpFilters() {
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
