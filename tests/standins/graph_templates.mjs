// graph_templates.mjs - os modelos da conta: a lista que a Meta pagina e o que
// ela confere num envio (o modelo existe nesta língua, está aprovado, e os
// parâmetros são os dele).

import { GraphError, badParam } from './graph_errors.mjs';
import { isObject } from './graph_rules_base.mjs';

const PAGE = 25, PAGE_MAX = 250;

const body = (text, ...example) => ({ type: 'BODY', text,
  ...(example.length ? { example: { body_text: [example] } } : {}) });
const header = (text, ...example) => ({ type: 'HEADER', format: 'TEXT', text,
  ...(example.length ? { example: { header_text: example } } : {}) });
const template = (id, name, category, components, more = {}) => ({ name,
  parameter_format: 'POSITIONAL', components, language: 'pt_BR',
  status: 'APPROVED', category, id, ...more });

// A demonstração: do mais simples ao que o Balcão não manda.
const SAMPLES = [
  template('920070352646140', 'order_ok', 'UTILITY', [
    body('Oi {{1}}, seu pedido foi confirmado.', 'Ana'),
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'OK' }] }]),
  template('920070352646141', 'retomar_conversa', 'MARKETING', [
    body('Olá, {{1}}! Aqui é da loja Demo. Ficou alguma dúvida? Responda esta ' +
      'mensagem e continuamos de onde paramos.', 'Ana'),
    { type: 'FOOTER', text: 'Para não receber mais, responda SAIR.' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Quero continuar' }] }]),
  template('920070352646142', 'pedido_enviado', 'UTILITY', [
    header('Pedido {{1}}', '10452'),
    body('Oi, {{1}}! Seu pedido saiu para entrega e chega {{2}}.', 'Ana',
      'amanhã até as 18 h'),
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Acompanhar',
      url: 'https://demo.example/pedidos/{{1}}',
      example: ['https://demo.example/pedidos/10452'] }] }]),
  template('920070352646143', 'lembrete_visita', 'UTILITY', [
    { type: 'BODY', text: '{{nome}}, sua visita está marcada para {{dia}}, às ' +
      '{{hora}}. Podemos confirmar?', example: { body_text_named_params: [
      { param_name: 'nome', example: 'Ana' },
      { param_name: 'dia', example: 'quinta-feira' },
      { param_name: 'hora', example: '14 h' }] } },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Confirmo' },
      { type: 'QUICK_REPLY', text: 'Preciso mudar' }] }],
  { parameter_format: 'NAMED' }),
  template('920070352646144', 'promocao_com_foto', 'MARKETING', [
    { type: 'HEADER', format: 'IMAGE',
      example: { header_handle: ['https://scontent.example/x.jpg'] } },
    body('Oi, {{1}}! Esta semana o café em grãos está com 20% de desconto.',
      'Ana')]),
  template('920070352646145', 'aviso_em_analise', 'UTILITY', [
    body('Olá, {{1}}! Este aviso ainda está em análise.', 'Ana')],
  { status: 'PENDING' }),
];

const keysOf = (text = '') => [...new Set([...text.matchAll(/\{\{\s*([^{}\s]+)\s*\}\}/g)]
  .map((match) => match[1]))];
const part = (found, type) =>
  found.components.find((item) => item.type === type);

export class TemplateStore {
  constructor() {
    this.reset();
  }

  reset() {
    this.items = structuredClone(SAMPLES);
  }

  // Troca os de mesmo nome e língua; o resto fica.
  put(list) {
    for (const item of list) {
      if (!isObject(item) || !item.name || !Array.isArray(item.components)) {
        throw new Error('cada modelo precisa de name e components');
      }
      const full = template(String(Date.now()), item.name, 'UTILITY',
        item.components, item);
      this.items = this.items.filter((other) => other.name !== full.name ||
        other.language !== full.language);
      this.items.push(full);
    }
  }

  find(name, language) {
    return this.items.find((item) => item.name === name &&
      item.language === language);
  }

  // GET /{waba}/message_templates, com o cursor opaco e o next da Meta.
  page(query, base) {
    const limit = Number(query.get('limit') ?? PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
      throw badParam('Param limit must be a positive integer.');
    }
    const fields = query.get('fields')?.split(',') ?? ['name',
      'parameter_format', 'components', 'language', 'status', 'category'];
    const after = query.get('after');
    const from = after === null ? 0
      : Number(Buffer.from(after, 'base64url').toString());
    if (!Number.isInteger(from)) throw badParam('Invalid parameter after');
    const all = this.items.filter((item) => ['name', 'status', 'language',
      'category'].every((key) => !query.has(key) ||
      query.get(key) === item[key]));
    const rows = all.slice(from, from + limit);
    const cursor = (n) => Buffer.from(String(n)).toString('base64url');
    const out = { data: rows.map((item) => Object.fromEntries(
      Object.entries(item).filter(([key]) => key === 'id' ||
        fields.includes(key)))) };
    if (rows.length === 0) return out;
    out.paging = { cursors: { before: cursor(from),
      after: cursor(from + rows.length) } };
    if (from + rows.length < all.length) {
      const next = new URLSearchParams(query);
      next.set('after', out.paging.cursors.after);
      out.paging.next = `${base}?${next}`;
    }
    return out;
  }
}

