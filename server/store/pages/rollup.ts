/**
 * One slot of a roll-up ring: what rate, increase, delta, min, max, avg, sum and count need of its samples, and no more.
 * Times are ms; `adj` is the sum of the values just before each counter reset inside.
 */
export interface RollupSlot {
  n: number;
  firstTime: number;
  first: number;
  lastTime: number;
  last: number;
  adj: number;
  resets: number;
  sum: number;
  min: number;
  max: number;
  /** Whether the newest event of the slot is a stale marker; `n` may then be 0. */
  endsStale: boolean;
}

export function emptySlot(): RollupSlot {
  return {
    n: 0,
    firstTime: 0,
    first: 0,
    lastTime: 0,
    last: 0,
    adj: 0,
    resets: 0,
    sum: 0,
    min: 0,
    max: 0,
    endsStale: false,
  };
}

/** A sample as the store keeps it. A stale marker is an event without a value: `stale` is true and `value` is 0. */
export interface Sample {
  readonly time: number;
  readonly value: number;
  readonly stale: boolean;
}

/** Whether a sample of this time is the newest event of the slot. A stale marker at its end has no time that is known. */
export function isNewest({ n, endsStale, lastTime }: RollupSlot, time: number): boolean {
  return !endsStale && (n === 0 || time > lastTime);
}

/** Appends a sample newer than everything in the slot. */
export function appendSample(slot: RollupSlot, { time, value, stale }: Sample): void {
  slot.endsStale = stale;
  if (stale) return;
  if (slot.n === 0) {
    Object.assign(slot, {
      n: 1,
      firstTime: time,
      first: value,
      lastTime: time,
      last: value,
      sum: value,
      min: value,
      max: value,
    });
    return;
  }
  if (value < slot.last) {
    slot.adj += slot.last;
    slot.resets++;
  }
  slot.n++;
  slot.lastTime = time;
  slot.last = value;
  slot.sum += value;
  slot.min = lesser(slot.min, value);
  slot.max = greater(slot.max, value);
}

/**
 * The merge rule: `later` follows `into` in time. n, sum and resets add; first from the earlier, last from the later; a value
 * that falls across the border is a reset like any other. `extrapolatedRate(n, firstTime, lastTime, last - first + adj)` over
 * the result is then bit-equal to the raw samples for integers, and equal up to the order of additions otherwise.
 */
export function mergeSlot(into: RollupSlot, later: RollupSlot): void {
  if (later.n === 0) {
    into.endsStale ||= later.endsStale;
    return;
  }
  if (into.n === 0) {
    Object.assign(into, later);
    return;
  }
  const reset = later.first < into.last;
  into.adj += later.adj + (reset ? into.last : 0);
  into.resets += later.resets + (reset ? 1 : 0);
  into.n += later.n;
  into.lastTime = later.lastTime;
  into.last = later.last;
  into.sum += later.sum;
  into.min = lesser(into.min, later.min);
  into.max = greater(into.max, later.max);
  into.endsStale = later.endsStale;
}

/** NaN loses against any number, as in Prometheus' min_over_time. */
export function lesser(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

export function greater(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}
