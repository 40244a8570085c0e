// phone_book.mjs - os celulares dos clientes: conversas, lido e não lido,
// quem está olhando. Fala com o Balcão só por webhook assinado.

import fs from 'node:fs';
import { envelope, newWamid } from './graph_payloads.mjs';
import { BoundedMap } from './graph_journal.mjs';
import { PEOPLE, phoneVariants, randomPerson } from './phone_people.mjs';
import { bubbleFrom } from './phone_bubbles.mjs';

const MAX_CUSTOMERS = 40;
const MAX_MESSAGES = 300;
const TYPING_MS = 25000;

export class PhoneBook {
  constructor(graph, stateFile) {
    this.graph = graph;
    this.stateFile = stateFile;
    this.customers = new Map();
    this.clients = new Map();
    this.chains = new BoundedMap(MAX_CUSTOMERS * 2);
    this.saveTimer = null;
    if (!this.#load()) for (const person of PEOPLE) this.#adopt(person);
  }

  get number() {
    return this.graph.numbers.values().next().value;
  }

  // O cliente deste destino: número em qualquer variante, ou BSUID.
  lookup(to, recipient) {
    if (to === undefined) {
      return [...this.customers.values()]
        .find((item) => item.userId === recipient) ?? null;
    }
    for (const variant of phoneVariants(to)) {
      const found = this.customers.get(variant);
      if (found) return found;
    }
    return null;
  }

  addCustomer() {
    if (this.customers.size >= MAX_CUSTOMERS) return null;
    const person = randomPerson((waId) => this.lookup(waId));
    const customer = this.#adopt(person);
    this.#changed('customer', this.summary(customer));
    return customer;
  }

  #adopt(person) {
    const customer = { ...person, messages: person.messages ?? [] };
    this.customers.set(customer.waId, customer);
    for (const item of customer.messages) {
      // Depois de religar, ainda dá para marcar como lido e responder.
      this.graph.wamids.set(item.id, { wamid: item.id, number: this.number,
        waId: customer.waId, callbackData: item.callbackData,
        statuses: ['sent', 'delivered'], chain: Promise.resolve(),
        read: item.read });
    }
    return customer;
  }

  summary(customer) {
    const last = customer.messages.at(-1);
    return { waId: customer.waId, name: customer.name,
      unread: customer.messages.filter((m) => !m.mine && !m.read).length,
      lastAt: last?.at ?? null };
  }

  snapshot() {
    return { business: this.graph.settings.businessName,
      phone: this.number.displayPhone,
      customers: [...this.customers.values()].map((customer) => ({
        ...this.summary(customer), messages: customer.messages })) };
  }

  // ── do Balcão para o cliente ──────────────────────────────────────────

