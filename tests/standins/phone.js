// phone.js - o celular do cliente: guarda o que o servidor conta por SSE,
// desenha a conversa aberta e manda o que a pessoa faz.

import words from '/demo/strings.js';
import { clientId, post, subscribe, toast } from '/demo/phone_net.js';
import { EMOJIS, clock, dayName, el, initials, lineNode, personNode, plainText,
  toolsNode } from '/demo/phone_view.js';

const $ = (id) => document.getElementById(id);
const GROUP_MS = 5 * 60 * 1000;

const state = { business: '', customers: new Map(), current: null,
  drafts: new Map(), replyTo: null, typingUntil: 0, opened: undefined };

const here = () => state.customers.get(state.current);
const find = (id) => here()?.messages.find((item) => item.id === id);

// ── o que a pessoa faz ──────────────────────────────────────────────────

const act = (name, body) => post(name, { waId: state.current, ...body });
const actions = {
  businessName: () => state.business,
  jump(id) {
    const line = $('log').querySelector(`[data-id="${CSS.escape(id)}"]`);
    line?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  },
  tools(message, button) {
    const line = button.closest('.line');
    const wasOpen = button.getAttribute('aria-expanded') === 'true';
    closeTools();
    if (wasOpen) return;
    button.setAttribute('aria-expanded', 'true');
    line.after(toolsNode(message, actions));
    line.nextElementSibling.scrollIntoView({ block: 'nearest' });
  },
  react(message, emoji) {
    closeTools();
    act('reaction', { messageId: message.id, emoji });
  },
  replyTo(message) {
    closeTools();
    quote(message);
    $('text').focus();
  },
  choose: (message, choice) =>
    act('choice', { messageId: message.id, choice: choice.id }),
  sendPlace: () => act('sample', { kind: 'location' }),
  openList(message) {
    $('sheet-title').textContent = message.listTitle;
    let section = '';
    $('sheet-rows').replaceChildren(...message.choices.map((choice) => {
      const isNew = choice.section && choice.section !== section;
      section = choice.section;
      return el('li', {}, isNew ? el('b', {}, section) : null,
        el('button', { type: 'button', onclick: () => {
          $('sheet').close();
          actions.choose(message, choice);
        } }, choice.title, choice.description
          ? el('small', {}, choice.description) : null));
    }));
    $('sheet').showModal();
  },
};

function closeTools() {
  for (const node of document.querySelectorAll('.emojis')) node.remove();
  for (const node of document.querySelectorAll('.tool[aria-expanded="true"]')) {
    node.setAttribute('aria-expanded', 'false');
  }
}

function quote(message) {
  state.replyTo = message?.id ?? null;
  $('quoting').hidden = !message;
  $('quoting-text').textContent = message ? plainText(message) : '';
}

function showMenu(show) {
  $('attach-menu').hidden = !show;
  $('attach').setAttribute('aria-expanded', String(show));
  if (show) $('attach-menu').querySelector('button').focus();
}

async function sendText(event) {
  event.preventDefault();
  const body = $('text').value.trim();
  if (!body) return;
  const { replyTo } = state;
  $('text').value = '';
  grow();
  quote(null);
  const done = await act('text', { body, replyTo });
  // Não saiu: devolve o texto, se a pessoa ainda não começou outro.
  if (!done && !$('text').value) $('text').value = body;
}

// Onde field-sizing não existe, a altura é por linhas.
function grow() {
  if (CSS.supports('field-sizing', 'content')) return;
  $('text').rows = Math.min(5, $('text').value.split('\n').length);
}

// ── desenho ─────────────────────────────────────────────────────────────

