import type Database from 'better-sqlite3';
import { MINUTE, type Ms, ms } from '../../model/units.ts';
import { tellFailure } from '../database-failure.ts';
import type { Pages } from '../pages/pages.ts';
import type { Heads } from '../series/heads.ts';
import type { JournalLog } from './journal-log.ts';

/** Pages and heads written, and whether more are due now. */
export interface FlushResult {
  readonly written: number;
  readonly due: boolean;
}

export interface FlushParts {
  readonly db: Database.Database;
  readonly pages: Pages;
  readonly heads: Heads;
  readonly journal: JournalLog;
  readonly journalMaxBytes: number;
  /** Puts what is committed into the pages. */
  readonly settle: () => void;
  /** Called between the pages and the heads of a flush. */
  readonly onFlush: () => void;
}

/** Pages become due at half of the 10 minutes they may stay dirty; flushing in slices has the other half. */
const FLUSH_AGE = ms(5 * MINUTE);
const SLICE = 4096;

/** Moves what memory holds into the file, oldest change first, and drops the journal rows nobody needs any more. */
export class Flushing {
  readonly #parts: FlushParts;

  constructor(parts: FlushParts) {
    this.#parts = parts;
  }

  /** Writes at most `budget` pages (and as many heads) that are due. @param lsn the last commit. */
  flushDue(now: Ms, budget: number, lsn: number): FlushResult {
    this.#parts.settle();
    const written = this.#isDue(now) ? this.#flushOldest(budget, lsn) : 0;
    return { written, due: written > 0 && this.#isDue(now) };
  }

  flushAll(lsn: number): void {
    const { pages, heads, settle } = this.#parts;
    settle();
    while (pages.dirtyCount + heads.dirtyCount > 0) this.#flushOldest(SLICE, lsn);
  }

  /** Keeps the journal within its bound also when nobody flushes in time. */
  relieveJournal(lsn: number): void {
    const { journal, journalMaxBytes, settle } = this.#parts;
    if (journal.bytes <= journalMaxBytes) return;
    settle();
    while (journal.bytes > journalMaxBytes / 2 && this.#flushOldest(SLICE, lsn) > 0);
  }

  #isDue(now: Ms): boolean {
    const { journal, journalMaxBytes, pages, heads } = this.#parts;
    if (journal.bytes > journalMaxBytes / 2) return true;
    const oldest = [pages.oldestDirty, heads.oldestDirty].filter((entry) => entry !== undefined);
    return oldest.some(({ since }) => now - since >= FLUSH_AGE || now < since);
  }

  #flushOldest(budget: number, lsn: number): number {
    const { db, pages, heads, onFlush } = this.#parts;
    const { rows, series } = tellFailure(
      db.transaction(() => {
        const rows = pages.write(budget);
        onFlush();
        return { rows, series: heads.write(budget) };
      }),
    );
    pages.written(rows);
    heads.written(series);
    this.#trimJournal(lsn);
    return rows.length + series.length;
  }

  /** Drops the journal rows before the oldest change that is not in a page yet. */
  #trimJournal(lsn: number): void {
    const { pages, heads, journal } = this.#parts;
    const oldest = [pages.oldestDirty, heads.oldestDirty].flatMap((entry) => entry?.sinceLsn ?? []);
    tellFailure(() => journal.trim(Math.min(lsn + 1, ...oldest)));
  }
}
