import type { Window } from '../../server/model/engine.ts';
import type { ReportPeriod } from '../../server/model/slo-report.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { momentOf, wallClockAt } from '../../server/model/zones.ts';
import { periodAt } from '../slo-window.ts';

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The calendar period around a moment by the clocks of a zone: weeks begin on Monday (ISO 8601), quarters with January. */
export function periodAround(period: ReportPeriod, at: Ms, zone: string): Window {
  // There a period has its end and not its start.
  return periodAt({ kind: 'calendar', every: 1, unit: period, zone }, ms(at + 1));
}

/** The last period that is over at a moment. */
export function lastPeriod(period: ReportPeriod, now: Ms, zone: string): Window {
  return periodBefore(period, periodAround(period, now, zone), zone);
}

export function periodBefore(period: ReportPeriod, { start }: Window, zone: string): Window {
  return periodAround(period, ms(start - 1), zone);
}

/** The days of a period, each from midnight to midnight on the wall: 23, 24 or 25 hours. */
export function daysOf({ start, end }: Window, zone: string): readonly Window[] {
  const days: Window[] = [];
  const { year, month, day } = wallClockAt(start, zone);
  for (let i = 0; ; i++) {
    const begin = midnight({ year, month, day: day + i }, zone);
    if (begin >= end) return days;
    days.push({ start: begin, end: midnight({ year, month, day: day + i + 1 }, zone) });
  }
}

function midnight(day: Day, zone: string): Ms {
  return ms(momentOf({ ...day, hour: 0 }, zone));
}