function drawPeople() {
  const focused = document.activeElement?.dataset?.waId;
  $('people').replaceChildren(...[...state.customers.values()].map((item) =>
    personNode(item, state.current, pick)));
  if (focused) {
    $('people').querySelector(`[data-wa-id="${focused}"]`)?.focus();
  }
  const unread = [...state.customers.values()]
    .reduce((sum, item) => sum + item.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ''}${words.title} · Balcão`;
}

function lineFor(customer, index, fresh = false) {
  const message = customer.messages[index];
  const before = customer.messages[index - 1];
  const follow = before && before.mine === message.mine &&
    message.at - before.at < GROUP_MS && dayName(before.at) ===
    dayName(message.at);
  return lineNode(message, { follow, fresh,
    quoted: message.replyTo ? find(message.replyTo) : null }, actions);
}

const isAtEnd = () => $('log').scrollHeight - $('log').scrollTop -
  $('log').clientHeight < 80;
const goToEnd = () => { $('log').scrollTop = $('log').scrollHeight; };

function dayNode(customer, index) {
  const { at } = customer.messages[index];
  const before = customer.messages[index - 1];
  return !before || dayName(before.at) !== dayName(at)
    ? el('span', { class: 'day' }, dayName(at)) : '';
}

function drawChat() {
  const customer = here();
  if (!customer) return;
  $('owner').textContent = customer.name;
  $('log').replaceChildren(...customer.messages.flatMap((item, i) =>
    [dayNode(customer, i), lineFor(customer, i)]));
  if (customer.messages.length === 0) {
    $('log').append(el('p', { class: 'empty' }, words.nothing));
  }
  goToEnd();
}

// Uma mensagem nova entra no fim; uma conhecida é redesenhada no lugar.
function drawMessage(customer, message) {
  const stick = isAtEnd() || message.mine;
  const old = $('log').querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  const index = customer.messages.indexOf(message);
  if (old) {
    old.replaceWith(lineFor(customer, index));
  } else {
    $('log').querySelector('.empty')?.remove();
    $('log').append(dayNode(customer, index), lineFor(customer, index, true));
    if (!message.mine) setTyping(0);
  }
  if (stick) goToEnd();
}

function setTyping(ms) {
  clearTimeout(setTyping.timer);
  $('log').querySelector('.typing')?.remove();
  $('presence').textContent = ms > 0 ? words.typing : words.businessAccount;
  if (ms <= 0) return;
  const stick = isAtEnd();
  $('log').append(el('div', { class: 'typing', 'aria-label': words.typing },
    el('i'), el('i'), el('i')));
  if (stick) goToEnd();
  setTyping.timer = setTimeout(() => setTyping(0), ms);
}

// ── qual conversa está na tela ──────────────────────────────────────────

function pick(waId) {
  if (state.current) state.drafts.set(state.current, $('text').value);
  state.current = waId;
  try {
    localStorage.setItem('balcao-phone', waId);
  } catch {
    // Sem armazenamento, só não se lembra da escolha.
  }
  history.replaceState(null, '', `#${waId}`);
  $('text').value = state.drafts.get(waId) ?? '';
  grow();
  quote(null);
  setTyping(0);
  drawPeople();
  drawChat();
  $('people').querySelector('[aria-pressed="true"]')
    ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  tellOpen();
}

// Aba escondida não lê nada: aí a conversa conta como fechada.
function tellOpen() {
  const waId = document.visibilityState === 'visible' ? state.current : null;
  if (waId === state.opened) return;
  state.opened = waId;
  post('open', { client: clientId, waId });
}

function startingCustomer() {
  let saved = null;
  try {
    saved = localStorage.getItem('balcao-phone');
  } catch {
    saved = null;
  }
  return [location.hash.slice(1), saved].find((waId) =>
    state.customers.has(waId)) ?? state.customers.keys().next().value;
}

// ── o que o servidor conta ──────────────────────────────────────────────

const onEvent = {
  state(data) {
    state.business = data.business;
    state.customers = new Map(data.customers.map((item) => [item.waId, item]));
    $('business-avatar').textContent = initials(data.business);
    state.opened = undefined;
    pick(state.customers.has(state.current) ? state.current
      : startingCustomer());
  },
  customer(data) {
    const old = state.customers.get(data.waId);
    state.customers.set(data.waId, { messages: [], ...old, ...data });
    drawPeople();
  },
  message({ waId, message }) {
    const customer = state.customers.get(waId);
    if (!customer) return;
    const at = customer.messages.findIndex((item) => item.id === message.id);
    if (at < 0) customer.messages.push(message);
    else customer.messages[at] = message;
    if (waId === state.current) drawMessage(customer, message);
  },
  typing({ waId, ms }) {
    if (waId === state.current) setTyping(ms);
  },
};

// ── ligações ────────────────────────────────────────────────────────────

$('composer').addEventListener('submit', sendText);
$('text').addEventListener('input', grow);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    sendText(event);
  } else if (event.key === 'Escape') quote(null);
});
$('quoting-cancel').addEventListener('click', () => quote(null));
$('attach').addEventListener('click', () => showMenu($('attach-menu').hidden));
$('attach-menu').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  showMenu(false);
  $('text').focus();
  if (button.dataset.sample) {
    act('sample', { kind: button.dataset.sample });
    return;
  }
  const last = here()?.messages.findLast((item) => !item.mine);
  if (!last) toast(words.nothingToReact);
  else act('reaction', { messageId: last.id, emoji: EMOJIS[0] });
});
document.addEventListener('click', (event) => {
  if (!event.target.closest('#attach, #attach-menu')) showMenu(false);
  if (!event.target.closest('.tool, .emojis')) closeTools();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (!$('attach-menu').hidden) {
    showMenu(false);
    $('attach').focus();
  }
  closeTools();
});
$('sheet-close').addEventListener('click', () => $('sheet').close());
$('new-customer').addEventListener('click', async () => {
  const customer = await post('customer', {});
  if (!customer) return;
  if (!state.customers.has(customer.waId)) {
    state.customers.set(customer.waId, { messages: [], ...customer });
  }
  pick(customer.waId);
  $('text').focus();
});
document.addEventListener('visibilitychange', tellOpen);
window.addEventListener('pagehide', () => { state.opened = undefined; });
const tick = () => { $('clock').textContent = clock(Date.now()); };
tick();
setInterval(tick, 10000);
subscribe(onEvent);
