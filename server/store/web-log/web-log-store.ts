import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { MINUTE, type Ms, ms } from '../../model/units.ts';
import type { HitTable, WebLogQuery, WebLogService, WebLogStats } from '../../model/web-log.ts';
import { decodeDay, encodeDay } from './day-codec.ts';
import { type DayEntry, DayIndex, type Departure, dayKey } from './day-index.ts';
import { CLOSED_DAY, DayTable, OPEN_DAY } from './day-table.ts';
import { CLEAN_ROWS, DEFAULT_WEB_LOG_LIMITS, DIRTY_ROWS, fileBytesOf, OPEN_DAYS, type WebLogLimits } from './limits.ts';
import type { ReportMerge } from './report-merge.ts';
import { type HitDrop, WebLogDraft } from './web-log-draft.ts';

export interface WebLogParts {
  readonly db: Database.Database;
  readonly limits?: Partial<WebLogLimits>;
  /** Told of every day or commit that cannot be read, and why. */
  readonly onDamage: (what: string, cause: string) => void;
}

interface DirtyDay {
  readonly entry: DayEntry;
  readonly table: DayTable;
  /** The commit, and the moment, since which it differs from the file. */
  readonly sinceLsn: number;
  readonly since: Ms;
}

const FLUSH_AGE = ms(5 * MINUTE);
const NO_DROP: HitDrop = () => {};

/**
 * The days of the web-log report. They live like the pages of the rings (`../README.md`), with a journal and numbers of commits of
 * their own:
 *
 *     commit   tables as they came -> web_log_journal, in the transaction of their batch; then into the days in memory
 *     flush    the days longest dirty -> web_log_day; away with the journal before the first day that is still dirty
 *     start    the journal again, leaving out what a day in the file has already (its lsn)
 *
 * A day that is over is trimmed to its largest rows when it is written. Days leave, oldest first, when a service has too many or
 * all of them are too large. Losing names never loses requests: they stay in "(other)" and in the totals.
 */
export class WebLogStore {
  readonly index = new DayIndex();
  readonly limits: WebLogLimits;
  readonly #db: Database.Database;
  readonly #onDamage: WebLogParts['onDamage'];
  readonly #statements;
  readonly #dirty = new Map<string, DirtyDay>();
  readonly #clean = new Map<string, DayTable>();
  /** Days that left during a replay: written with the next flush. */
  #departures: Departure[] = [];
  #journalBytes = 0;
  #lsn = 0;

