/*
 * seen.mjs - cobra do conjunto dos testes em C que cada resposta documentada
 * de cada rota tenha acontecido e sido conferida (schema.c as anota).
 *   node tests/api/seen.mjs openapi.json vistas.txt
 */
import { readFileSync } from 'node:fs';

const [documentFile, seenFile] = process.argv.slice(2);
const { paths } = JSON.parse(readFileSync(documentFile, 'utf8'));
const seen = new Set(readFileSync(seenFile, 'utf8').split('\n'));

const documented = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .flatMap(([method, { responses = {} }]) =>
      Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`)));
const missing = documented.filter((name) => !seen.has(name));

if (missing.length > 0) {
  console.error(`respostas documentadas que nenhum teste viu:\n  ${missing.join('\n  ')}`);
}
console.log(`respostas documentadas: ${documented.length - missing.length} de ${documented.length} vistas e conferidas`);
process.exit(missing.length > 0 ? 1 : 0);
