import { VigieError } from '../../../server/model/errors.ts';
import type { TemplateFunction } from './execute.ts';
import { printf } from './printf.ts';
import { isTrue, typeName, type Value, valueText } from './value.ts';

/** The functions every template of Go has (https://pkg.go.dev/text/template#hdr-Functions), `js` and `call` left out. */
export const BUILTINS: Readonly<Record<string, TemplateFunction>> = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (arg) => !isTrue(arg),
  len: (arg) => {
    if (typeof arg === 'string') return BigInt(utf8Bytes(arg));
    if (Array.isArray(arg)) return BigInt(arg.length);
    if (arg instanceof Map) return BigInt(arg.size);
    throw wrong(`len of type ${typeName(arg)}`);
  },
  index: (value, ...keys) => keys.reduce(indexed, value),
  print: (...args) => printed(args),
  println: (...args) => `${args.map(valueText).join(' ')}\n`,
  printf: (format, ...args) => printf(asText(format), args),
  html: (...args) => escapedHtml(printed(args)),
  urlquery: (...args) => queryEscaped(printed(args)),
  eq: (first, ...others) => others.some((other) => order(first, other, 'eq') === 0),
  ne: (a, b) => order(a, b, 'ne') !== 0,
  lt: (a, b) => order(a, b, 'lt') === -1,
  le: (a, b) => [-1, 0].includes(order(a, b, 'le')),
  gt: (a, b) => order(a, b, 'gt') === 1,
  ge: (a, b) => [0, 1].includes(order(a, b, 'ge')),
};

export function asText(value: Value): string {
  if (typeof value === 'string') return value;
  throw wrong(`wrong type for value; expected string; got ${typeName(value)}`);
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** As `application/x-www-form-urlencoded` has it: a space is a plus. */
export function queryEscaped(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

export function wrong(cause: string): VigieError {
  return new VigieError('execution', cause);
}

function printed(args: readonly Value[]): string {
  return args
    .map((arg, i) => {
      const spaced = i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string';
      return (spaced ? ' ' : '') + valueText(arg);
    })
    .join('');
}

function indexed(value: Value, key: Value): Value {
  if (value instanceof Map) return (value.get(asText(key)) as Value) ?? '';
  if (!Array.isArray(value) || typeof key !== 'bigint') throw wrong(`can't index item of type ${typeName(value)}`);
  if (key < 0n || key >= BigInt(value.length)) throw wrong(`index out of range: ${key}`);
  return value[Number(key)] as Value;
}

/** -1, 0, 1, or NaN where nothing is smaller. Only values of one type compare. */
function order(a: Value, b: Value, name: string): number {
  const basic = ['string', 'number', 'bigint', 'boolean'].includes(typeof a);
  if (!basic || typeof a !== typeof b) throw wrong(`incompatible types for comparison in ${name}`);
  const [left, right] = [a as string | number, b as string | number];
  if (left === right) return 0;
  return left < right ? -1 : left > right ? 1 : Number.NaN;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
