// presence.js - o sinal de vida de quem está com uma página aberta, e a escolha
// de ficar ausente. Sem sinal por 60 s o servidor dá a pessoa por fora, e a
// distribuição das filas não lhe entrega nada (src/live/presence.h).
//
// Outra aba na frente ainda é trabalho: o sinal continua. Escondida por muito
// tempo, a página se cala, que é também quando os navegadores passam a atrasar
// os relógios dela.
import { $ } from './page.js';

const BEAT_MS = 25000;
const UNSEEN_MS = 5 * 60000;

const form = $('[data-presence]'), dot = $('#presence-dot');
let timer, seenAt = Date.now();

/** Mostra a presença desta pessoa; "offline": o servidor não a ouviu. */
export function showPresence(status) {
  if (!form) return;
  form.hidden = dot.hidden = false;
  dot.dataset.status = status;
  for (const button of form.querySelectorAll('button'))
    button.setAttribute('aria-pressed', button.value === status);
}

function stop() {
  clearInterval(timer);
  timer = 0;
}

async function beat(status) {
  if (document.hidden && Date.now() - seenAt > UNSEEN_MS) {
    stop();
    return;
  }
  try {
    const answer = await fetch('/api/v1/me/presence', { method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json',
        'X-CSRF-Token': form.elements._csrf.value },
      body: JSON.stringify(status ? { status } : {}) });
    if (answer.ok) showPresence((await answer.json()).status);
    else if (answer.status === 401 || answer.status === 403) stop();
    else if (!dot.hidden) showPresence('offline');
  } catch {
    if (!dot.hidden) showPresence('offline');
  }
}

function start() {
  stop();
  timer = setInterval(beat, BEAT_MS);
  beat();
}

if (form) {
  start();
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    beat(e.submitter.value);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) seenAt = Date.now();
    else if (!timer) start();
  });
  addEventListener('pageshow', (e) => { if (e.persisted) start(); });
  addEventListener('online', () => beat());
}
