import type Database from 'better-sqlite3';
import type { Watermark } from '../../model/batch.ts';
import type { OriginStatus, SelectorFacts } from '../../model/engine.ts';
import { VigieError } from '../../model/errors.ts';
import type { BatchEnvelope, BatchMark, Hello, HelloAnswer, RefusalReason, SinkId } from '../../model/ingest.ts';
import { slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { CLIENT_LIMITS } from '../limits.ts';
import { finest } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { HeldParts } from './held-parts.ts';
import { PositionTable } from './positions.ts';

/** Where the queue of one sink stands with us: the last batch, or part of one, that we took. */
export interface SinkState {
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly digest: string;
  /** The sink it goes on from, under other names of the same queue. */
  readonly former?: number | null;
}

/** A source as its data and its watermarks describe it. `highWater` is the newest time it sent, ms. */
export interface Origin {
  readonly id: number;
  readonly collector: string;
  readonly source: string;
  readonly highWater: number;
  readonly watermark?: Watermark;
  /** The first moment it was complete to, ms: what it told of the time after that is known. */
  readonly heardFrom?: number;
  /** Since when (ms) its collector is configured without it; see `standing.ts`. */
  readonly retired?: number;
  /** Off the list until it sends again. */
  readonly forgotten?: true;
}

/**
 * Bounds of the epoch in a hello, so that no client drives a sink towards numbers that are not exact. The epochs of a sink grow by one
 * with every rewind; a collector is ahead of us only when we were restored, or lost everything.
 */
const MAX_FIRST_EPOCH = 2 ** 48;
const MAX_EPOCH_LEAD = 2 ** 20;

/** Names one queue had, one after the other. */
const MAX_REMOVES = 64;

/** How a hello ends, worked out from both sides' last batch. Pure. */
export function judgeHello(hello: Hello, ours: SinkState | undefined): 'agreed' | 'rewind' {
  if (ours === undefined || ours.epoch < 1 || ours.epoch !== hello.epoch) return 'rewind';
  if (ours.sequence === 0) return hello.acked.sequence === 0 ? 'agreed' : 'rewind';
  const isOurs = (mark: BatchMark): boolean => mark.sequence === ours.sequence && mark.digest === ours.digest;
  return isOurs(hello.acked) || hello.queued.some(isOurs) ? 'agreed' : 'rewind';
}

/** What to do with a batch whose digest was verified. Pure. */
export function judgeBatch(
  { epoch, sequence, digest }: BatchEnvelope,
  ours: SinkState | undefined,
): 'apply' | 'duplicate' | Exclude<RefusalReason, 'torn'> {
  if (ours === undefined || ours.epoch !== epoch) return 'unknown_epoch';
  if (sequence === ours.sequence + 1) return 'apply';
  if (sequence !== ours.sequence || sequence === 0) return 'sequence_gap';
  return digest === ours.digest ? 'duplicate' : 'digest_mismatch';
}

/** Why a batch was refused, for people. */
export function refusal(
  reason: RefusalReason,
  { epoch, sequence }: BatchEnvelope,
  ours?: { epoch: number; sequence: number },
): string {
  const got = `got epoch ${epoch}, sequence ${sequence}`;
  const want = ours === undefined ? 'want a hello first' : `want epoch ${ours.epoch}, sequence ${ours.sequence + 1}`;
  const causes: Readonly<Record<RefusalReason, string>> = {
    torn: 'the digest of the bytes is not that of the envelope',
    unknown_epoch: `${got}; ${want}`,
    sequence_gap: `${got}; ${want}`,
    digest_mismatch: `${got} with another digest than the batch applied before`,
  };
  return `cannot apply batch: ${causes[reason]}`;
}

/** The durable state of sinks and origins. Everything is read from the database and written in the caller's transaction. */
export class Clients {
  readonly positions: PositionTable;
  readonly held: HeldParts;
  readonly #db: Database.Database;
  readonly #statements;

  constructor(db: Database.Database) {
    this.#db = db;
    this.positions = new PositionTable(db);
    this.held = new HeldParts(db);
    this.#statements = prepareStatements(db);
  }

  sink({ collector, sink }: SinkId): SinkState | undefined {
    return this.#statements.sink.get(collector, sink) as SinkState | undefined;
  }

  /**
   * Answers a hello, in the caller's transaction; a disagreement starts an epoch above both sides' and remembers how far the old one
   * came. A queue that stands under other names (`#formerOf`) goes on from there, once: where that stands is copied, because it may be
   * the original of a clone and go on as well. Of a batch whose last part has not come nothing was applied, and it is forgotten with
   * the old epoch.
   */
  hello(hello: Hello): HelloAnswer {
    const ours = this.sink(hello);
    checkHello(hello, ours);
    const named = hello.formerly?.flatMap((names) => this.sink(names) ?? []).find(({ id }) => id !== ours?.id);
    const spoken = hello.renamed === true ? named : ours;
    const isAgreed = spoken !== undefined && judgeHello(hello, spoken) === 'agreed';
    if (isAgreed && spoken === ours) return { result: 'agreed', sequence: ours.sequence };
    const former = this.#formerOf(hello, ours, named);
    const id = ours?.id ?? this.#addSink(hello);
    // Above that of the former names too: the epochs of one queue tell which of its names is the newest.
    const epoch = Math.max(ours?.epoch ?? 0, former?.epoch ?? 0, hello.epoch) + 1;
    const appliedOfOldEpoch = this.#appliedIn(spoken, hello.epoch);
    if (ours !== undefined) this.#statements.logEpoch.run(id, ours.epoch, this.#applied(ours));
    this.held.release(id);
    this.#statements.trimEpochs.run(id, id, CLIENT_LIMITS.epochs_per_sink);
    this.#statements.moveSink.run(epoch, 0, '', id);
    if (former !== undefined) this.#goOn(id, former.id);
    const continues = isAgreed && former?.id === spoken.id ? { continues: true } : {};
    return { result: 'rewind', epoch, positions: this.positions.of(id), appliedOfOldEpoch, ...continues };
  }

  /** Notes the batch as the last one we took. */
  moveSink(id: number, { epoch, sequence, digest }: BatchEnvelope): void {
    this.#statements.moveSink.run(epoch, sequence, digest, id);
  }

  loadOrigins(): Origin[] {
    const columns = 'id, collector, source, high_water AS highWater, watermark, retired, forgotten';
    const rows = this.#db.prepare(`SELECT ${columns} FROM origin ORDER BY id`).all() as OriginRow[];
    return rows.map(({ watermark, retired, forgotten, ...origin }) => ({
      ...origin,
      ...(watermark === null ? {} : readTold(watermark)),
      ...(retired === null ? {} : { retired }),
      ...(forgotten === 1 ? { forgotten: true } : {}),
    }));
  }

  saveOrigin({ id, collector, source, highWater, watermark, heardFrom, retired, forgotten }: Origin): void {
    const text = watermark === undefined ? null : JSON.stringify({ ...watermark, heardFrom });
    this.#statements.saveOrigin.run(
      id,
      collector,
      source,
      highWater,
      text,
      retired ?? null,
      Number(forgotten ?? false),
    );
  }

  removeOrigin({ id }: Origin): void {
    this.#statements.removeOrigin.run(id);
  }

  /**
   * The sink that a queue without agreement goes on from; undefined: its own, or it is new. A collector has one queue, so every sink
   * under its name is that queue under a name it had, and the one of the highest epoch is where it stands: the collector may not know
   * it any more, because it lost its database or is restored from before it. Names that it says itself lead to other collectors, and
   * count until one of ours has gone on from them. An epoch that came about under today's names is not doubted.
   */
  #formerOf(
    { collector, renamed, epoch }: Hello,
    ours: SinkState | undefined,
    named: SinkState | undefined,
  ): SinkState | undefined {
    if (ours !== undefined && renamed !== true && epoch > 0) return undefined;
    const known = renamed === true ? named : (ours ?? named);
    const newest = this.#statements.newest.get(collector) as SinkState | undefined;
    const isNewer = newest !== undefined && (known === undefined || this.#descends(newest, known.id));
    const stands = isNewer ? newest : known;
    return stands?.id === ours?.id ? undefined : stands;
  }

  /** Whether a sink went on from another one, at whatever remove: a collector restored from before its new name says so again. */
  #descends({ former = null }: SinkState, ancestor: number, steps = 0): boolean {
    if (former === null || former === ancestor || steps > MAX_REMOVES) return former === ancestor;
    const before = this.#statements.former.get(former) as SinkState | undefined;
    return before !== undefined && this.#descends(before, ancestor, steps + 1);
  }

  #goOn(sink: number, former: number): void {
    this.positions.copy(former, sink);
    this.#statements.follow.run(former, sink);
    // Names that went there and back: the other way round it would be a new step.
    this.#statements.unfollow.run(former, sink);
  }

  #appliedIn(ours: SinkState | undefined, epoch: number): number {
    if (ours === undefined) return 0;
    if (ours.epoch === epoch) return this.#applied(ours);
    const row = this.#statements.epoch.get(ours.id, epoch) as { sequence: number } | undefined;
    return row?.sequence ?? 0;
  }

  /** The sequence up to which batches are applied, and not only held. */
  #applied({ id, sequence }: SinkState): number {
    return sequence - this.held.count(id);
  }

  #addSink({ collector, sink }: SinkId): number {
    const { count } = this.#db.prepare('SELECT count(*) AS count FROM sink').get() as { count: number };
    if (count >= CLIENT_LIMITS.sinks) {
      throw new VigieError('too_large', `cannot take sink ${collector}/${sink}: got ${count} sinks; want no more`);
    }
    return Number(this.#statements.addSink.run(collector, sink).lastInsertRowid);
  }
}

