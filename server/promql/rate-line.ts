import { type Extrapolation, extrapolate } from './extrapolate.ts';
import { type Line, type Steps, timeOfStep } from './lines.ts';
import type { SampleRun } from './queryable.ts';

/**
 * Rate, increase or delta of one series at every step from `first` on, each over the window of `range` ms that ends `offset` ms before the step. The window
 * slides: every sample enters it once and leaves it once.
 *
 *     samples   . . . . . . . . . . . .
 *     window          (from      to)          from, to: rows; both only rise
 *     resets        ^         ^               rows whose value is below the one before
 *
 * Bit for bit what `change` answers window by window. Returns the samples seen, over all windows.
 */
export function fillRates(
  line: Line,
  { times, values }: SampleRun,
  steps: Steps,
  { range, offset, first = 0 }: { readonly range: number; readonly offset: number; readonly first?: number },
  kind: Extrapolation,
): number {
  const resets = kind.counter ? resetsIn(values) : [];
  let [from, to, reset, seen] = [0, 0, 0, 0];
  for (let i = first; i < steps.count; i++) {
    const end = timeOfStep(steps, i) - offset;
    const start = end - range;
    while (to < times.length && (times[to] ?? 0) <= end) to++;
    while (from < to && (times[from] ?? 0) <= start) from++;
    seen += to - from;
    if (to - from < 2) continue;
    while ((resets[reset] ?? to) <= from) reset++;
    let adj = 0;
    for (let k = reset; (resets[k] ?? to) < to; k++) adj += values[(resets[k] ?? 0) - 1] ?? 0;
    const [value = 0, last = 0] = [values[from], values[to - 1]];
    const change = last - value + adj;
    line.values[i] = extrapolate(change, value, to - from, times[from] ?? 0, times[to - 1] ?? 0, start, end, kind);
    line.there[i] = 1;
  }
  return seen;
}

function resetsIn(values: Float64Array): readonly number[] {
  const rows: number[] = [];
  for (let row = 1; row < values.length; row++) if ((values[row] ?? 0) < (values[row - 1] ?? 0)) rows.push(row);
  return rows;
}
