import type { Language } from '../../server/model/words/words.ts';
import { momentOf, wallClockAt } from '../../server/model/zones.ts';

/** The distance between two ticks of a time axis. */
export interface TimeStep {
  readonly unit: 'second' | 'minute' | 'hour' | 'day';
  readonly size: number;
}

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Distances people count in; a tick of 7 minutes is none. */
const SIZES = [
  ['second', [10, 30]],
  ['minute', [1, 2, 5, 10, 15, 30]],
  ['hour', [1, 2, 3, 6, 12]],
  ['day', [1, 2, 3, 5, 7, 14, 28, 56, 112, 224, 448]],
] as const;

const STEPS: readonly TimeStep[] = SIZES.flatMap(([unit, sizes]) => sizes.map((size) => ({ unit, size })));

/** The smallest distance that puts at most `most` ticks on an axis of `length` ms. */
export function timeStep(length: number, most: number): TimeStep {
  return (
    STEPS.find(({ unit, size }) => Math.floor(length / (UNIT_MS[unit] * size)) < most) ?? { unit: 'day', size: 896 }
  );
}

/** What a tick shows of its moment: the larger the steps, the less of the clock. */
const LABELS: Readonly<Record<TimeStep['unit'], Intl.DateTimeFormatOptions>> = {
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  hour: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  day: { month: 'short', day: 'numeric' },
};

/** How ticks that stand this far apart are written. */
export function tickLabels({ unit }: TimeStep, language: Language, zone?: string): (time: number) => string {
  const options = { ...LABELS[unit], hourCycle: 'h23', ...(zone !== undefined && { timeZone: zone }) } as const;
  const format = new Intl.DateTimeFormat(language, options);
  return (time) => format.format(time);
}

/** Moments of [start, end], ms, that a clock on the wall shows as round; in the browser's time zone unless one is named. */
export function timeTicks(start: number, end: number, { unit, size }: TimeStep, zone?: string): number[] {
  const ticks: number[] = [];
  const round = roundMoments(start, unit, zone);
  for (let n = 0, tick = round(0); tick <= end; n += size, tick = round(n)) {
    if (tick >= start) ticks.push(tick);
  }
  return ticks;
}

/** `n` units after the last whole bigger unit before `start`. The calendar adds them, so that a change of clocks moves no tick. */
function roundMoments(start: number, unit: TimeStep['unit'], zone: string | undefined): (n: number) => number {
  const at = wallClockAt(start, zone);
  if (unit === 'day') return (n) => momentOf({ ...at, day: at.day + n, hour: 0 }, zone);
  if (unit === 'hour') return (n) => momentOf({ ...at, hour: n }, zone);
  // Minutes and seconds count from the hour itself: in the hour that a change of clocks repeats, its name is ambiguous.
  const hourStart = start - ((start - momentOf(at, zone)) % UNIT_MS.hour);
  return (n) => hourStart + n * UNIT_MS[unit];
}
