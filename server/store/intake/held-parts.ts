import type Database from 'better-sqlite3';
import { CLIENT_LIMITS } from '../limits.ts';

export const HELD_PART_TABLES = `
CREATE TABLE held_part (sink INTEGER NOT NULL, sequence INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (sink, sequence));
`;

/**
 * Parts of batches that were cut, until the last of them comes and all are applied together: a server that is lost, restored or left
 * between two parts holds the whole batch or nothing of it. Everything happens in the caller's transaction.
 */
export class HeldParts {
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = prepareStatements(db);
  }

  /** False: there is no room, nothing was kept. */
  hold(sink: number, sequence: number, payload: Uint8Array): boolean {
    const held = this.#statements.bytes.get() ?? 0;
    if (held + payload.length > CLIENT_LIMITS.held_bytes) return false;
    this.#statements.add.run(sink, sequence, payload);
    return true;
  }

  /** The parts of one sink, in order. Nothing of it is held any longer. */
  release(sink: number): readonly Uint8Array[] {
    const parts = this.#statements.parts.all(sink);
    if (parts.length > 0) this.#statements.drop.run(sink);
    return parts;
  }

  count(sink: number): number {
    return this.#statements.count.get(sink) ?? 0;
  }
}

function prepareStatements(db: Database.Database) {
  return {
    // The length of a blob is in the header of its row.
    bytes: db.prepare<[], number>('SELECT coalesce(sum(length(payload)), 0) FROM held_part').pluck(),
    add: db.prepare('INSERT INTO held_part (sink, sequence, payload) VALUES (?, ?, ?)'),
    parts: db.prepare<[number], Uint8Array>('SELECT payload FROM held_part WHERE sink = ? ORDER BY sequence').pluck(),
    drop: db.prepare('DELETE FROM held_part WHERE sink = ?'),
    count: db.prepare<[number], number>('SELECT count(*) FROM held_part WHERE sink = ?').pluck(),
  };
}
