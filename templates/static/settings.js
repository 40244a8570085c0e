// settings.js - o que as páginas de ajustes ganham com JavaScript: copiar um
// segredo, não mandar o mesmo formulário duas vezes, ir ao campo recusado.
import { $, say } from './page.js';

document.addEventListener('click', async (e) => {
  const button = e.target.closest('[data-copy]');
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.textContent.trim());
    say(button.dataset.copied);
  } catch {
    /* sem permissão, ou sem https: fica marcado, e Ctrl+C o leva */
    getSelection().selectAllChildren(from);
  }
});

document.addEventListener('submit', (e) => {
  if (e.defaultPrevented || !e.target.closest('.set-main')) return;
  if (e.target.method === 'post' && e.target.dataset.sent) e.preventDefault();
  e.target.dataset.sent = 'yes';
});
/* quem volta pelo histórico acha o formulário pronto para mandar */
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-sent]')) delete form.dataset.sent;
});

if ($('.set-main')) $('.set-main [aria-invalid=true]')?.focus();
