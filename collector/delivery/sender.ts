import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import type { BatchAnswer, IngestTransport } from '../../server/model/ingest.ts';
import type { QueueStatus } from '../../server/model/status.ts';
import type { Log } from '../../server/runtime/log.ts';
import { inSpan } from '../../server/runtime/tracing.ts';
import { backoff } from './backoff.ts';
import type { Queue, QueuedBatch } from './queue.ts';
import type { Rewind } from './rewind.ts';

/** Moments at which a test ends the process. */
export type CrashPoint = 'before_commit' | 'between_commit_and_send' | 'after_send';

/** How long a start waits for the first hello: a server that hangs is treated as one that is away. */
const FIRST_HELLO_MS = 5_000;
/** How long a stop waits for an answer. The batch stays queued, goes out again at the next start and is told `duplicate`. */
const STOP_GRACE_MS = 2_000;

export interface SenderOptions {
  readonly collector: string;
  readonly queue: Queue;
  /** The ids of the sources that feed the queue. */
  readonly sources: () => readonly string[];
  readonly transport: IngestTransport;
  readonly log: Log;
  /** Stops the sources that can read again, takes up the server's positions in one transaction, and runs them again. */
  readonly rewind: (answer: Rewind) => Promise<void>;
  /** After batches were let go: there is room. */
  readonly onAcknowledged: (batch: QueuedBatch | undefined) => void;
  readonly onPoint?: (point: CrashPoint) => void;
  readonly random: () => number;
  readonly wait?: (wait_ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Empties one queue into its server, one batch in flight. What the server did is never guessed: after a lost answer the same
 * batch goes out again and is told `duplicate`; when the two disagree they say hello.
 *
 *     greeting --agreed--> sending --applied, duplicate--> sending (next)
 *        ^  \--rewind--> (sources restart) --> sending       | torn, unreachable: wait, same batch again
 *        +-------------- gap, digest, unknown epoch ---------+
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  #greeted = false;
  #failures = 0;
  #state: QueueStatus['state'] = 'idle';
  #note: string | undefined;
  #wake: () => void = () => {};
  #running: Promise<void> | undefined;
  #firstHello: () => void = () => {};

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Starts sending. Resolves after the first hello was answered or failed, so that sources start where the server wants them;
   * after five seconds in any case, for a later answer can still rewind them.
   */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, FIRST_HELLO_MS);
      this.#firstHello = () => {
        clearTimeout(late);
        resolve();
      };
      this.#running ??= this.#run().finally(() => this.#firstHello());
    });
  }

  /** Something was committed. */
  notify(): void {
    this.#wake();
  }

  /** Resolves when nothing is in flight, or its answer did not come in time; what is queued stays queued. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    const grace = setTimeout(() => this.#abandon.abort(), STOP_GRACE_MS);
    await this.#running;
    clearTimeout(grace);
  }

  status(): Pick<QueueStatus, 'state' | 'note'> {
    return { state: this.#state, ...(this.#note === undefined ? {} : { note: this.#note }) };
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#greeted) await this.#sendNext();
        else await this.#greet();
        this.#firstHello();
      } catch (error) {
        this.#firstHello();
        await this.#failed(error);
      }
    }
  }

  async #greet(): Promise<void> {
    const { collector, queue, transport, sources, rewind } = this.#options;
    const { epoch, acked, formerly, renamed } = queue.state;
    const names = { collector, sink: queue.sink, ...(formerly.length === 0 ? {} : { formerly, renamed }) };
    const hello = { ...names, epoch, acked, queued: queue.marks(), sources: sources() };
    const answer = await this.#unlessAbandoned(transport.hello(hello));
    if (this.#stop.signal.aborted) return;
    if (answer.result === 'rewind') await rewind(answer);
    else this.#dropUpTo(answer.sequence);
    this.#greeted = true;
  }

  #dropUpTo(sequence: number): void {
    const { queue, onAcknowledged } = this.#options;
    const { acked, last } = queue.state;
    if (sequence < acked.sequence || sequence > last) {
      const range = `${acked.sequence} to ${last}`;
      throw new VigieError(
        'unavailable',
        `cannot agree with the server: got sequence ${sequence}; want one of ${range}`,
      );
    }
    if (queue.acknowledge(sequence) > 0) onAcknowledged(undefined);
  }

  async #sendNext(): Promise<void> {
    const { queue, onPoint } = this.#options;
    const batch = queue.head();
    if (batch === undefined) return this.#idle();
    if (this.#failures === 0) this.#state = 'sending';
    onPoint?.('between_commit_and_send');
    const { sequence, digest } = batch;
    const { collector } = this.#options;
    await inSpan('deliver batch', { collector, sink: queue.sink, sequence }, async () => {
      const envelope = { collector, sink: queue.sink, epoch: queue.state.epoch, sequence, digest };
      const answer = await this.#unlessAbandoned(this.#options.transport.send(envelope, batch.payload));
      onPoint?.('after_send');
      if (answer.result === 'refused') throw this.#refusal(answer, sequence);
    });
    queue.acknowledge(sequence);
    this.#recovered();
    this.#options.onAcknowledged(batch);
  }

  #unlessAbandoned<T>(call: Promise<T>): Promise<T> {
    const { signal } = this.#abandon;
    return new Promise<T>((resolve, reject) => {
      const abandon = (): void => reject(new VigieError('unreachable', 'cannot wait for the server any longer'));
      signal.addEventListener('abort', abandon, { once: true });
      void call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
    });
  }

  #refusal({ reason, message }: Extract<BatchAnswer, { result: 'refused' }>, sequence: number): Error {
    this.#greeted = reason === 'torn';
    return new VigieError('unavailable', `cannot deliver batch ${sequence}: ${reason}: ${message}`);
  }

  async #idle(): Promise<void> {
    this.#recovered();
    this.#state = 'idle';
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#stop.signal.aborted) resolve();
    });
  }

  #recovered(): void {
    if (this.#failures > 0) this.#options.log.info('The server answers again.', { attempts: this.#failures });
    this.#failures = 0;
    this.#state = 'sending';
    this.#note = undefined;
  }

  /** Keeps trying for ever: sources wait when the queue is full, and nothing is lost. */
  async #failed(error: unknown): Promise<void> {
    this.#failures++;
    this.#state = error instanceof VigieError && error.code === 'disk_full' ? 'blocked' : 'offline';
    this.#note = messageOf(error);
    if (this.#stop.signal.aborted) return;
    this.#options.log.warn('Cannot deliver; trying again. Nothing is lost.', { error: this.#note });
    const { wait = pause, random } = this.#options;
    await wait(backoff(this.#failures, random()), this.#stop.signal);
  }
}

async function pause(wait_ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(wait_ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
