import { compressSync } from 'snappy';
import { encodeLabels, sortedLabels } from '../support/write-request.ts';
import { varint, writeSeries } from './remote-write.ts';

const SERIES = 100;
const STEP_SECS = 300;
/** Samples of each series in one request. */
const STEPS_PER_REQUEST = 100;

/** A hundred counters `year_total`, a sample every 5 min, the last one at `end_secs`: bodies of remote write, oldest first. */
export function encodeYear(end_secs: number, span_secs: number): readonly Buffer[] {
  const labels = Array.from({ length: SERIES }, (_, i) =>
    encodeLabels(sortedLabels('year_total', { instance: `host-${i}:9100`, job: 'year' })),
  );
  const scratch = Buffer.alloc(2 ** 21);
  const bodies: Buffer[] = [];
  const steps = Math.floor(span_secs / STEP_SECS);
  for (let from = 0; from < steps; from += STEPS_PER_REQUEST) {
    let at = 0;
    for (let step = from; step < Math.min(steps, from + STEPS_PER_REQUEST); step++) {
      const time = varint((end_secs - (steps - 1 - step) * STEP_SECS) * 1000);
      for (const [i, one] of labels.entries()) at = writeSeries(scratch, at, one, step * (i + 1), time);
    }
    bodies.push(compressSync(scratch.subarray(0, at)));
  }
  return bodies;
}
