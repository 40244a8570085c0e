#!/usr/bin/env node
// locations.mjs - faz os mapas dos servidores web (que caminho vai a que
// programa) da própria tabela de rotas: `X.fcgi --routes`.
//   node locations.mjs CGI_DIR SAÍDA
// Escreve SAÍDA/nginx/locations.conf e SAÍDA/apache/{proxy,fcgid}-locations.conf
// e SAÍDA/apache/htaccess-locations. @RUN@ e @CGI@ são trocados por quem instala.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Quem responde aos poucos não pode passar por buffer. */
const LIVE = new Set(['stream', 'poll']);

function die(text) {
  process.stderr.write(`locations: ${text}\n`);
  process.exit(1);
}

/** O que o programa diz de si. */
function describe(cgiDir, file) {
  let table;
  try {
    table = JSON.parse(execFileSync(join(cgiDir, file), ['--routes'],
      { encoding: 'utf8', timeout: 10000, maxBuffer: 1 << 24 }));
  } catch (e) {
    die(`${file} --routes: ${e.message}`);
  }
  const { handler, prefixes } = table;
  if (`${handler}.fcgi` !== file)
    die(`${file} diz chamar-se ${handler}`);
  if (!Array.isArray(prefixes) || prefixes.length === 0)
    die(`${file} não tem prefixo nenhum`);
  for (const p of prefixes)
    if (!/^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*)?\/?$/.test(p))
      die(`${file}: prefixo impróprio: ${p}`);
  return { handler, prefixes };
}

/** /api/v1/x também se chama /api/x. */
function withAliases(prefix) {
  const m = /^\/api\/v1(\/.*)?$/.exec(prefix);
  return m ? [prefix, `/api${m[1] ?? ''}`] : [prefix];
}

/** [{path, handler}], o mais longo primeiro; dois donos do mesmo é erro. */
function collect(cgiDir) {
  const owner = new Map();
  const files = readdirSync(cgiDir).filter((f) => f.endsWith('.fcgi')).sort();
  if (files.length === 0)
    die(`nenhum programa em ${cgiDir}`);
  for (const file of files) {
    const { handler, prefixes } = describe(cgiDir, file);
    for (const raw of prefixes.flatMap(withAliases)) {
      const path = raw.length > 1 ? raw.replace(/\/$/, '') : raw;
      const other = owner.get(path);
      if (other !== undefined && other !== handler)
        die(`${path} é de ${other} e de ${handler}`);
      owner.set(path, handler);
    }
  }
  return [...owner].map(([path, handler]) => ({ path, handler }))
    .sort((a, b) => b.path.length - a.path.length ||
                    (a.path < b.path ? -1 : 1));
}

const HEAD = '# Gerado por conf/stack/locations.mjs das tabelas de rotas; ' +
  'não edite.\n';

/** O tempo e o buffer de quem mantém a resposta aberta. */
function nginxExtra(handler) {
  return LIVE.has(handler)
    ? ' fastcgi_buffering off; fastcgi_read_timeout 1h; gzip off;' : '';
}

function nginx(map) {
  return HEAD + map.map(({ path, handler }) =>
    `location ${path === '/' ? '' : '^~ '}${path} { ` +
    `fastcgi_pass unix:@RUN@/${handler}.sock;${nginxExtra(handler)} }\n`)
    .join('');
}

function apacheProxy(map) {
  return HEAD + map.map(({ path, handler }) =>
    `ProxyPass "${path}" "unix:@RUN@/${handler}.sock|fcgi://${handler}` +
    `${path === '/' ? '/' : path}" enablereuse=off` +
    `${LIVE.has(handler) ? ' flushpackets=on timeout=3600' : ''}\n`).join('');
}

/* Alias e não ScriptAlias: o site escolhe o manipulador (fcgid ou CGI). */
function apacheAlias(map) {
  return HEAD + map.map(({ path, handler }) =>
    `Alias "${path}" "@CGI@/${handler}.fcgi${path === '/' ? '/' : ''}"\n`)
    .join('');
}

function htaccess(map) {
  return HEAD + map.map(({ path, handler }) => {
    const regex = path.slice(1).replace(/[.~-]/g, '\\$&');
    return `RewriteRule ^${path === '/' ? '' : `${regex}(?:/|$)`} ` +
      `cgi-bin/${handler}.fcgi [END]\n`;
  }).join('');
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const [cgiDir, out] = process.argv.slice(2);
if (!cgiDir || !out)
  die('uso: locations.mjs CGI_DIR SAÍDA');
const map = collect(cgiDir);
write(join(out, 'nginx/locations.conf'), nginx(map));
write(join(out, 'apache/proxy-locations.conf'), apacheProxy(map));
write(join(out, 'apache/fcgid-locations.conf'), apacheAlias(map));
write(join(out, 'apache/htaccess-locations'), htaccess(map));
