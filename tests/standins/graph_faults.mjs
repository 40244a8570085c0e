// graph_faults.mjs - os estragos que um teste encomenda, em fila: cada envio
// que serviria gasta um.

import { GraphError } from './graph_errors.mjs';

export const ACTIONS = ['http', 'error', 'hang', 'drop', 'drop-accepted',
  'delay', 'fail-status', 'garbage', 'html'];

// Nomes de uma palavra para o que mais se pede.
const SHORTHANDS = {
  500: { action: 'http', status: 500 }, 503: { action: 'http', status: 503 },
  429: { action: 'http', status: 429, retryAfter: 1 },
};

function normalize(plan) {
  const base = typeof plan === 'string' || typeof plan === 'number'
    ? (SHORTHANDS[plan] ?? { action: String(plan) }) : plan;
  if (!base || !ACTIONS.includes(base.action)) {
    throw new TypeError(`action deve ser um de: ${ACTIONS.join(', ')}`);
  }
  const times = base.times ?? 1;
  if (!Number.isInteger(times) || times < 1) {
    throw new TypeError('times deve ser inteiro maior que zero');
  }
  return { ...base, times, left: times, match: base.match ?? {} };
}

const matches = (match, body) =>
  (match.to === undefined || match.to === body.to) &&
  (match.type === undefined || match.type === body.type) &&
  (match.text === undefined ||
    String(body.text?.body ?? '').includes(match.text));

export class FaultPlans {
  constructor() {
    this.plans = [];
  }

  // Aceita um plano ou vários; nada entra se algum estiver errado.
  add(plans) {
    const list = (Array.isArray(plans) ? plans : [plans]).map(normalize);
    this.plans.push(...list);
    return list;
  }

  // Tira da fila o primeiro plano que serve a este corpo, ou null.
  take(body) {
    const plan = this.plans.find((item) => matches(item.match, body));
    if (!plan) return null;
    plan.left -= 1;
    if (plan.left === 0) this.plans.splice(this.plans.indexOf(plan), 1);
    return plan;
  }

  clear() {
    this.plans = [];
  }
}

// O erro que os planos 'http' e 'error' respondem.
export function faultError(plan) {
  const byStatus = { 429: 130429, 401: 190, 403: 10, 400: 100, 503: 131016 };
  const code = plan.code ?? (plan.action === 'error' ? 131047
    : byStatus[plan.status] ?? 131000);
  return new GraphError(code, { details: plan.details, subcode: plan.subcode,
    message: plan.message, retryAfter: plan.retryAfter,
    status: plan.status ?? (plan.action === 'http' ? 500 : undefined) });
}
