// proc.mjs - o que o Linux sabe de um processo: filhos e memória.
import { readFileSync, readdirSync } from 'node:fs';

const read = (path) => {
  try { return readFileSync(path, 'utf8'); } catch { return ''; }
};

/** Os processos dados e todos os que descendem deles. */
export function tree(...roots) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    const stat = read(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const all = [...roots];
  for (let i = 0; i < all.length; i += 1)
    all.push(...(children.get(all[i]) ?? []));
  return [...new Set(all)];
}

/** Memória em MB, com o que se partilha contado uma vez (PSS). */
export function pssMb(...roots) {
  return tree(...roots).reduce((sum, pid) => {
    const m = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`));
    return sum + (m ? Number(m[1]) / 1024 : 0);
  }, 0);
}

/** Segundos de CPU gastos até agora pelos processos e seus descendentes. */
export function cpuS(...roots) {
  return tree(...roots).reduce((sum, pid) => {
    const stat = read(`/proc/${pid}/stat`);
    const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (f.length > 12 ? (Number(f[11]) + Number(f[12])) / 100 : 0);
  }, 0);
}
