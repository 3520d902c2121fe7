import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';

/** Aborted when the reader is gone. */
export function closeSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  response.on('close', () => gone.abort());
  return gone.signal;
}

/** Waits until the reader took what was written, or is gone. */
export async function drained(response: Response, gone: AbortSignal): Promise<void> {
  if (!gone.aborted && response.writableNeedDrain) await orGone(once(response, 'drain', { signal: gone }), gone);
}

/** Waits, or until the reader is gone. */
export async function pause(wait_ms: number, gone: AbortSignal): Promise<void> {
  await orGone(sleep(wait_ms, undefined, { signal: gone }), gone);
}

async function orGone(waiting: Promise<unknown>, gone: AbortSignal): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}
