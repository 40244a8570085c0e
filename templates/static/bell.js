// bell.js - o sino e os números do menu, em toda página; o som e a notificação
// do navegador, se a pessoa os quer. Quem está com a conversa à vista não é
// chamado para ela.
import { say, throttled } from './page.js';
import { Live } from './live.js';

const rail = document.getElementById('rail');
const body = document.body;

const put = (id, n) => {
  const badge = document.getElementById(id);
  if (!badge) return;
  badge.hidden = n === 0;
  badge.textContent = n > 99 ? '99+' : n;
};

/** Relê os números: um pedido por vez, por mais avisos que cheguem juntos. */
export const countAgain = throttled(async () => {
  try {
    const answer = await fetch('/api/v1/notifications/counts', { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const counts = await answer.json();
    put('bell-badge', counts.unread);
    put('chat-badge', counts.chat);
  } catch { /* na volta do ao vivo se relê */ }
});

/** Dois toques curtos, feitos aqui: não há arquivo a buscar. */
function ring() {
  try {
    const audio = new AudioContext(), gain = audio.createGain();
    gain.connect(audio.destination);
    gain.gain.setValueAtTime(0.08, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.5);
    for (const [at, tone] of [[0, 880], [0.14, 1174]]) {
      const note = audio.createOscillator();
      note.frequency.value = tone;
      note.connect(gain);
      note.start(audio.currentTime + at);
      note.stop(audio.currentTime + at + 0.3);
    }
    setTimeout(() => audio.close(), 1000);
  } catch { /* sem som */ }
}

/** A conversa com o colega, ou a que se acompanha e está aberta ao lado. */
const isWatching = (data) => !document.hidden && (data.conversationId
  ? String(data.conversationId) === body.dataset.talk
  : data.kind === 'followed' && String(data.ticketId) === document.getElementById('talk')?.dataset.ticket);

function notified(data) {
  countAgain();
  if (isWatching(data)) return;
  const text = data.conversationId && data.by ? rail.dataset.wrote.replace('{n}', data.by.name) : rail.dataset.notice;
  const ringer = () => {
    if (rail.dataset.sound === 'true') ring();
    if (rail.dataset.browser === 'true' && window.Notification?.permission === 'granted' && document.hidden) {
      const shown = new Notification('Balcão', { body: text, tag: `balcao-${data.id}` });
      shown.onclick = () => { focus(); location.href = '/notifications'; };
    }
  };
  // de várias abas abertas, uma só toca
  if (navigator.locks) navigator.locks.request(`balcao-bell-${data.id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    ringer();
    await new Promise((done) => { setTimeout(done, 3000); });
  });
  else ringer();
  if (!document.hidden && document.getElementById('snack')) say(text);
}

if (rail && rail.dataset.user) {
  body.addEventListener('live:event', ({ detail: { type, data } }) => {
    if (type === 'notification') notified(data);
    else if (type === 'notification:read' || type === 'chat:read' || type === 'chat:updated' || type === 'private_message')
      countAgain();
  });
  body.addEventListener('live:resync', countAgain);
  /* a caixa de entrada tem o ao vivo dela */
  if (!document.getElementById('list'))
    new Live().start(body.dataset.rooms || `user:${rail.dataset.user}`, rail.dataset.user);
}

document.addEventListener('change', async (e) => {
  if (!e.target.matches('[data-notify-permission]') || !e.target.checked) return;
  if (!window.Notification || await Notification.requestPermission() !== 'granted') e.target.checked = false;
});
