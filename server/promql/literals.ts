import { VigieError } from '../model/errors.ts';
import { parseDuration } from '../model/units.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The value of a Go string literal: escapes in single or double quotes, none in backticks (https://go.dev/ref/spec#String_literals). */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g, (whole, code: string) => {
    const simple = ESCAPES[code];
    if (simple !== undefined) return simple;
    const point = /^[0-7]/.test(code) ? Number.parseInt(code, 8) : Number.parseInt(code.slice(1), 16);
    const isByte = /^[x0-7]/.test(code);
    if (Number.isNaN(point) || point > (isByte ? 0x7f : 0x10ffff)) {
      throw new VigieError('bad_query', `cannot read string ${literal}: got the escape ${whole}; want one of Go's`);
    }
    return String.fromCodePoint(point);
  });
}

/** A number, or a duration as its seconds: `1e3`, `0x1F`, `017`, `Inf`, `5m`. */
export function parseNumber(text: string): number {
  const plain = text.replaceAll('_', '').toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  if (plain === 'nan') return Number.NaN;
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  const value = Number(plain);
  return Number.isNaN(value) ? parseDuration(text) / 1000 : value;
}
