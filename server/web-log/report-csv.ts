import { HIT_FIGURES, type HitFigures, WEB_LOG_TABLES, type WebLogReport } from '../model/web-log.ts';

const HEAD = ['table', 'key', ...HIT_FIGURES, 'visitors', 'last_referrer', 'rows'];

/**
 * The report as one table (RFC 4180): a row per key of each table, "(other)" with the number of its rows, `total` first. A text that
 * a spreadsheet would take for a formula has an apostrophe before it.
 */
export function reportCsv(report: WebLogReport): string {
  const lines: string[][] = [HEAD];
  const add = (
    table: string,
    key: string | number,
    figures: HitFigures,
    more: readonly (string | number)[] = [],
  ): void => {
    lines.push([table, String(key), ...HIT_FIGURES.map((figure) => String(figures[figure])), ...more.map(String)]);
  };
  add('total', '', report.total, [report.visitors.estimate, '', '']);
  for (const day of report.days) add('day', day.day, day, [day.visitors.estimate, '', '']);
  for (const row of report.hours) add('hour', row.hour, row, ['', '', '']);
  for (const row of report.weekdays) add('weekday', row.weekday, row, ['', '', '']);
  for (const name of WEB_LOG_TABLES) {
    const { rows, other } = report.tables[name];
    for (const row of rows) add(name, row.key, row, ['', row.referrer ?? '', '']);
    if (other.rows > 0) add(name, '(other)', other, ['', '', other.rows]);
  }
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
