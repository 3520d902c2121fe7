import type { TrafficFigures } from '../model/traffic.ts';
import type { Stretch } from './counter-curve.ts';

/** What is known of a window: the bytes of the stretches in it, and how much of its time they cover. */
export interface Known {
  readonly bytes: number;
  readonly ms: number;
}

/** As rrdtool's xff: a step of which less than this share is known is not known. */
const KNOWN_SHARE = 0.5;
const PERCENTILE = 0.95;

/** What is known of each window between two borders. A stretch across a border is shared out by time. Both rise. */
export function knownBetween(stretches: readonly Stretch[], borders: readonly number[]): Known[] {
  let next = 0;
  return borders.slice(1).map((end, i) => {
    const start = borders[i] ?? end;
    let [bytes, ms] = [0, 0];
    while ((stretches[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    for (let at = next; (stretches[at]?.start ?? end) < end; at++) {
      const stretch = stretches[at];
      if (stretch === undefined) break;
      const share = Math.min(end, stretch.end) - Math.max(start, stretch.start);
      bytes += stretch.bytes * (share / (stretch.end - stretch.start));
      ms += share;
    }
    return { bytes, ms };
  });
}

/** Mean rate between two borders each, bytes per second; null where less than half is known. */
export function meanRates(stretches: readonly Stretch[], borders: readonly number[]): (number | null)[] {
  return knownBetween(stretches, borders).map(({ bytes, ms }, i) => {
    const length = (borders[i + 1] ?? 0) - (borders[i] ?? 0);
    return ms > 0 && ms >= length * KNOWN_SHARE ? (bytes / ms) * 1000 : null;
  });
}

/** Lowest and highest of the finer rates whose slot ends in each step. */
export function extremes(fine: readonly (number | null)[], fineBorders: readonly number[], borders: readonly number[]) {
  const high: (number | null)[] = borders.slice(1).map(() => null);
  const low: (number | null)[] = [...high];
  let step = 0;
  for (const [i, rate] of fine.entries()) {
    while (step < high.length && (fineBorders[i + 1] ?? 0) > (borders[step + 1] ?? 0)) step++;
    if (rate === null || step >= high.length) continue;
    high[step] = Math.max(high[step] ?? rate, rate);
    low[step] = Math.min(low[step] ?? rate, rate);
  }
  return { high, low };
}

/** @param base mean rates of equal slots. @param all what is known of the whole range. */
export function figuresOf(base: readonly (number | null)[], all: Known, current?: number): TrafficFigures {
  const sorted = base.filter((rate) => rate !== null).sort((a, b) => a - b);
  const [max, p95] = [sorted.at(-1), percentile(sorted, PERCENTILE)];
  return {
    ...(max !== undefined && { max }),
    ...(all.ms > 0 && { mean: (all.bytes / all.ms) * 1000 }),
    ...(current !== undefined && { current }),
    ...(p95 !== undefined && { p95 }),
    total: all.bytes,
    known_secs: all.ms / 1000,
  };
}

/** Nearest rank: of n values in rising order the ceil(share * n)th. Undefined of none. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.ceil(share * sorted.length) - 1];
}
