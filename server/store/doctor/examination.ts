import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { lastCommit } from '../journal/recovery.ts';
import { checkBlocks } from '../logs/block-check.ts';
import { type KnownSeries, knownSeries } from '../series/known-series.ts';
import { checkDays } from '../web-log/day-check.ts';
import type { Finding } from './finding.ts';
import { checkJournal } from './journal-check.ts';
import { checkPage, type PageCheckInput, pageRows } from './page-check.ts';
import { checkReferences } from './reference-check.ts';

/** What was read, and what of it is not as it was written. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly pages: number;
  readonly journalRows: number;
  readonly series: number;
  readonly logBlocks: number;
  readonly webLogDays: number;
  readonly documents: number;
  /** The newest high-water mark of any origin, ms; absent without data. */
  readonly newest?: number;
}

/** What is examined now, and how much of it is done, 0 to 1. */
export type ExaminationStep = readonly [step: string, share: number];

/** After so many rows somebody may look at the progress, or at the log that grows. */
const ROWS_PER_STEP = 512;
const MAX_STRUCTURE_PROBLEMS = 100;
const STRUCTURE = "the file's own structure";
const UNREADABLE = 'rows; restore a backup, or copy what can be read with ".recover" of the sqlite3 shell';

/**
 * Reads a whole database of today's format: the structure of the file, every page, commit, block and day, and whether they fit each other.
 * Changes nothing. Yields how far it is; what SQLite itself cannot read is a finding like others.
 */
export function* examine(db: Database.Database): Generator<ExaminationStep, Examination> {
  const findings: Finding[] = [];
  /** What SQLite cannot read is told, and the rest is read all the same. */
  const attempt = <T>(what: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      findings.push(unreadable(what, error));
      return otherwise;
    }
  };
  yield ['Structure', 0];
  findings.push(...attempt(STRUCTURE, () => checkStructure(db), []));
  yield ['Structure', 1];
  const counts = countRows(db, (table, count) => attempt(`table ${table}`, count, 0));
  const known = attempt('the series', () => knownSeries(db), new Map<number, KnownSeries>());
  findings.push(...attempt('the journal', () => checkJournal(db, known), []));
  findings.push(...attempt('the tables', () => checkReferences(db), []));
  const last = attempt('the last commit', () => lastCommit(db), Number.POSITIVE_INFINITY);
  const pages = checkPages(db, { known, lastCommit: last });
  yield* gather(findings, 'Pages', counts.pages, pages);
  yield* gather(findings, 'Log blocks', counts.logBlocks, checkBlocks(db));
  yield* gather(findings, 'Web log', counts.webLogDays, checkDays(db));
  const newest = attempt('the origins', () => newestMark(db), null);
  return { findings, ...counts, ...(newest !== null && Number.isFinite(newest) && { newest }) };
}

function* checkPages(db: Database.Database, input: PageCheckInput): Generator<Finding | undefined> {
  for (const table of ['page', 'page_before_leap'] as const) {
    for (const row of pageRows(db, table)) yield checkPage(row, table, input);
  }
}

/** Collects what a check finds, with the progress over its `total` rows. */
function* gather(
  findings: Finding[],
  step: string,
  total: number,
  checks: Generator<Finding | undefined>,
): Generator<ExaminationStep, void> {
  yield [step, 0];
  let done = 0;
  try {
    for (const finding of checks) {
      if (finding !== undefined) findings.push(finding);
      if (++done % ROWS_PER_STEP === 0) yield [step, Math.min(1, done / Math.max(1, total))];
    }
  } catch (error) {
    findings.push(unreadable(step.toLowerCase(), error));
  }
  yield [step, 1];
}

/** Only SQLite fails here: what a decoder throws is a finding of its own. */
function unreadable(what: string, error: unknown): Finding {
  if (!String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_')) throw error;
  return { what, cause: messageOf(error), lost: UNREADABLE, rows: [] };
}

function checkStructure(db: Database.Database): Finding[] {
  const told = db.pragma(`integrity_check(${MAX_STRUCTURE_PROBLEMS})`) as { integrity_check: string }[];
  const problems = told.map(({ integrity_check }) => integrity_check).filter((text) => text !== 'ok');
  return problems.map((cause) => ({ what: STRUCTURE, cause, lost: UNREADABLE, rows: [] }));
}

type Counts = Omit<Examination, 'findings' | 'newest'>;

function countRows(db: Database.Database, attempt: (table: string, count: () => number) => number): Counts {
  const count = (table: string): number =>
    attempt(table, () => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()));
  return {
    pages: count('page') + count('page_before_leap'),
    journalRows: count('journal'),
    series: count('series'),
    logBlocks: count('log_block'),
    webLogDays: count('web_log_day'),
    documents: count('document'),
  };
}

function newestMark(db: Database.Database): number | null {
  return db.prepare<[], number | null>('SELECT max(high_water) FROM origin').pluck().get() ?? null;
}
