// phone_view.js - constrói os elementos da conversa. Só DOM: nenhum texto
// de fora vira HTML, e nenhuma função daqui fala com o servidor.

import words from '/demo/strings.js';

const SVG = 'http://www.w3.org/2000/svg';
export const EMOJIS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

// el('p', {class: 'x', onclick: f}, 'texto', outroElemento)
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) =>
    child !== null && child !== undefined && child !== ''));
  return node;
}

export function icon(name, className = 'icon') {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

const clockFormat = new Intl.DateTimeFormat(words.lang,
  { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayFormat = new Intl.DateTimeFormat(words.lang,
  { day: 'numeric', month: 'long' });
export const clock = (at) => clockFormat.format(at);

export function dayName(at) {
  const start = (value) => new Date(value).setHours(0, 0, 0, 0);
  const days = Math.round((start(Date.now()) - start(at)) / 86400000);
  if (days === 0) return words.today;
  return days === 1 ? words.yesterday : dayFormat.format(at);
}

export const initials = (name) => {
  const parts = name.trim().split(/\s+/);
  return (parts[0]?.[0] ?? '?') +
    (parts.length > 1 ? parts.at(-1)[0] : '');
};

export const toneOf = (waId) =>
  `tone-${[...waId].reduce((sum, digit) => sum + Number(digit), 0) % 6}`;

export function prettyPhone(waId) {
  const match = /^55(\d\d)(\d{4,5})(\d{4})$/.exec(waId);
  return match ? `+55 ${match[1]} ${match[2]}-${match[3]}` : `+${waId}`;
}

// *negrito* _itálico_ ~riscado~ `código` e endereços, como no aplicativo.
const TOKENS = /\*(\S(?:[^*\n]*\S)?)\*|_(\S(?:[^_\n]*\S)?)_|~(\S(?:[^~\n]*\S)?)~|`([^`\n]+)`|(https?:\/\/[^\s<>"]+)/gu;
export function richText(text) {
  const out = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    const before = text[match.index - 1] ?? ' ';
    if (!match[5] && /[\p{L}\p{N}]/u.test(before)) continue;
    out.push(text.slice(at, match.index));
    const tags = ['b', 'i', 's', 'code'];
    const which = [1, 2, 3, 4].find((i) => match[i] !== undefined);
    out.push(which ? el(tags[which - 1], {}, match[which])
      : el('a', { href: match[5], target: '_blank', rel: 'noopener' },
        match[5]));
    at = match.index + match[0].length;
  }
  out.push(text.slice(at));
  return out;
}

export function plainText(message) {
  if (message.text) return message.text;
  if (message.location) return message.location.name ?? words.sharedPlace;
  if (message.media) return message.media.filename ?? words.picture;
  if (message.contacts) return message.contacts.map((c) => c.name).join(', ');
  return '…';
}

function mediaNode(media) {
  const source = media.id ? `/demo/media/${media.id}` : media.link;
  if (media.id && (media.type === 'image' || media.type === 'sticker')) {
    return el('img', { class: 'picture', src: source, alt: words.picture,
      loading: 'lazy', width: 440, height: 320 });
  }
  if (media.id && (media.type === 'audio' || media.type === 'video')) {
    return el(media.type, { src: source, controls: true, preload: 'none',
      class: media.type === 'video' ? 'picture' : null });
  }
  const isPhoto = media.type === 'image' || media.type === 'video';
  return el('a', { class: 'card', href: source, target: '_blank',
    rel: 'noopener' },
  el('span', { class: `dot dot-${isPhoto ? 'photo' : 'file'}` },
    icon(isPhoto ? 'photo' : 'file')),
  el('span', {}, el('b', {}, media.filename ?? words[
    isPhoto ? 'picture' : 'document']), el('small', {}, words.openFile)));
}

const contactNode = (contact) => el('div', { class: 'card' },
  el('span', { class: `avatar ${toneOf(contact.phone.replace(/\D/g, ''))}` },
    initials(contact.name)),
  el('span', {}, el('b', {}, contact.name), el('small', {}, contact.phone)));

function placeNodes(location) {
  const coordinates = `${Number(location.latitude).toFixed(4)}, ${
    Number(location.longitude).toFixed(4)}`;
  return [el('div', { class: 'map', role: 'img',
    'aria-label': words.sharedPlace }, icon('pin')),
  el('p', {}, el('b', {}, location.name ?? coordinates)),
  location.address ? el('p', { class: 'footer' }, location.address) : null];
}

const TICKS = { sending: 'clock', sent: 'tick', delivered: 'ticks',
  read: 'ticks', failed: 'alert' };
function metaNode(message) {
  const meta = el('span', { class: 'meta' }, clock(message.at));
  if (message.mine) {
    const tick = icon(TICKS[message.status] ?? 'tick', `is-${message.status}`);
    tick.removeAttribute('aria-hidden');
    tick.setAttribute('role', 'img');
    tick.setAttribute('aria-label', words[message.status] ?? message.status);
    meta.append(tick);
  }
  return meta;
}

function quoteNode(quoted, actions) {
  return el('button', { type: 'button', class: 'quote',
    onclick: () => actions.jump(quoted.id) },
  el('b', {}, quoted.mine ? words.you : actions.businessName()),
  el('span', {}, plainText(quoted)));
}

function choicesNode(message, actions) {
  const wrap = el('div', { class: 'choices' });
  if (message.listTitle) {
    wrap.append(el('button', { type: 'button', onclick: () =>
      actions.openList(message) }, icon('list'), message.listTitle));
  } else {
    for (const choice of message.choices ?? []) {
      const isPlace = choice.kind === 'location';
      wrap.append(el('button', { type: 'button', 'data-choice': choice.id,
        onclick: () => (isPlace ? actions.sendPlace()
          : actions.choose(message, choice)) },
      icon(isPlace ? 'pin' : 'reply'),
      isPlace ? words.sendPlace : choice.title));
    }
  }
  if (message.link) {
    wrap.append(el('a', { href: message.link.url, target: '_blank',
      rel: 'noopener' }, icon('arrow'), message.link.title));
  }
  return wrap.childElementCount ? wrap : null;
}

function reactionsNode(message) {
  const list = Object.values(message.reactions ?? {});
  return list.length ? el('span', { class: 'reactions' }, ...list) : null;
}

// O balão inteiro, com o botão de reagir ao lado quando é da empresa.
export function lineNode(message, { quoted, follow, fresh }, actions) {
  const classes = ['line', message.mine && 'mine', follow && 'follow',
    fresh && 'arrive', Object.keys(message.reactions ?? {}).length > 0 &&
    'reacted'].filter(Boolean).join(' ');
  const bubble = el('div', { class: 'bubble' },
    quoted ? quoteNode(quoted, actions) : null,
    message.header ? el('p', { class: 'header' }, message.header) : null,
    message.media ? mediaNode(message.media) : null,
    message.location ? placeNodes(message.location) : null,
    (message.contacts ?? []).map(contactNode),
    message.text ? el('p', {}, ...richText(message.text)) : null,
    message.footer ? el('p', { class: 'footer' }, message.footer) : null,
    metaNode(message),
    message.status === 'failed'
      ? el('p', { class: 'failed-note' }, words.failed) : null,
    choicesNode(message, actions), reactionsNode(message));
  // O horário flutua ao fim do texto; o texto vem antes dele no DOM, e o
  // float precisa estar dentro do mesmo parágrafo para dividir a linha.
  const meta = bubble.querySelector(':scope > .meta');
  const before = meta.previousElementSibling;
  if (before?.tagName === 'P') before.append(meta);
  return el('div', { class: classes, 'data-id': message.id,
    'data-from': message.mine ? 'customer' : 'business',
    'data-status': message.status ?? (message.read ? 'read' : 'delivered') },
  bubble, message.mine ? null : el('button', { type: 'button', class: 'tool',
    'aria-label': words.react, 'aria-expanded': 'false',
    onclick: (event) => actions.tools(message, event.currentTarget) },
  icon('smile')));
}

// A fileira de emojis sob um balão da empresa.
export function toolsNode(message, actions) {
  const current = message.reactions?.customer;
  return el('div', { class: 'emojis' }, EMOJIS.map((emoji) =>
    el('button', { type: 'button', 'aria-pressed': String(emoji === current),
      title: emoji === current ? words.removeReaction : null,
      onclick: () => actions.react(message, emoji === current ? '' : emoji) },
    emoji)), el('button', { type: 'button', 'aria-label': words.reply,
    title: words.reply, onclick: () => actions.replyTo(message) },
  icon('reply')));
}

export function personNode(customer, current, pick) {
  const isCurrent = customer.waId === current;
  return el('li', {}, el('button', { type: 'button', class: 'person',
    'data-wa-id': customer.waId, 'aria-pressed': String(isCurrent),
    onclick: () => pick(customer.waId) },
  el('span', { class: `avatar ${toneOf(customer.waId)}`,
    'aria-hidden': 'true' }, initials(customer.name)),
  el('span', { class: 'grow' }, el('span', { class: 'name' }, customer.name),
    el('small', {}, prettyPhone(customer.waId))),
  customer.unread > 0 ? el('span', { class: 'count',
    'aria-label': `${customer.unread} ${words.unread}` },
  String(customer.unread)) : null));
}
