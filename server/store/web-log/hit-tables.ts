import { isDay } from '../../model/calendar-day.ts';
import { HIT_DIMENSIONS, HIT_FIGURES, type HitTable } from '../../model/web-log.ts';

const MAX_NAME = 300;
const MAX_KEY = 2100;
const MAX_HASH = 2 ** 52;
const ZONE = /^[A-Za-z0-9_+/-]{1,64}$/;

/** What the keys of a dimension look like where they are not free text. */
const KEYS: Readonly<Record<string, RegExp>> = { hour: /^(?:1?\d|2[0-3])$/, status: /^\d{3}$/ };

/** The tables of a payload that are what they should be; each that is not is counted, whole, because its sums must agree. */
export function readHitTables(value: unknown, countBad: () => void): HitTable[] {
  if (value === undefined) return [];
  const tables: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  return tables.filter((table): table is HitTable => {
    const good = isHitTable(table);
    if (!good) countBad();
    return good;
  });
}

function isHitTable(value: unknown): value is HitTable {
  if (!isRecord(value) || !isRecord(value.rows)) return false;
  const { service, vhost, zone, day, rows, visitors } = value;
  return (
    [service, vhost].every((name) => isText(name, MAX_NAME)) &&
    typeof zone === 'string' &&
    ZONE.test(zone) &&
    typeof day === 'string' &&
    isDay(day) &&
    Object.keys(rows).every((name) => HIT_DIMENSIONS.some((known) => known === name)) &&
    Object.entries(rows).every(([name, columns]) => isColumns(name, columns)) &&
    isColumn(visitors, (hash) => isCount(hash) && hash < MAX_HASH)
  );
}

function isColumns(name: string, value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value.key)) return false;
  const { length } = value.key;
  const isKey = KEYS[name];
  return (
    value.key.every((key) => isText(key, MAX_KEY) && (isKey === undefined || isKey.test(key))) &&
    HIT_FIGURES.every((figure) => isColumn(value[figure], isCount, length)) &&
    (value.referrer === undefined || isColumn(value.referrer, (text) => isText(text, MAX_KEY), length)) &&
    (value.time === undefined || isColumn(value.time, isCount, length))
  );
}

function isColumn<T>(value: unknown, isGood: (item: unknown) => item is T, length?: number): value is T[];
function isColumn(value: unknown, isGood: (item: unknown) => boolean, length?: number): boolean;
function isColumn(value: unknown, isGood: (item: unknown) => boolean, length?: number): boolean {
  return Array.isArray(value) && (length === undefined || value.length === length) && value.every(isGood);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
