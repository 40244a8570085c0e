// graph_errors.mjs - o erro da Graph API e o corpo em que ela o devolve.

import { randomBytes } from 'node:crypto';
import { ERROR_TITLES } from './graph_fields.mjs';

// Quase tudo é 400 na Meta, até limite de vazão; só estes fogem à regra.
const HTTP_STATUS = { 0: 401, 190: 401, 3: 403, 10: 403, 200: 403, 131005: 403,
  368: 403, 131031: 403, 1: 500, 2: 503, 131000: 500, 131016: 503, 131057: 500 };
const TRANSIENT = new Set([1, 2, 4, 80007, 130429, 131000, 131016, 131056,
  131057]);

const newTrace = () => 'A' + randomBytes(17).toString('base64url').slice(0, 22);

export class GraphError extends Error {
  /*
   * code      código da Meta
   * options   status HTTP, subcode, type, message (sem o prefixo), details
   */
  constructor(code, options = {}) {
    super(options.message ??
      `(#${code}) ${ERROR_TITLES[code] ?? 'Something went wrong'}`);
    this.code = code;
    this.status = options.status ?? HTTP_STATUS[code] ?? 400;
    this.subcode = options.subcode;
    this.type = options.type ?? 'OAuthException';
    this.details = options.details;
    this.retryAfter = options.retryAfter;
  }

  body() {
    const error = { message: this.message, type: this.type, code: this.code };
    if (this.subcode !== undefined) error.error_subcode = this.subcode;
    if (this.details !== undefined) {
      error.error_data = { messaging_product: 'whatsapp',
        details: this.details };
    }
    if (TRANSIENT.has(this.code)) error.is_transient = true;
    error.fbtrace_id = newTrace();
    return { error };
  }
}

// (#100) é o erro de forma; a frase muda conforme o caso.
export const badParam = (text, details) =>
  new GraphError(100, { message: `(#100) ${text}`, details });
export const missing = (name) =>
  badParam(`The parameter ${name} is required.`);
export const missingValue = (details) => new GraphError(131008, { details });
export const badValue = (details) => new GraphError(131009, { details });

export const unknownObject = (method, id) => new GraphError(100, {
  subcode: 33, type: 'GraphMethodException',
  message: `Unsupported ${method.toLowerCase()} request. Object with ID ` +
    `'${id}' does not exist, cannot be loaded due to missing permissions, or ` +
    'does not support this operation. Please read the Graph API ' +
    'documentation at https://developers.facebook.com/docs/graph-api' });

export const unknownPath = (path) => new GraphError(2500, {
  message: `Unknown path components: ${path}` });

export const badToken = () => new GraphError(190, {
  message: 'Invalid OAuth access token - Cannot parse access token' });
