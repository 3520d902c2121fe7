import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceBatch } from '../batch.ts';
import type { SourceOutput } from '../component.ts';

const RETRY_MS = 1000;

/** Offers the same batch until it is committed; false when the source is stopped first. The collector tells why it refuses. */
export async function handOver(batch: SourceBatch, { emit, signal }: SourceOutput): Promise<boolean> {
  for (;;) {
    try {
      await emit(batch);
      return true;
    } catch {
      if (signal.aborted) return false;
      await pause(RETRY_MS, signal);
    }
  }
}

/** Waits, but not for a source that is being stopped. */
export async function pause(duration_ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(duration_ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
