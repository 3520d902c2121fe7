import type { SamplePage } from '../pages/sample-page.ts';

/** Samples without stale markers in time order, columns of one length: times in ms, and values. */
export interface SampleRun {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The samples of (start, end] in pages that follow each other. They may share the numbers of a page: good until the next commit. */
export function sampleRun(pages: readonly SamplePage[], start: number, end: number): SampleRun {
  const parts = pages.map((page) => page.run(start, end));
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const length = parts.reduce((sum, { times }) => sum + times.length, 0);
  const run = { times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const { times, values } of parts) {
    run.times.set(times, at);
    run.values.set(values, at);
    at += times.length;
  }
  return run;
}
