import { MAX_AHEAD_MS } from '../../../server/model/batch.ts';
import type { LogBatch } from '../../batch.ts';
import { createColumns, fieldsOf } from './columns.ts';
import type { SyslogFormat, SyslogScanner } from './message.ts';

/** A batch holds about this much, of messages of 16 bytes. */
const BATCH_BYTES = 2 ** 20;
const BATCH_ROWS = 2 ** 16;
/** What may wait while the queue is full; a row takes some hundred bytes beside those of its message. */
const MAX_BYTES = 32 * BATCH_BYTES;
const MAX_ROWS = 8 * BATCH_ROWS;

/** What was read of a batch. */
export interface MessageBatch {
  readonly batch: LogBatch;
  readonly formats: Readonly<Record<SyslogFormat, number>>;
  /** Times too far ahead became the time of arrival. */
  readonly ahead: number;
  readonly newest: number;
}

/** Frames received and not yet handed over, in one buffer, with the address each came from. */
export class PendingMessages {
  #bytes: Buffer = Buffer.allocUnsafe(BATCH_BYTES);
  #used = 0;
  #starts: number[] = [];
  #ends: number[] = [];
  #peers: number[] = [];
  readonly #peerNames: string[] = [];
  readonly #peerIds = new Map<string, number>();

  get count(): number {
    return this.#starts.length;
  }

  get bytes(): number {
    return this.#used;
  }

  /** There is enough for a batch: who can wait with more should. */
  get isFull(): boolean {
    return this.#used >= BATCH_BYTES || this.count >= BATCH_ROWS;
  }

  /** There is room for no more. */
  get isOver(): boolean {
    return this.#used > MAX_BYTES || this.count >= MAX_ROWS;
  }

  add(bytes: Buffer, start: number, end: number, peer: string): void {
    const length = end - start;
    if (this.#used + length > this.#bytes.length) this.#grow(length);
    bytes.copy(this.#bytes, this.#used, start, end);
    this.#starts.push(this.#used);
    this.#used += length;
    this.#ends.push(this.#used);
    this.#peers.push(this.#peerId(peer));
  }

  /** Everything so far as a batch. A message that names no host came from the address it came from. */
  take(scanner: SyslogScanner, attributes: LogBatch['attributes'], now: number): MessageBatch {
    const rows = this.count;
    const columns = createColumns(rows);
    const peers = this.#peerNames.map((name) => this.#append(name));
    const [start, end] = [Int32Array.from(this.#starts), Int32Array.from(this.#ends)];
    const formats = { rfc5424: 0, rfc3164: 0, raw: 0 };
    let ahead = 0;
    let newest = Number.NEGATIVE_INFINITY;
    scanner.begin(this.#bytes, columns, now);
    for (let row = 0; row < rows; row++) {
      formats[scanner.scan(start[row] ?? 0, end[row] ?? 0, row)]++;
      start[row] = scanner.textStart;
      end[row] = scanner.textEnd;
      const peer = peers[this.#peers[row] ?? 0];
      if ((columns.host.start[row] ?? -1) < 0 && peer !== undefined) {
        columns.host.start[row] = peer.start;
        columns.host.end[row] = peer.end;
      }
      if ((columns.time[row] ?? now) > now + MAX_AHEAD_MS) {
        ahead++;
        columns.time[row] = now;
      }
      newest = Math.max(newest, columns.time[row] ?? now);
    }
    const bytes = this.#bytes.subarray(0, this.#used);
    this.#forget();
    const kept = Int32Array.from({ length: rows }, (_, row) => row);
    const batch: LogBatch = {
      kind: 'logs',
      bytes,
      start,
      end,
      rows: kept,
      arrived: now,
      attributes,
      fields: fieldsOf(columns),
    };
    return { batch, formats, ahead, newest };
  }

  #append(text: string): { readonly start: number; readonly end: number } {
    const bytes = Buffer.from(text);
    if (this.#used + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    const start = this.#used;
    this.#used += bytes.copy(this.#bytes, start);
    return { start, end: this.#used };
  }

  #peerId(peer: string): number {
    const known = this.#peerIds.get(peer);
    if (known !== undefined) return known;
    const id = this.#peerNames.push(peer) - 1;
    this.#peerIds.set(peer, id);
    return id;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + length));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }

  /** The buffer now belongs to the batch. */
  #forget(): void {
    this.#bytes = Buffer.allocUnsafe(BATCH_BYTES);
    this.#used = 0;
    this.#starts = [];
    this.#ends = [];
    this.#peers = [];
    this.#peerNames.length = 0;
    this.#peerIds.clear();
  }
}
