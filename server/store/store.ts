import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { MAX_AHEAD_MS } from '../model/batch.ts';
import type { EngineStats, OriginStatus } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { BatchAnswer, Hello, HelloAnswer } from '../model/ingest.ts';
import type { SeriesId } from '../model/labels.ts';
import type { RingProfile } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { ClockSteps } from './clock/clock-steps.ts';
import { LeapPages } from './clock/leap-pages.ts';
import { Damage } from './damage.ts';
import { databaseFile, settleDataDir } from './data-dir.ts';
import { tellFailure } from './database-failure.ts';
import { DOCUMENT_TABLES_BYTES, Documents } from './documents.ts';
import { Clients, type Origin, originStatus } from './intake/clients.ts';
import { type IngestBatch, Intake } from './intake/intake.ts';
import { Origins } from './intake/origins.ts';
import { forgottenOf, standingAfter } from './intake/standing.ts';
import { Tallies } from './intake/tallies.ts';
import { Backlog } from './journal/backlog.ts';
import type { ChangeTarget } from './journal/changes.ts';
import { Flushing, type FlushResult } from './journal/flushing.ts';
import { JournalLog } from './journal/journal-log.ts';
import { lastCommit, replayJournal } from './journal/recovery.ts';
import { SQLITE_PAGE_BYTES, WAL_BYTES, worstCaseOfProfiles } from './limits.ts';
import { lockDataDir } from './lock.ts';
import type { TellDamage } from './logs/log-reader.ts';
import { LogStore } from './logs/log-store.ts';
import { Pages } from './pages/pages.ts';
import { repaged } from './pages/repaging.ts';
import { Conversion } from './rings/conversion.ts';
import type { Layout } from './rings/layout.ts';
import { profileStats } from './rings/profile-stats.ts';
import { type RingChoice, RingPlan } from './rings/ring-plan.ts';
import { DataSources } from './rrd/data-sources.ts';
import { openDatabase } from './schema.ts';
import { Expiry } from './series/expiry.ts';
import { Heads } from './series/heads.ts';
import type { SeriesIndex } from './series/series-index.ts';
import { loadSeries, SeriesTable } from './series/series-table.ts';
import { type ChosenOptions, fileBound, type StoreOptions, seriesLimits, withDefaults } from './store-options.ts';
import { StoreView } from './store-view.ts';
import { WebLogStore } from './web-log/web-log-store.ts';

/**
 * The embedded store: the only owner of `vigie.sqlite`. Synchronous; one thread.
 *
 *     commit:  decide (draft) -> ONE transaction: sequence, positions, origins, series, tallies, journal row, log blocks
 *              -> only then change the pages in memory
 *     flush:   ONE transaction: the oldest dirty pages and heads, and away with the journal rows nobody needs
 *     start:   read series, heads, origins; apply journal rows to whatever lies behind them
 *
 * A failed transaction leaves memory as it was. `lsn` numbers the commits.
 */
export class Store implements ChangeTarget {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly heads: Heads;
  /** What may be asked. */
  readonly view: StoreView;
  readonly documents: Documents;
  readonly logs: LogStore;
  readonly webLog: WebLogStore;
  readonly #options: ChosenOptions;
  readonly #db: Database.Database;
  readonly #unlock: () => void;
  readonly #clients: Clients;
  readonly #tallies: Tallies;
  readonly #journal: JournalLog;
  readonly #seriesTable: SeriesTable;
  readonly #flushing: Flushing;
  readonly #backlog: Backlog;
  readonly #expiry: Expiry;
  readonly #dataSources: DataSources;
  readonly #origins = new Origins();
  readonly #damage: Damage;
  readonly #clock: ClockSteps;
  readonly #plan: RingPlan;
  readonly #conversion: Conversion;
  #lsn = 0;
  #disturbances = 0;

