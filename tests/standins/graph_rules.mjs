// graph_rules.mjs - o que a Meta exige do corpo de POST …/messages. Cada
// regra lança GraphError; passar calado quer dizer que a Meta aceitaria.

import { badParam, badValue, missing, missingValue, GraphError }
  from './graph_errors.mjs';
import { checkInteractive } from './graph_rules_interactive.mjs';
import { checkTemplate } from './graph_rules_template.mjs';
import { keys, needObject, needText, optionalText, isObject, length, isLink }
  from './graph_rules_base.mjs';

const SEND_KEYS = ['messaging_product', 'recipient_type', 'to', 'recipient',
  'type', 'context', 'biz_opaque_callback_data',
  'recipient_identity_key_hash'];
const READ_KEYS = ['messaging_product', 'status', 'message_id',
  'typing_indicator'];
const MEDIA_KEYS = { image: ['caption'], video: ['caption'],
  audio: ['voice'], document: ['caption', 'filename'], sticker: [] };

// A Meta aceita número ou texto numérico; só faixa e tipo importam.
function checkCoordinate(body, name, limit) {
  const raw = body[name];
  const value = typeof raw === 'string' && raw.trim() !== ''
    ? Number(raw) : raw;
  if (raw === undefined) throw missingValue(`location['${name}'] is required`);
  if (typeof value !== 'number' || !Number.isFinite(value) ||
      Math.abs(value) > limit) {
    throw badValue(`location['${name}'] must be between -${limit} and ${limit}`);
  }
}

function checkText(body) {
  keys(body, ['body', 'preview_url'], "text");
  if (body.body === undefined) throw missing("text['body']");
  if (typeof body.body !== 'string') {
    throw badParam("Param text['body'] must be a string.");
  }
  const size = length(body.body);
  if (size < 1 || body.body.trim() === '') {
    throw badParam("Param text['body'] must be a non-empty string.");
  }
  if (size > 4096) {
    throw badParam("Param text['body'] must be at most 4096 characters long.");
  }
  if (body.preview_url !== undefined && typeof body.preview_url !== 'boolean') {
    throw badParam("Param text['preview_url'] must be a boolean.");
  }
}

// O que já se sabe de mídia (`ids`) vem do servidor: um id que não foi
// enviado nem recebido aqui é recusado, como na Meta.
function checkMedia(type, body, known) {
  keys(body, ['id', 'link', ...MEDIA_KEYS[type]], type);
  const hasId = body.id !== undefined;
  if (hasId === (body.link !== undefined)) {
    throw hasId
      ? badParam(`Only one of ${type}['id'] and ${type}['link'] may be sent.`)
      : missingValue(`Either ${type}['id'] or ${type}['link'] is required`);
  }
  if (hasId) {
    if (typeof body.id !== 'string' || !/^\d{1,32}$/.test(body.id)) {
      throw badParam(`Param ${type}['id'] must be a string of digits.`);
    }
    known.media(body.id, type);
  } else if (!isLink(body.link)) {
    throw badParam(`Param ${type}['link'] is not a valid URI.`);
  }
  optionalText(body.caption, `${type}['caption']`, 1024);
  optionalText(body.filename, `${type}['filename']`, 240);
  if (body.voice !== undefined && typeof body.voice !== 'boolean') {
    throw badParam("Param audio['voice'] must be a boolean.");
  }
}

function checkLocation(body) {
  keys(body, ['latitude', 'longitude', 'name', 'address'], 'location');
  checkCoordinate(body, 'latitude', 90);
  checkCoordinate(body, 'longitude', 180);
  optionalText(body.name, "location['name']", 1000);
  optionalText(body.address, "location['address']", 1000);
}

const CONTACT_KEYS = ['name', 'phones', 'emails', 'addresses', 'org', 'urls',
  'birthday'];
const NAME_KEYS = ['formatted_name', 'first_name', 'last_name', 'middle_name',
  'prefix', 'suffix'];

function checkContacts(list) {
  if (!Array.isArray(list) || list.length < 1 || list.length > 257) {
    throw badParam('Param contacts must be an array with 1 to 257 elements.');
  }
  list.forEach((item, i) => {
    const at = `contacts[${i}]`;
    needObject(item, at);
    keys(item, CONTACT_KEYS, at);
    needObject(item.name, `${at}['name']`);
    keys(item.name, NAME_KEYS, `${at}['name']`);
    needText(item.name.formatted_name, `${at}['name']['formatted_name']`, 1024);
    if (!NAME_KEYS.slice(1).some((key) => item.name[key])) {
      throw badValue(`${at}['name'] needs formatted_name and one more part`);
    }
    for (const key of ['phones', 'emails', 'addresses', 'urls']) {
      if (item[key] !== undefined && !Array.isArray(item[key])) {
        throw badParam(`Param ${at}['${key}'] must be an array.`);
      }
    }
    if (item.birthday !== undefined &&
        !/^\d{4}-\d{2}-\d{2}$/.test(item.birthday)) {
      throw badValue(`${at}['birthday'] must be YYYY-MM-DD`);
    }
  });
}

