// phone_net.js - a conversa com o servidor: ações por POST, novidades por SSE,
// e o aviso curto de quando algo não deu certo.

import words from '/demo/strings.js';

const $ = (id) => document.getElementById(id);

// Esta aba; o servidor usa para saber que conversa está na tela.
export const clientId = Array.from(crypto.getRandomValues(new Uint8Array(12)),
  (byte) => byte.toString(16).padStart(2, '0')).join('');

export function toast(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $('toast').hidden = true; }, 3500);
}

// Devolve a resposta, ou null depois de avisar a pessoa.
export async function post(name, body) {
  const answer = await fetch(`/demo/api/${name}`, { method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body) }).catch(() => null);
  if (answer?.ok) return answer.json();
  toast(answer?.status === 409 ? words.full
    : answer?.status === 422 ? words.tooLong : words.error);
  return null;
}

// handlers: nome do evento -> função; religa sozinho, mostrando a faixa.
export function subscribe(handlers) {
  const source = new EventSource(`/demo/events?client=${clientId}`);
  for (const [name, run] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => run(JSON.parse(event.data)));
  }
  source.onopen = () => { $('lost').hidden = true; };
  source.onerror = () => {
    $('lost').hidden = false;
    // Resposta que não é SSE encerra de vez o EventSource: começa outro.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => subscribe(handlers), 3000);
    }
  };
}