  constructor({ db, limits = {}, onDamage }: WebLogParts) {
    this.#db = db;
    this.#onDamage = onDamage;
    this.limits = { ...DEFAULT_WEB_LOG_LIMITS, ...limits };
    this.#statements = prepare(db);
    for (const { bodyBytes, ...row } of this.#statements.entries.all()) {
      this.index.add({ ...row, bytes: fileBytesOf(bodyBytes) });
      this.#lsn = Math.max(this.#lsn, row.lsn);
    }
    for (const { service, day } of this.#statements.floors.all()) this.index.setFloor(service, day);
    this.#replay();
  }

  stats(): WebLogStats {
    return { tables: this.index.size, bytes: this.index.bytes, maxBytes: this.limits.maxBytes };
  }

  draft(): WebLogDraft {
    return new WebLogDraft(this.index, this.limits);
  }

  /** Writes what a draft took, in the transaction of its commit. */
  write(draft: WebLogDraft): void {
    this.#writeDepartures(draft.departures);
    if (draft.taken.length === 0) return;
    const body = Buffer.from(JSON.stringify(draft.taken));
    this.#statements.journal.run(this.#lsn + 1, body);
    draft.journalBytes = body.length;
  }

  /** After that transaction is committed. */
  keep({ taken, departures, journalBytes }: WebLogDraft, now: Ms): void {
    this.#forget(departures);
    if (taken.length === 0) return;
    this.#lsn++;
    this.#journalBytes += journalBytes;
    this.#apply(taken, this.#lsn, now);
  }

  /** Keeps journal and memory within their bounds also when nobody flushes in time. Before a commit. */
  relieve(): void {
    const { journalMaxBytes } = this.limits;
    while (this.#dirty.size > 0 && (this.#journalBytes > journalMaxBytes || this.#dirtyRows() > DIRTY_ROWS)) {
      this.flushOldest();
    }
  }

  isDue(now: Ms): boolean {
    const [oldest] = this.#dirty.values();
    if (oldest === undefined) return false;
    return (
      this.#journalBytes > this.limits.journalMaxBytes / 2 || now - oldest.since >= FLUSH_AGE || now < oldest.since
    );
  }

  flushAll(): void {
    while (this.#dirty.size > 0) this.flushOldest();
  }

  /** Writes the day that has been dirty the longest, in a transaction of its own. */
  flushOldest(): void {
    const [oldest] = this.#dirty;
    if (oldest === undefined) return;
    const [key, { entry, table }] = oldest;
    if (this.#isClosed(entry)) table.fold(CLOSED_DAY);
    const body = encodeDay(table);
    const bytes = fileBytesOf(body.length);
    const departures = this.#makeRoom(entry, bytes);
    const stays = this.index.find(key) === entry;
    try {
      this.#db.transaction(() => {
        this.#writeDepartures([...this.#departures, ...departures]);
        const { id, service, vhost, zone, day } = entry;
        if (stays) this.#statements.put.run(id, service, vhost, zone, day, this.#lsn, body);
        this.#statements.trim.run(this.#neededFrom(key));
      })();
    } catch (error) {
      for (const departure of departures.toReversed()) this.index.comeBack(departure);
      throw error;
    }
    this.#departures = [];
    this.#forget(departures);
    this.#dirty.delete(key);
    if (stays) this.#written(entry, table, bytes);
    this.#journalBytes = Number(this.#statements.journalBytes.pluck().get());
  }

  /** Adds a day to a report; one that has left or cannot be read adds nothing. */
  addTo(merge: ReportMerge, entry: DayEntry): void {
    const key = dayKey(entry);
    const table = this.#dirty.get(key)?.table ?? this.#clean.get(key);
    if (table === undefined) this.#read(entry, (body) => merge.addBody(entry.day, entry.zone, body));
    else merge.addDay(entry.day, entry.zone, table);
  }

  select(query: WebLogQuery): readonly DayEntry[] {
    return this.index.select(query);
  }

  services(): readonly WebLogService[] {
    return this.index.services();
  }

  #replay(): void {
    for (const { lsn, body } of this.#statements.journalRows.all()) {
      this.#lsn = Math.max(this.#lsn, lsn);
      this.#journalBytes += body.length;
      const draft = this.draft();
      try {
        draft.place(JSON.parse(body.toString()) as HitTable[], NO_DROP);
      } catch (error) {
        this.#onDamage(`commit ${lsn} of the web log`, messageOf(error));
        continue;
      }
      this.#forget(draft.departures);
      this.#departures.push(...draft.departures);
      this.#apply(draft.taken, lsn, ms(0));
    }
  }

