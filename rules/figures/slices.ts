import { alignDown, type RingProfile } from '../../server/model/rings.ts';
import { DAY, formatDuration, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import type { Indicator } from '../indicator.ts';
import { splitEvents } from './budget.ts';

/**
 * Time slices: what is promised is not a share of the requests but of the time. Each slice is judged by the share of good events in it,
 * and is then one event of the objective, whatever it held:
 *
 *     requests     good 99 of 100 | 4 of 4 | none | 970 of 1000
 *     good_at 98%      good       |  good  |  -   |    bad         2 of 3 slices are good
 *     mean             0.99       |   1    |  -   |   0.97         2.96 of 3
 *
 * Slice `j` is the time ((j-1) * every, j * every]; a window holds the slices that end in it. A slice without events is not counted.
 */
export interface Slices {
  /** A multiple of 10 s that divides 5 min. */
  readonly every: Ms;
  /** From this share of good events on a slice is good, 0 < good_at <= 1. Absent: slices count by their share, as a mean of ratios. */
  readonly good_at?: number;
}

const FINEST: Ms = ms(10 * SECOND);
/** The shortest window of the usual alerts: a longer slice would not fit in it. */
const LONGEST: Ms = ms(5 * MINUTE);

/** Throws Error with what would be right. */
export function checkSliceLength(every: Ms): Ms {
  if (every > 0 && every % FINEST === 0 && LONGEST % every === 0) return every;
  throw new Error(`got slices of ${formatDuration(every)}; want 10s, 20s, 30s, 50s, 1m, 1m40s, 2m30s or 5m`);
}

/** Slices are kept a little longer than their window, and read by whole chunks. */
const SLACK: Ms = ms(22 * HOUR);

/** Why a window cannot be counted in slices of this length: the ring that can tell them apart does not hold it. */
export function sliceProblem({ every }: Slices, window: Ms, rings: readonly RingProfile[]): string | undefined {
  const fitting = rings.filter(({ width }) => every % width === 0);
  const span = Math.max(0, ...fitting.map((ring) => ring.span));
  if (span === 0) return `no ring of its series tells slices of ${formatDuration(every)} apart; want longer slices`;
  if (window + slackOf(every) <= span) return undefined;
  const longest = alignDown(ms(span - slackOf(every)), span > 2 * DAY ? DAY : HOUR);
  const held = `slices of ${formatDuration(every)} can be told apart for ${formatDuration(ms(span))}`;
  return `${held}; want a window of at most ${formatDuration(longest)}, or longer slices`;
}

function slackOf(every: Ms): Ms {
  return ms(Math.min(SLACK, (SLACK / LONGEST) * every));
}

/** The length that figures are true in whole multiples of: that of the slices, of a composite the least that all of its parts have. */
export function sliceGrid(indicator: Indicator): Ms | undefined {
  if (indicator.kind !== 'composite') return indicator.slices?.every;
  const lengths = indicator.parts.flatMap(({ definition }) => sliceGrid(definition.indicator) ?? []);
  return lengths.length === 0 ? undefined : lengths.reduce((a, b) => ms((a * b) / greatestDivisor(a, b)));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** How good a slice was, 0..1: 0 or 1 with `good_at`, its ratio without. NaN: nothing happened in it. */
export function sliceGood(total: number, part: number, side: 'good' | 'bad', { good_at }: Slices): number {
  const events = splitEvents(total, part, side);
  if (!(events.total > 0)) return Number.NaN;
  return ratioGood(events.good / events.total, good_at);
}

/** The same of a ratio. */
export function ratioGood(ratio: number, good_at?: number): number {
  if (good_at === undefined) return ratio;
  return ratio >= good_at ? 1 : 0;
}
