import { VigieError } from '../model/errors.ts';
import { parseDuration } from '../model/units.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
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

/** A quoted text as Go reads it (https://go.dev/ref/spec#String_literals): "..." and '...' with escapes, `...` without. */
export function unquote(text: string): string {
  const body = text.slice(1, -1);
  if (text.startsWith('`')) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gsu, (_, sequence: string) =>
    characterOf(sequence),
  );
}

function characterOf(sequence: string): string {
  const named = ESCAPES[sequence];
  if (named !== undefined) return named;
  const code = /^[0-7]{3}$/.test(sequence) ? Number.parseInt(sequence, 8) : Number.parseInt(sequence.slice(1), 16);
  if (sequence.length < 3 || Number.isNaN(code) || code > 0x10ffff) {
    throw new VigieError('bad_query', `unknown escape sequence \\${sequence}`);
  }
  return String.fromCodePoint(code);
}

/** A number as PromQL writes it: 1, .5, 1e3, 0x1f, Inf, NaN, or a duration, which is its seconds. */
export function parseNumber(text: string): number {
  const plain = text.toLowerCase().replaceAll('_', '');
  if (plain === 'inf') return Number.POSITIVE_INFINITY;
  if (plain === 'nan') return Number.NaN;
  const value = Number(plain);
  return Number.isNaN(value) ? parseDuration(text) / 1000 : value;
}
