import type { PositionValue } from './batch.ts';

/**
 * The dialogue between the queue of one `vigie` sink and the server. One batch is in flight; it is sent only after its commit
 * and deleted only after its acknowledgement.
 *
 *     collector                                   server
 *       hello(epoch, acked, last)  ------------->  compare with what was applied
 *       <-- agreed(sequence)                       go on after `sequence`
 *       <-- rewind(epoch, positions)               the databases disagree: read again from `positions`, send again what only waits
 *       batch(epoch, sequence, digest)  -------->  apply data, sequence, digest and positions in ONE transaction
 *       <-- applied | duplicate | refused
 *
 * What is too large for one payload is cut into parts, each with a sequence of its own (`more` in `batch.ts`). The server holds them,
 * acknowledged but not applied, until the last one comes; the collector deletes them when that one is acknowledged.
 */
export interface SinkId {
  /**
   * The collector's name, unique among those that send to one server. It has one queue: other sinks under it are names that this had,
   * and a database that knows none of them goes on from the newest (`server/store/intake/clients.ts`).
   */
  readonly collector: string;
  /** The component id of the sink. */
  readonly sink: string;
}

/** What the collector believes. `epoch` is 0 in a new database, so that a first hello always starts an epoch. */
export interface Hello extends SinkId {
  readonly epoch: number;
  /** The last acknowledged batch: its sequence (0: none) and digest (empty: none). */
  readonly acked: BatchMark;
  /** The queue: sequence and digest of every batch committed and not yet acknowledged, in order, without gaps. */
  readonly queued: readonly BatchMark[];
  /**
   * The ids of the sources that feed this sink. Origins of this collector that are not among them are retired. Absent (a collector
   * of an earlier version): none is.
   */
  readonly sources?: readonly string[];
  /** Other names this queue had, newest first: a server that knows none of today's goes on from them. */
  readonly formerly?: readonly SinkId[];
  /** `epoch`, `acked` and `queued` came about under `formerly[0]`: the server has not agreed to the names of today yet. */
  readonly renamed?: boolean;
}

export interface BatchMark {
  readonly sequence: number;
  /** SHA-256 of the payload in lower-case hex. */
  readonly digest: string;
}

export type HelloAnswer =
  | {
      readonly result: 'agreed';
      /** The last sequence the server holds, applied or as a part: the queue is dropped up to here, which repairs a lost acknowledgement. */
      readonly sequence: number;
    }
  | {
      readonly result: 'rewind';
      /** A fresh epoch, larger than either side's; its first batch has sequence 1. */
      readonly epoch: number;
      /** Where every source of this sink stands in what the server holds. */
      readonly positions: Readonly<Record<string, PositionValue>>;
      /**
       * The last sequence of the collector's old epoch that the server applied. Queued batches that lie behind it, and whose lines
       * are not read again, are sent again under the new epoch (`collector/delivery/rewind.ts`).
       */
      readonly appliedOfOldEpoch: number;
      /**
       * The former names are known, and the queue goes on where they stopped: what lies behind `appliedOfOldEpoch` is sent again as
       * it is, and nothing is read again.
       */
      readonly continues?: boolean | undefined;
    };

export interface BatchEnvelope extends SinkId, BatchMark {
  readonly epoch: number;
  /** The span of the delivery (W3C Trace Context), when it is traced; over HTTP it is the header of the same name. */
  readonly traceparent?: string;
}

export type BatchAnswer =
  | { readonly result: 'applied' | 'duplicate' }
  | { readonly result: 'refused'; readonly reason: RefusalReason; readonly message: string };

/** `torn`: send again. The others: say hello again. */
export type RefusalReason = 'torn' | 'unknown_epoch' | 'sequence_gap' | 'digest_mismatch';

/**
 * The envelope travels in these headers, the payload as the body (`content-type: application/json`). The names of the collector
 * and the sink are percent-encoded (RFC 3986).
 */
export const INGEST_PATH = '/api/vigie/ingest';
export const HELLO_PATH = '/api/vigie/ingest/hello';
export const ENVELOPE_HEADERS = {
  collector: 'vigie-collector',
  sink: 'vigie-sink',
  epoch: 'vigie-epoch',
  sequence: 'vigie-sequence',
  digest: 'vigie-digest',
} as const;

/** How a queue reaches its server: a function call when embedded, HTTP otherwise. Rejects when the server cannot be reached. */
export interface IngestTransport {
  hello(hello: Hello): Promise<HelloAnswer>;
  send(envelope: BatchEnvelope, payload: Uint8Array): Promise<BatchAnswer>;
}
