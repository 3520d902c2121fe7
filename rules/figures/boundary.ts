import { formatDuration, type Ms } from '../../server/model/units.ts';

/** Whether a latency threshold can be counted: only at the histogram's own bucket boundaries. */
export type Boundary =
  /** `le` as the histogram spells it. */
  | { readonly kind: 'found'; readonly le: string }
  | { readonly kind: 'no_histogram' }
  | { readonly kind: 'no_boundary'; readonly choices: readonly string[]; readonly message: string };

/** Looks the threshold up among the values of `le`, which are seconds. `+Inf` is no choice: everything lies below it. */
export function findBoundary(threshold: Ms, leValues: readonly string[]): Boundary {
  const bounds = leValues
    .map((text) => ({ text, secs: Number(text) }))
    .filter(({ secs }) => Number.isFinite(secs))
    .sort((a, b) => a.secs - b.secs);
  if (bounds.length === 0) return { kind: 'no_histogram' };
  const found = bounds.find(({ secs }) => Math.abs(secs * 1000 - threshold) < 1e-6);
  if (found !== undefined) return { kind: 'found', le: found.text };
  const choices = bounds.map(({ text }) => text);
  const below = bounds.findLast(({ secs }) => secs * 1000 < threshold)?.text;
  const above = bounds.find(({ secs }) => secs * 1000 > threshold)?.text;
  return { kind: 'no_boundary', choices, message: misplaced(threshold, below, above, choices) };
}

function misplaced(threshold: Ms, below: string | undefined, above: string | undefined, choices: readonly string[]) {
  const place =
    below === undefined
      ? `below the first bucket ${above}`
      : above === undefined
        ? `above the last bucket ${below}`
        : `between buckets ${below} and ${above}`;
  return `threshold ${formatDuration(threshold)} lies ${place}; choose one of ${choices.join(', ')} seconds`;
}
