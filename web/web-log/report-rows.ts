import type { VisitorEstimate, WebLogReport, WebLogTableName } from '../../server/model/web-log.ts';
import type { NumberFormats } from '../../server/model/words/number-formats.ts';
import type { WebLogWord } from '../../server/model/words/web-log.ts';
import type { PageSay } from '../words/page-words.ts';
import type { HitRow } from './hit-rows.ts';

type Say = PageSay<WebLogWord>;

/** Which key of a table is no name, and what is said for it. */
const SAID: Partial<Record<WebLogTableName, Readonly<Record<string, WebLogWord>>>> = {
  file_type: { '/': 'folder', '': 'no_extension' },
  referring_site: { '?': 'no_site' },
};

/** The rows of a table and what is left out of them. */
export function tableRows(report: WebLogReport, table: WebLogTableName, say: Say) {
  const { rows, other, bounded } = report.tables[table];
  const named = rows.map((row): HitRow => {
    const word = SAID[table]?.[row.key] ?? (row.key === '' ? 'none' : undefined);
    const name = word === undefined ? row.key : say(word);
    return { ...row, name, aside: word !== undefined, more: table === 'not_found' ? [row.referrer ?? ''] : [] };
  });
  const left = { ...other, name: say(bounded ? 'other_bounded' : 'other', { rows: other.rows }), aside: true };
  return { rows: named, other: other.rows > 0 ? left : undefined };
}

/** A row for every day of the range, those without requests too: a gap is news. */
export function dayRows({ days }: Pick<WebLogReport, 'days'>, numbers: NumberFormats): readonly HitRow[] {
  const known = new Map(days.map((day) => [day.day, day]));
  return everyDay(days[0]?.day, days.at(-1)?.day).map((name) => {
    const day = known.get(name);
    if (day === undefined) return { ...NOTHING, name, more: [numbers.count(0)] };
    return { ...day, name, more: [visitorsText(day.visitors, numbers)] };
  });
}

const NOTHING = { requests: 0, ok: 0, pages: 0, bytes: 0, ok_bytes: 0 } as const;
const DAY_MS = 86_400_000;
/** More than are ever kept. */
const MAX_DAYS = 4000;

function everyDay(first: string | undefined, last: string | undefined): readonly string[] {
  if (first === undefined || last === undefined) return [];
  const [start, end] = [Date.parse(`${first}T00:00:00Z`), Date.parse(`${last}T00:00:00Z`)];
  const count = Math.min(MAX_DAYS, Math.round((end - start) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, i) => new Date(start + i * DAY_MS).toISOString().slice(0, 10));
}

export function hourRows({ hours }: WebLogReport): readonly HitRow[] {
  return hours.map((row) => ({ ...row, name: `${String(row.hour).padStart(2, '0')}:00` }));
}

/** 1 is Monday, and so was 1 January 2024. */
export function weekdayRows({ weekdays }: WebLogReport, language: string): readonly HitRow[] {
  const format = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  return weekdays.map((row) => ({ ...row, name: format.format(Date.UTC(2024, 0, row.weekday)) }));
}

/** "≈ 1,234" once they are estimated. */
export function visitorsText({ estimate, standard_error }: VisitorEstimate, numbers: NumberFormats): string {
  return `${standard_error > 0 ? '≈\u00a0' : ''}${numbers.count(estimate)}`;
}
