import type Database from 'better-sqlite3';
import {
  COLLECTIONS,
  type Collection,
  DOCUMENT_LIMITS,
  type DocumentChange,
  type DocumentQuery,
  type DroppedDocument,
  type StoredDocument,
} from '../model/documents.ts';
import { VigieError } from '../model/errors.ts';
import { tellFailure } from './database-failure.ts';

/** Of schema version 2. `number` tells the order in which keys came; AUTOINCREMENT never gives one twice. */
export const DOCUMENT_TABLES = `
CREATE TABLE document (number INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, key TEXT NOT NULL,
  body TEXT NOT NULL, UNIQUE (collection, key));
CREATE INDEX document_order ON document (collection, number);
`;

/** A body may fill nine pages of 4 KiB; row, two index entries with the key, and b-tree overhead make one more. */
const DOCUMENT_BYTES = 10 * 4096;

/** The worst case of all collections together. */
export const DOCUMENT_TABLES_BYTES = Object.values(COLLECTIONS).reduce(
  (sum, { documents }) => sum + documents * DOCUMENT_BYTES,
  0,
);

interface Row {
  readonly number: number;
  readonly key: string;
  readonly body: string;
}

/** The table of documents; see `server/model/documents.ts`. Every method throws `disk_full` or `unavailable` when SQLite fails. */
export class Documents {
  readonly #db: Database.Database;
  readonly #statements;
  readonly #counts: Map<string, number>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#statements = statementsOf(db);
    this.#counts = this.#recount();
  }

  /**
   * Makes all changes or none; when it returns they are on disk. Returns what full collections dropped for them. Throws VigieError
   * `too_large` for a body, a key or a number of changes beyond `DOCUMENT_LIMITS`, `conflict` when a collection that drops
   * nothing is full.
   */
  change(changes: readonly DocumentChange[]): readonly DroppedDocument[] {
    if (changes.length > DOCUMENT_LIMITS.changes) {
      throw tooLarge(`${changes.length} changes at once; want at most ${DOCUMENT_LIMITS.changes}`);
    }
    const transaction = this.#db.transaction(() => changes.flatMap((change) => this.#apply(change)));
    try {
      return tellFailure(transaction);
    } catch (error) {
      this.#counts.clear();
      for (const [collection, count] of this.#recount()) this.#counts.set(collection, count);
      throw error;
    }
  }

  /** Newest first. Throws VigieError `bad_request` for a limit that is none. */
  list(query: DocumentQuery): readonly StoredDocument[] {
    const { collection, key, prefix = '', before = Number.MAX_SAFE_INTEGER, limit } = query;
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
      throw new VigieError('bad_request', `cannot list documents: got a limit of ${limit}; want 1 to 10000`);
    }
    const rows = tellFailure(() =>
      key === undefined
        ? this.#statements.list.all({ collection, prefix, before, limit })
        : this.#statements.get.all({ collection, key }),
    );
    return rows.map((row) => ({ key: row.key, number: row.number, body: JSON.parse(row.body) as unknown }));
  }

  /** Bytes of all bodies. */
  bytes(): number {
    return this.#statements.bytes.get()?.bytes ?? 0;
  }

  #apply(change: DocumentChange): readonly DroppedDocument[] {
    const { collection, key } = change;
    if (change.op === 'delete') {
      this.#count(collection, -this.#statements.delete.run({ collection, key }).changes);
      return [];
    }
    const body = bodyText(change);
    if (this.#statements.update.run({ collection, key, body }).changes > 0) return [];
    const dropped = this.#makeRoom(collection);
    this.#statements.insert.run({ collection, key, body });
    this.#count(collection, 1);
    return dropped;
  }

  #makeRoom(collection: Collection): readonly DroppedDocument[] {
    const { documents, full } = COLLECTIONS[collection];
    if ((this.#counts.get(collection) ?? 0) < documents) return [];
    if (full === 'refuse') {
      throw new VigieError(
        'conflict',
        `cannot keep another ${collection.replaceAll('_', ' ')}: there are ${documents}`,
      );
    }
    const oldest = this.#statements.oldest.get({ collection });
    if (oldest === undefined) return [];
    this.#count(collection, -this.#statements.delete.run({ collection, key: oldest.key }).changes);
    return [{ collection, key: oldest.key }];
  }

  #count(collection: Collection, by: number): void {
    this.#counts.set(collection, (this.#counts.get(collection) ?? 0) + by);
  }

  #recount(): Map<string, number> {
    return new Map(this.#statements.counts.all().map(({ collection, count }) => [collection, count]));
  }
}

function bodyText({ collection, key, body }: Extract<DocumentChange, { op: 'put' }>): string {
  const text = JSON.stringify(body);
  const { body_bytes, key_bytes } = DOCUMENT_LIMITS;
  if (Buffer.byteLength(text) > body_bytes) throw tooLarge(`${collection} ${key}: more than ${body_bytes} bytes`);
  if (Buffer.byteLength(key) > key_bytes) throw tooLarge(`a key of ${collection}: more than ${key_bytes} bytes`);
  return text;
}

function tooLarge(cause: string): VigieError {
  return new VigieError('too_large', `cannot keep ${cause}`);
}

type Key = { readonly collection: string; readonly key: string };

function statementsOf(db: Database.Database) {
  return {
    insert: db.prepare<Key & { body: string }>(
      'INSERT INTO document (collection, key, body) VALUES (@collection, @key, @body)',
    ),
    update: db.prepare<Key & { body: string }>(
      'UPDATE document SET body = @body WHERE collection = @collection AND key = @key',
    ),
    delete: db.prepare<Key>('DELETE FROM document WHERE collection = @collection AND key = @key'),
    get: db.prepare<Key, Row>('SELECT number, key, body FROM document WHERE collection = @collection AND key = @key'),
    list: db.prepare<{ collection: string; prefix: string; before: number; limit: number }, Row>(
      `SELECT number, key, body FROM document
       WHERE collection = @collection AND number < @before AND substr(key, 1, length(@prefix)) = @prefix
       ORDER BY number DESC LIMIT @limit`,
    ),
    oldest: db.prepare<{ collection: string }, { key: string }>(
      'SELECT key FROM document WHERE collection = @collection ORDER BY number LIMIT 1',
    ),
    bytes: db.prepare<[], { bytes: number }>('SELECT ifnull(sum(octet_length(body)), 0) AS bytes FROM document'),
    counts: db.prepare<[], { collection: string; count: number }>(
      'SELECT collection, count(*) AS count FROM document GROUP BY collection',
    ),
  };
}
