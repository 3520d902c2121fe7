import type { BatchPayload, PositionValue } from '../../server/model/batch.ts';
import type { Batch } from '../batch.ts';
import { type CollectorDatabase, commitError } from './database.ts';
import { type EncodedPayload, encodePayloads, MAX_PART_BYTES, type PayloadTail } from './payload.ts';
import type { Queue, QueuedBatch } from './queue.ts';
import type { RewindPlan } from './rewind.ts';
import {
  dropsSince,
  EMPTY_MEMORY,
  MEMORY_KEY,
  memoryAsPosition,
  memoryFrom,
  type SourceMemory,
} from './source-memory.ts';
import type { Positions, Span } from './span.ts';
import type { Inheritance } from './take-over.ts';
import { toWire } from './wire-positions.ts';

/** Everything one source batch changes. */
export interface Commit {
  readonly source: string;
  readonly replayable: boolean;
  readonly positions: Readonly<Record<string, PositionValue | null>>;
  /** Absent: as it was. */
  readonly memory?: SourceMemory;
  /** Made by `encode`, or by `encodeTail` of a batch without rows. */
  readonly payloads: readonly EncodedPayload[];
  /** Whether the payloads hold rows, beside positions and a watermark. */
  readonly hasRows: boolean;
  /** New members of the transforms' sets. */
  readonly learned: readonly { readonly component: string; readonly items: readonly string[] }[];
}

/**
 * The one place where the collector moves on: queue rows, positions, what sources and transforms remember, in one transaction.
 *
 *     source batch --> transforms --> | queue rows + positions + memory | --> on disk, then `emit` resolves
 *                                     |______ one transaction __________|
 */
export class Ledger {
  readonly #database: CollectorDatabase;
  readonly #queue: Queue | undefined;
  readonly #partBytes: number;
  readonly #statements;

  constructor(database: CollectorDatabase, queue: Queue | undefined, partBytes = MAX_PART_BYTES) {
    this.#database = database;
    this.#queue = queue;
    this.#partBytes = partBytes;
    this.#statements = prepareStatements(database);
  }

  /** The payloads of one source batch; see `encodePayloads`. */
  encode(source: string, batches: readonly Batch[], tail: PayloadTail): EncodedPayload[] {
    return encodePayloads(source, batches, tail, this.#partBytes);
  }

  /**
   * The payload of positions and a watermark without rows. What the source said last in this way, and nobody has heard, is part of it:
   * the commit puts it in that one's place, so that a source that waits for hours says it once.
   */
  encodeTail(source: string, tail: PayloadTail): EncodedPayload[] {
    const unheard = this.#queue?.unheard(source);
    if (unheard === undefined) return this.encode(source, [], tail);
    const said = JSON.parse(Buffer.from(unheard.payload).toString('utf8')) as BatchPayload;
    return this.encode(source, [], {
      ...(said.watermark && { watermark: said.watermark }),
      ...tail,
      positions: { ...said.positions, ...tail.positions },
    });
  }

  /** The bytes a commit adds to the queue; less than none when it makes the queue smaller. */
  growthOf(commit: Pick<Commit, 'source' | 'payloads' | 'hasRows'>): number {
    const bytes = commit.payloads.reduce((sum, { payload }) => sum + payload.length, 0);
    return bytes - (this.#replacedBy(commit)?.payload.length ?? 0);
  }

  /** Throws VigieError `disk_full`, or the cause, with nothing changed. */
  commit(commit: Commit): void {
    this.#transact(() => {
      const { source } = commit;
      this.#enqueue(commit);
      for (const [key, value] of Object.entries(commit.positions)) this.#setPosition(source, key, value);
      if (commit.memory !== undefined) this.#setMemory(source, commit.memory);
      for (const { component, items } of commit.learned) this.#learn(component, items);
    });
  }

