// attach.js - arquivo arrastado ou colado: vai para o campo do formulário, que
// já funciona sem isto. Quem envia é a pessoa, depois de ver o que escolheu.
import { $ } from './page.js';

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
