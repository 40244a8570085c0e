// watch.js - diz aos colegas que se está com a conversa aberta, ou escrevendo
// nela, e mostra quem mais está. Só enquanto a aba está à vista.
import { $, texts } from './page.js';
import { openTicket } from './talk.js';

const AGAIN_MS = 15000;         // renova antes de o servidor esquecer (40 s)
const TYPING_MS = 4000;         // no máximo um aviso por isto, e dura 6 s

let ticket = 0;                 // o que se está dizendo que se vê
let typingAt = 0, hush;

function tell(state, id = ticket, keepalive = false) {
  return fetch(`/api/v1/tickets/${id}/watch`, { method: 'POST', keepalive,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json',
      'X-CSRF-Token': document.body.dataset.csrf },
    body: JSON.stringify({ state }) }).catch(() => null);
}

/** "Marina está escrevendo…" vale mais que "Marina está vendo". */
export function showWatchers({ ticketId, watchers }) {
  const line = $('#watchers'), me = Number(document.body.dataset.user);
  if (!line || ticketId !== openTicket()) return;
  const others = watchers.filter((w) => w.userId !== me);
  const typing = others.filter((w) => w.typing);
  const who = typing.length ? typing : others;
  const names = who.map((w) => w.name);
  const shown = names.length > 2 ? `${names[0]} +${names.length - 1}` : names.join(', ');
  line.textContent = who.length
    ? (typing.length ? texts().typing : texts().viewing).replace('{n}', shown) : '';
  line.hidden = !who.length;
  line.classList.toggle('is-typing', typing.length > 0);
  clearTimeout(hush);
  if (typing.length) hush = setTimeout(() => see(), 6500);
}

async function see() {
  if (!ticket) return;
  const answer = await tell('viewing');
  if (answer?.ok) showWatchers({ ticketId: ticket, ...await answer.json() });
}

/** A conversa aberta mudou, ou a aba saiu da vista. */
export function watchTicket() {
  const now = document.hidden ? 0 : openTicket();
  if (now === ticket) return;
  if (ticket) tell('gone', ticket, true);
  ticket = now;
  typingAt = 0;
  see();
}

document.addEventListener('input', (e) => {
  if (e.target.id !== 'answer' || !ticket || !e.target.value) return;
  if (Date.now() - typingAt < TYPING_MS) return;
  typingAt = Date.now();
  tell('typing');
});

document.addEventListener('visibilitychange', watchTicket);
addEventListener('pagehide', () => { if (ticket) tell('gone', ticket, true); ticket = 0; });
addEventListener('pageshow', (e) => { if (e.persisted) watchTicket(); });
setInterval(() => { if (Date.now() - typingAt > TYPING_MS) see(); }, AGAIN_MS);
