import { isLong } from './long.ts';

/** A small seeded generator (mulberry32), so that a failing run can be had again. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('cannot pick from nothing');
      return item;
    },
  };
}

/** The generator of this run: seeded by VIGIE_SEED, in a long run anew, else the same. The seed is printed. */
export function seededOfRun(name: string): { readonly seed: number; readonly random: Random } {
  const given = Number(process.env.VIGIE_SEED);
  const seed = Number.isInteger(given) && given > 0 ? given : isLong ? Math.floor(Math.random() * 2 ** 31) + 1 : 1;
  console.log(`${name}: VIGIE_SEED=${seed}`);
  return { seed, random: seeded(seed) };
}
