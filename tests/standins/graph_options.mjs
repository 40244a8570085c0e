// graph_options.mjs - opções por linha de comando e por ambiente; a linha de
// comando ganha.

// nome da opção -> [chave, valor padrão, ajuda]
const OPTIONS = {
  listen: ['listen', '127.0.0.1:8090',
    'HOST:PORTA ou unix:/caminho; repetível ou separado por vírgula'],
  version: ['version', 'v23.0', 'versão da Graph API que se aceita'],
  token: ['token', 'demo-graph-token', 'ficha exigida em Authorization'],
  'phone-number-id': ['phoneNumberId', '100200300400500',
    'id do número de telefone'],
  'display-phone': ['displayPhone', '551140000000', 'número da empresa'],
  'waba-id': ['wabaId', '900800700600500', 'id da conta (entry.id)'],
  'app-secret': ['appSecret', 'demo-app-secret',
    'segredo que assina os webhooks'],
  'verify-token': ['verifyToken', 'demo-verify-token',
    'ficha da verificação do webhook'],
  'webhook-url': ['webhookUrl', '',
    'aonde mandar os webhooks; vazio = não mandar'],
  state: ['state', '', 'arquivo que guarda as conversas do celular'],
  'status-delay-ms': ['statusDelayMs', 150,
    'pausa antes de cada estado (sent, delivered, read)'],
  'auto-read': ['autoRead', false, 'todo envio acaba em read'],
  'known-context': ['knownContext', 'strict',
    'strict: só wamid que passou por aqui; shape: basta a forma'],
  'business-name': ['businessName', 'Demo', 'nome da empresa no celular'],
  'public-url': ['publicUrl', '',
    'base dos endereços de mídia; vazio = a do pedido'],
  'socket-mode': ['socketMode', '666', 'permissão do soquete unix, octal'],
};

const envName = (name) => 'GRAPH_' + name.toUpperCase().replace(/-/g, '_');

export function helpText() {
  const lines = Object.entries(OPTIONS).map(([name, [, value, text]]) =>
    `  --${name}`.padEnd(20) + text +
    (value === '' || value === false ? '' : ` (padrão: ${value})`));
  return `graph.mjs - substituto da Graph API da Meta, com celular de teste

Uso: node graph.mjs [opções]

${lines.join('\n')}
  --help              esta ajuda

Cada opção também se lê do ambiente: --app-secret é GRAPH_APP_SECRET.
Página do celular: /demo/phone. Controle dos testes: /__control/.
`;
}

function convert(name, raw) {
  const fallback = OPTIONS[name][1];
  if (typeof fallback === 'boolean') {
    return raw === true || ['1', 'true', 'yes', 'on', 'sim'].includes(
      String(raw).toLowerCase());
  }
  if (typeof fallback === 'number') {
    const value = Number(raw);
    if (!Number.isFinite(value) || value < 0) {
      throw new Error(`--${name}: esperava um número, veio "${raw}"`);
    }
    return value;
  }
  return String(raw);
}

function check(options) {
  if (!/^v\d+\.0$/.test(options.version)) {
    throw new Error('--version: esperava algo como v23.0');
  }
  if (!/^\d+$/.test(options.phoneNumberId)) {
    throw new Error('--phone-number-id: só dígitos');
  }
  if (!['strict', 'shape'].includes(options.knownContext)) {
    throw new Error('--known-context: strict ou shape');
  }
  if (!/^[0-7]{3}$/.test(options.socketMode)) {
    throw new Error('--socket-mode: três dígitos octais');
  }
  if (options.webhookUrl) new URL(options.webhookUrl);
  return options;
}

// O que não vier em `given` fica no padrão; é por aqui que os testes entram.
export function withDefaults(given = {}) {
  const out = {};
  for (const [key, value] of Object.values(OPTIONS)) out[key] = value;
  Object.assign(out, given);
  out.listen = [out.listen].flat().flatMap((item) => String(item).split(','))
    .map((item) => item.trim()).filter(Boolean);
  return check(out);
}

/*
 * Lê argumentos e ambiente. Devolve as opções, ou null para --help. Lança
 * Error, com frase para a pessoa, quando algo está errado.
 */
export function parseOptions(argv, env = process.env) {
  const given = {};
  for (const name of Object.keys(OPTIONS)) {
    const raw = env[envName(name)];
    if (raw !== undefined) given[OPTIONS[name][0]] = convert(name, raw);
  }
  const listen = [];
  for (let i = 0; i < argv.length; i += 1) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[i]) ?? [];
    if (name === 'help') return null;
    if (!name || !Object.hasOwn(OPTIONS, name)) {
      throw new Error(`opção desconhecida: ${argv[i]} (veja --help)`);
    }
    const isFlag = typeof OPTIONS[name][1] === 'boolean';
    const raw = inline ?? (isFlag ? true : argv[i += 1]);
    if (raw === undefined) throw new Error(`--${name}: falta o valor`);
    if (name === 'listen') listen.push(raw);
    else given[OPTIONS[name][0]] = convert(name, raw);
  }
  if (listen.length) given.listen = listen;
  return withDefaults(given);
}
