import { momentOf } from '../../../server/model/zones.ts';

/** A time found in a message, and the first byte behind it. */
export interface Stamp {
  readonly time: number;
  readonly next: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_MS = 86_400_000;
/** A year is guessed again after this long, or for another hour of the day. */
const GUESS_MS = 3_600_000;

/** Mmm dd hh:mm:ss, with what devices add: a mark before it, the year on either side of the day, a fraction, a zone name. */
const BSD =
  /^[*.]?(?:(\d{4}) )?([A-Za-z]{3}) ([ \d]?\d)(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: (UTC|GMT|Z))?(?=$|[ :])/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):?(\d\d))?(?=$|[ :])/;
/** Longer than any time these expressions take. */
const MAX_BYTES = 48;

/** RFC 5424, 6.2.3: with its zone, without leap seconds. */
export function readIsoStamp(bytes: Buffer, at: number, end: number, zone: string): Stamp | undefined {
  const match = ISO.exec(bytes.toString('latin1', at, Math.min(end, at + MAX_BYTES)));
  if (match === null) return undefined;
  const [text, year, month, day, hour, minute, second, fraction, utc, sign, zoneHours, zoneMinutes] = match;
  const ahead = (sign === '-' ? -1 : 1) * (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * 60_000;
  const named = sign !== undefined || utc !== undefined;
  const start = hourStart(Number(year), Number(month), Number(day), Number(hour), named ? 'UTC' : zone);
  const time = start + withinHour(minute, second, fraction) - ahead;
  return Number.isNaN(time) ? undefined : { time, next: at + text.length };
}

/**
 * RFC 3164, 4.1.2: local time of the sender without a year. It is the newest year that puts the time no more than a day ahead of the
 * arrival: December is last year in January, and next year's January may come in December from a clock or a zone that is ahead.
 */
export class BsdStamp {
  readonly #zone: string;
  #hour = '';
  #base = Number.NaN;
  #guessed = Number.NaN;

  /** @param zone IANA name */
  constructor(zone: string) {
    this.#zone = zone;
  }

  read(bytes: Buffer, at: number, end: number, now: number): Stamp | undefined {
    const match = BSD.exec(bytes.toString('latin1', at, Math.min(end, at + MAX_BYTES)));
    if (match === null) return undefined;
    const [text, before, name = '', day, after, hour, minute, second, fraction, utc] = match;
    const start = this.#hourStart(before ?? after, monthOf(name), Number(day), Number(hour), utc !== undefined, now);
    const time = start + withinHour(minute, second, fraction);
    return Number.isNaN(time) ? undefined : { time, next: at + text.length };
  }

  /** Most messages share their hour with the one before. */
  #hourStart(year: string | undefined, month: number, day: number, hour: number, utc: boolean, now: number): number {
    const key = `${year ?? ''} ${month} ${day} ${hour} ${utc}`;
    if (key === this.#hour && Math.abs(now - this.#guessed) < GUESS_MS) return this.#base;
    this.#hour = key;
    this.#guessed = now;
    const startIn = (chosen: number): number => hourStart(chosen, month, day, hour, utc ? 'UTC' : this.#zone);
    this.#base = year === undefined ? latestYear(startIn, now) : startIn(Number(year));
    return this.#base;
  }
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** 29 February may be years back. */
function latestYear(startIn: (year: number) => number, now: number): number {
  const year = new Date(now).getUTCFullYear();
  const moments = Array.from({ length: 10 }, (_, i) => startIn(year + 1 - i)).filter((time) => !Number.isNaN(time));
  return moments.find((time) => time <= now + DAY_MS) ?? Number.NaN;
}

/** NaN when the calendar has no such day, or the day no such hour. */
function hourStart(year: number, month: number, day: number, hour: number, zone: string): number {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return isDay && hour < 24 ? momentOf({ year, month: month - 1, day, hour }, zone) : Number.NaN;
}

/** 60 is a leap second; it counts as the first of the next minute. */
function withinHour(minute = '', second = '', fraction = ''): number {
  const [m, s] = [Number(minute), Number(second)];
  return m < 60 && s <= 60 ? (m * 60 + s) * 1000 + Math.floor(Number(`0.${fraction || '0'}`) * 1000) : Number.NaN;
}
