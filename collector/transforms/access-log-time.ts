const DAY_MS = 86_400_000;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const MONTH_OF = new Map(
  Array.from({ length: 12 }, (_, i) => [pack(Buffer.from(MONTHS.slice(i * 3, i * 3 + 3)), 0), i + 1]),
);

/** Bytes between the brackets of `[17/May/2015:10:05:03 +0000]`. */
export const TIME_BYTES = 26;

/**
 * Reads `%t` of access logs, which always has this width. Keeps the last day and zone, which most lines share. The zone is
 * honoured: the answer is ms since the epoch.
 */
export class AccessLogTime {
  #date = -1;
  #midnight = Number.NaN;

  /** NaN when there is no such moment. `at` is the first digit of the day. */
  read(bytes: Uint8Array, at: number): number {
    const midnight = this.#midnightOf(bytes, at);
    const hour = twoDigits(bytes, at + 12);
    const minute = twoDigits(bytes, at + 15);
    const second = twoDigits(bytes, at + 18);
    const zone = zoneMinutes(bytes, at + 21);
    const colons =
      bytes[at + 11] === 0x3a && bytes[at + 14] === 0x3a && bytes[at + 17] === 0x3a && bytes[at + 20] === 0x20;
    // 60 is a leap second; it counts as the first of the next minute.
    if (!colons || !(hour < 24 && minute < 60 && second <= 60)) return Number.NaN;
    return midnight + ((hour * 60 + minute - zone) * 60 + second) * 1000;
  }

  #midnightOf(bytes: Uint8Array, at: number): number {
    const day = twoDigits(bytes, at);
    const month = pack(bytes, at + 3);
    const year = twoDigits(bytes, at + 7) * 100 + twoDigits(bytes, at + 9);
    if (bytes[at + 2] !== 0x2f || bytes[at + 6] !== 0x2f) return Number.NaN;
    const date = (month * 10_000 + year) * 100 + day;
    if (date !== this.#date) {
      this.#date = date;
      this.#midnight = midnightOf(year, MONTH_OF.get(month) ?? Number.NaN, day);
    }
    return this.#midnight;
  }
}

/** Ms of the start of a day of the Gregorian calendar, NaN when there is none (Hinnant, days_from_civil). */
function midnightOf(year: number, month: number, day: number): number {
  if (!(year >= 1970 && day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneMinutes(bytes: Uint8Array, at: number): number {
  const sign = bytes[at];
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 3);
  if (!(hours < 24 && minutes < 60) || (sign !== 0x2b && sign !== 0x2d)) return Number.NaN;
  return (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] ?? 0) - 0x30;
  const low = (bytes[at + 1] ?? 0) - 0x30;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/** Three bytes as one number. */
function pack(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}
