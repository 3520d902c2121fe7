import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { VigieError } from '../../model/errors.ts';
import { slotEnd } from '../../model/rings.ts';
import { formatDuration, type Ms, ms } from '../../model/units.ts';
import { databaseFile, repairFolder, settleDataDir } from '../data-dir.ts';
import { lastCommit } from '../journal/recovery.ts';
import { lockDataDir } from '../lock.ts';
import { decodeText, filterOf } from '../logs/block.ts';
import { type Ring, rowId } from '../rings/ring.ts';
import { checkFormat, openDatabase } from '../schema.ts';
import { type KnownSeries, knownSeries } from '../series/known-series.ts';
import { sinceOf, sinceText } from '../series/series-table.ts';
import { Store } from '../store.ts';
import { type Examination, examine } from './examination.ts';
import type { Finding, PagePlace } from './finding.ts';
import { checkJournal } from './journal-check.ts';
import { rebuildPage } from './page-rebuild.ts';
import { asideName, type PlacePoint, placeDatabase } from './restore.ts';
import { copyDatabase } from './snapshot.ts';

export interface RepairOptions {
  readonly dataDir: string;
  readonly now: Ms;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (name: PlacePoint) => void;
}

/** A finding, and what became of it. */
export interface Repair {
  readonly finding: Finding;
  readonly done: string;
}

export interface RepairReport {
  readonly repairs: readonly Repair[];
  /** Where the damaged database is kept, whole; absent when nothing was damaged. */
  readonly aside?: string;
}

/** Nothing makes room while the journal is repeated: what bounds the store is known to the next start. */
const UNBOUNDED = {
  maxFileBytes: 2 ** 43,
  logs: { maxBytes: 2 ** 43, maxAge: ms(Number.MAX_SAFE_INTEGER) },
  webLog: { maxDays: Number.MAX_SAFE_INTEGER, maxBytes: 2 ** 43 },
} as const;

/** Rows that hang on a row that was taken out go in the next round. */
const MAX_ROUNDS = 4;

const LOST = 'taken out; what it held is lost';

/**
 * Repairs a copy of the database and puts it in its place; the damaged one is kept aside as it was.
 *
 *     take out the rows that cannot be read   ->   repeat the journal, which makes pages of its own changes
 *         ->   make pages again from finer rings   ->   examine all of it again   ->   put it in place
 *
 * Rejects with VigieError `data_dir_locked`, `conflict` (of an older format), `execution` (the structure of the file is damaged: rows cannot be trusted), and as
 * `copyDatabase` does, with nothing changed.
 */
export async function repairDatabase(options: RepairOptions): Promise<RepairReport> {
  const { dataDir, now } = options;
  const unlock = lockDataDir(dataDir, process.pid);
  try {
    settleDataDir(dataDir);
    const folder = repairFolder(dataDir);
    mkdirSync(folder);
    const copy = databaseFile(folder);
    await copyDatabase(databaseFile(dataDir), copy);
    refuseOlder(copy);
    const { findings, known } = takeOut(copy);
    if (findings.length === 0) return { repairs: [] };
    // A start and an end: the journal is repeated and everything is in pages.
    new Store({ dataDir: folder, ...UNBOUNDED }).close();
    const repairs = rebuild(copy, findings, known);
    return { repairs, ...placeDatabase(dataDir, copy, asideName('repair', now), options.onPoint) };
  } finally {
    settleDataDir(dataDir);
    unlock();
  }
}

/** Its pages stand in other rows: all of them would look damaged. */
function refuseOlder(file: string): void {
  const db = new Database(file, { readonly: true });
  try {
    if (checkFormat(db, file) === 'today') return;
  } finally {
    db.close();
  }
  throw new VigieError('conflict', 'cannot repair: an earlier version wrote the database; start this one once before');
}

/** Takes the damaged rows out of the copy; what is known of the series is from before. */
function takeOut(file: string) {
  return withDatabase(file, (db) => {
    const known = knownSeries(db);
    checkJournal(db, known);
    const findings: Finding[] = [];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { findings: found } = finished(examine(db));
      refuseStructure(file, found);
      const rows = found.filter(hasRows);
      findings.push(...(round === 0 ? found : rows));
      if (rows.length === 0) break;
      db.transaction(() => takeOutRows(db, rows))();
    }
    return { findings, known };
  });
}

function takeOutRows(db: Database.Database, findings: readonly Finding[]): void {
  for (const finding of findings) {
    if (finding.onlyFilter) makeFilter(db, finding);
    else for (const { table, key } of finding.rows) deleteRow(db, table, key);
  }
}

function hasRows({ rows }: Finding): boolean {
  return rows.length > 0;
}

/** A journal with a gap is repeated as it is: what is missing names no row. */
function refuseStructure(file: string, findings: readonly Finding[]): void {
  const structure = findings.find((finding) => !hasRows(finding) && finding.isGap !== true);
  if (structure === undefined) return;
  throw new VigieError('execution', `cannot repair ${file}: ${structure.what}: ${structure.cause}; ${structure.lost}`);
}

