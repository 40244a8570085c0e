// times.js - as horas no fuso de quem lê, e os separadores de dia por elas.

const lang = document.documentElement.lang;
const texts = () => document.getElementById('texts')?.dataset ?? {};
const clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const short = new Intl.DateTimeFormat(lang, { day: '2-digit', month: '2-digit' });
const dated = new Intl.DateTimeFormat(lang, { day: '2-digit', month: '2-digit', year: 'numeric' });
const long = new Intl.DateTimeFormat(lang, { dateStyle: 'long' });
const full = new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'short' });

const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate());
const daysAgo = (d) => Math.round((midnight(new Date()) - midnight(d)) / 86400000);
const dayKey = (d) => [d.getFullYear(), d.getMonth() + 1, d.getDate()]
  .map((n) => String(n).padStart(2, '0')).join('-');

function brief(d) {
  const ago = daysAgo(d);
  if (ago <= 0) return clock.format(d);
  if (ago === 1) return texts().yesterday;
  return (d.getFullYear() === new Date().getFullYear() ? short : dated).format(d);
}

function dayText(d) {
  const ago = daysAgo(d);
  return ago === 0 ? texts().today : ago === 1 ? texts().yesterday : long.format(d);
}

/** Reescreve as horas dentro de `root`. */
export function localize(root = document) {
  for (const time of root.querySelectorAll('time[data-fmt]')) {
    const d = new Date(time.dateTime);
    const text = time.dataset.fmt === 'brief' ? brief(d) : clock.format(d);
    if (time.textContent !== text) time.textContent = text;
    time.title = full.format(d);
  }
}

/** Refaz os separadores e os agrupamentos da conversa. */
export function layDays(list) {
  let day = '', who = '', last = 0;
  for (const old of list.querySelectorAll('li.day')) old.remove();
  for (const li of [...list.querySelectorAll('li.msg')]) {
    const d = new Date(li.dataset.at), key = dayKey(d);
    const fresh = key !== day;
    if (fresh) {
      const mark = document.createElement('li');
      mark.className = 'day';
      mark.dataset.day = key;
      const time = document.createElement('time');
      time.dateTime = key;
      time.textContent = dayText(d);
      mark.append(time);
      li.before(mark);
    }
    li.classList.toggle('follows', !fresh && li.dataset.who === who && d - last < 300000);
    [day, who, last] = [key, li.dataset.who, d];
  }
}
