import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Store } from '../store/store.ts';

/** Between two steps, so that batches and questions come in. */
const PAUSE_MS = 20;

export interface Conversions {
  /** Goes on where series wait for other rings; call it every second. */
  wake(): void;
  stop(): void;
}

/** Gives series their rings, a step at a time. @param changed called after every step that changed some. */
export function conversions(store: Store, clock: Clock, log: Log, changed: () => void): Conversions {
  let isRunning = false;
  let isStopped = false;
  const run = async (): Promise<void> => {
    let series = 0;
    for (;;) {
      const { converted, isDue } = store.convertSeries(clock.now());
      if (converted > 0) changed();
      series += converted;
      if (!isDue) break;
      await sleep(PAUSE_MS, undefined, { ref: false });
      if (isStopped) return;
    }
    if (series > 0) log.info('Series have the rings that are chosen for them.', { series });
  };
  return {
    wake: () => {
      if (isRunning || isStopped) return;
      isRunning = true;
      run()
        .catch((error: unknown) => {
          log.error('Cannot give series their rings; they keep those they have, trying again.', {
            error: messageOf(error),
          });
        })
        .finally(() => {
          isRunning = false;
        });
    },
    stop: () => {
      isStopped = true;
    },
  };
}
