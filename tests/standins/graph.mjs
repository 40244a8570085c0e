#!/usr/bin/env node
// graph.mjs - substituto da Graph API da Meta: entrada do programa e
// startGraph() para os testes. As faces estão em graph_api.mjs (o que o
// Balcão chama), graph_control.mjs (o que o teste manda) e phone_server.mjs
// (o celular da demonstração).

import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { pathToFileURL } from 'node:url';
import { handleGraph } from './graph_api.mjs';
import { handleControl } from './graph_control.mjs';
import { FaultPlans } from './graph_faults.mjs';
import { HttpError, isLocalCaller, requestUrl, sendJson }
  from './graph_http.mjs';
import { BoundedMap, Journal } from './graph_journal.mjs';
import { MediaStore } from './graph_media.mjs';
import { helpText, parseOptions, withDefaults } from './graph_options.mjs';
import { TemplateStore } from './graph_templates.mjs';
import { WebhookSender } from './graph_webhooks.mjs';
import { PhoneBook } from './phone_book.mjs';
import { loadSamples } from './phone_samples.mjs';
import { handleDemo } from './phone_server.mjs';

const RETRY_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000, 15000, 30000];

// O estado inteiro do substituto, que as faces recebem.
class Graph {
  constructor(options) {
    this.settings = { version: options.version,
      statusDelayMs: options.statusDelayMs, autoRead: options.autoRead,
      autoStatuses: ['sent', 'delivered', 'read', 'failed'],
      knownContext: options.knownContext, publicUrl: options.publicUrl,
      businessName: options.businessName, webhookTimeoutMs: 10000,
      retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS };
    this.numbers = new Map();
    this.wamids = new BoundedMap(50000);
    this.requests = new Journal();
    this.webhookLog = new Journal();
    this.faults = new FaultPlans();
    this.media = new MediaStore();
    this.templates = new TemplateStore();
    this.webhooks = new WebhookSender(this.settings, this.webhookLog);
    this.addNumber({ ...options, id: options.phoneNumberId });
    loadSamples(this.media);
    this.phone = new PhoneBook(this, options.state);
  }

  mainNumber() {
    return this.numbers.values().next().value;
  }

  // Cria ou muda um número; quem já guardava o objeto vê a mudança.
  addNumber({ id, displayPhone, wabaId, token, appSecret, verifyToken,
    webhookUrl }) {
    const number = this.numbers.get(id) ?? {};
    Object.assign(number, { id, displayPhone, wabaId, token, appSecret,
      verifyToken, webhookUrl, ids: { wabaId, phoneNumberId: id,
        displayPhone } });
    this.numbers.set(id, number);
  }
}

async function route(graph, req, res) {
  const url = requestUrl(req);
  if (url.pathname === '/demo' || url.pathname.startsWith('/demo/')) {
    await handleDemo(graph, req, res, url);
  } else if (url.pathname.startsWith('/__control/')) {
    if (!isLocalCaller(req)) throw new HttpError(403, 'só da própria máquina');
    await handleControl(graph, req, res, url);
  } else {
    await handleGraph(graph, req, res, url);
  }
}

function serve(graph, req, res) {
  res.on('error', () => {});
  route(graph, req, res).catch((error) => {
    const known = error instanceof HttpError;
    // Cliente que desistiu no meio do corpo não é defeito daqui.
    if (!known && error.code !== 'ECONNRESET') {
      console.error(`graph: ${req.method} ${req.url}: ${error.stack}`);
    }
    if (res.headersSent || res.destroyed) {
      res.destroy();
      return;
    }
    sendJson(res, known ? error.status : 500,
      { error: known ? error.message : 'erro interno' },
      known && error.status === 413 ? { Connection: 'close' } : {});
  });
}

// Soquete que sobrou de quem caiu é apagado; o de quem vive, não.
function dropStaleSocket(path) {
  return new Promise((resolve, reject) => {
    if (!fs.existsSync(path)) {
      resolve();
      return;
    }
    const probe = net.connect(path);
    probe.on('connect', () => {
      probe.destroy();
      reject(new Error(`já há alguém em ${path}`));
    });
    probe.on('error', () => {
      fs.rmSync(path, { force: true });
      resolve();
    });
  });
}

async function listen(server, where, socketMode) {
  const isUnix = where.startsWith('unix:');
  const path = where.slice('unix:'.length);
  if (isUnix) await dropStaleSocket(path);
  const match = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(where);
  if (!isUnix && !match) throw new Error(`--listen: não entendi "${where}"`);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(isUnix ? { path }
      : { host: match[1] || '127.0.0.1', port: Number(match[2]) }, resolve);
  });
  if (isUnix) {
    fs.chmodSync(path, parseInt(socketMode, 8));
    return where;
  }
  const { address, port, family } = server.address();
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/*
 * Liga o substituto dentro deste processo.
 *   given   as mesmas opções da linha de comando, em camelCase, mais
 *           retryDelaysMs; listen pode ser "127.0.0.1:0"
 * Devolve {graph, addresses, url, close()}; url é o primeiro endereço TCP.
 */
export async function startGraph(given = {}) {
  const options = withDefaults(given);
  const graph = new Graph(options);
  const servers = [];
  const addresses = [];
  const close = async ({ save = true } = {}) => {
    graph.webhooks.close();
    await Promise.all(servers.map((server) => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    })));
    // Quem não chegou a ligar não grava por cima de quem está de pé.
    if (save) graph.phone.save();
  };
  try {
    for (const where of options.listen) {
      const server = http.createServer((req, res) => serve(graph, req, res));
      // Como a Meta, segura conexão ociosa bem mais que os 5 s do Node.
      server.keepAliveTimeout = 65000;
      server.headersTimeout = 66000;
      servers.push(server);
      addresses.push(await listen(server, where, options.socketMode));
    }
  } catch (error) {
    await close({ save: false });
    throw error;
  }
  return { graph, addresses, close,
    url: addresses.find((item) => item.startsWith('http:')) ?? null };
}

async function main() {
  let options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`graph: ${error.message}`);
    process.exit(2);
  }
  if (!options) {
    process.stdout.write(helpText());
    return;
  }
  const running = await startGraph(options).catch((error) => {
    console.error(`graph: não consegui ligar: ${error.message}`);
    process.exit(1);
  });
  for (const address of running.addresses) {
    console.log(`graph: escutando em ${address}`);
  }
  const stop = () => running.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

if (process.argv[1] &&
    import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  await main();
}
