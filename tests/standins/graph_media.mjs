// graph_media.mjs - mídia em memória: enviar, resolver, baixar, apagar, com
// os limites e os prazos da Meta (seção 5).

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { badParam, missing, unknownObject, GraphError }
  from './graph_errors.mjs';

const MB = 1 << 20;
const OFFICE = 'application/vnd.openxmlformats-officedocument.';
// tipo -> [limite, mimes]; o que não é dos outros vai como documento.
const KINDS = {
  audio: [16 * MB, ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4',
    'audio/ogg']],
  image: [5 * MB, ['image/jpeg', 'image/png']],
  video: [16 * MB, ['video/mp4', 'video/3gpp']],
  sticker: [500 << 10, ['image/webp']],
  document: [100 * MB, ['application/pdf', 'text/plain', 'text/csv',
    'application/msword', 'application/vnd.ms-excel',
    'application/vnd.ms-powerpoint', `${OFFICE}wordprocessingml.document`,
    `${OFFICE}spreadsheetml.sheet`, `${OFFICE}presentationml.presentation`]],
};
export const UPLOAD_LIMIT = 100 * MB + MB;
const URL_LIFE_MS = 5 * 60 * 1000;
const STORE_LIMIT = 256 * MB;

const baseMime = (mime) => String(mime).split(';')[0].trim().toLowerCase();

export function kindOf(mime) {
  const base = baseMime(mime);
  return Object.keys(KINDS).find((kind) => KINDS[kind][1].includes(base))
    ?? null;
}

function parsePart(raw) {
  const split = raw.indexOf('\r\n\r\n');
  if (split < 0) return null;
  const head = raw.subarray(0, split).toString('utf8');
  const header = (name) =>
    new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1].trim();
  const disposition = header('Content-Disposition') ?? '';
  const field = (name) =>
    new RegExp(`[;\\s]${name}="([^"]*)"`, 'i').exec(disposition)?.[1];
  return { name: field('name'), filename: field('filename'),
    mime: header('Content-Type'), bytes: raw.subarray(split + 4) };
}

// Separa multipart/form-data; null se o cabeçalho ou o corpo não formam um.
export function parseMultipart(contentType, body) {
  const match = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i
    .exec(contentType ?? '');
  if (!match) return null;
  const mark = Buffer.from('\r\n--' + (match[1] ?? match[2]));
  // A primeira fronteira não tem CRLF antes; com ele, todas são iguais.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts = [];
  let at = whole.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    if (whole.subarray(start, start + 2).toString() === '--') return parts;
    const next = whole.indexOf(mark, start);
    if (next < 0) return null;
    const part = parsePart(whole.subarray(start + 2, next));
    if (part) parts.push(part);
    at = next;
  }
  return null;
}

export class MediaStore {
  constructor() {
    this.items = new Map();
    this.urls = new Map();
    this.bytes = 0;
  }

  // Guarda bytes que já se sabem bons; devolve o registro com o id novo.
  put(bytes, mime, extra = {}) {
    const id = extra.id ?? String(randomInt(1e14, 2 ** 47)) +
      randomBytes(1)[0] % 10;
    const item = { id, mime, bytes, filename: extra.filename ?? null,
      numberId: extra.numberId ?? null,
      sha256: createHash('sha256').update(bytes).digest() };
    this.items.set(id, item);
    this.bytes += bytes.length;
    for (const old of this.items.keys()) {
      if (this.bytes <= STORE_LIMIT || old === id) break;
      this.remove(old);
    }
    return item;
  }

  remove(id) {
    const item = this.items.get(id);
    if (!item) return false;
    this.items.delete(id);
    this.bytes -= item.bytes.length;
    return true;
  }

  // POST /{número}/media
  upload(number, contentType, body) {
    const parts = parseMultipart(contentType, body);
    if (!parts) throw missing('messaging_product');
    const text = (name) => parts.find((part) => part.name === name)
      ?.bytes.toString('utf8');
    if (text('messaging_product') === undefined) {
      throw missing('messaging_product');
    }
    if (text('messaging_product') !== 'whatsapp') {
      throw badParam('Param messaging_product must be one of {whatsapp}.');
    }
    const file = parts.find((part) => part.name === 'file');
    if (!file || file.filename === undefined) throw missing('file');
    const kind = kindOf(file.mime ?? 'application/octet-stream');
    if (!kind) {
      const all = Object.values(KINDS).flatMap(([, mimes]) => mimes).join(', ');
      throw badParam('Param file must be a file with one of the following ' +
        `types: ${all}. Received file of type '${
          file.mime ?? 'application/octet-stream'}'.`);
    }
    const type = text('type');
    if (type !== undefined && baseMime(type) !== baseMime(file.mime)) {
      throw badParam(`Param type '${type}' does not match the file's type ` +
        `'${file.mime}'.`);
    }
    if (file.bytes.length === 0 || file.bytes.length > KINDS[kind][0]) {
      throw new GraphError(131053, { details: `File size must be between 1 ` +
        `and ${KINDS[kind][0]} bytes; received ${file.bytes.length}.` });
    }
    return this.put(Buffer.from(file.bytes), file.mime,
      { filename: file.filename, numberId: number.id });
  }

  // GET /{media-id}: um endereço novo que vale cinco minutos.
  resolve(id, base, numberId) {
    const item = this.items.get(id);
    if (!item || (numberId && item.numberId && numberId !== item.numberId)) {
      throw unknownObject('get', id);
    }
    const key = randomBytes(12).toString('hex');
    const now = Date.now();
    for (const [old, entry] of this.urls) {
      if (entry.expiresAt < now) this.urls.delete(old);
    }
    this.urls.set(key, { id, expiresAt: now + URL_LIFE_MS });
    return { url: `${base}/whatsapp_business/attachments/?mid=${id}` +
      `&ext=${Math.floor((now + URL_LIFE_MS) / 1000)}&hash=${key}`,
    mime_type: item.mime, sha256: item.sha256.toString('hex'),
    file_size: String(item.bytes.length), id, messaging_product: 'whatsapp' };
  }

  // O download: null se o endereço venceu ou nunca existiu.
  download(query) {
    const entry = this.urls.get(query.get('hash') ?? '');
    if (!entry || entry.expiresAt < Date.now() ||
        entry.id !== query.get('mid')) return null;
    return this.items.get(entry.id) ?? null;
  }

  // Para o teste de endereço vencido não esperar cinco minutos.
  expireUrls() {
    for (const entry of this.urls.values()) entry.expiresAt = 0;
  }
}
