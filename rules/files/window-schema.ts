import { z } from 'zod';
import { isDay } from '../../server/model/calendar-day.ts';
import { messageOf } from '../../server/model/errors.ts';
import { CALENDAR_UNITS } from '../../server/model/slo.ts';
import { DAY, formatDuration, HOUR, ms, parseDuration } from '../../server/model/units.ts';
import { isZone } from '../../server/model/zones.ts';
import { type CalendarDay, type CalendarWindow, longestLength, rolling, type SloWindow } from '../slo-window.ts';
import { DAY as CALENDAR_DAY, DURATION, FILLED } from './written-shape.ts';
import { got, reading } from './written-value.ts';
import { isRecord } from './yaml-file.ts';

/** What the coarsest ring holds. */
const LONGEST_WINDOW = ms(730 * DAY);

const WANT = 'a duration such as "30d", or a map such as {calendar: month, zone: Europe/Paris}';
const WANT_CALENDAR = `${CALENDAR_UNITS.join(', ')}, or a number of them such as "2 weeks"`;

const WRITTEN_WINDOW = {
  description: WANT,
  oneOf: [
    { type: 'string', pattern: DURATION, description: 'a rolling window such as "30d"' },
    {
      type: 'object',
      required: ['calendar'],
      additionalProperties: false,
      properties: {
        calendar: {
          type: 'string',
          pattern: `^\\s*(?:[1-9]\\d{0,2}\\s+)?(?:${CALENDAR_UNITS.join('|')})s?\\s*$`,
          description: WANT_CALENDAR,
        },
        zone: {
          type: 'string',
          pattern: FILLED,
          description: 'an IANA time zone such as Europe/Paris; UTC when left out',
        },
        from: {
          type: 'string',
          pattern: CALENDAR_DAY,
          description: 'a day on which a period begins, such as 2026-01-05',
        },
      },
      // Several units to a period have to begin somewhere.
      anyOf: [{ properties: { calendar: { pattern: String.raw`^\s*(?:1\s|[a-z])` } } }, { required: ['from'] }],
    },
  ],
};

/** For the reader who knows the near ones. */
export const WINDOW_KEYS: Readonly<Record<string, readonly string[]>> = { window: ['calendar', 'zone', 'from'] };

/**
 * The key `window:` of a definition:
 *
 *     window: 30d
 *     window: {calendar: month, zone: Europe/Paris}
 *     window: {calendar: 2 weeks, from: 2026-01-05, zone: Europe/Paris}
 */
export const sloWindowSchema = z
  .unknown()
  .meta(WRITTEN_WINDOW)
  .transform((written, context): SloWindow => {
    const read = isRecord(written) ? calendarWindow.safeParse(written) : rollingWindow.safeParse(written);
    const [key, cause] = isRecord(written) ? calendarProblem(written) : [];
    if (key !== undefined) context.addIssue({ code: 'custom', message: cause, path: [key] });
    if (read.success && key === undefined) return read.data;
    for (const { path, message, ...issue } of read.error?.issues ?? []) {
      if (issue.code === 'unrecognized_keys') {
        context.issues.push({ code: issue.code, keys: issue.keys, input: undefined, path: [...path], message });
      } else context.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  });

const rollingWindow = reading(WANT, (text) => within(rolling(parseDuration(text)), text));

const calendarKeys = z.strictObject({
  calendar: reading(WANT_CALENDAR, calendarPeriod),
  zone: reading('an IANA time zone such as "Europe/Paris"', zone).default('UTC'),
  from: reading('a day such as "2026-01-05"', calendarDay).optional(),
});

const calendarWindow = calendarKeys.transform(
  ({ calendar, zone, from }): CalendarWindow => ({ kind: 'calendar', ...calendar, zone, ...(from && { from }) }),
);

/** What the shape of a calendar cannot say, at the key of it, whatever is wrong with its other keys. */
function calendarProblem(written: Readonly<Record<string, unknown>>): readonly [key?: string, cause?: string] {
  const period = calendarKeys.shape.calendar.safeParse(written.calendar).data;
  if (period === undefined) return [];
  if (period.every > 1 && written.from == null) {
    const text = printPeriod(period);
    return ['from', `missing; want the first day of one of the periods of ${text}, such as 2026-01-05`];
  }
  try {
    within({ kind: 'calendar', ...period, zone: 'UTC' }, printPeriod(period));
    return [];
  } catch (error) {
    return ['calendar', messageOf(error)];
  }
}

function within<Length extends SloWindow>(window: Length, text: string): Length {
  const longest = longestLength(window);
  if (longest < HOUR) throw new Error(`got a window of ${text}; want at least 1h, the shortest window that can page`);
  if (longest > LONGEST_WINDOW) {
    throw new Error(`got a window of ${text}; want at most ${formatDuration(LONGEST_WINDOW)}, what the store holds`);
  }
  return window;
}

function calendarPeriod(text: string): Pick<CalendarWindow, 'every' | 'unit'> {
  const [, count = '1', name] = /^(?:([1-9]\d{0,2})\s+)?([a-z]+?)s?$/.exec(text.trim()) ?? [];
  const unit = CALENDAR_UNITS.find((known) => known === name);
  if (unit === undefined) throw new Error(got(text, WANT_CALENDAR));
  return { every: Number(count), unit };
}

function zone(text: string): string {
  if (!isZone(text)) throw new Error(got(text, 'an IANA time zone such as "Europe/Paris"'));
  return text;
}

function calendarDay(text: string): CalendarDay {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  if (!isDay(text) || year < 1970) throw new Error(got(text, 'a day such as "2026-01-05"'));
  return { year, month, day };
}

/** A window as it is written in a file. */
export function printWindow(window: SloWindow): unknown {
  if (window.kind === 'rolling') return formatDuration(window.length);
  const { zone, from } = window;
  return { calendar: printPeriod(window), zone, ...(from && { from: printDay(from) }) };
}

function printPeriod({ every, unit }: Pick<CalendarWindow, 'every' | 'unit'>): string {
  return every === 1 ? unit : `${every} ${unit}s`;
}

function printDay({ year, month, day }: CalendarDay): string {
  return [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}