  /**
   * Opens or makes the store. Throws VigieError: `data_dir_locked` (another process), `newer_database`, `bad_config` (rings, not
   * our file), `unavailable` (the directory or the file cannot be used).
   */
  constructor(options: StoreOptions) {
    this.#options = withDefaults(options);
    const { dataDir, rings, ringRules, cacheBytes, journalMaxBytes } = this.#options;
    this.#damage = new Damage((cause) => {
      this.#disturbances++;
      options.onDamage?.(cause);
    });
    this.#unlock = lockDataDir(dataDir, process.pid);
    try {
      settleDataDir(dataDir);
      this.#db = repaged(openDatabase(databaseFile(dataDir), options.durable), this.#damage);
    } catch (error) {
      this.#unlock();
      throw error;
    }
    const db = this.#db;
    this.#plan = this.#planOf({ rings, rules: ringRules });
    this.limitFile(this.#fileBound());
    this.#clients = new Clients(db);
    this.#tallies = new Tallies(db);
    this.documents = new Documents(db);
    const damage: TellDamage = (block, cause) => this.#damage.block(block, cause);
    this.logs = new LogStore(db, this.#tallies, { ...this.#options.logs, damage });
    const tellWebLog = (what: string, cause: string): void => this.#damage.webLog(what, cause);
    this.webLog = new WebLogStore({ db, limits: this.#options.webLog, onDamage: tellWebLog });
    this.#journal = new JournalLog(db);
    this.#dataSources = new DataSources(db, this.#options.dataSources, (series) => this.#damage.dataSource(series));
    this.#seriesTable = new SeriesTable(db);
    this.index = loadSeries(db, this.#plan);
    this.heads = new Heads(db);
    const leapPages = new LeapPages(db);
    this.pages = new Pages(db, leapPages, cacheBytes, (row, cause) => this.#damage.page(row, cause));
    const { index, pages, heads } = this;
    this.#backlog = new Backlog(this);
    const settle = (): void => this.#backlog.settle();
    pages.beforeSamples(settle);
    const onFlush = (): void => options.onPoint?.('during_flush');
    this.#flushing = new Flushing({ db, pages, heads, journal: this.#journal, journalMaxBytes, settle, onFlush });
    const marked = { db, index, pages, tallies: this.#tallies, origins: this.#origins };
    const dataSources = this.#dataSources;
    this.#expiry = new Expiry({ ...marked, dataSources, clients: this.#clients });
    const onPoint = (): void => options.onPoint?.('during_conversion');
    const plan = this.#plan;
    this.#conversion = new Conversion({ ...marked, plan, heads, seriesTable: this.#seriesTable, settle, onPoint });
    const layoutOf = (identity: SeriesId): Layout => plan.layoutOf(identity);
    this.view = new StoreView({ index, pages, layoutOf, dataSources, origins: this.#origins.byId });
    for (const origin of this.#clients.loadOrigins()) this.#origins.keep(origin);
    try {
      this.#lsn = lastCommit(db);
      db.transaction(() => replayJournal(this, this.#journal, this.#damage))();
      this.#clock = this.#watchClock(leapPages);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Sets the bound of the database file (`PRAGMA max_page_count`); a commit beyond it fails with `disk_full`. */
  limitFile(bytes: number): void {
    this.#db.pragma(`max_page_count = ${Math.max(1, Math.floor(bytes / SQLITE_PAGE_BYTES))}`);
  }

  /** Compares both sides of a queue; see `server/model/ingest.ts`. Throws `bad_request` on a hello that is none. */
  hello(hello: Hello, now: Ms): HelloAnswer {
    return this.#changeOrigins(standingAfter(hello, this.#origins.values(), now), () => this.#clients.hello(hello));
  }

  /**
   * Takes origins off the list; returns their names. Those without a series are removed, of the others series and data stay. Throws
   * `not_found` when there is none.
   */
  forgetOrigins(collector: string, source?: string): readonly string[] {
    const forgotten = forgottenOf(this.#origins.values(), collector, source);
    const names = forgotten.map((origin) => `${origin.collector}/${origin.source}`);
    const name = source === undefined ? `collector ${collector}` : `source ${collector}/${source}`;
    if (names.length === 0) throw new VigieError('not_found', `cannot forget ${name}: nothing is known of it`);
    const behindSeries = this.index.origins();
    const removed = forgotten.filter(({ id }) => !behindSeries.has(id));
    const kept = forgotten.filter(({ id }) => behindSeries.has(id));
    this.#changeOrigins(kept, () => {
      for (const origin of removed) this.#clients.removeOrigin(origin);
    });
    for (const origin of removed) this.#origins.remove(origin);
    return names;
  }

  /**
   * Applies batches in order, in one transaction, and answers each. When it returns they are on disk. Throws VigieError
   * `disk_full` or `unavailable` when nothing was committed; memory is then as before, and the senders send again.
   */
  commit(batches: readonly IngestBatch[], now: Ms): readonly BatchAnswer[] {
    return this.change(now, (intake) => batches.map((batch) => intake.take(batch)));
  }

  /** Does `work` in one transaction: what it hands to the intake is on disk when this returns, with what `work` answered. Throws like `commit`. */
  change<Answer>(now: Ms, work: (intake: Intake) => Answer): Answer {
    this.#clock.observe(now);
    this.#clock.refuseWhileWaiting();
    this.#flushing.relieveJournal(this.#lsn);
    tellFailure(() => this.webLog.relieve());
    const intake = this.#openIntake(now);
    const lsn = this.#lsn + 1;
    let journalBytes = 0;
    const transaction = this.#db.transaction(() => {
      const done = work(intake);
      journalBytes = intake.write(lsn);
      this.#options.onPoint?.('before_commit');
      return done;
    });
    let answer: Answer;
    try {
      answer = tellFailure(transaction);
    } catch (error) {
      intake.undo();
      throw error;
    }
    this.#options.onPoint?.('after_commit');
    intake.keep();
    if (journalBytes > 0) {
      this.#lsn = lsn;
      this.#journal.appended(journalBytes);
      this.#backlog.apply(intake.draft, lsn, now);
    }
    return answer;
  }

  /**
   * Writes at most `budget` pages (and as many heads) that are due: dirty for five minutes, or the journal is half full. Call it
   * every few seconds until `due` is false. Throws `disk_full` or `unavailable`; what was dirty then stays dirty.
   */
  flush(now: Ms, budget: number): FlushResult {
    this.#clock.observe(now);
    tellFailure(() => this.webLog.flushDue(now));
    return this.#flushing.flushDue(now, budget, this.#lsn);
  }

  /**
   * Removes some of the series whose data are all too old, or that have none, so that others find room; returns how many. Some ten
   * milliseconds; call it every second. Throws `disk_full` or `unavailable` with nothing changed.
   */
  expireSeries(now: Ms): number {
    this.#clock.observe(now);
    return this.#clock.leaping || this.#clock.waiting ? 0 : this.#expiry.step();
  }

  /**
   * Chooses other rings, also while data come: `convertSeries` changes those that are there, new ones have them at once. Throws VigieError
   * `bad_config` when there cannot be such rings, with nothing changed.
   */
  chooseRings(choice: RingChoice): void {
    this.#plan.choose(choice);
    this.limitFile(this.#fileBound());
    this.#conversion.begin();
  }

  /**
   * Gives some series the rings that were chosen for them; some ten milliseconds. Call it again and again while it answers that there
   * are more. Throws `disk_full` or `unavailable` with nothing changed.
   */
  convertSeries(now: Ms): { readonly converted: number; readonly isDue: boolean } {
    this.#clock.observe(now);
    // What was set aside for a clock that comes back lies in rows of the old rings.
    if (this.#clock.leaping || this.#clock.waiting || !this.#conversion.isDue) return { converted: 0, isDue: false };
    const converted = this.#conversion.step();
    if (converted > 0) this.#disturbances++;
    if (!this.#conversion.isDue) this.limitFile(this.#fileBound());
    return { converted, isDue: this.#conversion.isDue };
  }

  /** Merges small log blocks and drops old ones: some 20 ms at a time. Throws `disk_full` or `unavailable` with nothing changed. */
  tendLogs(now: Ms): void {
    // A clock that may be wrong makes nothing old.
    const isSure = !this.#clock.leaping && !this.#clock.waiting;
    const believed = isSure ? ms(now + MAX_AHEAD_MS) : undefined;
    if (!this.logs.isDue(believed)) return;
    const change = tellFailure(
      this.#db.transaction(() => {
        const tended = this.logs.tend(believed);
        this.#options.onPoint?.('during_merge');
        return tended;
      }),
    );
    this.logs.keep(change);
  }

  /** Closes the file and gives up the lock without flushing, as a killed process does; for when the disk takes no more. */
  abandon(): void {
    this.#db.close();
    this.#unlock();
  }

  /** Flushes everything and closes. A store that was not closed recovers from its journal instead. */
  close(): void {
    try {
      this.#flushing.flushAll(this.#lsn);
      tellFailure(() => this.webLog.flushAll());
    } finally {
      this.abandon();
    }
  }

  /** How often more than increments may have changed what is counted: rings, a clock that came back, damage. */
  get disturbances(): number {
    return this.#disturbances;
  }

  /** No source is complete up to any moment while the clock itself is in doubt. */
  origins(): readonly OriginStatus[] {
    const listed = [...this.#origins.values()].filter(({ forgotten }) => forgotten !== true).map(originStatus);
    return this.#clock.waiting ? listed.map(({ completeTo: _unknown, ...status }) => status) : listed;
  }

  stats(): EngineStats {
    return {
      series: this.index.size,
      seriesLimit: this.#options.maxSeries,
      seriesPerMetricLimit: seriesLimits(this.#options).perMetric,
      bytes: this.#fileBytes(),
      worstCaseBytes: this.#fileBound() + WAL_BYTES,
      worstCaseBytesPerSeries: worstCaseOfProfiles(this.#rings()),
      ringProfiles: profileStats(this.#plan, this.index),
      journalRecords: this.#journal.records,
      expiredSeries: this.#tallies.get('expired/series'),
      appliedBatches: this.#tallies.get('applied/batches'),
      appliedIncrements: this.#tallies.get('applied/increments'),
      appliedSamples: this.#tallies.get('applied/samples'),
      documentBytes: { now: this.documents.bytes(), worstCase: DOCUMENT_TABLES_BYTES },
      appliedLines: this.#tallies.get('applied/lines'),
      logs: this.logs.stats(),
      appliedHits: this.#tallies.get('applied/hits'),
      webLog: this.webLog.stats(),
      drops: { ...this.#tallies.withPrefix('drop/'), ...this.#damage.counts() },
    };
  }

  /** Does `work` and saves the origins in one transaction; memory follows when it is on disk. */
  #changeOrigins<T>(changed: readonly Origin[], work: () => T): T {
    const result = tellFailure(
      this.#db.transaction(() => {
        for (const origin of changed) this.#clients.saveOrigin(origin);
        return work();
      }),
    );
    for (const origin of changed) this.#origins.keep(origin);
    return result;
  }

  #openIntake(now: Ms): Intake {
    const { index, pages } = this;
    const parts = {
      clients: this.#clients,
      tallies: this.#tallies,
      journal: this.#journal,
      seriesTable: this.#seriesTable,
      logs: this.logs,
      webLog: this.webLog,
      dataSources: this.#dataSources,
      origins: this.#origins,
    };
    const dataSources = this.#dataSources;
    return new Intake(parts, { index, pages, dataSources, seriesLimits: seriesLimits(this.#options), now });
  }

  #watchClock(leapPages: LeapPages): ClockSteps {
    const { index, pages, heads } = this;
    return new ClockSteps({
      db: this.#db,
      ...{ index, pages, heads, leapPages },
      widestSlot: () => this.#plan.widestSlot(),
      origins: this.#origins,
      clients: this.#clients,
      tallies: this.#tallies,
      dataSources: this.#dataSources,
      flushAll: () => this.#flushing.flushAll(this.#lsn),
      tell: (sentence) => {
        this.#disturbances++;
        this.#options.onClock?.(sentence);
      },
    });
  }

  #planOf(choice: RingChoice): RingPlan {
    try {
      const plan = new RingPlan(this.#db);
      plan.choose(choice);
      return plan;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #fileBound(): number {
    return fileBound(this.#options, this.#rings());
  }

  /** Of every profile that some series has or shall have. */
  #rings(): readonly (readonly RingProfile[])[] {
    return this.#plan.profiles().map(({ rings }) => rings);
  }

  #fileBytes(): number {
    const file = databaseFile(this.#options.dataDir);
    const sizes = ['', '-wal', '-shm'].map((suffix) => statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}
