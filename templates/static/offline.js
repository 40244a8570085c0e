// offline.js - a página que se vê sem rede, feita no navegador. O servidor não
// está ali para a traduzir: as duas línguas vêm juntas.
const WORDS = {
  pt: { lang: 'pt-BR', title: 'Sem conexão', lead: 'Não deu para falar com o Balcão.',
    hint: 'Confira a internet. A página tenta de novo sozinha a cada 15 segundos.',
    again: 'Tentar agora' },
  en: { lang: 'en', title: 'No connection', lead: 'Balcão could not be reached.',
    hint: 'Check the internet. This page tries again by itself every 15 seconds.',
    again: 'Try now' },
};

const STYLE = `
:root { color-scheme: light dark; --back: #f7f7fc; --pane: #fff; --ink: #1b1a29; --muted: #5d5b73; --brand: #4f46e5; }
@media (prefers-color-scheme: dark) { :root { --back: #12111d; --pane: #191826; --ink: #f1f0fa; --muted: #a5a3ba; } }
body { display: grid; place-items: center; min-height: 100dvh; margin: 0; background: var(--back); color: var(--ink);
  font: 1rem/1.5 Inter, system-ui, sans-serif; }
main { max-width: 24rem; margin: 1rem; padding: 2rem; border-radius: 16px; background: var(--pane); text-align: center; }
svg { width: 3.5rem; }
h1 { margin: 1rem 0 .25rem; font-size: 1.25rem; }
p { margin: 0 0 .75rem; color: var(--muted); }
a { display: inline-block; margin-top: .5rem; padding: .6rem 1.1rem; border-radius: 10px; background: var(--brand); color: #fff;
  font-weight: 600; text-decoration: none; }`;

const MARK = '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#4f46e5"/>'
  + '<path d="M8 11.5A3.5 3.5 0 0 1 11.5 8h9a3.5 3.5 0 0 1 3.5 3.5v3a3.5 3.5 0 0 1-3.5 3.5H15l-3.6 3v-3A3.5 3.5 0 0 1 8 14.5z" fill="#fff"/>'
  + '<path d="M7 24.5h18" stroke="#fff" stroke-width="2.4" stroke-linecap="round" opacity=".75"/></svg>';

/** A resposta inteira, com a política dela: nada de fora, nenhum programa. */
export function offlinePage(language = '') {
  const t = /^pt/i.test(language) ? WORDS.pt : WORDS.en;
  const html = `<!doctype html><html lang="${t.lang}"><head><meta charset="utf-8">`
    + '<meta name="viewport" content="width=device-width, initial-scale=1">'
    + `<meta http-equiv="refresh" content="15"><title>${t.title} · Balcão</title><style>${STYLE}</style></head>`
    + `<body><main id="offline">${MARK}<h1>${t.title}</h1><p>${t.lead}</p><p>${t.hint}</p><a href="">${t.again}</a></main></body></html>`;
  return new Response(html, { status: 503, headers: {
    'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" } });
}
