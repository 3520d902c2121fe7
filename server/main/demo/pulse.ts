import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../model/units.ts';

export interface Pulse {
  /** Resolves with the error that ended it. */
  readonly failed: Promise<Error>;
  /** Resolves when the beat in progress, if any, is over. */
  stop(): Promise<void>;
}

/** Calls `beat` every second, one at a time, until it fails or is stopped. */
export function pulse(beat: () => Promise<void>): Pulse {
  const abort = new AbortController();
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await beat();
      // Stopping is the only reason for it to reject.
      await sleep(SECOND, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    failed: new Promise((resolve) => {
      running.catch((error: unknown) => resolve(error instanceof Error ? error : new Error(String(error))));
    }),
    stop: async () => {
      abort.abort();
      await running.catch(() => undefined);
    },
  };
}
