// O documento junto: válido como OpenAPI 3.1, sem referência solta, e fiel às
// listas de onde saiu. Só precisa do build: BUILD=build node --test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';

const root = new URL('../../', import.meta.url);
const build = new URL(`${process.env.BUILD ?? 'build'}/`, root);
const read = (name, base = root) => readFileSync(new URL(name, base), 'utf8');
const doc = JSON.parse(read('cgi-bin/openapi.json', build));

/** Todo objeto do documento, com o caminho até ele. */
function* walk(node, path = '#') {
  if (node === null || typeof node !== 'object')
    return;
  yield [path, node];
  for (const [key, value] of Object.entries(node))
    yield* walk(value, `${path}/${key}`);
}

function* operations() {
  for (const [path, item] of Object.entries(doc.paths))
    for (const [method, operation] of Object.entries(item))
      yield { name: `${method} ${path}`, method, path, operation };
}

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(doc));
  assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
});

test('Spectral has nothing to say', () => {
  const path = (name, base = root) => new URL(name, base).pathname;
  const run = spawnSync(process.execPath, [
    path('tests/node_modules/@stoplight/spectral-cli/dist/index.js'), 'lint',
    '--ruleset', path('tests/api/spectral.yaml'), '--fail-severity', 'warn',
    path('cgi-bin/openapi.json', build)], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

test('every reference leads somewhere', () => {
  for (const [path, node] of walk(doc)) {
    if (typeof node.$ref !== 'string')
      continue;
    const found = node.$ref.slice(2).split('/')
      .reduce((at, key) => at?.[key], doc);
    assert.ok(found, `${path}: ${node.$ref}`);
  }
});

test('every component is used', () => {
  const text = JSON.stringify(doc);
  for (const kind of ['schemas', 'responses', 'parameters'])
    for (const name of Object.keys(doc.components[kind]))
      assert.ok(text.includes(`"#/components/${kind}/${name}"`), name);
});

test('operation ids are unique', () => {
  const ids = [...operations()].map(({ operation }) => operation.operationId);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
});

test('parameters of the path are those of the template', () => {
  for (const { name, path, operation } of operations()) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    const got = operation.parameters.filter((p) => p.in === 'path')
      .map((p) => p.name).sort();
    assert.deepEqual(got, wanted, name);
  }
});

test('who may call is said in every operation', () => {
  for (const { name, operation } of operations()) {
    assert.ok(Array.isArray(operation.security), name);
    if (operation.security.length === 0)
      continue;
    assert.ok(operation['x-roles'].length > 0, name);
    assert.ok(operation.responses[401] && operation.responses[403], name);
  }
});

test('every operation and every field says what it is', () => {
  for (const { name, operation } of operations()) {
    assert.ok(operation.summary, name);
    for (const p of operation.parameters)
      assert.ok(p.$ref || p.in === 'path' || p.description,
                `${name}: ${p.name}`);
  }
});

test('problem codes are those of errors.def', () => {
  const codes = [...read('src/base/errors.def')
    .matchAll(/^ERR\(\w+,\s*\d+,\s*"([^"]+)"/gm)].map((m) => m[1]);
  assert.deepEqual(doc.components.schemas.Problem.properties.code.enum, codes);
});

test('the routes of the contract are there', () => {
  const names = [...operations()].map((o) => o.name);
  for (const wanted of ['get /api/v1/tickets', 'get /api/v1/tickets/{id}',
    'get /api/v1/tickets/{id}/messages', 'post /api/v1/tickets/{id}/messages',
    'post /api/v1/auth/login', 'get /api/v1/me', 'get /api/v1/health',
    'get /api/v1/stream', 'get /api/v1/poll', 'post /api/v1/stream/token',
    'get /api/v1/openapi.json', 'get /metrics'])
    assert.ok(names.includes(wanted), wanted);
});
