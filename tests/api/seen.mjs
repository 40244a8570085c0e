/*
 * seen.mjs - cobra do conjunto dos testes em C que cada resposta documentada
 * de cada rota tenha acontecido e sido conferida.
 *   node tests/api/seen.mjs openapi.json vistos.txt
 */
import { readFileSync } from 'node:fs';

const [documentFile, seenFile] = process.argv.slice(2);
const { paths } = JSON.parse(readFileSync(documentFile, 'utf8'));

/* "/api/v1/x/{id}" acha "/api/v1/x/7"; o mais literal vence. */
const patterns = Object.keys(paths)
  .map((path) => ({
    path,
    literal: path.replace(/\{[^}]+\}/g, '').length,
    regex: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/?]+')}$`),
  }))
  .sort((a, b) => b.literal - a.literal);

const seen = new Set();
for (const line of readFileSync(seenFile, 'utf8').split('\n')) {
  const [, method, status, address] = line.split(' ');
  if (!address) continue;
  const known = patterns.find(({ regex }) => regex.test(address.split('?')[0]));
  if (known) seen.add(`${method} ${known.path} ${status}`);
}

let total = 0;
const missing = [];
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (operation['x-alias-of']) continue;
    for (const status of Object.keys(operation.responses ?? {})) {
      total += 1;
      const name = `${method.toUpperCase()} ${path} ${status}`;
      if (!seen.has(name)) missing.push(name);
    }
  }
}
if (missing.length > 0) {
  console.error(`respostas documentadas que nenhum teste viu:\n  ${missing.join('\n  ')}`);
}
console.log(`respostas documentadas: ${total - missing.length} de ${total} vistas e conferidas`);
process.exit(missing.length > 0 ? 1 : 0);
