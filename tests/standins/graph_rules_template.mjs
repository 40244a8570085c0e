// graph_rules_template.mjs - a forma de um envio por modelo. Se o modelo existe
// e quantos parâmetros pede, quem diz é a conta (graph_templates.mjs).

import { GraphError, badParam, missing } from './graph_errors.mjs';
import { isLink, isObject, keys, needList, needObject, needText }
  from './graph_rules_base.mjs';

const COMPONENTS = ['header', 'body', 'footer', 'button', 'carousel',
  'limited_time_offer', 'order_status'];
const BUTTONS = ['quick_reply', 'url', 'copy_code', 'flow', 'catalog', 'mpm',
  'voice_call'];
const PARAMETERS = ['text', 'currency', 'date_time', 'image', 'video',
  'document', 'location', 'payload', 'coupon_code', 'action', 'product',
  'order_status', 'limited_time_offer'];

function checkParameter(parameter, at, component) {
  needObject(parameter, at);
  if (!PARAMETERS.includes(parameter.type)) {
    throw badParam(`Param ${at}['type'] must be one of {${
      PARAMETERS.join(', ')}}.`);
  }
  const value = parameter[parameter.type];
  if (value === undefined) throw missing(`${at}['${parameter.type}']`);
  if (['image', 'video', 'document'].includes(parameter.type)) {
    if (!isObject(value) || (value.id === undefined) ===
        (value.link === undefined) ||
        (value.link !== undefined && !isLink(value.link))) {
      throw badParam(`Param ${at}['${parameter.type}'] must have one of id, link.`);
    }
  }
  if (parameter.type === 'text') {
    needText(value, `${at}['text']`, component === 'header' ? 60 : 32768);
    if (component === 'body' && /[\n\t]| {5,}/.test(value)) {
      throw new GraphError(132018, { details: 'Param text cannot have ' +
        'new-line/tab characters or more than 4 consecutive spaces' });
    }
  }
}

function checkComponent(component, at) {
  needObject(component, at);
  keys(component, ['type', 'sub_type', 'index', 'parameters', 'cards'], at);
  if (!COMPONENTS.includes(component.type)) {
    throw badParam(`Param ${at}['type'] must be one of {${
      COMPONENTS.join(', ')}} - got "${String(component.type)}".`);
  }
  if (component.type === 'button') {
    if (!BUTTONS.includes(component.sub_type)) {
      throw badParam(`Param ${at}['sub_type'] must be one of {${
        BUTTONS.join(', ')}}.`);
    }
    if (!/^\d$/.test(String(component.index))) {
      throw badParam(`Param ${at}['index'] must be between 0 and 9.`);
    }
  }
  if (component.parameters !== undefined) {
    needList(component.parameters, `${at}['parameters']`, 0, 100);
    component.parameters.forEach((parameter, i) => checkParameter(parameter,
      `${at}['parameters'][${i}]`, component.type));
  }
}

export function checkTemplate(body, known) {
  keys(body, ['name', 'language', 'components', 'namespace'], 'template');
  needText(body.name, "template['name']", 512);
  if (!/^[a-z0-9_]+$/.test(body.name)) {
    throw badParam("Param template['name'] must be lowercase letters, digits " +
      'and underscores.');
  }
  needObject(body.language, "template['language']");
  keys(body.language, ['code', 'policy'], "template['language']");
  needText(body.language.code, "template['language']['code']", 16);
  if (!/^[a-z]{2,3}(_[A-Z]{2,4})?$/.test(body.language.code)) {
    throw badParam("Param template['language']['code'] is not a locale.");
  }
  if (body.components !== undefined) {
    needList(body.components, "template['components']", 0, 30);
    body.components.forEach((component, i) =>
      checkComponent(component, `template['components'][${i}]`));
  }
  known.template(body);
}
