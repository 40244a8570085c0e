// attach.js - arquivo arrastado ou colado: vai para o campo do formulário, que
// já funciona sem isto. Quem envia é a pessoa, depois de ver o que escolheu.
import { $, say, texts } from './page.js';
import { hasUnseen, lastId, refresh, refreshFrame } from './talk.js';

const hasFiles = (e) => Boolean($('#attach')) &&
  [...e.dataTransfer?.types ?? []].includes('Files');

function choose(files) {
  const field = $('#attach input[type=file]');
  if (!field || files.length === 0) return false;
  const one = new DataTransfer();
  one.items.add(files[0]);
  field.files = one.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  $('#caption').focus();
  return true;
}

const mark = (on) => document.body.classList.toggle('is-dropping', on);

document.addEventListener('dragover', (e) => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  mark(true);
});

document.addEventListener('dragleave', (e) => {
  if (!e.relatedTarget) mark(false);
});

document.addEventListener('drop', (e) => {
  mark(false);
  if (!hasFiles(e)) return;
  e.preventDefault();
  choose(e.dataTransfer.files);
});

document.addEventListener('paste', (e) => {
  const files = e.clipboardData?.files ?? [];
  if (e.target.closest?.('#answer-area') && choose(files)) e.preventDefault();
});

/* antes do htmx: o que a tela já mostra anda depois de o formulário vir */
document.addEventListener('submit', (e) => {
  /* a conversa entre colegas manda arquivos por outro formulário de mesmo nome */
  if (e.target.id !== 'attach' || !e.target.elements.after) return;
  if (hasUnseen()) {
    e.preventDefault();
    e.stopImmediatePropagation();
    say(texts().unseen);
    return;
  }
  e.target.elements.after.value = lastId();
}, true);

/* o que não foi continua escolhido: o motivo se diz, a conversa se atualiza */
document.addEventListener('htmx:before:swap', (e) => {
  const { response, text, sourceElement } = e.detail.ctx;
  if (sourceElement?.id !== 'attach' || response?.raw?.status !== 409) return;
  e.preventDefault();
  const answer = document.createElement('template');
  answer.innerHTML = text;
  say(answer.content.querySelector('.notice')?.textContent.trim() ?? '');
  refresh();
  refreshFrame();
});