/** The text of a watermark holds since when there is one; that of an older store does not. */
function readTold(text: string): Pick<Origin, 'heardFrom'> & { readonly watermark: Watermark } {
  const { heardFrom, ...watermark } = JSON.parse(text) as Watermark & Pick<Origin, 'heardFrom'>;
  return { watermark, ...(heardFrom !== undefined && { heardFrom }) };
}

/**
 * An origin after a word of its source, with the first moment that it was ever complete to; a clock that leapt ahead and came back lowers
 * it. Of one that an older store had heard already nobody knows.
 */
export function withWord(origin: Origin, watermark: Watermark): Origin {
  const { heardFrom, watermark: before } = origin;
  const isFirst = heardFrom === undefined && (before?.completeTo ?? 0) <= 0;
  if (watermark.completeTo <= 0 || (heardFrom === undefined && !isFirst)) return { ...origin, watermark };
  return { ...origin, watermark, heardFrom: Math.min(watermark.completeTo, heardFrom ?? watermark.completeTo) };
}

/** The status of an origin, as the engine tells it. */
export function originStatus({ collector, source, watermark, heardFrom, retired }: Origin): OriginStatus {
  return {
    origin: `${collector}/${source}`,
    collector,
    source,
    drops: watermark?.drops ?? {},
    ...(watermark === undefined ? {} : { state: watermark.state }),
    // 0: never complete, which is no moment of 1970.
    ...(watermark === undefined || watermark.completeTo <= 0 ? {} : { completeTo: ms(watermark.completeTo) }),
    ...(heardFrom === undefined ? {} : { heardFrom: ms(heardFrom) }),
    ...(watermark?.service === undefined ? {} : { service: watermark.service }),
    ...(watermark?.newestEvent === undefined ? {} : { newestEvent: ms(watermark.newestEvent) }),
    ...(watermark?.note === undefined ? {} : { note: watermark.note }),
    ...(retired === undefined ? {} : { retired: ms(retired) }),
  };
}

