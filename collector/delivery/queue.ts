import { invariant } from '../../server/model/errors.ts';
import type { BatchMark } from '../../server/model/ingest.ts';
import type { CollectorDatabase } from './database.ts';

/** A batch as it waits: `payload` is exactly what `digest` names. */
export interface QueuedBatch extends BatchMark {
  readonly source: string;
  /** False: exists nowhere but here, so a rewind keeps it. */
  readonly replayable: boolean;
  readonly payload: Uint8Array;
}

interface SinkRow {
  epoch: number;
  acked_sequence: number;
  acked_digest: string;
  last_sequence: number;
}

/** Batches listed in one hello; more would outgrow what a server reads. Those beyond can only be unknown to it. */
const HELLO_MARKS = 50_000;

/** In the column `epoch`: adopted. The server is told 0. */
const ADOPTED = -1;
const NEW: QueueState = { epoch: 0, adopted: false, acked: { sequence: 0, digest: '' }, last: 0 };

/** Where a sink stands with its server. */
export interface QueueState {
  readonly epoch: number;
  /** Taken over from another sink id, and not yet agreed upon with the server. */
  readonly adopted: boolean;
  readonly acked: BatchMark;
  readonly last: number;
}

/**
 * The queue of one sink: sequences acked+1 .. last, without gaps. Methods that write belong inside a transaction of the caller,
 * except `acknowledge`. Sizes are kept in memory; `reload` reads them again after a transaction that failed.
 */
export class Queue {
  readonly sink: string;
  readonly #database: CollectorDatabase;
  #state = NEW;
  #bytes = 0;

  constructor(database: CollectorDatabase, sink: string) {
    this.#database = database;
    this.sink = sink;
    database.transaction(() => this.#enter()).immediate();
    this.reload();
  }

  get state(): QueueState {
    return this.#state;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#state.last - this.#state.acked.sequence;
  }

  reload(): void {
    const row = this.#database.prepare<[string], SinkRow>('SELECT * FROM sinks WHERE sink = ?').get(this.sink);
    invariant(row !== undefined, `a queue without its row: ${this.sink}`);
    const acked = { sequence: row.acked_sequence, digest: row.acked_digest };
    const adopted = row.epoch === ADOPTED;
    this.#state = { epoch: adopted ? 0 : row.epoch, adopted, acked, last: row.last_sequence };
    this.#bytes = Number(
      this.#database
        .prepare('SELECT coalesce(sum(length(payload)), 0) FROM queue WHERE sink = ?')
        .pluck()
        .get(this.sink),
    );
  }

  append(batch: Omit<QueuedBatch, 'sequence'>): void {
    const sequence = this.#state.last + 1;
    this.#database
      .prepare('INSERT INTO queue VALUES (?, ?, ?, ?, ?, ?)')
      .run(this.sink, sequence, batch.source, Number(batch.replayable), batch.digest, batch.payload);
    this.#bytes += batch.payload.length;
    this.#write({ ...this.#state, last: sequence });
  }

  head(): QueuedBatch | undefined {
    return this.#rows('LIMIT 1')[0];
  }

  /** Everything waiting, in order; for rewinds and tests. */
  all(): QueuedBatch[] {
    return this.#rows('');
  }

  marks(): BatchMark[] {
    return this.#database
      .prepare<[string, number], BatchMark>(
        'SELECT sequence, digest FROM queue WHERE sink = ? ORDER BY sequence LIMIT ?',
      )
      .all(this.sink, HELLO_MARKS);
  }

  /** The server holds everything up to `sequence`. Returns the number of batches let go. */
  acknowledge(sequence: number): number {
    const { acked, last } = this.#state;
    if (sequence <= acked.sequence) return 0;
    invariant(sequence <= last, `an acknowledgement of ${sequence} for a queue that ends at ${last}`);
    const upTo = 'FROM queue WHERE sink = ? AND sequence <= ?';
    const found = this.#database
      .prepare<[string, number], { bytes: number; digest: string }>(
        // SQLite takes the bare column from the row of the maximum (https://www.sqlite.org/lang_select.html#bareagg).
        `SELECT sum(length(payload)) AS bytes, digest, max(sequence) ${upTo}`,
      )
      .get(this.sink, sequence);
    invariant(found !== undefined, `a queue without batch ${sequence}`);
    const state = { ...this.#state, acked: { sequence, digest: found.digest } };
    this.#database.transaction(() => {
      this.#database.prepare(`DELETE ${upTo}`).run(this.sink, sequence);
      this.#save(state);
    })();
    this.#state = state;
    this.#bytes -= found.bytes;
    return sequence - acked.sequence;
  }

  /** Starts `epoch`: what `keep` chooses is numbered again from 1, the rest is dropped. */
  restart(epoch: number, keep: (batch: QueuedBatch) => boolean): void {
    const kept = this.all().filter(keep);
    this.#database.prepare('DELETE FROM queue WHERE sink = ?').run(this.sink);
    this.#bytes = 0;
    this.#write({ ...NEW, epoch });
    for (const batch of kept) this.append(batch);
  }

  /**
   * There is one such sink at most, so a new id is a new name of the sink before it: what waits goes over, numbered from 1. The
   * server does not know that; a batch it applied under the old id without the collector hearing of it is applied again.
   */
  #enter(): void {
    const isKnown = this.#database.prepare('SELECT 1 FROM sinks WHERE sink = ?').get(this.sink) !== undefined;
    if (isKnown) return;
    const adopted = this.#database.prepare('DELETE FROM sinks').run().changes > 0;
    const rows = this.#database.prepare<[], number>('SELECT rowid FROM queue ORDER BY sink, sequence').pluck().all();
    const move = this.#database.prepare('UPDATE queue SET sink = ?, sequence = ? WHERE rowid = ?');
    for (const [i, row] of rows.entries()) move.run(this.sink, i + 1, row);
    this.#database
      .prepare("INSERT INTO sinks VALUES (?, ?, 0, '', ?)")
      .run(this.sink, adopted ? ADOPTED : 0, rows.length);
  }

  #rows(limit: '' | 'LIMIT 1'): QueuedBatch[] {
    const columns = 'sequence, source, replayable, digest, payload';
    return this.#database
      .prepare<[string], Omit<QueuedBatch, 'replayable'> & { replayable: number }>(
        `SELECT ${columns} FROM queue WHERE sink = ? ORDER BY sequence ${limit}`,
      )
      .all(this.sink)
      .map((row) => ({ ...row, replayable: row.replayable === 1 }));
  }

  #write(state: QueueState): void {
    this.#save(state);
    this.#state = state;
  }

  #save({ epoch, adopted, acked, last }: QueueState): void {
    this.#database
      .prepare('UPDATE sinks SET epoch = ?, acked_sequence = ?, acked_digest = ?, last_sequence = ? WHERE sink = ?')
      .run(adopted ? ADOPTED : epoch, acked.sequence, acked.digest, last, this.sink);
  }
}
