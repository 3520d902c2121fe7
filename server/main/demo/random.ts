/** Reproducible chance: the same numbers for the same keys, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Of the standard normal distribution. */
  normal(): number;
}

/** mulberry32 (T. Ettinger, public domain), begun from a mix of the keys. */
export function randomOf(...keys: readonly number[]): Random {
  let state = keys.reduce((mixed, key) => Math.imul(mixed ^ key ^ (key / 2 ** 32), 0x9e3779b1) ^ (mixed >>> 15), 0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    // Box-Muller; 1 - next() is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
