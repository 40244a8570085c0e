// graph_rules_interactive.mjs - limites das mensagens interativas (botões,
// lista, link, pedido de localização).

import { badParam, missing } from './graph_errors.mjs';
import { isLink, keys, needList, needObject, needText, unique }
  from './graph_rules_base.mjs';

const MEDIA_HEADERS = ['image', 'video', 'document'];

function checkHeader(header, kind) {
  const at = "interactive['header']";
  needObject(header, at);
  const types = kind === 'list' ? ['text'] : ['text', ...MEDIA_HEADERS];
  if (!types.includes(header.type)) {
    throw badParam(`Param ${at}['type'] must be one of {${types.join(', ')}}.`);
  }
  keys(header, ['type', header.type, 'sub_text'], at);
  if (header.type === 'text') {
    needText(header.text, `${at}['text']`, 60);
    return;
  }
  const media = header[header.type];
  needObject(media, `${at}['${header.type}']`);
  if ((media.id === undefined) === (media.link === undefined)) {
    throw badParam(`Param ${at}['${header.type}'] must have one of id, link.`);
  }
}

function checkButtons(action) {
  const at = "interactive['action']['buttons']";
  keys(action, ['buttons'], "interactive['action']");
  needList(action.buttons, at, 1, 3);
  action.buttons.forEach((button, i) => {
    needObject(button, `${at}[${i}]`);
    keys(button, ['type', 'reply'], `${at}[${i}]`);
    if (button.type !== 'reply') {
      throw badParam(`Param ${at}[${i}]['type'] must be one of {reply}.`);
    }
    const reply = `${at}[${i}]['reply']`;
    needObject(button.reply, reply);
    keys(button.reply, ['id', 'title'], reply);
    needText(button.reply.id, `${reply}['id']`, 256);
    needText(button.reply.title, `${reply}['title']`, 20);
    if (button.reply.id !== button.reply.id.trim()) {
      throw badParam(`Param ${reply}['id'] must not start or end with a blank.`);
    }
  });
  unique(action.buttons.map((b) => b.reply.id), at, 'ids');
  unique(action.buttons.map((b) => b.reply.title), at, 'titles');
}

function checkRow(row, at) {
  needObject(row, at);
  keys(row, ['id', 'title', 'description'], at);
  needText(row.id, `${at}['id']`, 200);
  needText(row.title, `${at}['title']`, 24);
  if (row.description !== undefined) {
    needText(row.description, `${at}['description']`, 72, 0);
  }
}

function checkList(action) {
  const at = "interactive['action']['sections']";
  keys(action, ['button', 'sections'], "interactive['action']");
  needText(action.button, "interactive['action']['button']", 20);
  needList(action.sections, at, 1, 10);
  const rows = [];
  action.sections.forEach((section, i) => {
    const here = `${at}[${i}]`;
    needObject(section, here);
    keys(section, ['title', 'rows'], here);
    if (section.title !== undefined || action.sections.length > 1) {
      needText(section.title, `${here}['title']`, 24);
    }
    needList(section.rows, `${here}['rows']`, 1, 10);
    section.rows.forEach((row, j) => checkRow(row, `${here}['rows'][${j}]`));
    rows.push(...section.rows);
  });
  // O limite de dez vale para a lista toda, não por seção.
  if (rows.length > 10) {
    throw badParam(`Total row count exceed max allowed count: 10`);
  }
  unique(rows.map((row) => row.id), at, 'row ids');
}

function checkUrl(action) {
  const at = "interactive['action']";
  keys(action, ['name', 'parameters'], at);
  if (action.name !== 'cta_url') {
    throw badParam(`Param ${at}['name'] must be one of {cta_url}.`);
  }
  needObject(action.parameters, `${at}['parameters']`);
  needText(action.parameters.display_text,
    `${at}['parameters']['display_text']`, 20);
  if (!isLink(action.parameters.url)) {
    throw badParam(`Param ${at}['parameters']['url'] is not a valid URI.`);
  }
}

function checkLocationRequest(action) {
  if (action.name !== 'send_location') {
    throw badParam(
      "Param interactive['action']['name'] must be one of {send_location}.");
  }
}

// Existem na Meta; aqui só se exige a casca (catálogo, produto, fluxo).
const loose = () => {};

const ACTIONS = { button: checkButtons, list: checkList, cta_url: checkUrl,
  location_request_message: checkLocationRequest, flow: loose, product: loose,
  product_list: loose, catalog_message: loose, address_message: loose,
  call_permission_request: loose };

export function checkInteractive(body) {
  if (body.type === undefined) throw missing("interactive['type']");
  const check = typeof body.type === 'string' &&
    Object.hasOwn(ACTIONS, body.type) ? ACTIONS[body.type] : null;
  if (!check) {
    throw badParam(`Param interactive['type'] must be one of {${
      Object.keys(ACTIONS).join(', ')}}.`);
  }
  keys(body, ['type', 'header', 'body', 'footer', 'action'], 'interactive');
  if (body.header !== undefined) checkHeader(body.header, body.type);
  if (check !== loose || body.body !== undefined) {
    needObject(body.body, "interactive['body']");
    needText(body.body.text, "interactive['body']['text']",
      body.type === 'list' ? 4096 : 1024);
  }
  if (body.footer !== undefined) {
    needObject(body.footer, "interactive['footer']");
    needText(body.footer.text, "interactive['footer']['text']", 60);
  }
  needObject(body.action, "interactive['action']");
  check(body.action);
}
