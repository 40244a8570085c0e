// graph_journal.mjs - diário com memória limitada: o que chegou, o que saiu.
// Quem testa pergunta a ele, ou espera nele até haver o que quer.

export class Journal {
  constructor(limit = 20000) {
    this.limit = limit;
    this.entries = [];
    this.total = 0;
    this.waiters = new Set();
    this.alarm = null;
  }

  add(entry) {
    this.total += 1;
    const full = { seq: this.total, at: new Date().toISOString(), ...entry };
    this.entries.push(full);
    // Corta em lote: shift() a cada entrada custaria caro numa medição.
    if (this.entries.length > this.limit * 1.25) {
      this.entries.splice(0, this.entries.length - this.limit);
    }
    this.touch();
    return full;
  }

  // Chama depois de mudar uma entrada, para acordar quem espera por ela. Quem
  // espera relê o diário todo: uma vez por rajada basta.
  touch() {
    if (this.waiters.size === 0 || this.alarm) return;
    this.alarm = setTimeout(() => {
      this.alarm = null;
      for (const waiter of [...this.waiters]) waiter();
    }, 5);
  }

  find(filter = () => true) {
    return this.entries.filter(filter);
  }

  // Espera haver `min` entradas; ao fim do prazo devolve as que houver.
  wait(filter, min, seconds) {
    return new Promise((resolve) => {
      let timer = null;
      const finish = (found) => {
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(found);
      };
      const check = () => {
        const found = this.find(filter);
        if (found.length >= min) finish(found);
      };
      this.waiters.add(check);
      timer = setTimeout(() => finish(this.find(filter)), seconds * 1000);
      check();
    });
  }

  clear() {
    this.entries = [];
    this.touch();
  }
}

// Mapa que esquece o mais antigo ao passar do limite.
export class BoundedMap extends Map {
  constructor(limit) {
    super();
    this.limit = limit;
  }

  set(key, value) {
    super.set(key, value);
    if (this.limit && this.size > this.limit) {
      this.delete(this.keys().next().value);
    }
    return this;
  }
}
