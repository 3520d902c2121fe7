import {
  type HitFigures,
  WEB_LOG_TABLES,
  type WebLogReport,
  type WebLogTable,
  type WebLogTableName,
} from '../model/web-log.ts';
import type { WebLogWord } from '../model/words/web-log.ts';
import type { Language } from '../model/words/words.ts';
import { type Say, Speech } from './report-speech.ts';

/** A report in words, ready to be laid out: as text, or as a page. All of it is still unescaped text. */
export interface ReportView {
  readonly language: Language;
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly heads: readonly Head[];
  readonly rows: readonly SectionRow[];
  readonly note?: string;
}

export interface Head {
  readonly text: string;
  readonly isNumber: boolean;
}

export interface SectionRow {
  readonly cells: readonly string[];
  /** Requests by those of the largest row: the length of its bar. */
  readonly share: number;
  /** Sums up others, or says that there is none. */
  readonly aside: boolean;
}

/** Which key of a table is no name, and what is said for it. */
const SAID: Partial<Record<WebLogTableName, Readonly<Record<string, WebLogWord>>>> = {
  file_type: { '/': 'folder', '': 'no_extension' },
  referring_site: { '?': 'no_site' },
};

/** Puts a report into words. */
export function viewReport(report: WebLogReport, language: Language): ReportView {
  const speak = new Speech(language);
  const { say } = speak;
  const title = report.vhost || report.service;
  return {
    language,
    title: title ? say('of_service', { service: title }) : say('title'),
    subtitle: subtitleOf(report, say),
    facts: factsOf(report, speak),
    notes: notesOf(report, say),
    sections: report.total.requests === 0 ? [] : sectionsOf(report, speak),
  };
}

function subtitleOf({ days, from, to }: WebLogReport, say: Say): string {
  const first = from ?? days[0]?.day;
  const last = to ?? days.at(-1)?.day;
  if (first === undefined || last === undefined) return say('no_requests');
  const range = first === last ? first : say('from_to', { from: first, to: last });
  return `${range} · ${days.length === 0 ? say('no_requests') : say('period', { days: days.length })}`;
}

function factsOf(report: WebLogReport, speak: Speech): Fact[] {
  const { say } = speak;
  const { total, visitors } = report;
  const of = (word: 'ok' | 'redirected' | 'failed', value: number): Fact => ({
    label: say(word),
    value: speak.count(value),
    note: [speak.percent(value, total.requests), say(`${word}_note`)].filter(Boolean).join(' · '),
  });
  const counted = visitors.standard_error === 0;
  return [
    { label: say('requests'), value: speak.count(total.requests) },
    of('ok', total.ok),
    of('redirected', report.redirected),
    of('failed', report.failed),
    { label: say('pages'), value: speak.count(total.pages), note: say('pages_note') },
    {
      label: say('visitors'),
      value: speak.visitors(visitors),
      note: counted ? say('visitors_exact') : say('visitors_estimate', { error: visitors.standard_error }),
    },
    { label: say('bytes'), value: speak.bytes(total.bytes) },
    { label: say('ok_bytes'), value: speak.bytes(total.ok_bytes) },
    ...(report.zones.length === 0 ? [] : [{ label: say('zone'), value: report.zones.join(', ') }]),
  ];
}

function notesOf({ zones, lines }: WebLogReport, say: Say): string[] {
  const notes = zones.length > 1 ? [say('zones_many')] : [];
  if (lines === undefined) return notes;
  const { read, files, empty, unparseable, ahead, first_failure } = lines;
  notes.push(say('lines', { read, files: files.join(', ') }));
  if (empty > 0) notes.push(say('lines_empty', { empty }));
  if (first_failure !== undefined) notes.push(say('lines_unparseable', { unparseable, ...first_failure }));
  if (ahead > 0) notes.push(say('lines_ahead', { ahead }));
  return notes;
}

