import type { WrittenRecurrence } from '../../server/model/exclusions.ts';
import { DAY, type Ms, ms } from '../../server/model/units.ts';
import { momentOf, offsetAt } from '../../server/model/zones.ts';

/**
 * Days on which something happens again, by a rule of RFC 5545, section 3.3.10. Days are counted on the calendar of a zone and the
 * time of day is that of the first occurrence, so that 02:00 stays 02:00 when clocks change; where they skip it the occurrence is moved
 * on by what was skipped, where they repeat it the first is meant (section 3.3.5). At most one occurrence a day: what is looked at is
 * bounded by the days asked for, whatever the rule says.
 */
export interface Recurrence {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count?: number;
  /** The last moment at which an occurrence may begin: `utc`, or as the clocks show it. */
  readonly until?: { readonly by: 'utc' | 'wall'; readonly time: number };
  readonly weekdays: readonly RuleWeekday[];
  /** 1 to 31, or from the month's end: -1 to -31. */
  readonly monthDays: readonly number[];
  /** 1 to 12. */
  readonly months: readonly number[];
  /** From Sunday, 0. */
  readonly weekStart: number;
  readonly zone: string;
}

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `ordinal`: the first, the last (-1) of the month; absent: each. Weekdays count from Sunday, 0. */
export interface RuleWeekday {
  readonly weekday: number;
  readonly ordinal?: number;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'WKST'];
const MAX_CHARACTERS = 300;

/** Reads a rule. Throws an Error that says what is wrong with it and what would be right. */
export function readRecurrence({ rule, zone }: WrittenRecurrence): Recurrence {
  const parts = partsOf(rule);
  const frequency = oneOf(parts.get('FREQ'), FREQUENCIES);
  const until = parts.get('UNTIL');
  const count = parts.get('COUNT');
  if (until !== undefined && count !== undefined) throw new Error('got both COUNT and UNTIL; want at most one');
  const read: Recurrence = {
    frequency,
    interval: wholeNumber('INTERVAL', parts.get('INTERVAL') ?? '1', 1, 1000),
    weekdays: listOf(parts.get('BYDAY')).map(weekdayOf),
    monthDays: listOf(parts.get('BYMONTHDAY')).map((text) => signedNumber('BYMONTHDAY', text, 31)),
    months: listOf(parts.get('BYMONTH')).map((text) => wholeNumber('BYMONTH', text, 1, 12)),
    weekStart: weekdayOf(parts.get('WKST') ?? 'MO').weekday,
    zone,
    ...(count !== undefined && { count: wholeNumber('COUNT', count, 1, 10_000) }),
    ...(until !== undefined && { until: untilOf(until) }),
  };
  refuseMeaningless(read);
  return read;
}

function partsOf(rule: string): ReadonlyMap<string, string> {
  if (rule.length > MAX_CHARACTERS) throw new Error(`got more than ${MAX_CHARACTERS} characters`);
  const parts = new Map<string, string>();
  for (const part of rule
    .trim()
    .replace(/^RRULE:/i, '')
    .split(';')) {
    const [name = '', value = ''] = part.toUpperCase().split('=');
    if (!PARTS.includes(name)) throw new Error(`got ${JSON.stringify(part)}; want parts ${PARTS.join(', ')}`);
    if (parts.has(name)) throw new Error(`got ${name} twice`);
    parts.set(name, value);
  }
  return parts;
}

function oneOf(text: string | undefined, choices: readonly Frequency[]): Frequency {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new Error(`got FREQ=${text ?? ''}; want one of ${choices.join(', ')}`);
  return found;
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',');
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new Error(`got ${name}=${text}; want a number of ${least} to ${most}`);
  return value;
}

function signedNumber(name: string, text: string, most: number): number {
  const value = /^[+-]?\d{1,2}$/.test(text) ? Number(text) : 0;
  if (value === 0 || Math.abs(value) > most)
    throw new Error(`got ${name}=${text}; want 1 to ${most} or -1 to -${most}`);
  return value;
}

function weekdayOf(text: string): RuleWeekday {
  const [, ordinal = '', day = ''] = /^([+-]?\d{0,2})([A-Z]{2})$/.exec(text) ?? [];
  const weekday = WEEKDAYS.indexOf(day);
  if (weekday < 0) throw new Error(`got weekday ${JSON.stringify(text)}; want one such as MO, or 1MO, or -1FR`);
  return ordinal === '' ? { weekday } : { weekday, ordinal: signedNumber('BYDAY', ordinal, 5) };
}

/** A date is the whole day. */
function untilOf(text: string): NonNullable<Recurrence['until']> {
  const fields = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 23, minute = 59, second = 59] = (fields ?? [])
    .slice(1, 7)
    .map((field) => (field === undefined ? undefined : Number(field)));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  if (fields === null || new Date(time).getUTCDate() !== day || month < 1 || month > 12) {
    throw new Error(`got UNTIL=${text}; want a date such as 20261231 or a time such as 20261231T170000Z`);
  }
  return { by: fields[7] === 'Z' ? 'utc' : 'wall', time };
}

