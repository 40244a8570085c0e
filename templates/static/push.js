// push.js - "este aparelho": liga e desliga o Web Push nele, na página das
// notificações. O que o servidor sabe de cada um é o resumo do endereço.
const box = document.getElementById('push-box');
const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

async function digest(text) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

const send = (method, path, body) => fetch(`/api/v1/me/push${path}`, { method, body: body && JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': box.dataset.csrf } });

async function current() {
  const worker = await navigator.serviceWorker.getRegistration('/');
  return (await worker?.pushManager.getSubscription()) ?? null;
}

async function subscribe() {
  await navigator.serviceWorker.register('/sw.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(box.dataset.pushKey) };
  try {
    return await pushManager.subscribe(options);
  } catch (e) {
    // a chave da instalação mudou: a inscrição de antes não serve mais
    const old = await pushManager.getSubscription();
    if (e.name !== 'InvalidStateError' || !old) throw e;
    await old.unsubscribe();
    return pushManager.subscribe(options);
  }
}

function fail(text) {
  const note = box.querySelector('[data-push-note]');
  note.textContent = text;
  note.hidden = false;
}

async function turnOn() {
  if (await Notification.requestPermission() !== 'granted') return fail(box.dataset.denied);
  const { endpoint, keys } = (await subscribe()).toJSON();
  const answer = await send('POST', '', { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  return answer.ok ? location.reload() : fail(box.dataset.failed);
}

async function turnOff(row) {
  await (await current())?.unsubscribe();
  const answer = await send('DELETE', `/${row.dataset.pushId}`);
  return answer.ok ? location.reload() : fail(box.dataset.failed);
}

async function setUp() {
  const button = box.querySelector('[data-push-switch]');
  if (!can) return fail(box.dataset.cannot);
  const mine = await current();
  const hash = mine && await digest(mine.endpoint);
  const row = hash && box.querySelector(`[data-push-digest="${hash}"]`);
  if (row) row.querySelector('[data-push-here]').hidden = false;
  button.querySelector(row ? '[data-push-off]' : '[data-push-on]').hidden = false;
  button.hidden = false;
  return button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await (row ? turnOff(row) : turnOn());
    } catch {
      fail(box.dataset.failed);
    }
    button.disabled = false;
  });
}

if (box) setUp();
