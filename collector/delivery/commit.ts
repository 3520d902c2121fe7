import type { PositionValue } from '../../server/model/batch.ts';
import { type CollectorDatabase, commitError } from './database.ts';
import type { EncodedPayload } from './payload.ts';
import type { Queue } from './queue.ts';
import { EMPTY_MEMORY, MEMORY_KEY, memoryAsPosition, memoryFrom, type SourceMemory } from './source-memory.ts';

export type Positions = Readonly<Record<string, PositionValue>>;

/** Everything one source batch changes. */
export interface Commit {
  readonly source: string;
  readonly replayable: boolean;
  readonly positions: Readonly<Record<string, PositionValue | null>>;
  /** Absent: as it was. */
  readonly memory?: SourceMemory;
  readonly payloads: readonly EncodedPayload[];
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

  constructor(database: CollectorDatabase, queue: Queue | undefined) {
    this.#database = database;
    this.#queue = queue;
  }

  /** Throws VigieError `disk_full`, or the cause, with nothing changed. */
  commit(commit: Commit): void {
    this.#transact(() => {
      const { source, replayable } = commit;
      for (const payload of commit.payloads) this.#queue?.append({ ...payload, source, replayable });
      for (const [key, value] of Object.entries(commit.positions)) this.#setPosition(source, key, value);
      if (commit.memory !== undefined) this.#setMemory(source, commit.memory);
      for (const { component, items } of commit.learned) this.#learn(component, items);
    });
  }

  /**
   * Takes up the server's account under a new epoch. Queued batches that `keep` chooses are sent again; the sources in
   * `positions` are set to what the server holds, entirely. Sources that are not in it are left alone.
   */
  rewind(epoch: number, keep: Parameters<Queue['restart']>[1], positions: ReadonlyMap<string, Positions>): void {
    this.#transact(() => {
      this.#queue?.restart(epoch, keep);
      for (const [source, { [MEMORY_KEY]: memory, ...own }] of positions) {
        this.#database.prepare('DELETE FROM positions WHERE source = ?').run(source);
        for (const [key, value] of Object.entries(own)) this.#setPosition(source, key, value);
        this.#setMemory(source, memoryFrom(memory));
      }
    });
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

  #transact(work: () => void): void {
    try {
      this.#database.transaction(work).immediate();
    } catch (error) {
      this.#queue?.reload();
      throw commitError(error);
    }
  }

  #setPosition(source: string, key: string, value: PositionValue | null): void {
    if (value === null) this.#database.prepare('DELETE FROM positions WHERE source = ? AND key = ?').run(source, key);
    else {
      const upsert = 'INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
      this.#database.prepare(upsert).run(source, key, JSON.stringify(value));
    }
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
