// build.mjs - faz build/static: um CSS, um JS, os ícones usados, a fonte e o
// Swagger UI, cada arquivo com o resumo do conteúdo no nome e a versão .gz.
// Quem serve nunca precisa do npm: só do que sai daqui.
//   node build.mjs [SAÍDA]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync,
         rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { transform } from 'lightningcss';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, process.argv[2] ?? '../build/static');
const packages = createRequire(import.meta.url);
const manifest = {};
const written = new Set(['manifest.json']);

/** O arquivo de um pacote do npm. */
function fromPackage(path) {
  return join(here, 'node_modules', path);
}

/** Grava com o resumo no nome; devolve o endereço. */
function put(key, name, data) {
  const bytes = Buffer.from(data);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const kind = extname(name);
  const file = `${name.slice(0, -kind.length)}.${hash}${kind}`;

  writeFileSync(join(out, file), bytes);
  written.add(file);
  if (!['.woff2', '.png'].includes(kind)) {
    writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    written.add(`${file}.gz`);
  }
  manifest[key] = `/static/${file}`;
  return manifest[key];
}

/** Os modelos e programas da página, onde se procura o que está em uso. */
function sources(dir = here, found = []) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules')
      sources(path, found);
    else if (/\.(mustache|js)$/.test(entry.name))
      found.push({ raw: readFileSync(path, 'utf8'), extension: 'html' });
  }
  return found;
}

/** Um <symbol> por ícone que algum modelo cita; os nossos vencem os do Tabler. */
function sprite(texts) {
  const names = new Set();

  for (const { raw } of texts)
    for (const [, name] of raw.matchAll(/\{\{assets\.icons\}\}#([a-z0-9-]+)/g))
      names.add(name);
  /* os do menu estão na tabela dele */
  const menu = join(here, '../src/app/settings_pages.def');
  for (const [, name] of readFileSync(menu, 'utf8').matchAll(
    /^PAGE\(\w+,\s*"[^"]*",\s*N_\("[^"]*"\),\s*"([a-z0-9-]+)"/gm))
    names.add(name);
  const symbols = [...names].sort().map((name) => {
    const own = join(here, 'static/icons', `${name}.svg`);
    const path = existsSync(own) ? own
      : fromPackage(`@tabler/icons/icons/outline/${name}.svg`);
    const svg = readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '');
    const box = svg.match(/viewBox="([^"]+)"/)[1];
    const inside = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '')
      .replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="${box}">${inside}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/** O escuro também vale no tema automático de quem prefere escuro. */
function followSystem(css) {
  const dark = /\[data-bs-theme=['"]?dark['"]?\]/g;
  const root = postcss.parse(css);

  root.walkRules((rule) => {
    if (!rule.selector.match(dark) || rule.parent.name === 'keyframes')
      return;
    const own = rule.selectors.filter((s) => s.match(dark))
      .map((s) => s.replace(dark, '[data-bs-theme=auto]'));
    const media = postcss.atRule({ name: 'media',
      params: '(prefers-color-scheme: dark)' });
    media.append(rule.clone({ selectors: own }));
    rule.after(media);
  });
  return root.toString();
}

function minify(name, css) {
  return transform({ filename: name, code: Buffer.from(css), minify: true,
    targets: { chrome: 111 << 16, firefox: 113 << 16, safari: 16 << 16 },
  }).code;
}

async function styles(texts, font) {
  const tabler = readFileSync(
    fromPackage('@tabler/core/dist/css/tabler.css'), 'utf8');
  const own = readdirSync(join(here, 'static')).filter((f) => /\.css$/.test(f))
    .sort().map((f) => readFileSync(join(here, 'static', f), 'utf8'))
    .join('\n').replace('url(inter.woff2)', `url(${font})`);
  const [kept] = await new PurgeCSS().purge({
    content: texts, css: [{ raw: tabler }], variables: true, keyframes: true,
    fontFace: true,
    safelist: { standard: [/^data-bs-theme/, 'html', 'body'],
                variables: [/^--tblr-(primary|body|border|font|secondary)/] },
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
  });
  return minify('app.css', followSystem(`${kept.css}\n${own}`));
}

async function script(entry) {
  const result = await build({ entryPoints: [join(here, 'static', entry)],
    bundle: true, minify: true, write: false, format: 'iife',
    target: 'es2021', legalComments: 'none' });
  return result.outputFiles[0].contents;
}

/** As licenças do que vai junto, como elas pedem. */
function licenses() {
  const names = ['htmx.org', '@tabler/core', '@tabler/icons',
    '@fontsource-variable/inter', 'swagger-ui-dist'];

  return names.map((name) => {
    const file = readdirSync(fromPackage(name)).find((f) => /^licen[cs]e/i.test(f));
    const { version, license } = JSON.parse(
      readFileSync(fromPackage(`${name}/package.json`), 'utf8'));
    const text = file ? readFileSync(fromPackage(`${name}/${file}`), 'utf8') : license;
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }).join(`\n${'-'.repeat(72)}\n\n`);
}

mkdirSync(out, { recursive: true });
const texts = sources();
const font = put('font', 'inter.woff2', readFileSync(fromPackage(
  '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2')));
put('icons', 'icons.svg', sprite(texts));
put('favicon', 'favicon.svg', readFileSync(join(here, 'static/favicon.svg')));
/* os do aplicativo instalado: draw-icons.sh os desenha */
for (const [key, name] of [['icon192', 'icon-192.png'],
  ['icon512', 'icon-512.png'], ['iconMaskable', 'maskable-512.png']])
  put(key, name, readFileSync(join(here, 'static/app', name)));
put('css', 'app.css', await styles(texts, font));
put('js', 'app.js', await script('app.js'));
/* com o nome de sempre, e não em /static/: quem o serve é /sw.js */
writeFileSync(join(out, 'sw.js'), await script('sw.js'));
written.add('sw.js');
put('docsJs', 'docs.js', await script('docs.js'));
const swagger = dirname(packages.resolve('swagger-ui-dist/package.json'));
put('swaggerJs', 'swagger-ui.js',
  readFileSync(join(swagger, 'swagger-ui-bundle.js')));
put('swaggerCss', 'swagger-ui.css',
  readFileSync(join(swagger, 'swagger-ui.css')));

writeFileSync(join(out, 'licenses.txt'), licenses());
written.add('licenses.txt');
writeFileSync(join(out, 'manifest.json.new'),
  `${JSON.stringify(manifest, null, 2)}\n`);
renameSync(join(out, 'manifest.json.new'), join(out, 'manifest.json'));
/* quem está no ar ainda cita os de antes; saem no dia seguinte */
const yesterday = Date.now() - 86400000;
for (const file of readdirSync(out))
  if (!written.has(file) && statSync(join(out, file)).mtimeMs < yesterday)
    rmSync(join(out, file), { recursive: true, force: true });