function rebuild(file: string, findings: readonly Finding[], known: ReadonlyMap<number, KnownSeries>): Repair[] {
  return withDatabase(file, (db) => {
    const repairs = db.transaction(() => rebuildPages(db, findings, known))();
    const [left] = finished(examine(db)).findings;
    if (left !== undefined) {
      throw new VigieError('execution', `cannot repair ${file}: ${left.what} is damaged still: ${left.cause}`);
    }
    return repairs;
  });
}

/** Fine rings first, so that coarser ones can be made from what was made. */
function rebuildPages(
  db: Database.Database,
  findings: readonly Finding[],
  known: ReadonlyMap<number, KnownSeries>,
): Repair[] {
  const order = findings.toSorted((a, b) => (a.page?.ring ?? 0) - (b.page?.ring ?? 0));
  const lost = new Set(order.flatMap((finding) => lostRow(finding, known) ?? []));
  const lsn = lastCommit(db);
  return order.map((finding) => {
    const { page } = finding;
    const series = page === undefined ? undefined : known.get(page.series);
    const row = lostRow(finding, known);
    if (finding.onlyFilter) return { finding, done: 'its filter is made again: nothing is lost' };
    if (finding.isGap) return { finding, done: 'what it held is lost' };
    if (page === undefined || series === undefined || finding.rows[0]?.table !== 'page') return { finding, done: LOST };
    if (row === undefined) return { finding, done: 'made again from the journal: nothing is lost' };
    const highWater = highWaterOf(db, series.id);
    const { layout, newest } = series;
    const { slots, rebuilt } = rebuildPage(db, page, { layout, newest, highWater, lsn, lost });
    if (slots === rebuilt) lost.delete(row);
    const isLeft = slots > rebuilt && leaveToCoarser(db, series, page);
    return { finding, done: rebuiltText(slots, rebuilt, layout.rings[page.ring], isLeft) };
  });
}

/** The row of a damaged page that the journal does not hold whole. */
function lostRow({ page, rows }: Finding, known: ReadonlyMap<number, KnownSeries>): number | undefined {
  const series = page === undefined ? undefined : known.get(page.series);
  const ring = page === undefined ? undefined : series?.layout.rings[page.ring];
  if (page === undefined || series === undefined || ring === undefined || rows[0]?.table !== 'page') return undefined;
  const isInJournal = series.journalEvents === series.headEvents;
  return isInJournal ? undefined : rowId(series.id, ring, page.number);
}

/**
 * The ring begins after the page that is lost (`Layout.since`), so that nobody takes the hole for silence: coarser rings answer for that time
 * and before. False when there is none.
 */
function leaveToCoarser(db: Database.Database, { id, layout, newest }: KnownSeries, page: PagePlace): boolean {
  const ring = layout.rings[page.ring];
  if (ring === undefined || layout.rings[page.ring + 1] === undefined) return false;
  const end = slotEnd(ms(Math.min(page.end, newest)), ring.width);
  const known = sinceOf(
    db.prepare<[number], string | null>('SELECT since FROM series WHERE id = ?').pluck().get(id) ?? null,
  );
  const since = layout.rings.map(({ index }) => {
    const before = known?.[index] ?? Number.NEGATIVE_INFINITY;
    return index === ring.index ? Math.max(before, end) : before;
  });
  db.prepare('UPDATE series SET since = ? WHERE id = ?').run(sinceText(since), id);
  return true;
}

function rebuiltText(slots: number, rebuilt: number, ring: Ring | undefined, isLeft: boolean): string {
  const width = ring === undefined ? '' : ` of ${formatDuration(ring.width)}`;
  if (rebuilt === 0) return isLeft ? 'taken out; coarser rings answer for its time and before' : LOST;
  if (rebuilt === slots) return 'made again from finer rings: nothing is lost';
  return `${rebuilt} of ${slots} slots${width} made again from finer rings; the others are lost`;
}

function highWaterOf(db: Database.Database, series: number): number {
  const newest = db.prepare<[number], number | null>(
    'SELECT max(high_water) FROM origin JOIN series_origin ON series_origin.origin = origin.id WHERE series = ?',
  );
  return newest.pluck().get(series) ?? Number.NEGATIVE_INFINITY;
}

function makeFilter(db: Database.Database, { rows }: Finding): void {
  const id = rows.find(({ table }) => table === 'log_body')?.key.id;
  const { text } = db.prepare('SELECT text FROM log_body WHERE id = ?').get(id) as { text: Buffer };
  const decoded = decodeText(text);
  db.prepare('UPDATE log_body SET filter = ? WHERE id = ?').run(filterOf(decoded, Buffer.from(decoded, 'utf8')), id);
}

function deleteRow(db: Database.Database, table: string, key: Readonly<Record<string, number | string>>): void {
  const where = Object.keys(key).map((column) => `${column} = ?`);
  db.prepare(`DELETE FROM ${table} WHERE ${where.join(' AND ')}`).run(...Object.values(key));
}

function withDatabase<T>(file: string, work: (db: Database.Database) => T): T {
  const db = openDatabase(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function finished(work: Generator<unknown, Examination>): Examination {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
