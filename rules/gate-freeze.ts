import { formatDuration, type Ms, ms } from '../server/model/units.ts';
import { isZone, momentOf, wallClockAt } from '../server/model/zones.ts';
import { type WeekTime, weekTimeOf } from './week-time.ts';

/** A span in which nothing is released, its end excluded. Once, or each week by the clocks of a zone: Friday 16:00 to Monday 08:00. */
export type FreezeWindow = { readonly reason: string } & (
  | { readonly kind: 'once'; readonly start: Ms; readonly end: Ms }
  | { readonly kind: 'weekly'; readonly from: WeekTime; readonly to: WeekTime; readonly zone: string }
);

/** A freeze as a file has it: both borders are dates, or both are times of the week. */
export interface WrittenFreeze {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly reason: string;
}

const WANT_BORDER = 'want a date such as "2026-12-19", "2026-12-19 18:00", or a time of the week such as "Fri 16:00"';

/** When a freeze that holds at `now` ends; undefined when it does not hold. */
export function frozenUntil(freeze: FreezeWindow, now: Ms): Ms | undefined {
  const { start, end } = freeze.kind === 'once' ? freeze : latestWeek(freeze, now);
  return now >= start && now < end ? end : undefined;
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

/** Throws an Error that says what is wrong with a freeze and what would be right. */
export function readFreeze({ from, to, zone, reason }: WrittenFreeze): FreezeWindow {
  if (!isZone(zone)) throw new Error(`got zone ${JSON.stringify(zone)}; want an IANA name such as "Europe/Paris"`);
  const [first, last] = [weekTimeOf(from), weekTimeOf(to)];
  if (first !== undefined && last !== undefined) {
    if (first.weekday === last.weekday && minutesOf(first) === minutesOf(last)) {
      throw new Error(`got ${JSON.stringify(from)} to itself, which never ends; want another "to"`);
    }
    return { kind: 'weekly', from: first, to: last, zone, reason };
  }
  if (first !== undefined || last !== undefined) {
    throw new Error('got a date and a time of the week; want two of a kind');
  }
  const [start, end] = [momentIn(from, zone), momentIn(to, zone)];
  if (end > start) return { kind: 'once', start, end, reason };
  const wrong = end === start ? 'nothing' : `${formatDuration(ms(start - end))} less than nothing`;
  throw new Error(`got a freeze from ${from} to ${to}, which is ${wrong}; want "to" after "from", which is excluded`);
}

/** A date is its midnight. What no calendar has, such as 30 February, is refused. */
function momentIn(text: string, zone: string): Ms {
  const fields = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text.trim());
  if (fields === null) throw new Error(`got ${JSON.stringify(text)}; ${WANT_BORDER}`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = fields.slice(1).map((field) => Number(field ?? 0));
  const read = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const same = [read.getUTCMonth() + 1, read.getUTCDate(), read.getUTCHours(), read.getUTCMinutes()];
  if (same.join() !== [month, day, hour, minute].join()) {
    throw new Error(`got ${JSON.stringify(text)}, which no calendar has; ${WANT_BORDER}`);
  }
  return ms(momentOf({ year, month: month - 1, day, hour, minute }, zone));
}
