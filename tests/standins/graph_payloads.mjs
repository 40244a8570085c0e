// graph_payloads.mjs - fabrica os webhooks como a Meta os escreve, um
// construtor por tipo de mensagem da referência. Não conhece rede nem
// servidor: os testes importam daqui e postam por conta própria.

import { createHmac, createHash, randomBytes } from 'node:crypto';

export * from './graph_fields.mjs';

// Valores inventados; quem testa troca o que precisar.
export const DEFAULTS = Object.freeze({
  wabaId: '900800700600500',
  phoneNumberId: '100200300400500',
  displayPhone: '551140000000',
  from: '5511987654321',
  name: 'Ana Lima',
});

// A Meta manda JSON como o json_encode do PHP: só ASCII, com \uXXXX em
// minúsculas, e a barra escapada. A assinatura cobre exatamente isto; quem
// decodificar antes de conferir erra, e é isso que o formato existe para pegar.
export function metaJson(value) {
  return JSON.stringify(value)
    .replace(/\//g, '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) =>
      '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

// Valor do cabeçalho X-Hub-Signature-256 para estes bytes.
export function sign(secret, rawBody) {
  return 'sha256=' + createHmac('sha256', secret).update(rawBody).digest('hex');
}

// A forma real: cabeçalho binário, número do cliente e um sufixo aleatório.
export function newWamid(phone = DEFAULTS.from, direction = 'in') {
  const digits = Buffer.from(String(phone).replace(/\D/g, '').slice(0, 40));
  const tail = Buffer.from(randomBytes(10).toString('hex').toUpperCase());
  const raw = Buffer.concat([
    Buffer.from([0x1c, 0x18, digits.length]), digits,
    Buffer.from([0x15, 2, 0, direction === 'out' ? 0x11 : 0x12, 0x18,
      tail.length]), tail, Buffer.from([0]),
  ]);
  return 'wamid.' + raw.toString('base64');
}

const nowSeconds = () => String(Math.floor(Date.now() / 1000));
const newMediaId = () => '8' + String(Date.now()).slice(-9) +
  String(randomBytes(2).readUInt16BE()).padStart(5, '0');
const digestOf = (text) =>
  createHash('sha256').update(String(text)).digest('base64');

// Membros comuns a todo tipo (seção 3.3). `from: null` dá a mensagem de
// quem usa nome de usuário, que chega sem telefone.
export function message(type, body, options = {}) {
  const from = options.from === undefined ? DEFAULTS.from : options.from;
  const out = {};
  if (options.context) out.context = options.context;
  if (from !== null) out.from = from;
  if (options.userId) out.from_user_id = options.userId;
  if (options.parentUserId) out.from_parent_user_id = options.parentUserId;
  out.id = options.id ?? newWamid(from ?? '0');
  out.timestamp = options.timestamp ?? nowSeconds();
  if (options.groupId) out.group_id = options.groupId;
  out.type = type;
  if (body !== undefined) out[options.member ?? type] = body;
  if (options.referral) out.referral = options.referral;
  if (options.identity) out.identity = options.identity;
  if (options.errors) out.errors = options.errors;
  return out;
}

export const replyContext = (id, from = DEFAULTS.displayPhone) =>
  ({ from, id });
export const forwardedContext = (frequently = false) =>
  (frequently ? { frequently_forwarded: true } : { forwarded: true });
export const productContext = (id, catalogId = '1949', sku = 'sku1') => ({
  from: DEFAULTS.displayPhone, id,
  referred_product: { catalog_id: catalogId, product_retailer_id: sku },
});
export const adReferral = (extra = {}) => ({
  source_url: 'https://fb.me/anuncio1', source_id: '120000000000001',
  source_type: 'ad', headline: 'Promoção de maio', body: 'Fale conosco',
  media_type: 'image', image_url: 'https://cdn.example/anuncio.jpg',
  ctwa_clid: 'ARAkLkA8rmlFeiCktEJQ', welcome_message: { text: 'Olá!' },
  ...extra,
});

export const textMessage = (body = 'Olá', options = {}) =>
  message('text', { body }, options);

function media(type, mime, fields, options) {
  const { id = newMediaId(), sha256, ...rest } = fields;
  return message(type, {
    ...(rest.caption !== undefined ? { caption: rest.caption } : {}),
    ...(rest.filename !== undefined ? { filename: rest.filename } : {}),
    mime_type: rest.mime ?? mime, sha256: sha256 ?? digestOf(id), id,
    ...(rest.url ? { url: rest.url } : {}),
    ...(rest.voice !== undefined ? { voice: rest.voice } : {}),
    ...(rest.animated !== undefined ? { animated: rest.animated } : {}),
  }, options);
}
export const imageMessage = (fields = {}, options = {}) =>
  media('image', 'image/jpeg', fields, options);
export const videoMessage = (fields = {}, options = {}) =>
  media('video', 'video/mp4', fields, options);
export const audioMessage = (fields = {}, options = {}) =>
  media('audio', 'audio/ogg; codecs=opus', { voice: true, ...fields }, options);
export const documentMessage = (fields = {}, options = {}) =>
  media('document', 'application/pdf', { filename: 'nf.pdf', ...fields },
    options);
export const stickerMessage = (fields = {}, options = {}) =>
  media('sticker', 'image/webp', { animated: false, ...fields }, options);

export const locationMessage = (fields = {}, options = {}) =>
  message('location', { latitude: -23.55, longitude: -46.63, ...fields },
    options);

export const contactsMessage = (contacts, options = {}) =>
  message('contacts', contacts ?? [{
    name: { formatted_name: 'Rui Sá', first_name: 'Rui', last_name: 'Sá' },
    phones: [{ phone: '+55 11 90000-0000', wa_id: '5511900000000',
      type: 'CELL' }],
    emails: [{ email: 'rui@x.example', type: 'WORK' }],
    org: { company: 'X', department: '', title: '' },
    birthday: '1990-01-31',
  }], options);

const interactive = (type, body, options) =>
  message('interactive', { type, [type]: body },
    { context: replyContext(options.replyTo ?? newWamid(undefined, 'out')),
      ...options });
export const buttonReplyMessage = (reply = {}, options = {}) =>
  interactive('button_reply', { id: 'ok-1', title: 'OK', ...reply }, options);
export const listReplyMessage = (reply = {}, options = {}) =>
  interactive('list_reply', { id: 'row-2', title: 'Express', ...reply },
    options);
export const flowReplyMessage = (data = { flow_token: 't', k: 'v' },
  options = {}) =>
  interactive('nfm_reply', { name: options.name ?? 'flow', body: 'Sent',
    response_json: JSON.stringify(data) }, options);
export const addressReplyMessage = (values = {}, options = {}) =>
  flowReplyMessage({ values: { city: 'São Paulo', ...values } },
    { ...options, name: 'address_message' });
export const callPermissionReplyMessage = (reply = {}, options = {}) =>
  interactive('call_permission_reply',
    { response: 'accept', expiration_timestamp: nowSeconds(), ...reply },
    options);
// Já se viu `interactive` sem o objeto: o receptor tem de tolerar.
export const emptyInteractiveMessage = (options = {}) =>
  message('interactive', undefined, options);

export const buttonMessage = (button = {}, options = {}) =>
  message('button', { payload: 'STOP', text: 'Parar', ...button },
    { context: replyContext(options.replyTo ?? newWamid(undefined, 'out')),
      ...options });

export const reactionMessage = (messageId, emoji = '👍', options = {}) =>
  message('reaction', { message_id: messageId, emoji }, options);
// Reação retirada: emoji vazio ou, com `absent`, membro ausente.
export const reactionRemovedMessage = (messageId, options = {}) =>
  message('reaction', options.absent ? { message_id: messageId }
    : { message_id: messageId, emoji: '' }, options);

export const orderMessage = (order = {}, options = {}) =>
  message('order', { catalog_id: '1949', text: '', product_items: [
    { product_retailer_id: 'sku1', quantity: 2, item_price: 30.5,
      currency: 'BRL' }], ...order }, options);

export const numberChangedMessage = (waId = '5511911112222', options = {}) =>
  message('system', { type: 'user_changed_number',
    body: `User changed from ${options.from ?? DEFAULTS.from} to ${waId}`,
    wa_id: waId, user_id: options.newUserId ?? 'BR.1502000000000099' },
  options);
export const userIdChangedMessage = (userId = 'BR.1502000000000099',
  options = {}) => message('system', { type: 'user_changed_user_id',
  body: 'User changed user id', user_id: userId }, options);
export const customerChangedNumberMessage = (waId = '5511911112222',
  options = {}) => message('system', { type: 'customer_changed_number',
  body: 'User changed number', new_wa_id: waId,
  customer: options.from ?? DEFAULTS.from }, options);
export const identityChangedMessage = (options = {}) =>
  message('system', { type: 'customer_identity_changed',
    body: 'Identity changed', identity: 'hash1',
    customer: options.from ?? DEFAULTS.from }, options);

const UNSUPPORTED = Object.freeze([{ code: 131051,
  title: 'Message type unknown', message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' } }]);
export const unsupportedMessage = (inner = 'poll', options = {}) =>
  message('unsupported', inner === null ? undefined : { type: inner },
    { errors: UNSUPPORTED, ...options });
export const unknownMessage = (options = {}) =>
  message('unknown', undefined, { errors: UNSUPPORTED, ...options });
export const requestWelcomeMessage = (options = {}) =>
  message('request_welcome', undefined, options);
export const editMessage = (originalId, inner = {}, options = {}) =>
  message('edit', { original_message_id: originalId, message: {
    context: { id: originalId }, type: 'text', text: { body: 'corrigido' },
    ...inner } }, options);
export const revokeMessage = (originalId, options = {}) =>
  message('revoke', { original_message_id: originalId }, options);

// Nome do tipo -> construtor que recebe (payload, options); é o que o
// POST /__control/inbound aceita em "kind".
export const KINDS = Object.freeze({
  text: (p, o) => textMessage(p.body, o),
  image: imageMessage, video: videoMessage, audio: audioMessage,
  document: documentMessage, sticker: stickerMessage,
  location: locationMessage,
  contacts: (p, o) => contactsMessage(Array.isArray(p) ? p : p.contacts, o),
  button_reply: buttonReplyMessage, list_reply: listReplyMessage,
  nfm_reply: (p, o) => flowReplyMessage(
    Object.keys(p).length ? p : undefined, o),
  address_message: addressReplyMessage,
  call_permission_reply: callPermissionReplyMessage,
  interactive_empty: (p, o) => emptyInteractiveMessage(o),
  button: buttonMessage,
  reaction: (p, o) => ('emoji' in p && !p.emoji
    ? reactionRemovedMessage(p.message_id, o)
    : reactionMessage(p.message_id, p.emoji, o)),
  order: orderMessage,
  user_changed_number: (p, o) => numberChangedMessage(p.wa_id, o),
  user_changed_user_id: (p, o) => userIdChangedMessage(p.user_id, o),
  customer_changed_number: (p, o) =>
    customerChangedNumberMessage(p.new_wa_id, o),
  customer_identity_changed: (p, o) => identityChangedMessage(o),
  unsupported: (p, o) => unsupportedMessage(p.type, o),
  unknown: (p, o) => unknownMessage(o),
  request_welcome: (p, o) => requestWelcomeMessage(o),
  edit: (p, o) => editMessage(p.original_message_id, p.message, o),
  revoke: (p, o) => revokeMessage(p.original_message_id, o),
});
