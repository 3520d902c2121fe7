import { invariant } from '../../server/model/errors.ts';
import type { BatchMark, SinkId } from '../../server/model/ingest.ts';
import { type CollectorDatabase, commitError, commitWithoutSync } from './database.ts';
import type { Span } from './span.ts';

/** A batch, or a part of one, as it waits: `payload` is exactly what `digest` names. */
export interface QueuedBatch extends BatchMark {
  readonly source: string;
  /** False: exists nowhere but here. */
  readonly replayable: boolean;
  readonly payload: Uint8Array;
  /** A part of a source batch, and not its last. */
  readonly more: boolean;
  /** Of the whole source batch, with its last part. Absent when it carries no rows, nothing but positions and a watermark. */
  readonly span?: Span;
}

/** A source batch that waits with all its parts, without what it weighs; what a rewind decides by. */
export interface QueueEntry {
  readonly source: string;
  readonly replayable: boolean;
  /** Of its parts, in order; one, as a rule. */
  readonly sequences: readonly number[];
  /** The sequence of its last part: the server holds the batch when it holds this one. */
  readonly sequence: number;
  readonly span?: Span;
}

interface SinkRow {
  readonly sink: string;
  readonly epoch: number;
  readonly acked_sequence: number;
  readonly acked_digest: string;
  readonly last_sequence: number;
  readonly collector: string;
  readonly formerly: string;
  readonly renamed: number;
}

/** Batches listed in one hello; more would outgrow what a server reads. Those beyond can only be unknown to it. */
const HELLO_MARKS = 50_000;

/** A larger tail stays as it is: positions of thousands of files would be written again with each of them. */
const MAX_TAIL_BYTES = 16 * 1024;

/** Names a queue remembers. */
const MAX_NAMES = 8;

const NEW: QueueState = { epoch: 0, formerly: [], renamed: false, acked: { sequence: 0, digest: '' }, last: 0 };

/** Where a sink stands with its server. */
export interface QueueState {
  readonly epoch: number;
  /** Other names it had, newest first. */
  readonly formerly: readonly SinkId[];
  /** The numbers are those of `formerly[0]`: no server has agreed to the names of today. */
  readonly renamed: boolean;
  readonly acked: BatchMark;
  readonly last: number;
}

/**
 * The queue of one sink: sequences acked+1 .. last, without gaps. Methods that write belong inside a transaction of the caller,
 * except `acknowledge`. Sizes are kept in memory; `reload` reads them again after a transaction that failed.
 *
 * A source batch that was cut stays, with all its parts, until the last of them is acknowledged: before that the server may forget
 * those it has.
 */
export class Queue {
  readonly sink: string;
  readonly #id: SinkId;
  readonly #database: CollectorDatabase;
  #state = NEW;
  #bytes = 0;
  /** The server has what comes up to here, some of it perhaps as parts that are not applied yet. */
  #sent = 0;
  /** By source: its last batch, when this process appended it and it carries no rows. */
  readonly #tails = new Map<string, number>();

