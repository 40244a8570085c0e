// openapi_join.mjs - junta os trechos que cada programa imprime (--openapi)
// num documento OpenAPI 3.1 só, com os componentes a que eles se referem.
//   node openapi_join.mjs SAÍDA TRECHO.json...
// Os códigos dos problemas vêm de src/base/errors.def, como no programa.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const base = join(dirname(fileURLToPath(import.meta.url)), '../base');

function die(text) {
  process.stderr.write(`openapi: ${text}\n`);
  process.exit(1);
}

function source(name) {
  return readFileSync(join(base, name), 'utf8');
}

/** [{status, code, title}] da lista única de erros. */
function errors() {
  const line = /^ERR\(\w+,\s*(\d{3}),\s*"([^"]+)",\s*N_\("([^"]+)"\)\)/gm;
  const list = [...source('errors.def').matchAll(line)]
    .map(([, status, code, title]) => ({ status, code, title }));
  return list.length > 0 ? list : die('errors.def sem erros');
}

function problemSchema(list) {
  const text = (description, more) =>
    ({ type: 'string', description, ...more });
  return {
    type: 'object',
    description: 'Problema, como na RFC 9457; `code` é estável.',
    required: ['type', 'title', 'status', 'code', 'instance', 'request_id'],
    properties: {
      type: text('Endereço que explica o problema', { format: 'uri-reference' }),
      title: text('O que houve, na língua de quem pede'),
      status: { type: 'integer', minimum: 400, maximum: 599,
                description: 'O mesmo da resposta' },
      code: text('Código estável', { enum: list.map((e) => e.code) }),
      detail: text('O que houve desta vez'),
      instance: text('Caminho pedido', { format: 'uri-reference' }),
      request_id: text('Id do pedido, também no log'),
      errors: {
        type: 'array', description: 'Todos os campos com problema',
        items: {
          type: 'object', required: ['field', 'rule', 'detail'],
          properties: {
            field: text('Nome do campo'),
            rule: text('Regra que falhou: required, type, min, max, one_of, ' +
                       'unknown, nul …'),
            detail: text('Explicação'),
          },
        },
      },
    },
  };
}

/** Problem400 … Problem504: um por status em uso, com os códigos que ele traz. */
function problemResponses(list, paths) {
  const used = JSON.stringify(paths), responses = {};
  for (const status of new Set(list.map((e) => e.status))) {
    if (!used.includes(`/responses/Problem${status}"`))
      continue;
    const mine = list.filter((e) => e.status === status);
    responses[`Problem${status}`] = {
      description: mine.map((e) => `${e.title} (\`${e.code}\`)`).join('; '),
      content: { 'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  const number = (description, minimum) =>
    ({ description, schema: { type: 'integer', minimum } });
  responses.Problem429.headers = {
    'Retry-After': number('Segundos até a próxima vaga', 1),
    'RateLimit-Limit': number('Pedidos por janela; vem em toda resposta ' +
      'com limite', 1),
    'RateLimit-Remaining': number('Vagas que sobram; aproximado em limites ' +
      'de 100 ou mais', 0),
    'RateLimit-Reset': number('Segundos até todas voltarem', 0),
    'RateLimit-Policy': { description: 'limite;w=segundos da janela',
      schema: { type: 'string' } },
  };
  responses.Problem401.headers = { 'WWW-Authenticate': {
    description: 'Como se identificar', schema: { type: 'string' } } };
  return responses;
}

function components(list, paths) {
  return {
    schemas: { Problem: problemSchema(list) },
    responses: problemResponses(list, paths),
    parameters: { IdempotencyKey: {
      name: 'Idempotency-Key', in: 'header', required: false,
      description: 'Repetir o pedido com a mesma chave e o mesmo corpo ' +
        'repete a resposta, sem fazer de novo; com outro corpo é 422.',
      schema: { type: 'string', minLength: 1, maxLength: 255 } } },
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT',
                description: 'accessToken de POST /api/v1/auth/login' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-balcao',
                description: 'Sessão do navegador (em http, `balcao`); o que ' +
                  'muda algo leva também X-CSRF-Token' },
      stream: { type: 'apiKey', in: 'query', name: 'access_token',
                description: 'Token de um minuto de POST /api/v1/stream/token' },
    },
  };
}

function readFragments(files) {
  const paths = {}, tags = [], ids = new Map();
  for (const file of files) {
    const name = basename(file, '.json');
    const fragment = JSON.parse(readFileSync(file, 'utf8'));
    for (const [path, item] of Object.entries(fragment)) {
      paths[path] ??= {};
      for (const [method, operation] of Object.entries(item)) {
        const id = operation.operationId;
        if (paths[path][method] || ids.has(id))
          die(`${method} ${path} está em ${name} e em ${ids.get(id)}`);
        ids.set(id, name);
        paths[path][method] = operation;
      }
    }
    if (Object.keys(fragment).length > 0)
      tags.push({ name });
  }
  return { paths, tags };
}

const [out, ...files] = process.argv.slice(2);
if (!out || files.length === 0)
  die('uso: openapi_join.mjs SAÍDA TRECHO.json...');
const { paths, tags } = readFragments(files.sort());
const document = {
  openapi: '3.1.0',
  info: {
    title: 'Balcão',
    version: source('version.h').match(/BALCAO_VERSION "([^"]+)"/)[1],
    summary: 'Atendimento ao cliente e eventos ao vivo',
    description: 'Feita das tabelas de rotas dos programas. `/api/x` é o ' +
      'mesmo que `/api/v1/x`. Os ids são números; os tempos, ISO 8601 em ' +
      'UTC; as listas, `{data, nextCursor}`; os erros, ' +
      '`application/problem+json`.',
  },
  servers: [{ url: '/' }],
  tags,
  paths: Object.fromEntries(Object.keys(paths).sort()
    .map((path) => [path, paths[path]])),
  components: components(errors(), paths),
};
writeFileSync(`${out}.new`, `${JSON.stringify(document)}\n`);
renameSync(`${out}.new`, out);
