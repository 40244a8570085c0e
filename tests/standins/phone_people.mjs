// phone_people.mjs - os clientes inventados e o jeito de achar um deles
// pelo número.

import { randomInt } from 'node:crypto';

// O terceiro vem sem o nono dígito, como a Meta ainda entrega números
// antigos: serve para ver o contato único.
export const PEOPLE = Object.freeze([
  { waId: '5511987654321', name: 'Ana Lima', userId: 'BR.1502000000000001' },
  { waId: '5521996543210', name: 'Bruno Tavares',
    userId: 'BR.1502000000000002' },
  { waId: '558588887777', name: 'Célia Nakamura',
    userId: 'BR.1502000000000003' },
]);

const FIRST = ['Aline', 'Caio', 'Davi', 'Elisa', 'Fábio', 'Giovana', 'Heitor',
  'Iara', 'João', 'Karina', 'Luís', 'Marina', 'Nádia', 'Otávio', 'Paula',
  'Raí', 'Sônia', 'Tomás', 'Vera', 'Yuri'];
const LAST = ['Almeida', 'Araújo', 'Barros', 'Conceição', 'Duarte', 'Farias',
  'Gonçalves', 'Leão', 'Macedo', 'Nunes', 'Peixoto', 'Queiroz', 'Rocha',
  'Sá', 'Teixeira', 'Vasques'];
const AREA_CODES = [11, 21, 27, 31, 41, 48, 51, 61, 71, 81, 85, 92];

const pick = (list) => list[randomInt(list.length)];

// Uma pessoa nova cujo número ninguém aqui tem.
export function randomPerson(taken) {
  for (;;) {
    const waId = `55${pick(AREA_CODES)}9${randomInt(6e7, 1e8)}`;
    if (!taken(waId)) {
      return { waId, name: `${pick(FIRST)} ${pick(LAST)}`,
        userId: `BR.15020000${randomInt(1e7, 1e8)}` };
    }
  }
}

/*
 * As formas de um celular brasileiro: com e sem o nono dígito. Fixo
 * (2 a 5) não ganha nono dígito nunca.
 */
export function phoneVariants(phone) {
  const digits = String(phone).replace(/\D/g, '');
  const long = /^55(\d\d)9([6-9]\d{7})$/.exec(digits);
  if (long) return [digits, `55${long[1]}${long[2]}`];
  const short = /^55(\d\d)([6-9]\d{7})$/.exec(digits);
  if (short) return [digits, `55${short[1]}9${short[2]}`];
  return [digits];
}
