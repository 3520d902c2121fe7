import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';

/** How long work may keep the thread before whatever else waits has its turn. */
const SLICE_MS = 8;

/** Does work in slices, so that batches and other questions are answered in between. */
export async function inSlices<T>(work: Generator<undefined, T>, clock: Clock): Promise<T> {
  let sliceEnd = clock.now() + SLICE_MS;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    if (clock.now() < sliceEnd) continue;
    await turn();
    sliceEnd = clock.now() + SLICE_MS;
  }
}
