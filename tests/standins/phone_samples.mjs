// phone_samples.mjs - a foto e o documento que o cliente inventado manda,
// desenhados aqui mesmo: nada copiado, nenhum arquivo binário no repositório.

import { deflateSync } from 'node:zlib';

export const PICTURE_ID = '81000000000001';
export const DOCUMENT_ID = '81000000000002';

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

// PNG RGB de 8 bits, o formato que a Meta aceita; paint(x, y) -> [r, g, b].
export function png(width, height, paint) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    at += 1;
    for (let x = 0; x < width; x += 1) {
      for (const value of paint(x, y)) rows[at++] = value;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0))]);
}

const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);
const cover = (distance) => Math.min(1, Math.max(0, 0.5 - distance));

function boxDistance(x, y, cx, cy, w, h, r) {
  const dx = Math.abs(x - cx) - w + r;
  const dy = Math.abs(y - cy) - h + r;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) +
    Math.min(Math.max(dx, dy), 0) - r;
}

function lineDistance(x, y, points) {
  let best = Infinity;
  for (let i = 1; i < points.length; i += 1) {
    const [ax, ay] = points[i - 1];
    const [bx, by] = points[i];
    const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) *
      (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
    best = Math.min(best, Math.hypot(x - ax - t * (bx - ax),
      y - ay - t * (by - ay)));
  }
  return best;
}

const CRACK = [[196, 122], [212, 150], [198, 172], [219, 200], [206, 232]];

// Uma caneca rachada em cima da mesa: o começo de toda reclamação.
function mug(x, y) {
  let c = mix([250, 235, 215], [236, 205, 176], y / 320);
  c = mix(c, [255, 247, 224], 0.75 * Math.max(0,
    1 - Math.hypot(x - 110, y - 60) / 170));
  c = mix(c, mix([150, 96, 62], [112, 68, 44], (y - 238) / 82),
    cover(238 - y));
  c = mix(c, [70, 40, 26], 0.45 * cover(
    (Math.hypot((x - 232) / 1.0, (y - 262) * 6) - 112) / 14));
  const ring = Math.abs(Math.hypot(x - 292, (y - 186) * 0.92) - 33) - 9;
  c = mix(c, [42, 98, 150], cover(ring));
  const body = boxDistance(x, y, 222, 186, 68, 76, 18);
  const shade = Math.min(1, Math.max(0, (x - 154) / 136));
  c = mix(c, mix([86, 160, 211], [34, 84, 138], shade), cover(body));
  c = mix(c, [214, 236, 250], 0.7 * cover(boxDistance(x, y, 173, 176, 5, 44, 5)));
  const rim = Math.hypot((x - 222) / 68, (y - 114) / 13) - 1;
  c = mix(c, [24, 60, 102], cover(rim * 13));
  c = mix(c, [74, 44, 30], cover((Math.hypot((x - 222) / 60,
    (y - 116) / 9) - 1) * 9));
  const crack = lineDistance(x, y, CRACK) - 1.6;
  return mix(c, [16, 30, 52], cover(crack)).map(Math.round);
}

// Um PDF de uma página, com a tabela de referências certa.
export function pdf(lines) {
  const text = lines.map((line, i) =>
    `BT /F1 ${i === 0 ? 20 : 12} Tf 60 ${760 - i * 28} Td (${
      line.replace(/[\\()]/g, '\\$&')}) Tj ET`).join('\n');
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n` +
    offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n` +
    `startxref\n${table}\n%%EOF\n`;
  return Buffer.from(out, 'latin1');
}

// Põe as amostras no depósito de mídia, com ids fixos.
export function loadSamples(media) {
  media.put(png(440, 320, mug), 'image/png', { id: PICTURE_ID });
  media.put(pdf(['Nota fiscal 1042', 'Caneca azul, 1 unidade',
    'Total: R$ 39,90']), 'application/pdf',
  { id: DOCUMENT_ID, filename: 'nota-fiscal-1042.pdf' });
}
