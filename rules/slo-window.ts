import type { Window } from '../server/model/engine.ts';
import type { CalendarUnit } from '../server/model/slo.ts';
import { DAY, HOUR, type Ms, ms } from '../server/model/units.ts';
import { momentOf, wallClockAt } from '../server/model/zones.ts';

/**
 * The time an error budget is for.
 *
 *     rolling    ......(--------- length ---------| asOf            the oldest events leave as new ones come
 *     calendar   (start ------- counted --------| asOf ....... end|  the budget starts anew at each border
 *
 * Periods are left-open and right-closed like the slots of the store: figures that end at midnight are those of the day that is over.
 * Borders are moments on the wall clock of a zone, so a day of a change of clocks has 23 or 25 hours.
 */
export type SloWindow = RollingWindow | CalendarWindow;

export interface RollingWindow {
  readonly kind: 'rolling';
  readonly length: Ms;
}

export interface CalendarWindow {
  readonly kind: 'calendar';
  /** Units per period, >= 1. */
  readonly every: number;
  readonly unit: CalendarUnit;
  /** An IANA name. */
  readonly zone: string;
  /** A day on which a period begins at midnight; absent: Monday, the first of the month, of the quarter or of January. */
  readonly from?: CalendarDay;
}

/** A day of the Gregorian calendar; the month counts from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A window as it stands at one moment. */
export interface WindowFrame {
  /** Whose events spend the budget. */
  readonly counted: Window;
  /** Of the whole window: for a calendar period its true one, from border to border. */
  readonly length: Ms;
  /** When the budget starts anew; a rolling one never does. */
  readonly resets?: Ms;
}

export function rolling(length: Ms): SloWindow {
  return { kind: 'rolling', length };
}

export function windowAt(window: SloWindow, asOf: Ms): WindowFrame {
  if (window.kind === 'rolling') {
    return { counted: { start: ms(asOf - window.length), end: asOf }, length: window.length };
  }
  const { start, end } = periodAt(window, asOf);
  return { counted: { start, end: asOf }, length: ms(end - start), resets: end };
}

/**
 * What is counted for the budget: the events that spend it and, in a calendar window, those of one whole length before `asOf`. The
 * budget is a share of the latter. They stand for the traffic of a period whose own is known only when it is over, and are then the
 * same: so an outage in the first minute of a month is held against a month.
 */
export function budgetWindows(window: SloWindow, asOf: Ms): readonly [Window] | readonly [Window, Window] {
  const { counted, length } = windowAt(window, asOf);
  return window.kind === 'rolling' ? [counted] : [counted, { start: ms(asOf - length), end: asOf }];
}

/** Which of `budgetWindows`, the last one, holds the events that the budget is a share of. */
export function trafficPlace({ kind }: SloWindow): 0 | 1 {
  return kind === 'rolling' ? 0 : 1;
}

/** The period with start < time <= end. */
export function periodAt(window: CalendarWindow, time: Ms): Window {
  let k = roughPeriod(window, time);
  while (borderOf(window, k) >= time) k--;
  while (borderOf(window, k + 1) < time) k++;
  return { start: borderOf(window, k), end: borderOf(window, k + 1) };
}

/** The start of period `k`; period 0 begins on the first day there is. */
function borderOf(window: CalendarWindow, k: number): Ms {
  const { year, month, day } = firstDay(window);
  const { days, months } = stepOf(window);
  const then = { year, month: month - 1 + k * months, day, hour: 0 };
  if (months === 0) return ms(momentOf({ ...then, day: day + k * days }, window.zone));
  // The 31st of a shorter month is its last day.
  const last = new Date(Date.UTC(year, then.month + 1, 0)).getUTCDate();
  return ms(momentOf({ ...then, day: Math.min(day, last) }, window.zone));
}

function roughPeriod(window: CalendarWindow, time: Ms): number {
  const from = firstDay(window);
  const { days, months } = stepOf(window);
  const wall = wallClockAt(time, window.zone);
  if (months > 0) return Math.floor(((wall.year - from.year) * 12 + wall.month - (from.month - 1)) / months);
  const passed = Date.UTC(wall.year, wall.month, wall.day) - Date.UTC(from.year, from.month - 1, from.day);
  return Math.floor(passed / DAY / days);
}

/** 1970-01-05 was a Monday. */
function firstDay({ unit, from }: CalendarWindow): CalendarDay {
  return from ?? { year: 1970, month: 1, day: unit === 'week' ? 5 : 1 };
}

const UNIT_STEPS: Readonly<Record<CalendarUnit, { readonly days: number; readonly months: number }>> = {
  day: { days: 1, months: 0 },
  week: { days: 7, months: 0 },
  month: { days: 0, months: 1 },
  quarter: { days: 0, months: 3 },
  year: { days: 0, months: 12 },
};

function stepOf({ every, unit }: CalendarWindow): { readonly days: number; readonly months: number } {
  const { days, months } = UNIT_STEPS[unit];
  return { days: every * days, months: every * months };
}

const NOMINAL_DAYS: Readonly<Record<CalendarUnit, number>> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/**
 * The length that burn factors are made of. A month has 30 days, a quarter 90, a year 365, as in OpenSLO's own SDK: an alert whose
 * factor changed with the calendar would page at another burn in February than in March.
 */
export function nominalLength(window: SloWindow): Ms {
  return window.kind === 'rolling' ? window.length : ms(window.every * NOMINAL_DAYS[window.unit] * DAY);
}

/** No period is longer: leap years and the hour that clocks are set back are in it. */
export function longestLength(window: SloWindow): Ms {
  if (window.kind === 'rolling') return window.length;
  const { days, months } = stepOf(window);
  if (months === 0) return ms(days * DAY + HOUR);
  const lengths = Array.from({ length: 48 }, (_, m) => Date.UTC(2021, m + months) - Date.UTC(2021, m));
  return ms(Math.max(...lengths) + HOUR);
}
