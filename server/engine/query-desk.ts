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
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(bounds: QueryBounds, clock: Clock) {
    this.#bounds = bounds;
    this.#clock = clock;
  }

  /** Throws VigieError `unavailable` (too many wait), `timeout`, `canceled`, and what the question throws. */
  async answer<T>(question: Question<T>, { timeout, signal }: Asker = {}): Promise<T> {
    const { maxSamples } = this.#bounds;
    const allowed_ms = Math.min(timeout ?? this.#bounds.timeout, this.#bounds.timeout);
    const end = this.#clock.now() + allowed_ms;
    const shouldStop = (): boolean => this.#clock.now() >= end;
    await this.#enter(allowed_ms, signal);
    try {
      return await inSlices(question({ shouldStop, maxSamples }), this.#clock, signal);
    } finally {
      this.#leave();
    }
  }

  async #enter(allowed_ms: number, signal: StopSignal | undefined): Promise<void> {
    const { maxConcurrent, maxQueued } = this.#bounds;
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
      const refuse = (code: 'timeout' | 'canceled', cause: string): void => {
        forget();
        reject(new VigieError(code, `cannot answer query: ${cause}`));
      };
      const cancel = (): void => refuse('canceled', 'whoever asked has gone');
      const timer = setTimeout(() => refuse('timeout', 'its turn did not come in the time allowed'), allowed_ms);
      signal?.addEventListener('abort', cancel);
      this.#waiting.add(enter);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running--;
    else next();
  }
}
