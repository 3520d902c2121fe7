import { DATA_SOURCE_TYPES, type DataSource } from '../../../server/model/data-source.ts';
import type { Random } from '../../support/random.ts';
import type { Update } from '../../support/rrdtool.ts';

export const START = 1_800_000_000;

/** A data source and what comes for it, after START. */
export interface Trial {
  readonly source: DataSource;
  /** Seconds. */
  readonly step: number;
  readonly updates: readonly Update[];
}

/** Unknown values, gaps beyond the heartbeat, wraps at 2^32 and 2^64, resets, rates beyond the bounds, and updates closer and further apart than the step. */
export function madeTrial(random: Random, count = 120): Trial {
  const step = random.pick([1, 5, 10, 60, 300]);
  const heartbeat_secs = random.pick([step, 2 * step, 5 * step, step + 3]);
  const type = random.pick(DATA_SOURCE_TYPES);
  const bounds = { ...(random.below(3) === 0 && { min: 0 }), ...(random.below(3) === 0 && { max: 1e6 / step }) };
  const isFractional = random.below(3) === 0;
  const texts = madeTexts(type, random);
  let time = START;
  const updates = Array.from({ length: count }, () => {
    const wait = random.pick([step / 4, step, step, step, 2 * step, 1, random.next() * 4 * step, 13 * step]);
    const to = time + wait * (0.5 + random.next());
    // Eighths: rrdtool reads times as doubles and cuts them to microseconds, so that others are a little less than they were.
    time = isFractional ? Math.max(time + 0.125, Math.round(to * 8) / 8) : Math.max(time + 1, Math.round(to));
    return { time, text: random.below(12) === 0 ? 'U' : texts() };
  });
  return { source: { type, heartbeat_secs, ...bounds }, step, updates };
}

function madeTexts(type: DataSource['type'], random: Random): () => string {
  let count = random.pick([0n, 4_294_960_000n, 18_446_744_073_709_500_000n]);
  const wrap = count > 2n ** 33n ? 2n ** 64n : 2n ** 32n;
  if (type === 'COUNTER' || type === 'DERIVE') {
    return () => {
      count = random.below(20) === 0 ? BigInt(random.below(1000)) : (count + BigInt(random.below(3000))) % wrap;
      const isDown = type === 'DERIVE' && random.below(4) === 0;
      return String(isDown ? -count : count);
    };
  }
  let value = 0;
  return () => {
    value = random.below(8) === 0 ? -value : value + random.next() * 2000 - 500;
    return value.toFixed(random.below(4));
  };
}

/** NaN equals NaN; numbers to 1e-9, as rrdtool prints eleven digits. */
export function isEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-9);
}
