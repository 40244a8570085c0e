// samples.mjs - arquivos de verdade, feitos na hora.
import { execFileSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';

/** Um PNG de verdade, de um tom só, com `side` pontos de lado. */
export function png(side, tone) {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (data) => {
    let c = 0xffffffff;
    for (const byte of data) c = table[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (name, data) => {
    const whole = Buffer.concat([Buffer.from(name), data]);
    const head = Buffer.alloc(4);
    const tail = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    tail.writeUInt32BE(crc(whole));
    return Buffer.concat([head, whole, tail]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  size.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (side + 1), tone);
  for (let y = 0; y < side; y += 1) rows[y * (side + 1)] = 0;
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', size), chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))]);
}

/** Uma gravação como a do navegador: dois segundos de um tom, em webm. */
export const recording = () => execFileSync('ffmpeg', ['-nostdin', '-v',
  'error', '-f', 'lavfi', '-i', 'sine=frequency=300:duration=2', '-c:a',
  'libopus', '-f', 'webm', 'pipe:1']);
