// installed.js - o que faz do Balcão um aplicativo: o service worker, e o
// número no ícone dele.

/** As conversas com mensagens por ler, no ícone do aplicativo instalado. */
export function badge(unread) {
  const done = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  done?.catch(() => {});   // sem permissão, ou não instalado: o título já diz
}

/* quem saiu não deixa o número dele no ícone */
if (document.querySelector('form[action="/login"]')) badge(0);

/* só de quem entrou: só as páginas dele dizem o fuso */
if (document.body.dataset.tz && 'serviceWorker' in navigator)
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch(() => {});
  });