  #apply(tables: readonly HitTable[], lsn: number, now: Ms): void {
    for (const hits of tables) {
      const entry = this.index.find(dayKey(hits));
      // A day in the file has these changes already, or has left again within the same commit.
      if (entry === undefined || lsn <= entry.lsn) continue;
      this.#open(entry, lsn, now).add(hits);
    }
  }

  #open(entry: DayEntry, lsn: number, now: Ms): DayTable {
    const key = dayKey(entry);
    const known = this.#dirty.get(key);
    if (known !== undefined) return known.table;
    const table = this.#clean.get(key) ?? this.#read(entry, decodeDay) ?? new DayTable(OPEN_DAY);
    this.#clean.delete(key);
    this.#dirty.set(key, { entry, table, sinceLsn: lsn, since: now });
    return table;
  }

  #read<T>(entry: DayEntry, use: (body: Buffer) => T): T | undefined {
    const row = this.#statements.body.get(entry.id);
    if (row === undefined) return undefined;
    try {
      return use(row.body);
    } catch (error) {
      const { service, vhost, day } = entry;
      this.#onDamage(`the web log of ${service} ${vhost} on ${day}`, messageOf(error));
      return undefined;
    }
  }

  #isClosed({ service, day }: DayEntry): boolean {
    const newest = this.index.days(service).at(-OPEN_DAYS);
    return newest !== undefined && day < newest;
  }

  /** Lets the oldest days leave, as many as must so that a body of `bytes` fits; it may be that very day. */
  #makeRoom(entry: DayEntry, bytes: number): Departure[] {
    const departures: Departure[] = [];
    const key = dayKey(entry);
    const fits = (): boolean => this.index.bytes - entry.bytes + bytes <= this.limits.maxBytes;
    while (this.index.find(key) === entry && !fits()) {
      const oldest = this.index.oldestDay();
      if (oldest === undefined) break;
      departures.push(this.index.leave(oldest.service, oldest.day));
    }
    return departures;
  }

  #writeDepartures(departures: readonly Departure[]): void {
    for (const { service, day, entries } of departures) {
      for (const { id } of entries) this.#statements.delete.run(id);
      this.#statements.floor.run(service, day);
    }
  }

  #written(entry: DayEntry, table: DayTable, bytes: number): void {
    entry.lsn = this.#lsn;
    this.index.resize(entry, bytes);
    this.#clean.set(dayKey(entry), table);
    this.#trimCache();
  }

  /** The first commit that some day but this one is still waiting for. */
  #neededFrom(written: string): number {
    for (const [key, { sinceLsn }] of this.#dirty) if (key !== written) return sinceLsn;
    return this.#lsn + 1;
  }

  #dirtyRows(): number {
    let rows = 0;
    for (const { table } of this.#dirty.values()) rows += table.size;
    return rows;
  }

  #trimCache(): void {
    let rows = 0;
    for (const table of this.#clean.values()) rows += table.size;
    for (const [key, table] of this.#clean) {
      if (rows <= CLEAN_ROWS) return;
      this.#clean.delete(key);
      rows -= table.size;
    }
  }

  #forget(departures: readonly Departure[]): void {
    for (const key of departures.flatMap(({ entries }) => entries.map(dayKey))) {
      this.#dirty.delete(key);
      this.#clean.delete(key);
    }
  }
}

function prepare(db: Database.Database) {
  return {
    entries: db.prepare<[], Omit<DayEntry, 'bytes'> & { bodyBytes: number }>(
      'SELECT id, service, vhost, zone, day, lsn, length(body) AS bodyBytes FROM web_log_day',
    ),
    body: db.prepare<[number], { body: Buffer }>('SELECT body FROM web_log_day WHERE id = ?'),
    put: db.prepare(
      'INSERT OR REPLACE INTO web_log_day (id, service, vhost, zone, day, lsn, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    floors: db.prepare<[], { service: string; day: string }>('SELECT service, day FROM web_log_floor'),
    floor: db.prepare('INSERT OR REPLACE INTO web_log_floor (service, day) VALUES (?, ?)'),
    delete: db.prepare('DELETE FROM web_log_day WHERE id = ?'),
    journal: db.prepare('INSERT INTO web_log_journal (lsn, body) VALUES (?, ?)'),
    journalRows: db.prepare<[], { lsn: number; body: Buffer }>('SELECT lsn, body FROM web_log_journal ORDER BY lsn'),
    journalBytes: db.prepare('SELECT coalesce(sum(length(body)), 0) FROM web_log_journal'),
    trim: db.prepare('DELETE FROM web_log_journal WHERE lsn < ?'),
  };
}
