import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { ms } from '../../model/units.ts';
import type { Damage } from '../damage.ts';
import { SampleColumns } from '../pages/sample-columns.ts';
import { SumColumns } from '../pages/sum-columns.ts';
import { finest, pageOfSlot, RINGS, slotOf } from '../rings/ring.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import { Backlog } from './backlog.ts';
import type { ChangeTarget } from './changes.ts';
import { decodeRecord, type JournalRecord } from './journal.ts';
import type { JournalLog, JournalRow } from './journal-log.ts';

/** The number of the last commit in the file. */
export function lastCommit(db: Database.Database): number {
  const last = db.prepare(
    'SELECT max(lsn) AS lsn FROM (SELECT max(lsn) AS lsn FROM journal UNION SELECT max(lsn) FROM head)',
  );
  return Number((last.get() as { lsn: number | null }).lsn ?? 0);
}

/** Rows replayed at once: their pages, 8 a row at most, fit the cache. */
const ROWS = 4096;

/** Samples replayed at once, 33 bytes each meanwhile: a start has no one waiting between two commits, and goes to each series once for many. */
const SAMPLES = 2 ** 20;

/**
 * Applies the journal to what lies behind it. Times of becoming dirty start at 0: such pages are due at once. Call it inside a
 * transaction, or each page that is read takes and gives up the lock of the file.
 */
export function replayJournal(target: ChangeTarget, journal: JournalLog, damage: Damage): void {
  const backlog = new Backlog(target, SAMPLES);
  for (const row of journal.rows()) {
    const read = readRecord(row, damage);
    if (read === undefined) continue;
    for (const part of partsOf(unconverted(read, row.lsn, target.index))) {
      target.pages.inOrder(() => readAhead(target, part.sums));
      backlog.apply(part, row.lsn, ms(0));
    }
  }
  backlog.settle();
}

/** Without the rows that other rings hold already than those they were decided for (`conversion.ts`). */
function unconverted({ sums, samples }: JournalRecord, lsn: number, index: SeriesIndex): JournalRecord {
  const isKnown = (id: number): boolean => (index.has(id) ? index.get(id).layoutLsn : 0) >= lsn;
  const known = [sums, samples].some(({ series, length }) => series.subarray(0, length).some(isKnown));
  return known ? { sums: sums.without(isKnown), samples: samples.without(isKnown) } : { sums, samples };
}

function* partsOf({ sums, samples }: JournalRecord): Generator<JournalRecord> {
  const none = { sums: new SumColumns(), samples: new SampleColumns() };
  for (let from = 0; from < sums.length; from += ROWS) yield { ...none, sums: sums.slice(from, from + ROWS) };
  for (let from = 0; from < samples.length; from += ROWS) yield { ...none, samples: samples.slice(from, from + ROWS) };
}

/**
 * Brings the pages of sums that a part changes into the cache, ring by ring: so they lie side by side in the file, where replaying row by
 * row would jump from ring to ring. Samples are applied so (`backlog.ts`).
 */
function readAhead({ pages, index }: ChangeTarget, { length, series, slots }: SumColumns): void {
  for (let i = 0; i < RINGS; i++) {
    for (let row = 0; row < length; row++) {
      const { id, layout } = index.get(series[row] ?? 0);
      const ring = layout.rings[i];
      if (ring === undefined) continue;
      const time = (slots[row] ?? 0) * finest(layout.rings).width;
      pages.find(id, ring, pageOfSlot(ring, slotOf(ring, time)));
    }
  }
}

function readRecord({ lsn, body }: JournalRow, damage: Damage): JournalRecord | undefined {
  try {
    return decodeRecord(body);
  } catch (error) {
    damage.commit(lsn, messageOf(error));
    return undefined;
  }
}
