import { isDay } from '../../server/model/calendar-day.ts';
import { messageOf } from '../../server/model/errors.ts';
import { DAY, formatDuration, MINUTE, type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { isZone, momentOf, wallClockAt } from '../../server/model/zones.ts';
import { namesItsStart, occurrences, type Recurrence, readRecurrence } from '../exclusions/recurrence.ts';
import { type WeekTime, weekTimeOf } from '../week-time.ts';

/**
 * A span in which nothing is released, its end excluded. Once; each week by the clocks of a zone, Friday 16:00 to Monday 08:00; or as
 * often as a rule of RFC 5545 says, each time as long, apart from each other.
 */
export type FreezeWindow = { readonly reason: string } & (
  | { readonly kind: 'once'; readonly start: Ms; readonly end: Ms }
  | { readonly kind: 'weekly'; readonly from: WeekTime; readonly to: WeekTime; readonly zone: string }
  | { readonly kind: 'recurring'; readonly start: Ms; readonly length: Ms; readonly rule: Recurrence }
);

/** A freeze as a file has it: both borders are dates, or both are times of the week; of a date and a `duration`, `rrule` may say more. */
export interface WrittenFreeze {
  readonly from: string;
  readonly to?: string | undefined;
  readonly duration?: string | undefined;
  readonly rrule?: string | undefined;
  readonly zone: string;
  readonly reason: string;
}

/** Recurring freezes are held to be apart over so long a time. */
const LOOK_AHEAD = ms(2 * 366 * DAY);
const WANT_BORDER = 'want a date such as "2026-12-19", "2026-12-19 18:00", or a time of the week such as "Fri 16:00"';

/** When a freeze that holds at `now` ends; undefined when it does not hold. */
export function frozenUntil(freeze: FreezeWindow, now: Ms): Ms | undefined {
  const { start, end } = spanAt(freeze, now);
  return now >= start && now < end ? end : undefined;
}

/** The only span that may hold at `now`. */
function spanAt(freeze: FreezeWindow, now: Ms): { readonly start: Ms; readonly end: Ms } {
  switch (freeze.kind) {
    case 'once':
      return freeze;
    case 'weekly':
      return latestWeek(freeze, now);
    case 'recurring': {
      const { rule, length } = freeze;
      const start = occurrences(rule, freeze.start, ms(now - length), now).at(-1) ?? freeze.start;
      return { start, end: ms(start + length) };
    }
  }
}

/** The last span of a weekly freeze that began at or before `now`. */
function latestWeek({ from, to, zone }: Extract<FreezeWindow, { kind: 'weekly' }>, now: Ms) {
  const today = wallClockAt(now, zone);
  const weekday = new Date(Date.UTC(today.year, today.month, today.day)).getUTCDay();
  const back = (weekday - from.weekday + 7) % 7;
  const days = (to.weekday - from.weekday + 7) % 7;
  const length = days === 0 && minutesOf(to) <= minutesOf(from) ? 7 : days;
  const startIn = (weeks: number): Ms => onWall(today, -back - 7 * weeks, from, zone);
  const weeks = startIn(0) <= now ? 0 : 1;
  return { start: startIn(weeks), end: onWall(today, length - back - 7 * weeks, to, zone) };
}

function minutesOf({ hour, minute }: Pick<WeekTime, 'hour' | 'minute'>): number {
  return 60 * hour + minute;
}

function onWall(
  { year, month, day }: { readonly year: number; readonly month: number; readonly day: number },
  days: number,
  { hour, minute }: Pick<WeekTime, 'hour' | 'minute'>,
  zone: string,
): Ms {
  return ms(momentOf({ year, month, day: day + days, hour, minute }, zone));
}

/** What is wrong with a freeze, at the key that says it; without a key it is between them. */
export interface FreezeProblem {
  readonly key?: keyof WrittenFreeze;
  readonly message: string;
}

/** Throws an Error that says what is wrong with a freeze and what would be right. */
export function readFreeze(written: WrittenFreeze): FreezeWindow {
  const [problem] = freezeProblems(written);
  if (problem !== undefined) throw new Error(problem.message);
  const { from, to, duration, rrule, zone, reason } = written;
  const [first, last] = [weekTimeOf(from), to === undefined ? undefined : weekTimeOf(to)];
  if (first !== undefined && last !== undefined) return { kind: 'weekly', from: first, to: last, zone, reason };
  const start = momentIn(from, zone);
  const length = to === undefined ? readLength(duration ?? '') : ms(momentIn(to, zone) - start);
  if (rrule === undefined) return { kind: 'once', start, end: ms(start + length), reason };
  return { kind: 'recurring', start, length, rule: readRecurrence({ rule: rrule, zone }), reason };
}

/** All that is wrong with what is there; that a key is missing is for its shape to say, unless another may stand for it. */
export function freezeProblems(written: Partial<WrittenFreeze>): readonly FreezeProblem[] {
  const { to, duration } = written;
  const ends = (to === undefined) === (duration === undefined);
  const wrong: FreezeProblem[] = [
    ...keyProblems(written),
    ...(ends ? [{ message: `got ${to === undefined ? 'neither' : 'both'} of to and duration; want exactly one` }] : []),
  ];
  return wrong.length > 0 ? wrong : spanProblems(written);
}

/** Of each key by itself. */
function keyProblems({ from, to, duration, rrule, zone }: Partial<WrittenFreeze>): readonly FreezeProblem[] {
  const clock = zone !== undefined && isZone(zone) ? zone : 'UTC';
  const mayBeWeekly = duration === undefined && rrule === undefined;
  const border = (text: string): unknown => (mayBeWeekly && weekTimeOf(text)) || momentIn(text, clock);
  return [
    ...problemOf('zone', zone, (text) => {
      if (!isZone(text)) throw new Error(`got zone ${JSON.stringify(text)}; want an IANA name such as "Europe/Paris"`);
    }),
    ...problemOf('from', from, border),
    ...problemOf('to', to, border),
    ...problemOf('duration', duration, readLength),
    ...problemOf('rrule', rrule, (rule) => readRecurrence({ rule, zone: clock })),
  ];
}

function problemOf(
  key: keyof WrittenFreeze,
  text: string | undefined,
  read: (text: string) => unknown,
): readonly FreezeProblem[] {
  try {
    if (text !== undefined) read(text);
    return [];
  } catch (error) {
    return [{ key, message: messageOf(error) }];
  }
}

/** Between keys that are right by themselves. */
function spanProblems({ from, to, duration, rrule, zone }: Partial<WrittenFreeze>): readonly FreezeProblem[] {
  if (from === undefined || zone === undefined) return [];
  return problemOf('from', from, () => {
    if (to !== undefined && rrule === undefined) return refuseBorders(from, to, zone);
    const start = momentIn(from, zone);
    const length = to === undefined ? readLength(duration ?? '') : ms(momentIn(to, zone) - start);
    if (rrule !== undefined) refuseRule(readRecurrence({ rule: rrule, zone }), start, length);
  });
}

function readLength(text: string): Ms {
  const length = parseDuration(text);
  if (length < MINUTE) throw new Error(`got a duration of ${text}; want at least 1m`);
  return length;
}

/** Spans that touch or overlap would be one, and of a rule without an end one for ever. */
function refuseRule(rule: Recurrence, start: Ms, length: Ms): void {
  if (length <= 0) throw new Error('got a freeze that ends before it begins; want "to" after "from"');
  if (!namesItsStart(rule, start)) {
    throw new Error('the rule does not name the day of "from"; want its first day there');
  }
  const starts = occurrences(rule, start, start, ms(start + LOOK_AHEAD));
  const gaps = starts.slice(1).map((next, i) => ms(next - (starts[i] ?? start)));
  const gap = gaps.find((one) => one <= length);
  if (gap === undefined) return;
  const got = `got freezes of ${formatDuration(length)} that begin ${formatDuration(gap)} apart`;
  throw new Error(`${got}; want them shorter than that`);
}

function refuseBorders(from: string, to: string, zone: string): void {
  const [first, last] = [weekTimeOf(from), weekTimeOf(to)];
  if (first !== undefined && last !== undefined) {
    if (first.weekday !== last.weekday || minutesOf(first) !== minutesOf(last)) return;
    throw new Error(`got ${JSON.stringify(from)} to itself, which never ends; want another "to"`);
  }
  if (first !== undefined || last !== undefined) {
    throw new Error('got a date and a time of the week; want two of a kind');
  }
  const [start, end] = [momentIn(from, zone), momentIn(to, zone)];
  if (end > start) return;
  const wrong = end === start ? 'is nothing' : `ends ${formatDuration(ms(start - end))} before it begins`;
  throw new Error(`got a freeze from ${from} to ${to}, which ${wrong}; want "to" after "from", which is excluded`);
}

/** A date is its midnight. What no calendar has, such as 30 February, is refused. */
function momentIn(text: string, zone: string): Ms {
  const [, date, ...clock] = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text.trim()) ?? [];
  if (date === undefined) throw new Error(`got ${JSON.stringify(text)}; ${WANT_BORDER}`);
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const [hour = 0, minute = 0] = clock.map((field) => Number(field ?? 0));
  if (!isDay(date) || hour > 23 || minute > 59) {
    throw new Error(`got ${JSON.stringify(text)}, which no calendar has; ${WANT_BORDER}`);
  }
  return ms(momentOf({ year, month: month - 1, day, hour, minute }, zone));
}
