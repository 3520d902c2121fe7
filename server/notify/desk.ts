import type { Notification, ReceiverStatus } from '../model/alerts.ts';
import type { Outcome, OutgoingMessage, Receiver } from './receiver.ts';

/** Attempts of one receiver at a time: a hanging one must not hold every socket. */
const PARALLEL = 4;

/** A receiver at work: how many attempts it may have at once, and how it has been since the process started. */
export class Desk {
  readonly #receiver: Receiver;
  /** Who waits for a place, longest first. */
  readonly #queue: (() => void)[] = [];
  #free = PARALLEL;
  #delivered = 0;
  #failed = 0;
  #lastError: string | undefined;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  get integration(): Receiver['integration'] {
    return this.#receiver.integration;
  }

  /** Tries once, as soon as there is a place. */
  async deliver(message: OutgoingMessage, signal: AbortSignal): Promise<Outcome> {
    await this.#takePlace();
    try {
      return await this.#receiver.deliver(message, signal);
    } finally {
      this.#givePlace();
    }
  }

  noteError(error: string): void {
    this.#lastError = error;
  }

  /** A message has left the journal. */
  count(state: Exclude<Notification['state'], 'waiting'>, error: string | undefined): void {
    if (state === 'delivered') this.#delivered++;
    else this.#failed++;
    this.#lastError = error;
  }

  status(waiting: number): ReceiverStatus {
    const { name, integration, tiers } = this.#receiver;
    return {
      ...{ name, integration, tiers, waiting, delivered: this.#delivered, failed: this.#failed },
      ...(this.#lastError !== undefined && { last_error: this.#lastError }),
    };
  }

  async #takePlace(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** The place goes straight to who waits longest. */
  #givePlace(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
