import { ringHolds, slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { SumColumns } from '../pages/sum-columns.ts';
import { finest, pageOfSlot, type Ring, ringHasPage, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { type CountDrop, type DropReason, incrementTime, type UncheckedIncrements } from './payload.ts';

interface Span {
  oldest: number;
  newest: number;
}

/** Increments that are what they should be, in columns of one length. Times are ms. */
export interface IncrementRows {
  readonly series: readonly Series[];
  readonly times: Float64Array;
  readonly n: Float64Array;
  readonly sums: Float64Array;
  /** -Infinity of no rows. */
  readonly newest: number;
}

/** The series a row of the wire names, or why there is none. */
export type Place = (at: unknown) => Series | DropReason;

/** Decides which increments of one commit are accepted, and by which rings. Rows of one series come together as a rule. */
export class SumDraft {
  readonly accepted = new SumColumns();
  readonly #spans = new Map<Series, Span>();

  /** @param highWater the newest time of their origin, with what comes in this commit. */
  add({ series, times, n, sums }: IncrementRows, highWater: number, drop: CountDrop): void {
    let rings: readonly Ring[] = [];
    let width = 0;
    let last: Series | undefined;
    let span: Span = { oldest: 0, newest: 0 };
    for (const [row, one] of series.entries()) {
      const time = times[row] ?? 0;
      if (one !== last) {
        span = this.#spanOf(one);
        rings = one.layout.rings;
        width = finest(rings).width;
      }
      last = one;
      const mask = ringsFor(rings, time, span, highWater);
      if (mask === 0) {
        drop('too_old');
        continue;
      }
      widen(span, time);
      this.accepted.push(one.id, Math.ceil(time / width), mask, n[row] ?? 0, sums[row] ?? 0);
    }
  }

  #spanOf(series: Series): Span {
    const known = this.#spans.get(series);
    if (known !== undefined) return known;
    const span = { oldest: series.oldest, newest: series.newest };
    this.#spans.set(series, span);
    return span;
  }
}

/** A bit for each ring that still holds the time. */
function ringsFor(rings: readonly Ring[], time: number, { newest }: Span, highWater: number): number {
  let mask = 0;
  for (const ring of rings) {
    if (!ringHolds(ring, slotEnd(ms(time), ring.width), ms(highWater))) continue;
    const hasPage = time >= newest || ringHasPage(ring, pageOfSlot(ring, slotOf(ring, time)), newest);
    if (hasPage) mask |= 1 << ring.index;
  }
  return mask;
}

/** The rows of a payload that are increments; the others are dropped and counted. */
export function readIncrements(
  { series: at, time: seconds, n, sum }: UncheckedIncrements,
  place: Place,
  now: Ms,
  drop: CountDrop,
): IncrementRows {
  const series: Series[] = [];
  const [times, counts, sums] = [new Float64Array(at.length), new Float64Array(at.length), new Float64Array(at.length)];
  let newest = Number.NEGATIVE_INFINITY;
  let last: { readonly at: unknown; readonly place: Series | DropReason } | undefined;
  for (let i = 0; i < at.length; i++) {
    const isCounted = Number.isSafeInteger(n[i]) && Number(n[i]) >= 1 && Number.isFinite(sum[i]);
    const time = isCounted ? incrementTime(seconds[i], now, drop) : undefined;
    if (time === undefined) {
      drop('bad_increment');
      continue;
    }
    if (last === undefined || last.at !== at[i]) last = { at: at[i], place: place(at[i]) };
    const found = last.place;
    if (typeof found === 'string') drop(found);
    else if (found.kind !== 'sum') drop('wrong_kind');
    else {
      const row = series.push(found) - 1;
      times[row] = time;
      counts[row] = Number(n[i]);
      sums[row] = Number(sum[i]);
      if (time > newest) newest = time;
    }
  }
  return { series, times, n: counts, sums, newest };
}

export function widen(span: Span, time: number): void {
  if (time < span.oldest) span.oldest = time;
  if (time > span.newest) span.newest = time;
}
