// sw.js - o service worker: mostra a notificação que o serviço de push trouxe,
// e leva a pessoa aonde ela aponta; sem rede, a página diz isso. Não guarda
// nada: a página de sem rede vem nele mesmo.
import { offlinePage } from './offline.js';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (e) => e.waitUntil((async () => {
  // o pedido sai enquanto o worker acorda: abrir uma página não espera por ele
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
})()));

/** Só abrir uma página passa por aqui; formulários, pedaços e o resto não. */
self.addEventListener('fetch', (e) => {
  if (e.request.mode !== 'navigate' || e.request.method !== 'GET') return;
  e.respondWith((async () => {
    try {
      return (await e.preloadResponse) ?? await fetch(e.request);
    } catch {
      return offlinePage(self.navigator.language);
    }
  })());
});

self.addEventListener('push', (e) => {
  let notice = {};
  try { notice = e.data.json(); } catch { /* sem texto, ainda assim se avisa */ }
  e.waitUntil(self.registration.showNotification(notice.title || 'Balcão', {
    body: notice.body || '', tag: notice.tag, renotify: Boolean(notice.tag),
    data: { url: notice.url || '/notifications' } }));
});

self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  // só para dentro: o endereço é nosso, mas quem o trouxe foi outro
  const url = new URL(e.notification.data?.url ?? '/notifications', self.location.origin);
  if (url.origin !== self.location.origin) return;
  e.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    for (const page of open) {
      try {
        await page.navigate(url.href);
      } catch { continue; /* não é nossa, ou está se fechando */ }
      await page.focus().catch(() => {});
      return;
    }
    await self.clients.openWindow(url.href);
  })());
});
