// sla.js - o que falta para cada prazo à vista, refeito a cada minuto.
import { texts } from './page.js';

const MINUTE_MS = 60000, HOUR = 60, DAY = 24 * HOUR;

/** "12 min", "3 h 5 min", "2 d 4 h"; as mesmas contas do servidor. */
export function span(ms) {
  const n = Math.max(1, ms > 0 ? Math.ceil(ms / MINUTE_MS) : Math.floor(-ms / MINUTE_MS));
  if (n < HOUR) return `${n} min`;
  if (n < DAY) return n % HOUR ? `${Math.floor(n / HOUR)} h ${n % HOUR} min` : `${n / HOUR} h`;
  const hours = Math.floor((n % DAY) / HOUR);
  return hours ? `${Math.floor(n / DAY)} d ${hours} h` : `${Math.floor(n / DAY)} d`;
}

/** Reescreve os prazos dentro de `root`. */
export function countDown(root = document) {
  const now = Date.now();
  for (const mark of root.querySelectorAll('.sla[data-due]')) {
    const due = Date.parse(mark.dataset.due), left = due - now;
    const state = left <= 0 ? 'breached' : Date.parse(mark.dataset.near) <= now ? 'near' : 'ok';
    const words = texts()[left > 0 ? 'slaleft' : 'slalate'].replace('{t}', span(left));
    const text = mark.querySelector('.sla-left');
    if (text.textContent !== words) text.textContent = words;
    if (!mark.classList.contains(`is-${state}`)) mark.className = `sla is-${state}`;
  }
}

setInterval(countDown, 15000, document);
document.addEventListener('visibilitychange', () => { if (!document.hidden) countDown(); });
