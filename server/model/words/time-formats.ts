import type { Language } from './words.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

type TimeUnit = (typeof UNITS)[number][0];

/** SI symbols rather than abbreviations: `5 min`, `1 h`. The day alone is written in each language's own way. */
const SYMBOLS: Readonly<Record<Language, Readonly<Record<TimeUnit, string>>>> = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
  fr: { day: 'j', hour: 'h', minute: 'min', second: 's' },
};

/** Durations and moments for people. Moments are ms since the epoch, durations seconds. */
export interface TimeFormats {
  /** An exact duration in its largest whole unit, in full: `30 days`. */
  span(secs: number): string;
  /** The same, short: `5 min`. */
  shortSpan(secs: number): string;
  /** A threshold, in milliseconds: `250 ms`. */
  milliseconds(secs: number): string;
  /** How old something is, in its largest unit, rounded down, never negative: `7 min`. */
  age(secs: number): string;
  /** Date, time and zone. */
  moment(time: number): string;
  /** Day and time without the year, for the rows of a table. */
  shortMoment(time: number): string;
  /** Date alone. */
  date(time: number): string;
  /** Day and month of the calendar of UTC. */
  day(time: number): string;
}

/** `timeZone` is an IANA name; the browser's own when left out. */
export function timeFormats(language: Language, timeZone?: string): TimeFormats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { ...options, ...zone });
  const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  // As in the sentences of `server/model/words`, which say moments with the skeleton HHmm.
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const moment = dates({ ...day, ...clock, timeZoneName: 'short' });
  const shortMoment = dates({ month: 'short', day: 'numeric', ...clock });
  const date = dates(day);
  const utcDay = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const milliseconds = new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond' });
  return {
    milliseconds: (secs) => milliseconds.format(secs * 1000),
    span: (secs) => spelled(language, wholeUnit(secs)),
    shortSpan: (secs) => symbolic(language, wholeUnit(secs)),
    age: (secs) => symbolic(language, roundedUnit(Math.max(0, secs))),
    moment: (time) => moment.format(time),
    shortMoment: (time) => shortMoment.format(time),
    date: (time) => date.format(time),
    day: (time) => utcDay.format(time),
  };
}

/** A moment for machines: UTC, to the millisecond (RFC 3339). */
export function isoMoment(time: number): string {
  return new Date(time).toISOString();
}

interface Quantity {
  readonly value: number;
  readonly unit: TimeUnit;
}

/** The largest unit that divides the duration: 5400 s is 90 minutes. */
function wholeUnit(secs: number): Quantity {
  const [unit, size] = UNITS.find(([, candidate]) => secs >= candidate && secs % candidate === 0) ?? ['second', 1];
  return { value: secs / size, unit };
}

/** The largest unit the duration reaches: 5400 s is 1 hour. */
function roundedUnit(secs: number): Quantity {
  const [unit, size] = UNITS.find(([, candidate]) => secs >= candidate) ?? ['second', 1];
  return { value: Math.floor(secs / size), unit };
}

function spelled(language: Language, { value, unit }: Quantity): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

function symbolic(language: Language, { value, unit }: Quantity): string {
  return `${new Intl.NumberFormat(language).format(value)}\u00a0${SYMBOLS[language][unit]}`;
}