  constructor(database: CollectorDatabase, id: SinkId) {
    this.#database = database;
    this.#id = id;
    this.sink = id.sink;
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
    this.#tails.clear();
    const row = this.#database.prepare<[string], SinkRow>('SELECT * FROM sinks WHERE sink = ?').get(this.sink);
    invariant(row !== undefined, `a queue without its row: ${this.sink}`);
    const acked = { sequence: row.acked_sequence, digest: row.acked_digest };
    const formerly = namesIn(row);
    this.#state = { epoch: row.epoch, acked, last: row.last_sequence, formerly, renamed: row.renamed === 1 };
    this.#bytes = Number(
      this.#database
        .prepare('SELECT coalesce(sum(length(payload)), 0) FROM queue WHERE sink = ?')
        .pluck()
        .get(this.sink),
    );
  }

  append({ source, replayable, digest, payload, more, span }: Omit<QueuedBatch, 'sequence'>): void {
    const sequence = this.#state.last + 1;
    const text = span === undefined ? '' : JSON.stringify(span);
    this.#database
      .prepare(
        'INSERT INTO queue (sink, sequence, source, replayable, digest, payload, span, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(this.sink, sequence, source, Number(replayable), digest, payload, text, Number(more));
    this.#bytes += payload.length;
    this.#tails.delete(source);
    this.#write({ ...this.#state, last: sequence });
  }

  /** What was appended last is the tail of its source: it carries no rows, and the next like it may take its place. */
  markTail(source: string): void {
    this.#tails.set(source, this.#state.last);
  }

  /**
   * The last batch of a source when that is a tail which no server can have seen. The head may be in flight, and what an earlier
   * process appended may have been sent without our knowledge (`acknowledge` does not sync): neither is.
   */
  unheard(source: string): QueuedBatch | undefined {
    const sequence = this.#tails.get(source);
    if (sequence === undefined || sequence <= this.#heard() + 1) return undefined;
    const [tail] = this.#rows(sequence - 1, 1);
    return tail !== undefined && tail.payload.length <= MAX_TAIL_BYTES ? tail : undefined;
  }

  /** Puts another payload in the place of an unheard tail. */
  replace(sequence: number, { digest, payload }: Pick<QueuedBatch, 'digest' | 'payload'>): void {
    const row = 'FROM queue WHERE sink = ? AND sequence = ?';
    const before = this.#database.prepare(`SELECT length(payload) ${row}`).pluck().get(this.sink, sequence);
    this.#database
      .prepare('UPDATE queue SET digest = ?, payload = ? WHERE sink = ? AND sequence = ?')
      .run(digest, payload, this.sink, sequence);
    this.#bytes += payload.length - Number(before);
  }

  /** The next to be sent. */
  head(): QueuedBatch | undefined {
    return this.#rows(this.#heard(), 1)[0];
  }

  /** Everything waiting, in order; for tests. */
  all(): QueuedBatch[] {
    return this.#rows(0, -1);
  }

  /** Everything waiting, in order. */
  entries(): QueueEntry[] {
    const rows = this.#database
      .prepare<[string], EntryRow>(
        'SELECT sequence, source, replayable, more, span FROM queue WHERE sink = ? ORDER BY sequence',
      )
      .all(this.sink);
    const entries: QueueEntry[] = [];
    let sequences: number[] = [];
    for (const row of rows) {
      sequences.push(row.sequence);
      if (row.more === 1) continue;
      const { sequence, source, replayable } = row;
      entries.push({ sequence, sequences, source, replayable: replayable === 1, ...spanOf(row) });
      sequences = [];
    }
    return entries;
  }

  /** Of the first `most`; -1: of all. */
  marks(most = HELLO_MARKS): BatchMark[] {
    return this.#database
      .prepare<[string, number], BatchMark>(
        'SELECT sequence, digest FROM queue WHERE sink = ? ORDER BY sequence LIMIT ?',
      )
      .all(this.sink, most);
  }

  /**
   * The server holds everything up to `sequence`. Returns how many it lets go: parts stay until the last of their batch is held.
   * Throws VigieError `disk_full`, or the cause, with nothing changed.
   */
  acknowledge(sequence: number): number {
    const { acked, last } = this.#state;
    if (sequence <= acked.sequence) return 0;
    invariant(sequence <= last, `an acknowledgement of ${sequence} for a queue that ends at ${last}`);
    const whole = this.#database
      .prepare<[string, number], BatchMark>(
        'SELECT sequence, digest FROM queue WHERE sink = ? AND sequence <= ? AND more = 0 ORDER BY sequence DESC LIMIT 1',
      )
      .get(this.sink, sequence);
    if (whole !== undefined) this.#letGo(whole);
    this.#sent = sequence;
    return whole === undefined ? 0 : whole.sequence - acked.sequence;
  }

  /** Starts `epoch`, agreed to under the names of today: batches in `keep` are numbered again from 1, the rest is dropped. */
  restart(epoch: number, keep: ReadonlySet<number>): void {
    const drop = this.#database.prepare('DELETE FROM queue WHERE sink = ? AND sequence = ?');
    const move = this.#database.prepare('UPDATE queue SET sequence = ? WHERE sink = ? AND sequence = ?');
    let last = 0;
    // In order, so that the new number of a batch is never one that waits to be moved.
    for (const { sequence } of this.marks(-1)) {
      if (keep.has(sequence)) move.run(++last, this.sink, sequence);
      else drop.run(this.sink, sequence);
    }
    this.#save({ ...NEW, epoch, last, formerly: this.#state.formerly });
    this.#sent = 0;
    this.reload();
  }

  /** Up to where the server has answered. */
  #heard(): number {
    return Math.max(this.#sent, this.#state.acked.sequence);
  }

  #letGo(acked: BatchMark): void {
    const upTo = 'FROM queue WHERE sink = ? AND sequence <= ?';
    const sum = this.#database.prepare<[string, number], number>(`SELECT sum(length(payload)) ${upTo}`).pluck();
    const bytes = Number(sum.get(this.sink, acked.sequence));
    const state = { ...this.#state, acked };
    try {
      // A lost acknowledgement is told again by the next hello, so it is not worth a sync of its own.
      commitWithoutSync(this.#database, () => {
        this.#database.prepare(`DELETE ${upTo}`).run(this.sink, acked.sequence);
        this.#save(state);
      });
    } catch (error) {
      throw commitError(error);
    }
    this.#state = state;
    this.#bytes -= bytes;
  }

  /** There is one such sink at most, so other names in the database are former names of this one; what waits is its own. */
  #enter(): void {
    const { collector, sink } = this.#id;
    const row = this.#database.prepare<[], SinkRow>('SELECT * FROM sinks LIMIT 1').get();
    if (row === undefined) {
      this.#database
        .prepare(
          "INSERT INTO sinks (sink, epoch, acked_sequence, acked_digest, last_sequence, collector) VALUES (?, 0, 0, '', 0, ?)",
        )
        .run(sink, collector);
      return;
    }
    const { formerly, renamed } = namesAfter(row, this.#id);
    const told = JSON.stringify(formerly);
    const same = row.sink === sink && row.collector === collector;
    // Nothing is written that is there already: on a full disk a start would fail for it.
    if (same && row.formerly === told && row.renamed === Number(renamed)) return;
    this.#database
      .prepare('UPDATE sinks SET sink = ?, collector = ?, formerly = ?, renamed = ? WHERE sink = ?')
      .run(sink, collector, told, Number(renamed), row.sink);
    this.#database.prepare('UPDATE queue SET sink = ? WHERE sink = ?').run(sink, row.sink);
  }

  #rows(after: number, most: number): QueuedBatch[] {
    const columns = 'sequence, source, replayable, digest, payload, more, span';
    return this.#database
      .prepare<[string, number, number], EntryRow & { readonly digest: string; readonly payload: Uint8Array }>(
        `SELECT ${columns} FROM queue WHERE sink = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      )
      .all(this.sink, after, most)
      .map(({ replayable, more, span, ...row }) => {
        return { ...row, replayable: replayable === 1, more: more === 1, ...spanOf({ span }) };
      });
  }

  #write(state: QueueState): void {
    this.#save(state);
    this.#state = state;
  }

  #save({ epoch, renamed, acked, last }: QueueState): void {
    this.#database
      .prepare(
        'UPDATE sinks SET epoch = ?, acked_sequence = ?, acked_digest = ?, last_sequence = ?, renamed = ? WHERE sink = ?',
      )
      .run(epoch, acked.sequence, acked.digest, last, Number(renamed), this.sink);
  }
}

interface EntryRow {
  readonly sequence: number;
  readonly source: string;
  readonly replayable: number;
  readonly more: number;
  readonly span: string;
}

function spanOf({ span }: Pick<EntryRow, 'span'>): Pick<QueuedBatch, 'span'> {
  return span === '' ? {} : { span: JSON.parse(span) as Span };
}

/**
 * The names as they are under `id`. Numbers that no server has heard under the names in between still belong to those before; in
 * epoch 0 no server knows the queue under any.
 */
function namesAfter(row: SinkRow, id: SinkId): Pick<QueueState, 'formerly' | 'renamed'> {
  const known = namesIn(row);
  const last: SinkId = { collector: row.collector || id.collector, sink: row.sink };
  if (isSame(last, id)) return { formerly: known, renamed: row.renamed === 1 };
  const names = row.renamed === 1 || row.epoch === 0 ? known : [last, ...known];
  const isBack = row.renamed === 1 && names[0] !== undefined && isSame(names[0], id);
  const formerly = names.filter((name) => !isSame(name, id)).slice(0, MAX_NAMES);
  return { formerly, renamed: row.epoch > 0 && !isBack };
}

function isSame(a: SinkId, b: SinkId): boolean {
  return a.collector === b.collector && a.sink === b.sink;
}

function namesIn({ formerly }: SinkRow): readonly SinkId[] {
  return JSON.parse(formerly) as SinkId[];
}
