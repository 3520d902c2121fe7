import { styleText } from 'node:util';
import { numberFormats } from '../model/words/number-formats.ts';

type Style = Parameters<typeof styleText>[0];

/** Colour only for a person: not into a pipe, and never against NO_COLOR (https://no-color.org). */
export function paint(style: Style, text: string): string {
  const wanted = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return wanted ? styleText(style, text) : text;
}

/** Data goes to stdout, for as long as somebody reads it. */
export function print(text: string): void {
  if (isRead()) process.stdout.write(`${text}\n`);
}

/** False once a reader has left and a word to him was lost: what would go on for ever ends then. */
export function isRead(): boolean {
  return process.stdout.writable;
}

/** Messages go to stderr. They may quote anything, and each line is made safe here. */
export function tell(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Rows under heads, in columns as wide as their widest cell; columns named in `right` are set right. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (right.includes(heads[i] ?? '') ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(heads), ...cells.map(line)].join('\n');
}

/** Text that came from outside, made safe for a terminal: control and bidirectional characters are shown as escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same of text that has lines of its own. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Enough digits that 99.99 % and 99.95 % stay apart. */
export function percent(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${Number((ratio * 100).toFixed(3))} %`;
}

const english = numberFormats('en');

/** What was attained, as the pages round it: down, so that a miss never reads as the objective it missed. */
export function attainedText(ratio: number | undefined, objective: number): string {
  return ratio === undefined ? '-' : english.attained(ratio, objective).replace('%', ' %');
}

/** What is left of a budget as the pages round it, and the words that follow it; one that is overspent has no negative rest. */
export function budgetLeft(ratio: number | undefined, words = ''): string {
  if (ratio === undefined) return `-${words}`;
  const told = english.percent(Math.abs(ratio)).replace('%', ' %');
  return ratio < 0 ? `overspent by ${told}` : `${told}${words}`;
}

/** A burn rate as the pages round it: `10.1x`; a dash for none. */
export function burnText(rate: number | undefined): string {
  return rate === undefined ? '-' : english.times(rate).replace('×', 'x');
}

/** Counts; those of ratios that were measured are no whole numbers. */
export function badOf({ bad, total }: { readonly bad: number; readonly total: number }): string {
  return `${Number(bad.toFixed(3))} bad of ${Number(total.toFixed(3))}`;
}

/** A moment to the second, UTC (RFC 3339); a dash for none. */
export function moment(time: number | undefined): string {
  return time === undefined ? '-' : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