interface OriginRow {
  readonly id: number;
  readonly collector: string;
  readonly source: string;
  readonly highWater: number;
  readonly watermark: string | null;
  readonly retired: number | null;
  readonly forgotten: number;
}

function checkHello({ collector, sink, epoch }: Hello, ours: SinkState | undefined): void {
  for (const name of [collector, sink]) {
    if (name === '' || name.length > 256) {
      throw new VigieError('bad_request', `cannot say hello: got a name of ${name.length} characters; want 1 to 256`);
    }
  }
  const largest = ours === undefined ? MAX_FIRST_EPOCH : ours.epoch + MAX_EPOCH_LEAD;
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > largest) {
    throw new VigieError('bad_request', `cannot say hello: got epoch ${epoch}; want an integer from 0 to ${largest}`);
  }
}

function prepareStatements(db: Database.Database) {
  return {
    sink: db.prepare('SELECT id, epoch, sequence, digest, former FROM sink WHERE collector = ? AND name = ?'),
    addSink: db.prepare("INSERT INTO sink (collector, name, epoch, sequence, digest) VALUES (?, ?, 0, 0, '')"),
    moveSink: db.prepare('UPDATE sink SET epoch = ?, sequence = ?, digest = ? WHERE id = ?'),
    epoch: db.prepare('SELECT sequence FROM sink_epoch WHERE sink = ? AND epoch = ?'),
    logEpoch: db.prepare('INSERT OR REPLACE INTO sink_epoch (sink, epoch, sequence) VALUES (?, ?, ?)'),
    trimEpochs: db.prepare(
      `DELETE FROM sink_epoch WHERE sink = ? AND epoch NOT IN
        (SELECT epoch FROM sink_epoch WHERE sink = ? ORDER BY epoch DESC LIMIT ?)`,
    ),
    newest: db.prepare(
      `SELECT id, epoch, sequence, digest, former FROM sink WHERE collector = ? ORDER BY epoch DESC, id DESC LIMIT 1`,
    ),
    former: db.prepare('SELECT id, epoch, sequence, digest, former FROM sink WHERE id = ?'),
    follow: db.prepare('UPDATE sink SET former = ? WHERE id = ?'),
    unfollow: db.prepare('UPDATE sink SET former = NULL WHERE id = ? AND former = ?'),
    removeOrigin: db.prepare('DELETE FROM origin WHERE id = ?'),
    saveOrigin: db.prepare(
      `INSERT INTO origin (id, collector, source, high_water, watermark, retired, forgotten) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET high_water = excluded.high_water, watermark = excluded.watermark,
         retired = excluded.retired, forgotten = excluded.forgotten`,
    ),
  };
}

/** What is known of some series; `width` is that of the finest ring. */
export function factsOf(all: readonly Series[], origins: readonly (Origin | undefined)[]): SelectorFacts {
  const withData = all.filter(({ newest }) => Number.isFinite(newest));
  const ids = new Set(all.flatMap((series) => [...series.origins]));
  const listed = [...ids].flatMap((id) => origins[id] ?? []).filter(({ forgotten }) => forgotten !== true);
  const names = listed.map(({ collector, source }) => `${collector}/${source}`);
  const oldest = withData.reduce(
    (low, series) => Math.min(low, endOfSlot(series, series.oldest)),
    Number.POSITIVE_INFINITY,
  );
  const newest = withData.reduce(
    (high, series) => Math.max(high, endOfSlot(series, series.newest)),
    Number.NEGATIVE_INFINITY,
  );
  return {
    series: all.length,
    origins: names.sort(),
    ...(withData.length === 0 ? {} : { oldest: ms(oldest), newest: ms(newest) }),
  };
}

function endOfSlot({ layout }: Series, time: number): Ms {
  return slotEnd(ms(time), finest(layout.rings).width);
}