function checkCount(found, type, text, component) {
  const wanted = keysOf(text), sent = component?.parameters ?? [];
  if (sent.length !== wanted.length) {
    throw new GraphError(132000, { details: `${type}: number of localizable_` +
      `params (${sent.length}) does not match the expected number of params ` +
      `(${wanted.length})` });
  }
  if (found.parameter_format === 'NAMED') {
    const names = sent.map((item) => item.parameter_name);
    if (wanted.some((key) => !names.includes(key))) {
      throw badParam('Invalid parameter', `${type}: parameter_name must be ` +
        `one of ${wanted.join(', ')}`);
    }
  } else if (sent.some((item) => item.parameter_name !== undefined)) {
    throw badParam('Invalid parameter',
      `${type}: parameter_name is not allowed in a positional template`);
  }
}

// O texto preenchido, como o cliente o vê.
export function fillTemplate(text = '', parameters = []) {
  const keys = keysOf(text);
  if (keys.every((key) => /^\d+$/.test(key))) keys.sort((a, b) => a - b);
  return text.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, key) => {
    const named = parameters.find((item) => item.parameter_name === key);
    const value = named ?? parameters[keys.indexOf(key)];
    return value?.text ?? value?.[value?.type]?.fallback_value ?? whole;
  });
}

function checkHeader(found, sent) {
  const head = part(found, 'HEADER');
  if (!head || head.format === 'TEXT') {
    checkCount(found, 'header', head?.text, sent);
    return;
  }
  const want = head.format.toLowerCase();
  if (sent?.parameters?.[0]?.type !== want) {
    throw new GraphError(132012, { details:
      `header: Format mismatch, expected ${head.format}, received ${
        sent?.parameters?.[0]?.type?.toUpperCase() ?? 'UNKNOWN'}` });
  }
}

function checkButtons(found, sent) {
  const buttons = part(found, 'BUTTONS')?.buttons ?? [];
  for (const item of sent) {
    const button = buttons[Number(item.index)];
    if (!button || button.type.toLowerCase() !== item.sub_type) {
      throw badParam('Invalid parameter',
        `buttons: Button at index ${item.index} is not of type ${item.sub_type}`);
    }
  }
  buttons.forEach((button, i) => {
    const own = sent.find((item) => Number(item.index) === i);
    if (button.type === 'URL' && keysOf(button.url).length > 0 &&
        own?.parameters?.length !== 1) {
      throw new GraphError(131008, { details:
        `buttons: Button at index ${i} of type Url requires a parameter` });
    }
    if (button.type === 'URL' && keysOf(button.url).length === 0 && own) {
      throw new GraphError(132018, { details:
        `buttons: Button at index ${i} has no parameter` });
    }
    if (button.type === 'COPY_CODE' &&
        own?.parameters?.[0]?.coupon_code === undefined) {
      throw new GraphError(131008, { details:
        `buttons: Button at index ${i} of type copy_code requires a parameter` });
    }
  });
}

/*
 * Confere um envio contra a conta.
 *   store   TemplateStore
 *   sent    o objeto `template` do corpo, cuja forma já se conferiu
 */
export function checkAgainst(store, sent) {
  const found = store.find(sent.name, sent.language.code);
  const list = sent.components ?? [];
  const one = (type) => list.find((item) => item.type === type);
  if (!found || ['PENDING', 'REJECTED', 'DELETED'].includes(found.status)) {
    throw new GraphError(132001, { details: `template name (${sent.name}) ` +
      `does not exist in ${sent.language.code}` });
  }
  if (found.status === 'PAUSED') throw new GraphError(132015);
  if (found.status === 'DISABLED') throw new GraphError(132016);
  checkHeader(found, one('header'));
  checkCount(found, 'body', part(found, 'BODY')?.text, one('body'));
  checkButtons(found, list.filter((item) => item.type === 'button'));
  const text = fillTemplate(part(found, 'BODY')?.text, one('body')?.parameters);
  if ([...text].length > 1024) {
    throw new GraphError(132005, { details: 'body: Translated text too long' });
  }
}
