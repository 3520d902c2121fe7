import { messageOf } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import type { Log } from './log.ts';

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/** npm and the terminal both deliver one Ctrl-C; a second press after this is meant. */
const REPEAT: Ms = ms(1000);

/** What was started, stopped in reverse order. A part that fails to stop is logged and does not keep the others from stopping. */
export class Lifecycle {
  readonly #parts: Part[] = [];
  readonly #log: Log;
  #stopping: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  onStop(name: string, stop: Part['stop']): void {
    this.#parts.push({ name, stop });
  }

  /** Safe to call twice: the second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const part of this.#parts.reverse()) {
      try {
        await part.stop();
      } catch (error) {
        this.#log.error('Cannot stop a part cleanly.', { part: part.name, error: messageOf(error) });
      }
    }
  }
}

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP (a closed terminal). Repeats within a second are one press; a later one calls `force`, which ends the
 * process without waiting.
 */
export function stopSignal(now: () => number, force: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first === undefined) {
        first = now();
        resolve(signal);
      } else if (now() - first > REPEAT) force();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
