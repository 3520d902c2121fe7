import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { decodeRecord, type JournalRecord } from '../journal/journal.ts';
import { JournalLog, type JournalRow } from '../journal/journal-log.ts';
import { finest } from '../rings/ring.ts';
import type { KnownSeries } from '../series/known-series.ts';
import type { Finding } from './finding.ts';

/** Checks that every commit in the journal can be repeated; notes in `known` what they hold of each series. */
export function checkJournal(db: Database.Database, known: ReadonlyMap<number, KnownSeries>): Finding[] {
  const findings: Finding[] = [];
  let before: number | undefined;
  for (const row of new JournalLog(db).rows()) {
    if (before !== undefined && row.lsn !== before + 1) findings.push(gap(before, row.lsn));
    before = row.lsn;
    const cause = readCommit(row, known);
    if (cause === undefined) continue;
    const rows = [{ table: 'journal', key: { lsn: row.lsn } }];
    findings.push({
      what: `commit ${row.lsn} of the journal`,
      cause,
      lost: 'its changes that are in no page yet',
      rows,
    });
  }
  return findings;
}

function gap(before: number, after: number): Finding {
  const commits = after - before - 1;
  const what = `the journal between commit ${before} and ${after}`;
  return {
    what,
    cause: `${commits} commits are not there`,
    lost: 'their changes that are in no page yet',
    rows: [],
    isGap: true,
  };
}

/** What is wrong with it; undefined: nothing. */
function readCommit({ lsn, body }: JournalRow, known: ReadonlyMap<number, KnownSeries>): string | undefined {
  try {
    return noteRecord(decodeRecord(body), lsn, known);
  } catch (error) {
    return messageOf(error);
  }
}

function noteRecord(
  { sums, samples }: JournalRecord,
  lsn: number,
  known: ReadonlyMap<number, KnownSeries>,
): string | undefined {
  for (let row = 0; row < sums.length; row++) {
    const series = sums.series[row] ?? 0;
    const found = known.get(series);
    if (found?.kind !== 'sum') return `it adds to series ${series}, which is no sum`;
    note(found, lsn, (sums.slots[row] ?? 0) * finest(found.layout.rings).width, sums.n[row] ?? 0);
  }
  for (let row = 0; row < samples.length; row++) {
    const series = samples.series[row] ?? 0;
    const found = known.get(series);
    if (found === undefined || found.kind === 'sum') return `it has a sample of series ${series}, which takes none`;
    note(found, lsn, samples.times[row] ?? 0, 1);
  }
  return undefined;
}

/** What the pages had when the rings were changed is not repeated. */
function note(series: KnownSeries, lsn: number, time: number, events: number): void {
  if (lsn <= series.layoutLsn) return;
  series.newest = Math.max(series.newest, time);
  if (lsn <= series.headLsn) series.journalEvents += events;
}
