import { parseDuration } from '../../server/model/units.ts';

/** What a graph looks at: the last so many seconds, or a fixed range, ms. */
export type GraphRange =
  | { readonly kind: 'last'; readonly secs: number }
  | { readonly kind: 'fixed'; readonly start: number; readonly end: number };

const HOUR_SECS = 3600;
export const PRESETS_SECS: readonly number[] = [1, 6, 24, 168, 720, 8760].map((hours) => hours * HOUR_SECS);

const DEFAULT: GraphRange = { kind: 'last', secs: 24 * HOUR_SECS };
const MIN_MS = 10_000;
const MAX_MS = 10 * 366 * 86_400_000;

export function spanOf(range: GraphRange, now: number): { readonly start: number; readonly end: number } {
  return range.kind === 'fixed' ? range : { start: now - range.secs * 1000, end: now };
}

/** From an address: `since=6h`, or `start` and `end` in seconds as in the API; `otherwise` when it says neither. */
export function readGraphRange(query: string, otherwise = DEFAULT): GraphRange {
  const params = new URLSearchParams(query);
  const [start, end] = [Number(params.get('start')) * 1000, Number(params.get('end')) * 1000];
  if (start > 0 && end - start >= MIN_MS && end - start <= MAX_MS) return { kind: 'fixed', start, end };
  const secs = secondsOf(params.get('since'));
  return secs === undefined ? otherwise : { kind: 'last', secs };
}

/** The parameters of an address that `readGraphRange` reads back. */
export function writeGraphRange(range: GraphRange): Readonly<Record<string, string>> {
  if (range.kind === 'last') return { since: `${range.secs}s` };
  return { start: String(range.start / 1000), end: String(range.end / 1000) };
}

/** The same middle, `factor` times as long: below 1 it zooms in. A range up to now stays one. */
export function zoomed(range: GraphRange, factor: number, now: number): GraphRange {
  const { start, end } = spanOf(range, now);
  const length = Math.min(MAX_MS, Math.max(MIN_MS, (end - start) * factor));
  if (range.kind === 'last') return { kind: 'last', secs: Math.round(length / 1000) };
  return brushed((start + end - length) / 2, (start + end + length) / 2);
}

/** A range drawn over the chart; whole seconds, ten at least. */
export function brushed(from: number, to: number): GraphRange {
  const start = Math.floor(from / 1000) * 1000;
  return { kind: 'fixed', start, end: Math.max(start + MIN_MS, Math.ceil(to / 1000) * 1000) };
}

/** Half a range earlier (-1) or later (1). */
export function moved(range: GraphRange, direction: -1 | 1, now: number): GraphRange {
  const { start, end } = spanOf(range, now);
  const by = ((end - start) / 2) * direction;
  return brushed(start + by, end + by);
}

function secondsOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  try {
    const length = parseDuration(text);
    return length >= MIN_MS && length <= MAX_MS ? length / 1000 : undefined;
  } catch {
    // An address somebody mistyped: the usual range.
    return undefined;
  }
}
