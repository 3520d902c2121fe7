import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { MINUTE, type Ms, ms } from '../../model/units.ts';
import type { HitTable, WebLogQuery, WebLogService, WebLogStats } from '../../model/web-log.ts';
import { decodeDay, encodeDay } from './day-codec.ts';
import { DayFile } from './day-file.ts';
import { type DayEntry, DayIndex, type Departure, dayKey } from './day-index.ts';
import { DayMemory, type DirtyDay } from './day-memory.ts';
import { CLOSED_DAY, DayTable, OPEN_DAY } from './day-table.ts';
import { DEFAULT_WEB_LOG_LIMITS, DIRTY_ROWS, FLUSH_ROWS, fileBytesOf, OPEN_DAYS, type WebLogLimits } from './limits.ts';
import type { ReportMerge } from './report-merge.ts';
import { type HitDrop, WebLogDraft } from './web-log-draft.ts';

export interface WebLogParts {
  readonly db: Database.Database;
  readonly limits?: Partial<WebLogLimits>;
  /** Told of every day or commit that cannot be read, and why. */
  readonly onDamage: (what: string, cause: string) => void;
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
  readonly limits: WebLogLimits;
  readonly #db: Database.Database;
  readonly #file: DayFile;
  readonly #index = new DayIndex();
  readonly #memory = new DayMemory();
  readonly #onDamage: WebLogParts['onDamage'];
  /** Days that left during a replay: written with the next flush. */
  #departures: Departure[] = [];
  #journalBytes = 0;
  #lsn = 0;

