import { alignDown } from '../model/rings.ts';
import type { TrafficRange } from '../model/traffic.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../model/units.ts';
import { momentOf, wallClockAt } from '../model/zones.ts';

/** How a range is cut: MRTG's steps, the finer slots behind the peaks, and the slots the figures are taken of. */
export interface RangeShape {
  readonly span: Ms;
  readonly step: Ms;
  readonly peak: Ms;
  readonly base: Ms;
}

/** Five minutes are kept for a hundred days, so the year graph and its figures are made of hours. */
export const RANGE_SHAPES: Readonly<Record<TrafficRange, RangeShape>> = {
  day: { span: DAY, step: ms(5 * MINUTE), peak: MINUTE, base: ms(5 * MINUTE) },
  week: { span: ms(7 * DAY), step: ms(30 * MINUTE), peak: ms(5 * MINUTE), base: ms(5 * MINUTE) },
  month: { span: ms(31 * DAY), step: ms(2 * HOUR), peak: ms(5 * MINUTE), base: ms(5 * MINUTE) },
  year: { span: ms(366 * DAY), step: DAY, peak: HOUR, base: HOUR },
};

/** Borders of the steps of a range up to `end`, rising; the last step may be shorter. Days are those of the zone's calendar. */
export function stepBorders({ span, step }: RangeShape, end: Ms, zone: string): number[] {
  return step === DAY ? dayBorders(ms(end - span), end, zone) : evenBorders(ms(end - span), end, step);
}

/** Whole multiples of `width` from `start`, moved down to one, and `end`. */
export function evenBorders(start: Ms, end: Ms, width: Ms): number[] {
  const first = alignDown(start, width);
  const count = Math.ceil((end - first) / width);
  return Array.from({ length: count + 1 }, (_, i) => Math.min(end, first + i * width));
}

/** The beginnings of days, from that of the day of `start`, and `end`. A day of 23 or 25 hours is one day. */
function dayBorders(start: Ms, end: Ms, zone: string): number[] {
  const { year, month, day } = wallClockAt(start, zone);
  const borders: number[] = [];
  for (let n = 0; ; n++) {
    const border = momentOf({ year, month, day: day + n, hour: 0 }, zone);
    if (border >= end) return [...borders, end];
    // A zone that moved across the date line has no such day.
    if (border > (borders.at(-1) ?? Number.NEGATIVE_INFINITY)) borders.push(border);
  }
}
