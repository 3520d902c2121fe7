import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import type { StopSignal } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';

/** How long work may keep the thread before whatever else waits has its turn. */
const SLICE_MS = 8;

/**
 * Does work in slices, so that batches and other questions are answered in between. Throws VigieError `canceled` after the slice in
 * which the signal came.
 */
export async function inSlices<T>(
  work: Generator<undefined, T>,
  clock: Clock,
  signal?: Pick<StopSignal, 'aborted'>,
): Promise<T> {
  let sliceEnd = clock.now() + SLICE_MS;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (clock.now() < sliceEnd) continue;
    await turn();
    if (signal?.aborted) throw new VigieError('canceled', 'cannot answer: whoever asked has gone');
    sliceEnd = clock.now() + SLICE_MS;
  }
}