  constructor({ db, limits = {}, onDamage }: WebLogParts) {
    this.#db = db;
    this.#file = new DayFile(db);
    this.#onDamage = onDamage;
    this.limits = { ...DEFAULT_WEB_LOG_LIMITS, ...limits };
    for (const { bodyBytes, ...row } of this.#file.entries()) {
      this.#index.add({ ...row, bytes: fileBytesOf(bodyBytes) });
      this.#lsn = Math.max(this.#lsn, row.lsn);
    }
    for (const { service, day } of this.#file.floors()) this.#index.setFloor(service, day);
    this.#replay();
  }

  stats(): WebLogStats {
    return { tables: this.#index.size, bytes: this.#index.bytes, maxBytes: this.limits.maxBytes };
  }

  draft(): WebLogDraft {
    return new WebLogDraft(this.#index, this.limits);
  }

  /** Writes what a draft took, in the transaction of its commit. */
  write(draft: WebLogDraft): void {
    this.#file.depart(draft.departures);
    if (draft.taken.length === 0) return;
    const body = Buffer.from(JSON.stringify(draft.taken));
    this.#file.appendJournal(this.#lsn + 1, body);
    draft.journalBytes = body.length;
  }

  /** After that transaction is committed. */
  keep({ taken, departures, journalBytes }: WebLogDraft, now: Ms): void {
    this.#memory.forget(departures);
    if (taken.length === 0) return;
    this.#lsn++;
    this.#journalBytes += journalBytes;
    this.#apply(taken, this.#lsn, now);
  }

  /** Keeps journal and memory within their bounds also when nobody flushes in time. Before a commit. */
  relieve(): void {
    const tooMuch = (): boolean =>
      this.#journalBytes > this.limits.journalMaxBytes || this.#memory.dirtyRows() > DIRTY_ROWS;
    while (this.#memory.oldestDirty !== undefined && tooMuch()) this.#flush(this.#memory.oldestDirty);
  }

  /** Writes days that are due: dirty for five minutes, or the journal is half full. Some tens of milliseconds at a time. */
  flushDue(now: Ms): void {
    let rows = 0;
    for (let day = this.#due(now); day !== undefined && rows < FLUSH_ROWS; day = this.#due(now)) {
      rows += day.table.size;
      this.#flush(day);
    }
  }

  flushAll(): void {
    for (let day = this.#memory.oldestDirty; day !== undefined; day = this.#memory.oldestDirty) this.#flush(day);
  }

  /** Adds a day to a report; one that has left or cannot be read adds nothing. */
  addTo(merge: ReportMerge, entry: DayEntry): void {
    const table = this.#memory.find(entry);
    if (table === undefined) this.#read(entry, (body) => merge.addBody(entry.day, entry.zone, body));
    else merge.addDay(entry.day, entry.zone, table);
  }

  select(query: WebLogQuery): readonly DayEntry[] {
    return this.#index.select(query);
  }

  services(): readonly WebLogService[] {
    return this.#index.services();
  }

  #replay(): void {
    for (const { lsn, body } of this.#file.journal()) {
      this.#lsn = Math.max(this.#lsn, lsn);
      this.#journalBytes += body.length;
      const draft = this.draft();
      try {
        draft.place(JSON.parse(body.toString()) as HitTable[], NO_DROP);
      } catch (error) {
        this.#onDamage(`commit ${lsn} of the web log`, messageOf(error));
        continue;
      }
      this.#memory.forget(draft.departures);
      this.#departures.push(...draft.departures);
      this.#apply(draft.taken, lsn, ms(0));
    }
  }

  #apply(tables: readonly HitTable[], lsn: number, now: Ms): void {
    for (const hits of tables) {
      const entry = this.#index.find(dayKey(hits));
      // A day in the file has these changes already, or has left again within the same commit.
      if (entry === undefined || lsn <= entry.lsn) continue;
      const table = this.#memory.find(entry) ?? this.#read(entry, decodeDay) ?? new DayTable(OPEN_DAY);
      table.add(hits);
      this.#memory.soil(entry, table, lsn, now);
    }
  }

  #read<T>(entry: DayEntry, use: (body: Buffer) => T): T | undefined {
    const body = this.#file.body(entry);
    try {
      return body === undefined ? undefined : use(body);
    } catch (error) {
      const { service, vhost, day } = entry;
      this.#onDamage(`the web log of ${service} ${vhost} on ${day}`, messageOf(error));
      return undefined;
    }
  }

  #due(now: Ms): DirtyDay | undefined {
    const oldest = this.#memory.oldestDirty;
    if (oldest === undefined || this.#journalBytes > this.limits.journalMaxBytes / 2) return oldest;
    return now - oldest.since >= FLUSH_AGE || now < oldest.since ? oldest : undefined;
  }

  /** Writes a day in a transaction of its own, with the days that must leave for it. */
  #flush({ entry, table }: DirtyDay): void {
    if (this.#isClosed(entry)) table.fold(CLOSED_DAY);
    const body = encodeDay(table);
    const departures = this.#makeRoom(entry, fileBytesOf(body.length));
    const stays = this.#index.find(dayKey(entry)) === entry;
    let journalBytes = 0;
    try {
      this.#db.transaction(() => {
        this.#file.depart([...this.#departures, ...departures]);
        if (stays) this.#file.put(entry, this.#lsn, body);
        journalBytes = this.#file.trimJournal(this.#memory.neededBeside(entry) ?? this.#lsn + 1);
      })();
    } catch (error) {
      for (const departure of departures.toReversed()) this.#index.comeBack(departure);
      throw error;
    }
    this.#departures = [];
    this.#journalBytes = journalBytes;
    this.#memory.forget(departures);
    if (!stays) return;
    entry.lsn = this.#lsn;
    this.#index.resize(entry, fileBytesOf(body.length));
    this.#memory.written(entry, table);
  }

  #isClosed({ service, day }: DayEntry): boolean {
    const newest = this.#index.days(service).at(-OPEN_DAYS);
    return newest !== undefined && day < newest;
  }

  /** Lets the oldest days leave, as many as must so that a body of `bytes` fits; it may be that very day. */
  #makeRoom(entry: DayEntry, bytes: number): Departure[] {
    const departures: Departure[] = [];
    const key = dayKey(entry);
    const fits = (): boolean => this.#index.bytes - entry.bytes + bytes <= this.limits.maxBytes;
    while (this.#index.find(key) === entry && !fits()) {
      const oldest = this.#index.oldestDay();
      if (oldest === undefined) break;
      departures.push(this.#index.leave(oldest.service, oldest.day));
    }
    return departures;
  }
}
