// page.js - o que as partes da página dividem: busca de pedaços, avisos à
// pessoa, guarda local, e o freio que junta muitos avisos num pedido só.

export const $ = (selector, root = document) => root.querySelector(selector);
export const texts = () => document.getElementById('texts').dataset;

/** Busca um pedaço da página; a sessão que acabou leva ao login. `askedAt` diz
 * quando se pediu: o que mudou depois disso pode não estar na resposta. */
export async function fetchPart(url, options = {}) {
  const askedAt = performance.now();
  const answer = await fetch(url, { ...options, headers: {
    Accept: 'text/html', 'HX-Request': 'true', 'HX-Request-Type': 'partial', ...options.headers } });
  if (answer.redirected && new URL(answer.url).pathname === '/login') {
    location.reload();
    await new Promise(() => {});
  }
  const holder = document.createElement('template');
  holder.innerHTML = await answer.text();
  return { ok: answer.ok, status: answer.status, content: holder.content, askedAt };
}

/** Chave de idempotência: quem repete com ela faz uma vez só. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((n) => n.toString(16).padStart(2, '0')).join('');

/** Um aviso curto, que some sozinho. */
let snackTimer;
export function say(text) {
  const snack = $('#snack');
  snack.textContent = text;
  snack.hidden = false;
  clearTimeout(snackTimer);
  snackTimer = setTimeout(() => { snack.hidden = true; }, 5000);
}

/** Fala a quem usa leitor de tela. */
export function announce(text) {
  $('#announcer').textContent = text;
}

/**
 * No máximo um por `gap_ms` (mais, se ninguém está olhando), nunca dois ao
 * mesmo tempo, o último não falta; o que a rede não deixou é tentado de novo.
 */
export function throttled(act, gap_ms = 250, retry_ms = 2000) {
  let busy = false, again = false;
  return async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    let pause = document.hidden ? 6 * gap_ms : gap_ms;
    try {
      await act();
    } catch (error) {
      console.warn(error);
      pause = retry_ms;
      again = true;
    }
    setTimeout(() => {
      busy = false;
      if (again) {
        again = false;
        run();
      }
    }, pause);
  };
}

/** localStorage pode faltar (modo privado, cota): aí só não se lembra. */
export const memory = {
  get(key) {
    try { return localStorage.getItem(`balcao:${key}`); } catch { return null; }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`balcao:${key}`);
      else localStorage.setItem(`balcao:${key}`, value);
    } catch { /* sem espaço */ }
  },
  clear(prefix) {
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(`balcao:${prefix}`)) localStorage.removeItem(key);
    } catch { /* sem guarda */ }
  },
};
