import type { Scalar } from 'yaml';

/**
 * Where a sign of a scalar's value stands in its file. Folding and indenting change white space alone and escapes stand for signs, so the
 * n-th sign that is no white space is the same in the file and in the value, however the scalar is written.
 * @param offset in the value; at its end or on white space the place of what follows, or the end of the last sign
 */
export function offsetInScalar(file: string, { range, type, value }: Scalar, offset: number): number {
  const [from = 0, to = from] = range ?? [];
  const before = solid(String(value).slice(0, offset));
  const isLast = solid(String(value)) === before;
  let seen = 0;
  let end = from;
  for (const { at, text, sign } of signsOf(file, from, to, type)) {
    const length = solid(sign);
    if (length === 0) continue;
    if (!isLast && seen >= before) return at;
    seen += length;
    end = at + text.length;
    if (isLast && seen >= before) break;
  }
  return end;
}

/** How many characters of a text are no white space. */
function solid(text: string): number {
  return text.replaceAll(/\s/g, '').length;
}

interface WrittenSign {
  readonly at: number;
  /** As it is written, and what it stands for. */
  readonly text: string;
  readonly sign: string;
}

const ESCAPED = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|[\s\S])|[\s\S]/gu;
const DOUBLED = /''|[\s\S]/gu;
const PLAIN = /[\s\S]/gu;

function* signsOf(file: string, from: number, to: number, type: Scalar['type']): Generator<WrittenSign> {
  const [start, end] = bodyOf(file, from, to, type);
  const signs = type === 'QUOTE_DOUBLE' ? ESCAPED : type === 'QUOTE_SINGLE' ? DOUBLED : PLAIN;
  for (const { 0: text, index } of file.slice(start, end).matchAll(signs)) {
    yield { at: start + index, text, sign: text.length > 1 ? decoded(text) : text };
  }
}

/** Without quotes, without the line that opens a block. */
function bodyOf(file: string, from: number, to: number, type: Scalar['type']): readonly [number, number] {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return [from + 1, to - 1];
  if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return [from, to];
  const line = file.indexOf('\n', from);
  return [line < 0 ? to : line + 1, to];
}

/** Escapes that stand for white space (https://yaml.org/spec/1.2.2/#57-escaped-characters), a line that goes on among them. */
const BLANK = new Set(['t', 'n', 'v', 'f', 'r', ' ', '_', 'L', 'P', '\t', '\n', '\r\n', '\r']);

function decoded(text: string): string {
  if (!text.startsWith('\\')) return text === "''" ? "'" : text;
  const code = text.slice(1);
  if (BLANK.has(code)) return '';
  return /^[xuU]./.test(code) ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : '.';
}
