import type { PositionValue } from '../server/model/batch.ts';
import type { FileStatus } from '../server/model/status.ts';
import type { Log } from '../server/runtime/log.ts';
import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { Batch, SourceBatch } from './batch.ts';
import type { Positions, Span } from './delivery/span.ts';
import type { Followers } from './followers.ts';

/** What every component is given. */
export interface ComponentContext {
  /** The user's name for it in `vigie.yaml`. */
  readonly id: string;
  readonly telemetry: ComponentTelemetry;
  readonly now: () => number;
  /** Shared by all file sources of a collector. */
  readonly followers?: Followers;
}

/** Where a source puts its batches. */
export interface SourceOutput {
  /**
   * Runs the batch through the transforms and commits output, positions and progress in one transaction. Resolves after the
   * commit. Waits while a queue is full (back-pressure); rejects with an AbortError when the source is being stopped, and with
   * the cause when the disk refuses: nothing was committed then, so hand over the same batch again.
   */
  emit(batch: SourceBatch): Promise<void>;
  /**
   * For what would be lost with the process, once the signal is aborted and nothing more can come: commits as `emit` does, but
   * waits for nothing. False: there is no room, or the disk refuses; nothing was committed, and it is the source that counts it.
   */
  emitLast(batch: SourceBatch): boolean;
  /** The committed positions of this source when it started. */
  readonly positions: Readonly<Record<string, PositionValue>>;
  /** Aborted when the source must stop. */
  readonly signal: AbortSignal;
}

/**
 * 1. `run` starts reading and settles when the signal is aborted and everything it opened is closed.
 * 2. It may be run again afterwards, from other positions (rewind).
 * 3. It never rejects for bad input or a missing file: that is progress state and telemetry.
 */
export interface Source {
  readonly type: string;
  /** False: what it hands over exists nowhere else (a socket, a sample of now), so the queue keeps it across a rewind. */
  readonly replayable: boolean;
  run(output: SourceOutput): Promise<void>;
  /**
   * What a run from the server's positions would hand over again, and what of the queue must be sent again instead. Asked while it
   * does not run. Without it everything is read again from where the server stands. Answering with `local` itself: it stays.
   */
  replay?(question: ReplayQuestion): ReplayAnswer;
  /** Those positions of another source that name what this one follows, as they are to it. None without it. */
  claim?(positions: Positions): Positions;
  files?(): readonly FileStatus[];
}

export interface ReplayQuestion {
  /** Where the source stands in what the server holds. */
  readonly server: Positions;
  /** Where it stands here. */
  readonly local: Positions;
  /** Batches of it that wait, oldest first. */
  readonly waiting: readonly Waiting[];
}

export interface Waiting {
  readonly span: Span;
  /** The server holds as many batches of this queue; it may be another one of this number when one side was restored. */
  readonly isApplied: boolean;
}

export interface ReplayAnswer {
  /** Where to run from. */
  readonly positions: Positions;
  /** Those that exist nowhere but in the queue. */
  readonly resend: readonly Waiting[];
}

/** What a transform tells about the batch it is given. Counted when the batch is committed, so a batch handed over twice counts once. */
export interface BatchReport {
  /** Lines whose fields were understood, and the time of the newest, ms. */
  parsed(lines: number, newestEvent: number): void;
  /** Lines that were not, and what the first of them wants; beside the discards told to telemetry. */
  unparseable(lines: number, note: string): void;
  /** Lines that count, but not as written: `ahead_of_time`, `cardinality_limit`. */
  changed(reason: string, lines: number): void;
}

export interface TransformContext extends ComponentContext {
  readonly report: BatchReport;
  readonly log: Log;
  /** The committed items of its `memory`. */
  readonly remembered: readonly string[];
}

/** What a transform remembers longer than a batch: a set of texts that only grows, written in the transaction of the batch. */
export interface TransformMemory {
  /** Learned since the last `settle`. */
  learned(): readonly string[];
  /** The transaction is over; what was learned is forgotten when it failed. */
  settle(committed: boolean): void;
}

/** Turns a batch into a batch, synchronously, carrying nothing over but its `memory`; undefined when nothing is left. */
export interface Transform {
  readonly type: string;
  readonly memory?: TransformMemory;
  apply(batch: Batch): Batch | undefined;
  /** What was made of the lines of a file, for the status page. */
  readingOf?(path: string): FileReading | undefined;
}

/** Since the process started. */
export interface FileReading {
  /** The layout last seen. */
  readonly format?: string;
  readonly parsed: number;
  readonly unparseable: number;
  /** Where the first line that could not be read went wrong, and what it wants. */
  readonly failure?: string;
}

/** A sink that is not a queue: sees batches after their commit, at most once. `vigie` sinks are queues (`delivery/`). */
export interface Sink {
  readonly type: string;
  write(batch: Batch): void;
}