  /*
   * Recebe um envio aceito. Devolve os ganchos que a sequência de estados
   * chama: o balão só aparece na hora do `delivered`.
   */
  receive(sent, customer) {
    if (!customer || sent.number !== this.number) return {};
    const { body } = sent;
    if (body.type === 'reaction') {
      return { delivered: () => this.#react(customer, body.reaction.message_id,
        'business', body.reaction.emoji) };
    }
    const message = { id: sent.wamid, mine: false, kind: body.type,
      at: Date.now(), read: false, reactions: {},
      replyTo: body.context?.message_id ?? null,
      callbackData: body.biz_opaque_callback_data, ...bubbleFrom(body, this.graph.templates) };
    return {
      delivered: () => {
        message.read = this.#isWatched(customer.waId);
        customer.typingUntil = 0;
        this.#append(customer, message);
      },
      isRead: () => message.read,
    };
  }

  // Recibo de leitura do atendente: azul até aquela mensagem, inclusive.
  businessRead(messageId, typing) {
    const customer = this.#ownerOf(messageId);
    if (!customer) return;
    const last = customer.messages.find((item) => item.id === messageId);
    for (const item of customer.messages) {
      if (item.mine && item.at <= last.at && item.status === 'delivered') {
        this.#update(customer, item, { status: 'read' });
      }
    }
    if (typing) {
      this.#broadcast('typing', { waId: customer.waId, ms: TYPING_MS });
    }
  }

  // ── do cliente para o Balcão ──────────────────────────────────────────

  /*
   * Manda uma mensagem do cliente.
   *   build    (options) => mensagem pronta de graph_payloads
   *   bubble   o que o celular mostra dela; null = nada (reação)
   */
  say(customer, build, bubble, options = {}) {
    const context = options.replyTo
      ? { from: this.number.displayPhone.replace(/\D/g, ''),
        id: options.replyTo } : undefined;
    const wire = build({ from: customer.waId, userId: customer.userId,
      id: newWamid(customer.waId), ...(context ? { context } : {}) });
    this.graph.wamids.set(wire.id, { wamid: wire.id, number: this.number,
      waId: customer.waId, inbound: true });
    let message = null;
    if (bubble) {
      message = { id: wire.id, mine: true, at: Date.now(), status: 'sending',
        reactions: {}, replyTo: options.replyTo ?? null, kind: wire.type,
        ...bubble };
      this.#append(customer, message);
    }
    const before = this.chains.get(customer.waId) ?? Promise.resolve();
    const done = before.then(() => this.#deliver(customer, wire, message));
    this.chains.set(customer.waId, done);
    return wire.id;
  }

  async #deliver(customer, wire, message) {
    const payload = envelope({ messages: [wire] },
      { ...this.number.ids, name: customer.name });
    const answer = await this.graph.webhooks.deliver(this.number, payload,
      { kind: 'phone' });
    if (message && message.status === 'sending') {
      this.#update(customer, message,
        { status: answer.status === 200 ? 'delivered' : 'failed' });
    }
  }

  react(customer, messageId, emoji, build) {
    if (!this.#react(customer, messageId, 'customer', emoji)) return false;
    this.say(customer, build, null);
    return true;
  }

  #react(customer, messageId, who, emoji) {
    const message = customer.messages.find((item) => item.id === messageId);
    if (!message) return false;
    const reactions = { ...message.reactions };
    if (emoji) reactions[who] = emoji;
    else delete reactions[who];
    this.#update(customer, message, { reactions });
    return true;
  }

  // ── quem está olhando ─────────────────────────────────────────────────

  join(clientId, write) {
    this.clients.set(clientId, { write, waId: null });
  }

  leave(clientId, write) {
    if (this.clients.get(clientId)?.write === write) {
      this.clients.delete(clientId);
    }
  }

  // A página diz que conversa mostra (null: nenhuma); o que estava por ler
  // vira lido, e o Balcão fica sabendo.
  open(clientId, waId) {
    const client = this.clients.get(clientId);
    if (client) client.waId = waId;
    const customer = this.customers.get(waId);
    if (!customer) return;
    let changed = false;
    for (const message of customer.messages) {
      if (message.mine || message.read) continue;
      message.read = true;
      changed = true;
      const sent = this.graph.wamids.get(message.id);
      if (sent?.statuses?.includes('delivered') && !sent.read) {
        this.graph.webhooks.status(sent, 'read');
      }
    }
    if (changed) this.#changed('customer', this.summary(customer));
  }

  #isWatched(waId) {
    return [...this.clients.values()].some((client) => client.waId === waId);
  }

  #ownerOf(messageId) {
    return [...this.customers.values()].find((customer) =>
      customer.messages.some((item) => item.id === messageId)) ?? null;
  }

  #append(customer, message) {
    customer.messages.push(message);
    if (customer.messages.length > MAX_MESSAGES) customer.messages.shift();
    this.#changed('message', { waId: customer.waId, message });
    this.#broadcast('customer', this.summary(customer));
  }

  #update(customer, message, change) {
    Object.assign(message, change);
    this.#changed('message', { waId: customer.waId, message });
  }

  #changed(event, data) {
    this.#broadcast(event, data);
    this.#saveSoon();
  }

  #broadcast(event, data) {
    const frame = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of this.clients.values()) client.write(frame);
  }

  // ── memória entre uma demonstração e outra ────────────────────────────

  #load() {
    if (!this.stateFile || !fs.existsSync(this.stateFile)) return false;
    try {
      const { customers } = JSON.parse(fs.readFileSync(this.stateFile, 'utf8'));
      for (const customer of customers) {
        for (const item of customer.messages) {
          if (item.status === 'sending') item.status = 'failed';
        }
        this.#adopt(customer);
      }
      return customers.length > 0;
    } catch (error) {
      console.error(`graph: estado ilegível em ${this.stateFile}, começo ` +
        `do zero: ${error.message}`);
      this.customers.clear();
      return false;
    }
  }

  #saveSoon() {
    if (!this.stateFile || this.saveTimer) return;
    this.saveTimer = setTimeout(() => {
      try {
        this.save();
      } catch (error) {
        console.error(`graph: não gravei ${this.stateFile}: ${error.message}`);
      }
    }, 300);
  }

  // Grava ao lado e renomeia: quem cair no meio deixa o arquivo antigo.
  save() {
    clearTimeout(this.saveTimer);
    this.saveTimer = null;
    if (!this.stateFile) return;
    const text = JSON.stringify({ customers: [...this.customers.values()] });
    fs.writeFileSync(`${this.stateFile}.new`, text, { mode: 0o600 });
    fs.renameSync(`${this.stateFile}.new`, this.stateFile);
  }

  // Volta aos clientes de sempre, sem conversa nenhuma.
  reset() {
    this.customers.clear();
    for (const person of PEOPLE) this.#adopt(person);
    this.#changed('state', this.snapshot());
  }
}
