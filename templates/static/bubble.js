// bubble.js - as ações de uma mensagem sem sair da conversa: o menu vem do
// servidor, a mensagem mudada também. Sem isto, o mesmo link abre uma página.
import { $, announce, fetchPart, texts } from './page.js';
import { merge, openTicket } from './talk.js';

let pop = null;

function close() {
  pop?.remove();
  pop = null;
}

/** Junto do botão, sem passar da borda da janela. */
function place(button) {
  const b = button.getBoundingClientRect(), box = pop.getBoundingClientRect();
  const left = Math.min(Math.max(8, b.left + b.width / 2 - box.width / 2),
    innerWidth - box.width - 8);
  const below = b.bottom + 6;
  const top = below + box.height > innerHeight - 8
    ? Math.max(8, b.top - box.height - 6) : below;
  pop.style.left = `${left}px`;
  pop.style.top = `${top}px`;
}

async function open(link) {
  const url = new URL(link.dataset.bubble, location.origin);
  url.searchParams.set('part', 'menu');
  const { ok, content } = await fetchPart(url);
  if (!ok) {
    location.assign(link.href);
    return;
  }
  close();
  pop = document.createElement('div');
  pop.className = 'bubble-pop bubble-menu';
  pop.setAttribute('role', 'group');
  pop.setAttribute('aria-label', link.title);
  pop.append(content);
  link.after(pop);
  place(link);
  pop.opener = link;
  $('button, summary', pop)?.focus();
}

function complain(form, answer) {
  const words = answer.content
    ? $('.problem-part p, .problem-part strong', answer.content)?.textContent : '';
  let p = $('.bubble-problem', form);
  if (!p) {
    p = document.createElement('p');
    p.className = 'bubble-problem';
    p.setAttribute('role', 'alert');
    form.append(p);
  }
  p.textContent = words || texts().unsaved;
}

async function send(form, button) {
  const data = new FormData(form, button), ticket = openTicket();
  if (button) button.disabled = true;
  let answer = { ok: false };
  try {
    answer = await fetchPart(form.getAttribute('action'),
      { method: 'POST', body: new URLSearchParams(data) });
  } catch { /* sem rede: a frase padrão diz */ }
  if (button) button.disabled = false;
  if (!answer.ok) {
    complain(form, answer);
    return;
  }
  const back = pop?.opener?.closest('li.msg')?.id;
  close();
  if (openTicket() !== ticket) return;
  merge(answer);
  if (back) $('.bubble-more', document.getElementById(back))?.focus();
}

document.addEventListener('click', (e) => {
  const link = e.target.closest('a[data-bubble]');
  const copy = e.target.closest('[data-bubble-copy]');
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.bubbleCopy);
    announce(copy.textContent);
    close();
  } else if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey && $('#messages')) {
    e.preventDefault();
    if (pop?.opener === link) close();
    else open(link);
  } else if (pop && !pop.contains(e.target)) {
    close();
  }
});

document.addEventListener('submit', (e) => {
  if (!e.target.matches('[data-bubble-form]') || !$('#messages li.msg')
    || document.body.querySelector('.bubble-page')) return;
  e.preventDefault();
  send(e.target, e.submitter);
});

document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape' || !pop) return;
  const { opener } = pop;
  e.stopPropagation();
  close();
  opener?.focus();
}, true);

document.addEventListener('scroll', (e) => {
  if (pop && !pop.contains(e.target)) close();
}, { capture: true, passive: true });
