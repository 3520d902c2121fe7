import type { CalendarUnit } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import type { SloWindow } from '../slo-window.ts';

/** A duration as the messages of `server/model/words` take it. */
export interface DurationArgs {
  readonly amount: number;
  readonly unit: 'day' | 'hour' | 'minute' | 'second';
  /** Messages take any further arguments by name. */
  readonly [name: string]: string | number;
}

const UNITS: readonly (readonly [DurationArgs['unit'], Ms])[] = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/** Exact, in the largest unit that divides it: 30 d is 30 days, 90 m is 90 minutes. */
export function durationArgs(duration: Ms): DurationArgs {
  const fitting = UNITS.find(([, size]) => duration > 0 && duration % size === 0);
  if (fitting === undefined) return { amount: duration / SECOND, unit: 'second' };
  return { amount: duration / fitting[1], unit: fitting[0] };
}

/** An SLO window as the messages of `server/model/words` take it. */
export interface WindowArgs {
  readonly amount: number;
  readonly unit: DurationArgs['unit'] | `calendar_${CalendarUnit}`;
  readonly [name: string]: string | number;
}

export function windowArgs(window: SloWindow): WindowArgs {
  if (window.kind === 'rolling') return durationArgs(window.length);
  return { amount: window.every, unit: `calendar_${window.unit}` };
}

/** Rounded down as people say an age: minutes up to two hours, hours up to two days, then days; never negative. */
export function ageArgs(age: Ms): DurationArgs {
  const size = age >= 2 * DAY ? DAY : age >= 2 * HOUR ? HOUR : age >= MINUTE ? MINUTE : SECOND;
  return durationIn(size, ms(Math.max(0, age)));
}

function durationIn(size: Ms, duration: Ms): DurationArgs {
  const unit = UNITS.find(([, candidate]) => candidate === size)?.[0] ?? 'second';
  return { amount: Math.floor(duration / size), unit };
}