function sectionsOf(report: WebLogReport, speak: Speech): Section[] {
  const { say } = speak;
  const visitorColumn = { text: say('visitors'), isNumber: true };
  const plain = (
    id: 'days' | 'hours' | 'weekdays',
    head: WebLogWord,
    rows: readonly (HitFigures & { name: string; more?: readonly string[] })[],
    more: readonly Head[] = [],
  ): Section => {
    const most = Math.max(1, ...rows.map(({ requests }) => requests));
    return {
      id,
      title: say(id),
      heads: [{ text: say(head), isNumber: false }, ...figureHeads(say), ...more],
      rows: rows.map((row) => ({
        cells: [row.name, ...figureCells(row, report.total.requests, speak), ...(row.more ?? [])],
        share: row.requests / most,
        aside: false,
      })),
    };
  };
  const days = report.days.map((day) => ({ ...day, name: day.day, more: [speak.visitors(day.visitors)] }));
  const hours = report.hours.map((row) => ({ ...row, name: `${String(row.hour).padStart(2, '0')}:00` }));
  const weekdays = report.weekdays.map((row) => ({ ...row, name: speak.weekday(row.weekday) }));
  return [
    plain('days', 'day', days, [visitorColumn]),
    plain('hours', 'hour', hours),
    plain('weekdays', 'weekday', weekdays),
    ...WEB_LOG_TABLES.flatMap((name) => tableSection(name, report.tables[name], report, speak)),
  ];
}

function tableSection(name: WebLogTableName, table: WebLogTable, report: WebLogReport, speak: Speech): Section[] {
  const { say } = speak;
  if (table.rows.length === 0) return [];
  const isMissing = name === 'not_found';
  const { rows, other, bounded } = table;
  const whole = [...rows, other].reduce((sum, { requests }) => sum + requests, 0);
  const most = Math.max(1, ...rows.map(({ requests }) => requests));
  const listed = rows.map(
    (row): SectionRow => ({
      cells: [
        nameOf(name, row.key, say),
        ...figureCells(row, whole, speak),
        ...(isMissing ? [row.referrer ?? ''] : []),
      ],
      share: row.requests / most,
      aside: row.key === '',
    }),
  );
  const left: SectionRow = {
    cells: [
      say(bounded ? 'other_bounded' : 'other', { rows: other.rows }),
      ...figureCells(other, whole, speak),
      ...(isMissing ? [''] : []),
    ],
    share: 0,
    aside: true,
  };
  const heads = [{ text: say('name'), isNumber: false }, ...figureHeads(say)];
  const section: Section = {
    id: name,
    title: say(name),
    heads: isMissing ? [...heads, { text: say('last_referrer'), isNumber: false }] : heads,
    rows: other.rows > 0 ? [...listed, left] : listed,
    ...(bounded ? { note: say('bounded') } : {}),
  };
  // Without a query anywhere the two tables are one.
  const isPathAgain = name === 'url' && sameRows(rows, report.tables.path.rows);
  return isPathAgain ? [] : [section];
}

function sameRows(rows: WebLogTable['rows'], others: WebLogTable['rows']): boolean {
  return rows.length === others.length && rows.every((row, i) => row.key === others[i]?.key);
}

function nameOf(table: WebLogTableName, key: string, say: Say): string {
  const word = SAID[table]?.[key] ?? (key === '' ? 'none' : undefined);
  return word === undefined ? key : say(word);
}

function figureHeads(say: Say): Head[] {
  const words: readonly WebLogWord[] = ['requests', 'share', 'ok', 'pages', 'bytes'];
  return words.map((word) => ({ text: say(word), isNumber: true }));
}

function figureCells({ requests, ok, pages, bytes }: HitFigures, whole: number, speak: Speech): string[] {
  return [
    speak.count(requests),
    speak.percent(requests, whole),
    speak.count(ok),
    speak.count(pages),
    speak.bytes(bytes),
  ];
}
