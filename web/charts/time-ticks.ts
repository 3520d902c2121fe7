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

/** Moments of [start, end], ms, that a clock on the wall of the browser's time zone shows as round. */
export function timeTicks(start: number, end: number, { unit, size }: TimeStep): number[] {
  const ticks: number[] = [];
  for (let n = 0, tick = roundMoment(start, unit, 0); tick <= end; n += size, tick = roundMoment(start, unit, n)) {
    if (tick >= start) ticks.push(tick);
  }
  return ticks;
}

/** `n` units after the last whole bigger unit before `start`. The calendar adds them, so that a change of clocks moves no tick. */
function roundMoment(start: number, unit: TimeStep['unit'], n: number): number {
  const at = new Date(start);
  const [year, month, day, hour] = [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours()];
  if (unit === 'day') return new Date(year, month, day + n).getTime();
  if (unit === 'hour') return new Date(year, month, day, n).getTime();
  // Minutes and seconds count from the hour itself: in the hour that a change of clocks repeats, its name is ambiguous.
  const hourStart = start - ((start - new Date(year, month, day, hour).getTime()) % UNIT_MS.hour);
  return hourStart + n * UNIT_MS[unit];
}
