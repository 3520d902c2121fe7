/** What a clock on the wall shows; months count from 0 as in `Date`. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  /** 0 when left out. */
  readonly minute?: number;
}

/** An IANA name; undefined is the zone of the machine. */
type Zone = string | undefined;

const DAY_MS = 86_400_000;
const MAX_FORMATS = 64;
const formats = new Map<Zone, Intl.DateTimeFormat>();

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // RangeError is how Intl says that it knows no such zone.
    return false;
  }
}

/** The IANA name of the machine's zone. */
export function localZone(): string {
  return new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
}

/** What must be added to UTC to get the time on the wall at a moment, ms. */
export function offsetAt(time: number, zone?: string): number {
  const { year, month, day, hour, minute, second } = partsAt(time, zone);
  return Date.UTC(year, month, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

export function wallClockAt(time: number, zone?: string): WallClock {
  const { year, month, day, hour } = partsAt(time, zone);
  return { year, month, day, hour };
}

/**
 * The moment at which clocks on the wall show a time; fields may overflow as in `Date`. A time that a change of clocks skips is
 * moved on by what was skipped, one that it repeats is meant the first time ("compatible" of ECMAScript's Temporal).
 */
export function momentOf({ year, month, day, hour, minute = 0 }: WallClock, zone?: string): number {
  const asUtc = Date.UTC(year, month, day, hour, minute);
  const before = offsetAt(asUtc - DAY_MS, zone);
  const after = offsetAt(asUtc + DAY_MS, zone);
  if (before === after || offsetAt(asUtc - before, zone) === before) return asUtc - before;
  return offsetAt(asUtc - after, zone) === after ? asUtc - after : asUtc - before;
}

function partsAt(time: number, zone: Zone) {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(time)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  return { year, month: month - 1, day, hour, minute, second };
}

/** A formatter costs more to make than to use a thousand times. */
function formatOf(zone: Zone): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...(zone !== undefined && { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}
