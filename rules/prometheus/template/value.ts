import { goNumber } from '../../../server/model/go-number.ts';
import type { Labels } from '../../../server/model/labels.ts';

/** A value of a template: numbers are Go's float64, bigints its int, undefined its nil. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | undefined
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Fields
  | Moment
  | Span;

/** A struct: asking for a field it has not is an error, where a map has an empty text. */
export class Fields {
  readonly fields: Readonly<Record<string, Value>>;

  constructor(fields: Readonly<Record<string, Value>>) {
    this.fields = fields;
  }
}

/** A moment, ms since the epoch. */
export class Moment {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A length of time, seconds. */
export class Span {
  readonly secs: number;

  constructor(secs: number) {
    this.secs = secs;
  }
}

export function labelMap(labels: Labels): ReadonlyMap<string, Value> {
  return new Map(Object.entries(labels));
}

export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/** As Go prints it with `%v`. */
export function valueText(value: Value): string {
  if (value === undefined) return '<no value>';
  if (typeof value === 'number') return goNumber(value);
  if (value instanceof Moment) return momentText(value.ms);
  if (value instanceof Span) return spanText(value.secs);
  if (value instanceof Fields) return `{${Object.values(value.fields).map(valueText).join(' ')}}`;
  if (value instanceof Map) {
    const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => `${name}:${valueText(one)}`);
    return `map[${pairs.join(' ')}]`;
  }
  return Array.isArray(value) ? `[${value.map(valueText).join(' ')}]` : String(value);
}

export function typeName(value: Value): string {
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value === undefined) return 'nil';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? 'list' : value instanceof Map ? 'map' : 'struct';
}

/** `2015-01-31 08:00:00.5 +0000 UTC`. */
function momentText(ms: number): string {
  const [, day = '', time = '', fraction = ''] =
    /^(.*)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(new Date(ms).toISOString()) ?? [];
  return `${day} ${time}${fraction.replace(/\.?0+$/, '')} +0000 UTC`;
}

/** `1h2m3.5s`, below a second `1.5ms`. */
function spanText(secs: number): string {
  if (secs === 0) return '0s';
  const sign = secs < 0 ? '-' : '';
  const size = Math.abs(secs);
  if (size < 1e-6) return `${sign}${goNumber(size * 1e9)}ns`;
  if (size < 1e-3) return `${sign}${goNumber(size * 1e6)}µs`;
  if (size < 1) return `${sign}${goNumber(size * 1e3)}ms`;
  const [hours, minutes] = [Math.floor(size / 3600), Math.floor(size / 60) % 60];
  const rest = `${goNumber(Math.round((size % 60) * 1e9) / 1e9)}s`;
  return sign + (hours > 0 ? `${hours}h${minutes}m${rest}` : minutes > 0 ? `${minutes}m${rest}` : rest);
}
