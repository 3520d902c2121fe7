import type Database from 'better-sqlite3';
import { messageOf } from '../model/errors.ts';
import { ms } from '../model/units.ts';
import { applyRecord, type ChangeTarget } from './changes.ts';
import type { Damage } from './damage.ts';
import { decodeRecord, type JournalRecord } from './journal.ts';
import type { JournalLog, JournalRow } from './journal-log.ts';

/** The number of the last commit in the file. */
export function lastCommit(db: Database.Database): number {
  const last = db.prepare(
    'SELECT max(lsn) AS lsn FROM (SELECT max(lsn) AS lsn FROM journal UNION SELECT max(lsn) FROM head)',
  );
  return Number((last.get() as { lsn: number | null }).lsn ?? 0);
}

/** Applies the journal to what lies behind it. Times of becoming dirty start at 0: such pages are due at once. */
export function replayJournal(target: ChangeTarget, journal: JournalLog, damage: Damage): void {
  for (const row of journal.rows()) {
    const record = readRecord(row, damage);
    if (record !== undefined) applyRecord(target, record, row.lsn, ms(0));
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
