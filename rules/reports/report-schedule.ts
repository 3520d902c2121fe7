import type { Window } from '../../server/model/engine.ts';
import type { ReportPeriod } from '../../server/model/slo-report.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { momentOf, wallClockAt } from '../../server/model/zones.ts';
import { weekTimeOf } from '../week-time.ts';
import { periodAround, periodBefore } from './report-period.ts';

/** When in a period the report on the one before it is due: days after its first, and the time on the wall. */
export interface ReportTime {
  readonly days: number;
  readonly hour: number;
  readonly minute: number;
}

export interface ReportSchedule {
  readonly period: ReportPeriod;
  readonly at: ReportTime;
  /** IANA name. */
  readonly zone: string;
}

/** The last time a report was due, and the period it is on. */
export interface DueReport {
  readonly due: Ms;
  readonly on: Window;
}

/** Every month has the 28th. */
const LAST_DAY = 28;

export function lastDue({ period, at, zone }: ReportSchedule, now: Ms): DueReport {
  const running = periodAround(period, now, zone);
  const due = dueIn(running, at, zone);
  const before = periodBefore(period, running, zone);
  if (due <= now) return { due, on: before };
  return { due: dueIn(before, at, zone), on: periodBefore(period, before, zone) };
}

function dueIn({ start }: Window, { days, hour, minute }: ReportTime, zone: string): Ms {
  const { year, month, day } = wallClockAt(start, zone);
  return ms(momentOf({ year, month, day: day + days, hour, minute }, zone));
}

/** Reads "Mon 08:00" for a week, "1 08:00" (the day of the period) for longer ones. Throws an Error that says what is right. */
export function readReportTime(text: string, period: ReportPeriod): ReportTime {
  const want =
    period === 'week' ? 'want a time of the week such as "Mon 08:00"' : 'want day and time such as "1 08:00"';
  if (period === 'week') {
    const time = weekTimeOf(text);
    if (time === undefined) throw new Error(`got ${JSON.stringify(text)}; ${want}`);
    return { days: (time.weekday + 6) % 7, hour: time.hour, minute: time.minute };
  }
  const [, day, hour, minute] = /^(\d{1,2})\s+(\d{1,2}):(\d{2})$/.exec(text.trim())?.map(Number) ?? [];
  if (day === undefined || hour === undefined || minute === undefined || hour > 23 || minute > 59) {
    throw new Error(`got ${JSON.stringify(text)}; ${want}`);
  }
  if (day < 1 || day > LAST_DAY) throw new Error(`got day ${day}; want 1 to ${LAST_DAY}`);
  return { days: day - 1, hour, minute };
}
