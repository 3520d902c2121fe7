import type Database from 'better-sqlite3';
import { messageOf } from '../model/errors.ts';
import { ms } from '../model/units.ts';
import { Backlog } from './backlog.ts';
import type { ChangeTarget } from './changes.ts';
import type { Damage } from './damage.ts';
import { decodeRecord, type JournalRecord } from './journal.ts';
import type { JournalLog, JournalRow } from './journal-log.ts';
import { finest, pageOfSlot, slotOf } from './ring.ts';
import { SampleColumns } from './sample-columns.ts';
import { SumColumns } from './sum-columns.ts';

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
    const record = readRecord(row, damage);
    if (record === undefined) continue;
    for (const part of partsOf(record)) {
      target.pages.inOrder(() => readAhead(target, part.sums));
      backlog.apply(part, row.lsn, ms(0));
    }
  }
  backlog.settle();
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
function readAhead({ pages, sumRings }: ChangeTarget, { length, series, slots }: SumColumns): void {
  const { width } = finest(sumRings);
  for (const ring of sumRings) {
    for (let row = 0; row < length; row++) {
      pages.find(series[row] ?? 0, ring, pageOfSlot(ring, slotOf(ring, (slots[row] ?? 0) * width)));
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
