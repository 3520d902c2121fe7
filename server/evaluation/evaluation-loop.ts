import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import type { Log } from '../runtime/log.ts';
import type { Evaluation } from './slo-service.ts';

const INTERVAL_MS = 10_000;
/** Questions within this time share one evaluation: every place shows one number. */
const FRESH_MS = 1000;

type Listener = (evaluation: Evaluation) => void;

/** Evaluates every ten seconds for those who listen, and for whoever asks in between. */
export class EvaluationLoop {
  readonly #observe: (time: Ms) => Promise<Evaluation>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();
  #latest: { readonly time: Ms; readonly evaluation: Promise<Evaluation> } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(observe: (time: Ms) => Promise<Evaluation>, clock: Clock, log: Log) {
    this.#observe = observe;
    this.#clock = clock;
    this.#log = log;
  }

  /** The latest evaluation, made anew when it is older than a second. */
  current(): Promise<Evaluation> {
    const latest = this.#latest;
    const isFresh = latest !== undefined && Math.abs(this.#clock.now() - latest.time) < FRESH_MS;
    return isFresh ? latest.evaluation : this.#evaluate();
  }

  /** Evaluates now and tells those who listen. */
  refresh(): Promise<void> {
    this.#latest = undefined;
    return this.#tick();
  }

  onEvaluation(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#tick(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #evaluate(): Promise<Evaluation> {
    const time = this.#clock.now();
    const evaluation = this.#observe(time);
    this.#latest = { time, evaluation };
    // A failed evaluation is nobody's answer later: the next question tries again.
    evaluation.catch(() => {
      if (this.#latest?.evaluation === evaluation) this.#latest = undefined;
    });
    return evaluation;
  }

  async #tick(): Promise<void> {
    try {
      const evaluation = await this.#evaluate();
      for (const listener of this.#listeners) listener(evaluation);
    } catch (error) {
      this.#log.error('Cannot evaluate the SLOs; trying again in ten seconds.', { error: messageOf(error) });
    }
  }
}
