import type { Clock } from '../model/clock.ts';
import type { StopSignal } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { type Ms, ms, SECOND } from '../model/units.ts';
import { MAX_SAMPLES } from '../promql/query.ts';
import { inSlices } from './slices.ts';

/** What queries may take of the engine's thread. */
export interface QueryBounds {
  /** From asking to answering, the wait for a turn included. */
  readonly timeout: Ms;
  /** Samples touched by one query. */
  readonly maxSamples: number;
  /** Queries answered at the same time, slice by slice. */
  readonly maxConcurrent: number;
  /** Queries that wait for their turn; one more is refused. */
  readonly maxQueued: number;
}

export const QUERY_BOUNDS: QueryBounds = {
  timeout: ms(30 * SECOND),
  maxSamples: MAX_SAMPLES,
  maxConcurrent: 8,
  maxQueued: 64,
};

export interface Asker {
  /** Shorter than the desk's own, or it does not count. */
  readonly timeout?: Ms | undefined;
  readonly signal?: StopSignal | undefined;
}

type Question<T> = (limits: { shouldStop: () => boolean; maxSamples: number }) => Generator<undefined, T>;

/** Lets a bounded number of queries share the thread, the next ones in the order they came. */
export class QueryDesk {
  readonly #bounds: QueryBounds;
  readonly #clock: Clock;
  /** How those that wait enter, and how they are turned away. */
  readonly #waiting = new Map<() => void, () => void>();
  #running = 0;
  #isClosed = false;

  constructor(bounds: QueryBounds, clock: Clock) {
    this.#bounds = bounds;
    this.#clock = clock;
  }

  /** Throws VigieError `unavailable` (too many wait, or the desk is closed), `timeout`, `canceled`, and what the question throws. */
  async answer<T>(question: Question<T>, { timeout, signal }: Asker = {}): Promise<T> {
    const { maxSamples } = this.#bounds;
    const allowed_ms = Math.min(timeout ?? this.#bounds.timeout, this.#bounds.timeout);
    const end = this.#clock.now() + allowed_ms;
    const shouldStop = (): boolean => this.#clock.now() >= end;
    await this.#enter(allowed_ms, signal);
    const isGone = (): boolean => this.#isClosed || signal?.aborted === true;
    const stop = {
      get aborted(): boolean {
        return isGone();
      },
    };
    try {
      return await inSlices(question({ shouldStop, maxSamples }), this.#clock, stop);
    } finally {
      this.#leave();
    }
  }

  /** Nothing that runs goes on after its slice, and nothing new is begun: what questions read may be closed. */
  close(): void {
    this.#isClosed = true;
    for (const turnAway of [...this.#waiting.values()]) turnAway();
  }

  async #enter(allowed_ms: number, signal: StopSignal | undefined): Promise<void> {
    const { maxConcurrent, maxQueued } = this.#bounds;
    if (this.#isClosed) throw closed();
    if (this.#running < maxConcurrent) {
      this.#running++;
      return;
    }
    if (this.#waiting.size >= maxQueued) {
      const cause = `${this.#running} others are being answered and ${this.#waiting.size} wait; ask again later`;
      throw new VigieError('unavailable', `cannot answer query: ${cause}`);
    }
    await this.#turn(allowed_ms, signal);
  }

  /** Resolves when a query that left has handed over its place. */
  #turn(allowed_ms: number, signal: StopSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      };
      const enter = (): void => {
        forget();
        resolve();
      };
      const refuse = (error: VigieError): void => {
        forget();
        reject(error);
      };
      const cancel = (): void => refuse(new VigieError('canceled', 'cannot answer query: whoever asked has gone'));
      const late = (): void => refuse(new VigieError('timeout', 'cannot answer query: its turn did not come in time'));
      const timer = setTimeout(late, allowed_ms);
      signal?.addEventListener('abort', cancel);
      this.#waiting.set(enter, () => refuse(closed()));
    });
  }

  #leave(): void {
    const [next] = this.#waiting.keys();
    if (next === undefined) this.#running--;
    else next();
  }
}

function closed(): VigieError {
  return new VigieError('unavailable', 'cannot answer query: the store is being closed');
}