function refuseMeaningless({ frequency, weekdays, monthDays, months }: Recurrence): void {
  const isCalendar = frequency === 'MONTHLY' || frequency === 'YEARLY';
  if (!isCalendar && weekdays.some(({ ordinal }) => ordinal !== undefined)) {
    throw new Error(`got a numbered weekday with FREQ=${frequency}; want it with FREQ=MONTHLY or YEARLY`);
  }
  if (frequency === 'WEEKLY' && monthDays.length > 0) throw new Error('got BYMONTHDAY with FREQ=WEEKLY; want BYDAY');
  if (frequency === 'YEARLY' && weekdays.length > 0 && months.length === 0) {
    throw new Error('got BYDAY with FREQ=YEARLY; want BYMONTH as well');
  }
}

/** A day of the calendar, by its number since 1970-01-01. */
interface CalendarDay {
  readonly number: number;
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly monthLength: number;
}

function calendarDay(number: number): CalendarDay {
  const date = new Date(number * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const monthLength = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return { number, year, month, day: date.getUTCDate(), weekday: date.getUTCDay(), monthLength };
}

/** Whether the rule names this day, `COUNT` and `UNTIL` aside. */
function isNamed(rule: Recurrence, first: CalendarDay, day: CalendarDay): boolean {
  if (periodsBetween(rule, first, day) % rule.interval !== 0) return false;
  if (rule.months.length > 0 && !rule.months.includes(day.month + 1)) return false;
  const { weekdays, monthDays } = rule;
  if (weekdays.length > 0 && !weekdays.some((weekday) => isWeekday(weekday, day))) return false;
  if (monthDays.length > 0 && !monthDays.some((n) => day.day === (n > 0 ? n : day.monthLength + 1 + n))) return false;
  return weekdays.length > 0 || monthDays.length > 0 || isLikeFirst(rule, first, day);
}

function periodsBetween({ frequency, weekStart }: Recurrence, first: CalendarDay, day: CalendarDay): number {
  switch (frequency) {
    case 'DAILY':
      return day.number - first.number;
    case 'WEEKLY':
      return (weekOf(day, weekStart) - weekOf(first, weekStart)) / 7;
    case 'MONTHLY':
      return 12 * (day.year - first.year) + day.month - first.month;
    case 'YEARLY':
      return day.year - first.year;
  }
}

/** The day its week began. */
function weekOf({ number, weekday }: CalendarDay, weekStart: number): number {
  return number - ((weekday - weekStart + 7) % 7);
}

function isWeekday({ weekday, ordinal }: RuleWeekday, day: CalendarDay): boolean {
  if (weekday !== day.weekday) return false;
  if (ordinal === undefined) return true;
  const fromStart = Math.ceil(day.day / 7);
  return ordinal > 0 ? fromStart === ordinal : -Math.ceil((day.monthLength + 1 - day.day) / 7) === ordinal;
}

/** Without days in the rule those of the first occurrence are meant. A month too short for it has none. */
function isLikeFirst({ frequency, months }: Recurrence, first: CalendarDay, day: CalendarDay): boolean {
  if (frequency === 'DAILY') return true;
  if (frequency === 'WEEKLY') return day.weekday === first.weekday;
  if (frequency === 'YEARLY' && months.length === 0 && day.month !== first.month) return false;
  return day.day === first.day;
}

/** The starts of the occurrences in [from, to], rising. `starts` is the first of all. */
export function occurrences(rule: Recurrence, starts: Ms, from: Ms, to: Ms): readonly Ms[] {
  const wall = starts + offsetAt(starts, rule.zone);
  const first = calendarDay(Math.floor(wall / DAY));
  const timeOfDay = wall - first.number * DAY;
  const counted = rule.count ?? Number.POSITIVE_INFINITY;
  // Clocks differ from UTC by less than a day. A counted rule is counted from its first day.
  const begin = rule.count === undefined ? Math.max(first.number, Math.floor(from / DAY) - 1) : first.number;
  const last = Math.floor(to / DAY) + 1;
  const found: Ms[] = [];
  for (let number = begin, n = 0; number <= last && n < counted; number++) {
    const day = calendarDay(number);
    if (!isNamed(rule, first, day)) continue;
    n++;
    const start = number === first.number ? starts : onWall(day, timeOfDay, rule.zone);
    if (isOver(rule, start, number * DAY + timeOfDay) || start > to) break;
    if (start >= from) found.push(start);
  }
  return found;
}

/** Whether the rule names the day it begins on: what it repeats must be one of its occurrences. */
export function namesItsStart(rule: Recurrence, starts: Ms): boolean {
  return occurrences(rule, starts, starts, starts).length === 1;
}

function onWall({ year, month, day }: CalendarDay, timeOfDay: number, zone: string): Ms {
  const minutes = Math.floor(timeOfDay / 60_000);
  return ms(momentOf({ year, month, day, hour: Math.floor(minutes / 60), minute: minutes % 60 }, zone));
}

function isOver({ until }: Recurrence, start: Ms, wall: number): boolean {
  return until !== undefined && (until.by === 'utc' ? start : wall) > until.time;
}
