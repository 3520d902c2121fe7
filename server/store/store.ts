import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { MAX_BATCH_BYTES } from '../model/batch.ts';
import type { EngineStats, OriginStatus } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import type { BatchAnswer, BatchEnvelope, Hello, HelloAnswer } from '../model/ingest.ts';
import { DEFAULT_RINGS, type RingProfile } from '../model/rings.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { applyRecord, type ChangeTarget } from './changes.ts';
import { Clients, judgeBatch, type Origin, originStatus, refusal } from './clients.ts';
import { Draft } from './draft.ts';
import { Heads } from './heads.ts';
import { decodeRecord, encodeRecord, type JournalRecord } from './journal.ts';
import { JournalLog } from './journal-log.ts';
import { CLIENT_LIMITS, SQLITE_PAGE_BYTES, WAL_BYTES, worstCaseBytesPerSeries, worstCaseFileBytes } from './limits.ts';
import { lockDataDir } from './lock.ts';
import { Pages } from './pages.ts';
import { type CountDrop, type DecodedPayload, decodePayload } from './payload.ts';
import { checkRings, ringsOfKind } from './ring.ts';
import { openDatabase } from './schema.ts';
import { loadSeries, type SeriesIndex } from './series-index.ts';
import { StoreView } from './store-view.ts';
import { Tallies } from './tallies.ts';

export interface StoreOptions {
  /** Made when it is not there; one process per directory. */
  readonly dataDir: string;
  readonly rings?: readonly RingProfile[];
  /** Series beyond this are refused, `series_limit`. Default 10,000. */
  readonly maxSeries?: number;
  /** Journal size at which pages are flushed before their time. Default 8 MiB, some 1.4 million increments. */
  readonly journalMaxBytes?: number;
  /** Clean pages kept in memory. Default 64 MiB. */
  readonly cacheBytes?: number;
  /** Bound of the database file; default: the worst case of `maxSeries` (`limits.ts`). */
  readonly maxFileBytes?: number;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (name: 'before_commit' | 'after_commit' | 'during_flush') => void;
  /** Told of every damaged page, once per read. */
  readonly onDamage?: (cause: string) => void;
}

export interface IngestBatch {
  readonly envelope: BatchEnvelope;
  readonly payload: Uint8Array;
}

/** Pages and heads written, and how many more are due now. */
export interface FlushResult {
  readonly written: number;
  readonly due: boolean;
}

export const DEFAULT_MAX_SERIES = 10_000;
const DEFAULT_JOURNAL_BYTES = 8 * 2 ** 20;
const DEFAULT_CACHE_BYTES = 64 * 2 ** 20;

/** Pages become due at half of the 10 minutes they may stay dirty; flushing in slices has the other half. */
const FLUSH_AGE = ms(5 * MINUTE);