  /** Takes up what `planRewind` made of a server's answer, under its new epoch. Throws as `commit` does. */
  rewind(epoch: number, { keep, positions, tell }: RewindPlan): void {
    this.#transact(() => {
      this.#queue?.restart(epoch, keep);
      for (const [source, { [MEMORY_KEY]: memory, ...own }] of positions) {
        this.#database.prepare('DELETE FROM positions WHERE source = ?').run(source);
        for (const [key, value] of Object.entries(own)) this.#setPosition(source, key, value);
        this.#setMemory(source, memoryFrom(memory));
      }
      for (const [source, changes] of tell) this.#tell(source, changes);
    });
  }

  /** Moves positions of sources that are no longer configured to those that follow the same; the server is told. */
  inherit(inheritances: readonly Inheritance[]): void {
    if (inheritances.length === 0) return;
    this.#transact(() => {
      const told = new Map<string, Record<string, PositionValue | null>>();
      for (const { heir, from, key, value } of inheritances) {
        this.#setPosition(from, key, null);
        this.#setPosition(heir, key, value);
        const changes = told.get(heir) ?? {};
        told.set(heir, Object.assign(changes, toWire(heir, { [key]: value }), toWire(from, { [key]: null })));
      }
      for (const [heir, changes] of told) this.#tell(heir, changes);
    });
  }

  /** The positions of every source that ever had one. */
  sources(): Map<string, Positions> {
    const ids = this.#database
      .prepare<[], string>('SELECT DISTINCT source FROM positions ORDER BY source')
      .pluck()
      .all();
    return new Map((ids as string[]).map((id) => [id, this.positions(id)]));
  }

  positions(source: string): Positions {
    const rows = this.#database
      .prepare<[string], { key: string; value: string }>('SELECT key, value FROM positions WHERE source = ?')
      .all(source);
    return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as PositionValue]));
  }

  memory(source: string): SourceMemory {
    const text = this.#database.prepare('SELECT value FROM source_memory WHERE source = ?').pluck().get(source);
    return typeof text === 'string' ? memoryFrom(JSON.parse(text)) : EMPTY_MEMORY;
  }

  learned(component: string): string[] {
    return this.#database
      .prepare<[string], string>('SELECT item FROM transform_memory WHERE component = ?')
      .pluck()
      .all(component) as string[];
  }

  #enqueue(commit: Commit): void {
    const { source, replayable, hasRows, payloads } = commit;
    const replaced = this.#replacedBy(commit);
    const [tail] = payloads;
    if (replaced !== undefined && tail !== undefined) {
      this.#queue?.replace(replaced.sequence, tail);
      return;
    }
    const span = replayable && hasRows ? { span: this.#spanOf(commit) } : {};
    for (const payload of payloads) {
      this.#queue?.append({ ...payload, source, replayable, ...(payload.more ? {} : span) });
    }
    if (!hasRows && payloads.length === 1) this.#queue?.markTail(source);
  }

  #replacedBy({ source, payloads, hasRows }: Pick<Commit, 'source' | 'payloads' | 'hasRows'>): QueuedBatch | undefined {
    return hasRows || payloads.length !== 1 ? undefined : this.#queue?.unheard(source);
  }

  #transact(work: () => void): void {
    try {
      this.#database.transaction(work).immediate();
    } catch (error) {
      this.#queue?.reload();
      throw commitError(error);
    }
  }

  #spanOf({ source, positions: after, memory }: Commit): Span {
    const before = Object.keys(after).flatMap((key) => {
      const text = this.#statements.position.get(source, key);
      return typeof text === 'string' ? [[key, JSON.parse(text) as PositionValue] as const] : [];
    });
    const drops = memory === undefined ? {} : dropsSince(this.memory(source).drops, memory.drops);
    return { before: Object.fromEntries(before), after, drops };
  }

  /** Queues positions alone, as they are on the wire. */
  #tell(source: string, positions: Readonly<Record<string, PositionValue | null>>): void {
    for (const payload of this.encode(source, [], { positions })) {
      this.#queue?.append({ ...payload, source, replayable: true });
    }
  }

  #setPosition(source: string, key: string, value: PositionValue | null): void {
    if (value === null) this.#statements.forget.run(source, key);
    else this.#statements.put.run(source, key, JSON.stringify(value));
  }

  #setMemory(source: string, memory: SourceMemory): void {
    const upsert = 'INSERT INTO source_memory VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.#database.prepare(upsert).run(source, JSON.stringify(memoryAsPosition(memory)));
  }

  #learn(component: string, items: readonly string[]): void {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO transform_memory VALUES (?, ?)');
    for (const item of items) insert.run(component, item);
  }
}

function prepareStatements(database: CollectorDatabase) {
  return {
    position: database
      .prepare<[string, string], string>('SELECT value FROM positions WHERE source = ? AND key = ?')
      .pluck(),
    put: database.prepare('INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
    forget: database.prepare('DELETE FROM positions WHERE source = ? AND key = ?'),
  };
}
