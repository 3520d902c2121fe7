import type Database from 'better-sqlite3';
import { MAX_POSITIONS_BYTES, type PositionValue } from '../../model/batch.ts';
import { CLIENT_LIMITS } from '../limits.ts';

/** How much one sink holds, as it weighs in the answer to a hello. */
interface Load {
  keys: number;
  bytes: number;
}

/** Where the sources of each sink stand. Writes happen in the caller's transaction; call `undo` when that fails. */
export class PositionTable {
  readonly #statements;
  /** Of the sinks that wrote since the start: counting afresh for every batch would read all positions for the sake of one. */
  readonly #loads = new Map<number, Load>();

  constructor(db: Database.Database) {
    this.#statements = prepareStatements(db);
  }

  of(sink: number): Record<string, PositionValue> {
    const rows = this.#statements.all.all(sink) as { key: string; value: string }[];
    return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value) as PositionValue]));
  }

  /** Keeps the newest value of each key; null forgets it. Returns how many found no room: those stay as they were. */
  merge(sink: number, positions: readonly (readonly [string, PositionValue])[]): number {
    const load = this.#loadOf(sink);
    let refused = 0;
    for (const [key, value] of positions) {
      const text = value === null ? undefined : JSON.stringify(value);
      if (!this.#put(sink, load, key, text)) refused++;
    }
    return refused;
  }

  /** Makes the positions of one sink those of another. */
  copy(from: number, to: number): void {
    this.#loads.delete(to);
    this.#statements.clear.run(to);
    this.#statements.copy.run(to, from);
  }

  /** What was written since the transaction began did not happen. */
  undo(): void {
    this.#loads.clear();
  }

  #put(sink: number, load: Load, key: string, value: string | undefined): boolean {
    const before = this.#statements.value.get(sink, key);
    const keys = load.keys + Number(value !== undefined) - Number(before !== undefined);
    const bytes = load.bytes + weight(key, value) - weight(key, before);
    const grows = bytes > load.bytes;
    if (grows && (keys > CLIENT_LIMITS.positions_per_sink || bytes > MAX_POSITIONS_BYTES)) return false;
    if (value === undefined) this.#statements.forget.run(sink, key);
    else this.#statements.put.run(sink, key, value);
    Object.assign(load, { keys, bytes });
    return true;
  }

  #loadOf(sink: number): Load {
    const known = this.#loads.get(sink);
    if (known !== undefined) return known;
    const load: Load = { keys: 0, bytes: 0 };
    for (const { key, value } of this.#statements.all.iterate(sink) as Iterable<{ key: string; value: string }>) {
      load.keys++;
      load.bytes += weight(key, value);
    }
    this.#loads.set(sink, load);
    return load;
  }
}

/** Bytes of `"key":value,` in JSON. */
function weight(key: string, value: string | undefined): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(value) + 2;
}

function prepareStatements(db: Database.Database) {
  return {
    all: db.prepare('SELECT key, value FROM position WHERE sink = ?'),
    value: db.prepare<[number, string], string>('SELECT value FROM position WHERE sink = ? AND key = ?').pluck(),
    put: db.prepare(
      'INSERT INTO position (sink, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ),
    forget: db.prepare('DELETE FROM position WHERE sink = ? AND key = ?'),
    clear: db.prepare('DELETE FROM position WHERE sink = ?'),
    copy: db.prepare('INSERT INTO position (sink, key, value) SELECT ?, key, value FROM position WHERE sink = ?'),
  };
}
