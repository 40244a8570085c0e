// macros.js - no cadastro de uma macro, os botões dos passos não recarregam a
// página: trocam só a lista, e o foco fica onde se estava mexendo.
import { $ } from './page.js';

/** Depois de mudar: no passo novo, no botão que se apertou, ou no seletor. */
function focusAfter(op) {
  const [what, at] = op.split(':'), n = Number(at);
  const steps = [...document.querySelectorAll('.macro-step')];
  const place = { up: n - 1, down: n + 1 }[what];
  const target = what === 'add' ? $('textarea, select, input:not([type=hidden])', steps.at(-1))
    : place === undefined ? $('#add')
      : $(`[name=op][value^="${what}:"]`, steps[place]) ?? $('[name=op]', steps[place]);
  target?.focus();
}

document.addEventListener('submit', async (e) => {
  const form = e.target, button = e.submitter;
  if (form.id !== 'macro-form' || button?.name !== 'op' || form.dataset.plain) return;
  e.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(button.formAction, { method: 'POST', body }).catch(() => null);
  const page = new DOMParser().parseFromString(await answer?.text() ?? '', 'text/html');
  const steps = page.getElementById('macro-steps');
  if (!answer?.ok || !steps) {
    /* como se não houvesse JavaScript: a página diz o que houve */
    form.dataset.plain = 'yes';
    form.requestSubmit(button);
    return;
  }
  $('#macro-steps').replaceWith(document.adoptNode(steps));
  focusAfter(button.value);
}, true);