/**
 * The embedded store: the only owner of `vigie.sqlite`. Synchronous; one thread.
 *
 *     commit:  decide (draft) -> ONE transaction: sequence, positions, origins, series, tallies, journal row
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
  readonly sumRings;
  readonly sampleRings;
  /** What may be asked. */
  readonly view: StoreView;
  readonly #options: StoreOptions & Required<Omit<StoreOptions, 'onPoint' | 'onDamage' | 'maxFileBytes'>>;
  readonly #db: Database.Database;
  readonly #unlock: () => void;
  readonly #clients: Clients;
  readonly #tallies: Tallies;
  readonly #journal: JournalLog;
  readonly #origins = new Map<string, Origin>();
  readonly #originsById: Origin[] = [];
  readonly #damaged = new Set<number>();
  readonly #statements;
  #damagedRecords = 0;
  #lsn = 0;

  /**
   * Opens or makes the store. Throws VigieError: `data_dir_locked` (another process), `newer_database`, `bad_config` (rings, not
   * our file), `unavailable` (the directory or the file cannot be used).
   */
  constructor(options: StoreOptions) {
    this.#options = {
      rings: DEFAULT_RINGS,
      maxSeries: DEFAULT_MAX_SERIES,
      journalMaxBytes: DEFAULT_JOURNAL_BYTES,
      cacheBytes: DEFAULT_CACHE_BYTES,
      ...options,
    };
    const { dataDir, rings, cacheBytes } = this.#options;
    checkRings(rings);
    this.sumRings = ringsOfKind(rings, 'sum');
    this.sampleRings = ringsOfKind(rings, 'gauge');
    this.#unlock = lockDataDir(dataDir, process.pid);
    try {
      this.#db = openDatabase(join(dataDir, 'vigie.sqlite'));
    } catch (error) {
      this.#unlock();
      throw error;
    }
    this.limitFile(options.maxFileBytes ?? this.#worstCase());
    this.#clients = new Clients(this.#db);
    this.#tallies = new Tallies(this.#db);
    this.#journal = new JournalLog(this.#db);
    this.index = loadSeries(this.#db);
    this.heads = new Heads(this.#db);
    this.pages = new Pages(this.#db, cacheBytes, (row, cause) => this.#noteDamage(row, cause));
    const { index, pages, sumRings, sampleRings } = this;
    this.view = new StoreView({ index, pages, sumRings, sampleRings, origins: this.#originsById });
    this.#statements = {
      series: this.#db.prepare('INSERT INTO series (id, kind, name, labels) VALUES (?, ?, ?, ?)'),
      link: this.#db.prepare('INSERT OR IGNORE INTO series_origin (series, origin) VALUES (?, ?)'),
    };
    for (const origin of this.#clients.loadOrigins()) this.#keepOrigin(origin);
    try {
      this.#recover();
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
  hello(hello: Hello): HelloAnswer {
    return this.#guard(() => this.#clients.hello(hello));
  }

  /**
   * Applies batches in order, in one transaction, and answers each. When it returns they are on disk. Throws VigieError
   * `disk_full` or `unavailable` when nothing was committed; memory is then as before, and the senders send again.
   */
  commit(batches: readonly IngestBatch[], now: Ms): readonly BatchAnswer[] {
    this.#relieveJournal();
    const { index, pages, sumRings, sampleRings } = this;
    const draft = new Draft({ index, pages, sumRings, sampleRings, maxSeries: this.#options.maxSeries, now });
    const origins = new Map<string, Origin>();
    const counts = new Map<string, number>();
    const lsn = this.#lsn + 1;
    let journalBytes = 0;
    let answers: readonly BatchAnswer[] = [];
    const transaction = this.#db.transaction(() => {
      answers = batches.map((batch) => this.#take(batch, draft, origins, counts));
      journalBytes = this.#write(draft, origins, counts, lsn);
      this.#options.onPoint?.('before_commit');
    });
    try {
      this.#guard(transaction);
    } catch (error) {
      draft.undo();
      throw error;
    }
    this.#options.onPoint?.('after_commit');
    for (const origin of origins.values()) this.#keepOrigin(origin);
    for (const { series, origin } of draft.links) series.origins.add(origin);
    this.#tallies.saved(counts);
    if (journalBytes > 0) {
      this.#lsn = lsn;
      this.#journal.appended(journalBytes);
      applyRecord(this, draft, lsn, now);
    }
    this.pages.trim();
    return answers;
  }

  /**
   * Writes at most `budget` pages (and as many heads) that are due: dirty for five minutes, or the journal is half full. Call it
   * every few seconds until `due` is false. Throws `disk_full` or `unavailable`; what was dirty then stays dirty.
   */
  flush(now: Ms, budget: number): FlushResult {
    const written = this.#isDue(now) ? this.#flushOldest(budget) : 0;
    return { written, due: written > 0 && this.#isDue(now) };
  }

  /** Closes the file and gives up the lock without flushing, as a killed process does; for when the disk takes no more. */
  abandon(): void {
    this.#db.close();
    this.#unlock();
  }

  /** Flushes everything and closes. A store that was not closed recovers from its journal instead. */
  close(): void {
    try {
      while (this.pages.dirtyCount + this.heads.dirtyCount > 0) this.#flushOldest(4096);
    } finally {
      this.abandon();
    }
  }

  origins(): readonly OriginStatus[] {
    return [...this.#origins.values()].map(originStatus);
  }

  stats(): EngineStats {
    const damaged = {
      ...(this.#damaged.size === 0 ? {} : { damaged_page: this.#damaged.size }),
      ...(this.#damagedRecords === 0 ? {} : { damaged_journal: this.#damagedRecords }),
    };
    return {
      series: this.index.size,
      seriesLimit: this.#options.maxSeries,
      bytes: this.#fileBytes(),
      worstCaseBytes: this.#worstCase() + WAL_BYTES,
      worstCaseBytesPerSeries: worstCaseBytesPerSeries(this.#options.rings),
      journalRecords: this.#journal.records,
      appliedBatches: this.#tallies.get('applied/batches'),
      appliedIncrements: this.#tallies.get('applied/increments'),
      appliedSamples: this.#tallies.get('applied/samples'),
      drops: { ...this.#tallies.withPrefix('drop/'), ...damaged },
    };
  }

  #take(
    { envelope, payload }: IngestBatch,
    draft: Draft,
    origins: Map<string, Origin>,
    counts: Map<string, number>,
  ): BatchAnswer {
    const count = (name: string, by = 1): unknown => counts.set(name, (counts.get(name) ?? 0) + by);
    const sink = this.#clients.sink(envelope);
    const torn = payload.length > MAX_BATCH_BYTES || sha256(payload) !== envelope.digest;
    const verdict = torn ? 'torn' : judgeBatch(envelope, sink);
    if (verdict === 'duplicate') return { result: 'duplicate' };
    if (verdict !== 'apply' || sink === undefined) {
      const reason = verdict === 'apply' ? 'unknown_epoch' : verdict;
      count(`drop/${reason}`);
      return { result: 'refused', reason, message: refusal(reason, envelope, sink) };
    }
    this.#clients.moveSink(sink.id, envelope);
    count('applied/batches');
    const drop: CountDrop = (reason, by) => void count(`drop/${reason}`, by);
    const decoded = decodePayload(payload, drop);
    if (decoded !== undefined) this.#takePayload(decoded, envelope.collector, sink.id, draft, origins, drop);
    return { result: 'applied' };
  }

  #takePayload(
    decoded: DecodedPayload,
    collector: string,
    sink: number,
    draft: Draft,
    origins: Map<string, Origin>,
    drop: CountDrop,
  ): void {
    const refused = this.#clients.mergePositions(sink, decoded.positions);
    if (refused > 0) drop('position_limit', refused);
    const key = JSON.stringify([collector, decoded.source]);
    const origin = origins.get(key) ?? this.#origins.get(key) ?? this.#newOrigin(collector, decoded.source, origins);
    if (origin === undefined) drop('origin_limit');
    else origins.set(key, draft.add(decoded, origin, drop));
  }

  #newOrigin(collector: string, source: string, pending: ReadonlyMap<string, Origin>): Origin | undefined {
    const fresh = [...pending.keys()].filter((key) => !this.#origins.has(key)).length;
    const id = this.#origins.size + fresh;
    if (id >= CLIENT_LIMITS.origins) return undefined;
    return { id, collector, source, highWater: Number.NEGATIVE_INFINITY };
  }

  /** Writes what a draft decided; returns the bytes of its journal row, 0 when there is nothing to replay. */
  #write(draft: Draft, origins: ReadonlyMap<string, Origin>, counts: Map<string, number>, lsn: number): number {
    for (const { id, kind, name, labels } of draft.newSeries) {
      this.#statements.series.run(id, kind, name, JSON.stringify(labels));
    }
    for (const origin of origins.values()) this.#clients.saveOrigin(origin);
    for (const { series, origin } of draft.links) this.#statements.link.run(series.id, origin);
    if (draft.sums.length > 0) counts.set('applied/increments', draft.sums.length);
    if (draft.samples.length > 0) counts.set('applied/samples', draft.samples.length);
    this.#tallies.save(counts);
    if (draft.sums.length + draft.samples.length === 0) return 0;
    const body = encodeRecord(draft);
    this.#journal.append(lsn, body);
    return body.length;
  }

  /** Keeps the journal within its bound also when nobody calls `flush` in time. */
  #relieveJournal(): void {
    const { journalMaxBytes } = this.#options;
    if (this.#journal.bytes <= journalMaxBytes) return;
    while (this.#journal.bytes > journalMaxBytes / 2 && this.#flushOldest(4096) > 0);
  }

  #isDue(now: Ms): boolean {
    if (this.#journal.bytes > this.#options.journalMaxBytes / 2) return true;
    const oldest = [this.pages.oldestDirty, this.heads.oldestDirty].filter((entry) => entry !== undefined);
    return oldest.some(({ since }) => now - since >= FLUSH_AGE || now < since);
  }

  #flushOldest(budget: number): number {
    const { rows, series } = this.#guard(
      this.#db.transaction(() => {
        const rows = this.pages.write(budget);
        this.#options.onPoint?.('during_flush');
        return { rows, series: this.heads.write(budget) };
      }),
    );
    this.pages.written(rows);
    this.heads.written(series);
    this.#trimJournal();
    this.pages.trim();
    return rows.length + series.length;
  }

  /** Drops the journal rows before the oldest change that is not in a page yet. */
  #trimJournal(): void {
    const oldest = [this.pages.oldestDirty, this.heads.oldestDirty].flatMap((entry) => entry?.sinceLsn ?? []);
    this.#guard(() => this.#journal.trim(Math.min(this.#lsn + 1, ...oldest)));
  }

  /** Applies the journal to what lies behind it. Times of becoming dirty start at 0: such pages are due at once. */
  #recover(): void {
    const last = this.#db.prepare(
      'SELECT max(lsn) AS lsn FROM (SELECT max(lsn) AS lsn FROM journal UNION SELECT max(lsn) FROM head)',
    );
    this.#lsn = Number((last.get() as { lsn: number | null }).lsn ?? 0);
    for (const { lsn, body } of this.#journal.rows()) this.#replay(lsn, body);
    this.pages.trim();
  }

  #replay(lsn: number, body: Buffer): void {
    let record: JournalRecord;
    try {
      record = decodeRecord(body);
    } catch (error) {
      this.#damagedRecords++;
      this.#options.onDamage?.(
        `cannot replay commit ${lsn} of vigie.sqlite: ${messageOf(error)}; its changes are lost`,
      );
      return;
    }
    applyRecord(this, record, lsn, ms(0));
  }

  #keepOrigin(origin: Origin): void {
    this.#origins.set(JSON.stringify([origin.collector, origin.source]), origin);
    this.#originsById[origin.id] = origin;
  }

  #noteDamage(row: number, cause: string): void {
    if (this.#damaged.has(row)) return;
    this.#damaged.add(row);
    this.#options.onDamage?.(`cannot read page ${row} of vigie.sqlite: ${cause}; its slots are lost`);
  }

  #worstCase(): number {
    const { rings, maxSeries, journalMaxBytes } = this.#options;
    return this.#options.maxFileBytes ?? worstCaseFileBytes(rings, maxSeries, journalMaxBytes);
  }

  #fileBytes(): number {
    const file = join(this.#options.dataDir, 'vigie.sqlite');
    const sizes = ['', '-wal', '-shm'].map((suffix) => statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Runs database work and tells its failures as ours. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const code = String((error as { code?: unknown } | null)?.code);
      if (!code.startsWith('SQLITE_')) throw error;
      const full = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE';
      const cause = full ? 'the disk or the bound of the store is full; free space or raise the bound' : code;
      throw new VigieError(full ? 'disk_full' : 'unavailable', `cannot write vigie.sqlite: ${cause}`, { cause: error });
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
