/** How far back the charts of an SLO page look. `window`: as far as the server thinks it worth while, the whole window at most. */
export const RANGES = ['window', '7d', '1d', '6h', '1h'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_SECS = 3600;
const LENGTHS_SECS: Readonly<Record<Exclude<Range, 'window'>, number>> = {
  '7d': 168 * HOUR_SECS,
  '1d': 24 * HOUR_SECS,
  '6h': 6 * HOUR_SECS,
  '1h': HOUR_SECS,
};

const PARAMETER = 'range';

/** Seconds; undefined for the whole window. */
export function rangeLength(range: Range): number | undefined {
  return range === 'window' ? undefined : LENGTHS_SECS[range];
}

/** Where a range begins that ends at `end`, ms; undefined for the whole window. */
export function rangeStart(range: Range, end: number): number | undefined {
  const length = rangeLength(range);
  return length === undefined ? undefined : end - length * 1000;
}

/** Those shorter than the SLO's window, and the window itself. */
export function rangesWithin(window_secs: number): readonly Range[] {
  return RANGES.filter((range) => (rangeLength(range) ?? 0) < window_secs);
}

/** The range that the query of an address names; the whole window when it names none that exists. */
export function readRange(query: string): Range {
  const text = new URLSearchParams(query).get(PARAMETER);
  return RANGES.find((range) => range === text) ?? 'window';
}

/** The query of the same address with another range; what else it says stays. */
export function queryWithRange(query: string, range: Range): string {
  const params = new URLSearchParams(query);
  if (range === 'window') params.delete(PARAMETER);
  else params.set(PARAMETER, range);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