function checkReaction(body, known) {
  keys(body, ['message_id', 'emoji'], 'reaction');
  needText(body.message_id, "reaction['message_id']", 512);
  if (typeof body.emoji !== 'string') throw missing("reaction['emoji']");
  // Um emoji só; vazio retira. Letra ou frase não passa.
  const graphemes = [...new Intl.Segmenter().segment(body.emoji)];
  if (graphemes.length > 1 || (body.emoji &&
      !/[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u
        .test(body.emoji))) {
    throw badValue("reaction['emoji'] must be a single emoji");
  }
  known.message(body.message_id, "reaction['message_id']");
}

const CHECKS = {
  text: checkText, location: checkLocation, contacts: checkContacts,
  reaction: checkReaction, interactive: checkInteractive,
  template: checkTemplate,
  ...Object.fromEntries(Object.keys(MEDIA_KEYS).map((type) =>
    [type, (body, known) => checkMedia(type, body, known)])),
};

function checkRecipient(body, known) {
  const kind = body.recipient_type ?? 'individual';
  if (kind !== 'individual' && kind !== 'group') {
    throw badParam("Param recipient_type must be one of {individual, group}.");
  }
  if (body.to === undefined && body.recipient === undefined) {
    throw missing('to');
  }
  if (body.to === undefined) {
    if (typeof body.recipient !== 'string' ||
        !/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(body.recipient)) {
      throw badValue('recipient is not a valid business-scoped user id');
    }
    return;
  }
  if (typeof body.to !== 'string') {
    throw badParam('Param to must be a string.');
  }
  if (kind === 'group') {
    if (!/^[A-Za-z0-9._=-]{1,128}$/.test(body.to)) {
      throw badValue('to is not a valid group id');
    }
    return;
  }
  if (!/^\+?[1-9]\d{6,14}$/.test(body.to)) {
    throw badValue('Recipient phone number is not valid: to must be digits');
  }
  if (body.to.replace('+', '') === known.ownPhone) throw new GraphError(131021);
}

function checkContext(context, known) {
  needObject(context, 'context');
  keys(context, ['message_id'], 'context');
  needText(context.message_id, "context['message_id']", 512);
  known.message(context.message_id, "context['message_id']");
}

function checkRead(body, known) {
  keys(body, READ_KEYS, '');
  if (body.status !== 'read') {
    throw badParam('Param status must be one of {read}.');
  }
  needText(body.message_id, 'message_id', 512);
  known.message(body.message_id, 'message_id');
  if (body.typing_indicator !== undefined) {
    needObject(body.typing_indicator, 'typing_indicator');
    keys(body.typing_indicator, ['type'], 'typing_indicator');
    if (body.typing_indicator.type !== 'text') {
      throw badParam("Param typing_indicator['type'] must be one of {text}.");
    }
  }
}

/*
 * Confere um corpo já lido como JSON.
 *   known   {ownPhone, message(id, onde), media(id, tipo), template(modelo)}:
 *           lançam se o que se cita não existe aqui
 * Devolve 'read' para recibo de leitura, 'message' para envio.
 */
export function checkSend(body, known) {
  if (!isObject(body)) throw missing('messaging_product');
  if (body.messaging_product === undefined) throw missing('messaging_product');
  if (body.messaging_product !== 'whatsapp') {
    throw badParam('Param messaging_product must be one of {whatsapp}.');
  }
  if (body.status !== undefined) {
    checkRead(body, known);
    return 'read';
  }
  checkRecipient(body, known);
  if (body.type === undefined) throw missing('type');
  const check = typeof body.type === 'string' && Object.hasOwn(CHECKS,
    body.type) ? CHECKS[body.type] : null;
  if (!check) {
    throw badParam(`Param type must be one of {${
      Object.keys(CHECKS).map((name) => name.toUpperCase()).join(', ')}}` +
      ` - got "${String(body.type)}".`);
  }
  keys(body, [...SEND_KEYS, body.type], '');
  const inner = body[body.type];
  if (inner === undefined) throw missing(body.type);
  if (body.type !== 'contacts') needObject(inner, body.type);
  check(inner, known);
  if (body.context !== undefined) checkContext(body.context, known);
  optionalText(body.biz_opaque_callback_data, 'biz_opaque_callback_data', 512);
  optionalText(body.recipient_identity_key_hash,
    'recipient_identity_key_hash', 256);
  return 'message';
}
