import type { ReportView, Section } from './report-view.ts';

/** Longer names are shortened in the middle, where they differ least. */
const MAX_NAME = 72;
const BAR_WIDTH = 20;

/** The report as aligned tables for a terminal or a mail; nothing in it can move a cursor. Ends in a line end. */
export function reportText({ title, subtitle, facts, notes, sections }: ReportView): string {
  const label = Math.max(...facts.map((fact) => width(fact.label)));
  const value = Math.max(...facts.map((fact) => width(fact.value)));
  const factLine = (fact: ReportView['facts'][number]): string =>
    `${padEnd(fact.label, label)}  ${padStart(fact.value, value)}  ${fact.note ?? ''}`.trimEnd();
  const head = [safe(title), '='.repeat(width(safe(title))), safe(subtitle), '', ...facts.map(factLine)];
  const blocks = sections.map((section) => sectionText(section));
  const foot = notes.length === 0 ? [] : [notes.map(safe).join('\n')];
  return `${[head.map(safe).join('\n'), ...blocks, ...foot].join('\n\n')}\n`;
}

function sectionText({ title, heads, rows, note }: Section): string {
  const cells = rows.map((row) => row.cells.map((cell) => shorten(safe(cell))));
  const widths = heads.map((head, i) => Math.max(width(head.text), ...cells.map((row) => width(row[i] ?? ''))));
  const line = (row: readonly string[], bar: string): string => {
    const [name = '', ...others] = row.map((cell, i) =>
      heads[i]?.isNumber === true ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0),
    );
    const [figures, rest] = [
      others.filter((_, i) => heads[i + 1]?.isNumber),
      others.filter((_, i) => !heads[i + 1]?.isNumber),
    ];
    return [name, ...figures, padEnd(bar, BAR_WIDTH), ...rest].join('  ').trimEnd();
  };
  const heading = heads.map((head) => head.text);
  const body = cells.map((row, i) => line(row, '#'.repeat(Math.round((rows[i]?.share ?? 0) * BAR_WIDTH))));
  return [title, '-'.repeat(width(title)), line(heading, ''), ...body, ...(note === undefined ? [] : [note])].join(
    '\n',
  );
}

/** Control, format and line-separating characters are shown as escapes: log lines are written by strangers. */
function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

function shorten(text: string): string {
  const letters = [...text];
  if (letters.length <= MAX_NAME) return text;
  const half = (MAX_NAME - 1) >> 1;
  return `${letters.slice(0, half).join('')}…${letters.slice(-half).join('')}`;
}

/** Columns of a terminal; wide East Asian letters take two. */
function width(text: string): number {
  let columns = 0;
  for (const letter of text) {
    if (/\p{Mn}|\p{Me}/u.test(letter)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        letter,
      )
        ? 2
        : 1;
  }
  return columns;
}

function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}
