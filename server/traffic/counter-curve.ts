import type { SeriesSlots } from '../model/engine.ts';

/**
 * What a counter tells of its traffic: stretches of time, each with the bytes that were counted in it.
 *
 *     samples     s1 s2 s3 | s4 s5 s6 |          |    s7 s8 | s9 (reset) s10 |
 *     slots       [slot 1] | [slot 2] |          |  [slot]  |    [slot]      |
 *     stretches   ===== ====== =====      gap         === ====== ....
 *
 * - A slot is a stretch from its first to its last sample; between two slots lies another. So the stretches of a counter without
 *   gaps and resets add up to its last value minus its first, exactly, whatever the ring.
 * - Two samples further apart than the heartbeat leave a gap: the bytes are counted, but nobody knows when they came.
 * - A counter that fell began again at 0, or, if it has 32 bits and was about to be full, ran over. What came since a restart is
 *   believed only as far as the line was as busy at another time, and what ran over as far as the line could carry it: a restart
 *   never draws a burst.
 */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
}

/** How a stretch came by its bytes: the counter rose, it began again, or it ran over. */
type Course = 'rose' | 'restarted' | 'ran_over';

interface Candidate extends Stretch {
  readonly course: Course;
}

/** A restart of a collector shorter than this leaves no gap. */
const MIN_HEARTBEAT_MS = 60_000;
const HEARTBEAT_SAMPLES = 3;
/** Slots on either side that tell how often a counter is sampled. */
const NEIGHBOURS = 5;
const FULL_32_BITS = 2 ** 32;

/** @param capacity bytes per second the line carries, when known. Rising in time; never empty stretches. */
export function counterCurve(slots: SeriesSlots, capacity?: number): Stretch[] {
  const intervals = sampleIntervals(slots);
  const heartbeat = (i: number): number =>
    Math.max(MIN_HEARTBEAT_MS, HEARTBEAT_SAMPLES * Math.max(intervals[i] ?? 0, intervals[i - 1] ?? 0));
  const candidates = slots.n.flatMap((_, i) => [
    ...between(slots, i, heartbeat(i), capacity),
    ...inside(slots, i, capacity),
  ]);
  const highest = highestRate(candidates.filter(({ course }) => course === 'rose'));
  const limits = { rose: Number.POSITIVE_INFINITY, restarted: highest, ran_over: capacity ?? 0 };
  return candidates
    .filter((stretch) => rateOf(stretch) <= limits[stretch.course])
    .map(({ start, end, bytes }) => ({ start, end, bytes }));
}

/**
 * The usual distance of two samples around each slot, ms: the median over its neighbours, so that a pause does not count and a source
 * that is told to sample more often is followed.
 */
function sampleIntervals({ n, firstTime, lastTime }: SeriesSlots): number[] {
  const distances = n.map((count, i) => {
    const from = (count > 1 ? firstTime[i] : lastTime[i - 1]) ?? Number.NaN;
    return ((lastTime[i] ?? 0) - from) / Math.max(1, count - 1);
  });
  return distances.map((_, i) => {
    const around = distances.slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1).filter((distance) => distance >= 0);
    return around.sort((a, b) => a - b)[Math.floor((around.length - 1) / 2)] ?? 0;
  });
}

function inside(
  { n, firstTime, first, lastTime, last, adj, resets }: SeriesSlots,
  i: number,
  capacity?: number,
): Candidate[] {
  const [start = 0, end = 0, count = 0, fell = 0] = [firstTime[i], lastTime[i], n[i], resets[i]];
  if (end <= start) return [];
  const change = (last[i] ?? 0) - (first[i] ?? 0);
  const interval_secs = (end - start) / (count - 1) / 1000;
  const { bytes, course } = regained(adj[i] ?? 0, fell, interval_secs, capacity);
  return [{ start, end, bytes: change + bytes, course }];
}

/** From the last sample of the slot before to the first of this one; nothing across a gap. */
function between(
  { firstTime, first, lastTime, last }: SeriesSlots,
  i: number,
  heartbeat: number,
  capacity?: number,
): Candidate[] {
  const [start, end, before, value] = [lastTime[i - 1], firstTime[i], last[i - 1], first[i]];
  if (start === undefined || end === undefined || before === undefined || value === undefined) return [];
  if (end <= start || end - start > heartbeat) return [];
  const fell = value < before ? 1 : 0;
  const { bytes, course } = regained(fell * before, fell, (end - start) / 1000, capacity);
  return [{ start, end, bytes: value - before + bytes, course }];
}

/**
 * What must be added to last - first of a counter that fell `resets` times from values that sum up to `adj`: these values
 * themselves, or 2^32 each time when it ran over. It ran over if the line could carry, between two samples, what was left to 2^32;
 * a line so fast that it could run over twice is not judged.
 */
function regained(
  adj: number,
  resets: number,
  interval_secs: number,
  capacity = 0,
): { readonly bytes: number; readonly course: Course } {
  if (resets === 0) return { bytes: 0, course: 'rose' };
  const carried = capacity * interval_secs;
  const left = resets * FULL_32_BITS - adj;
  const ranOver = left >= 0 && left <= resets * carried && carried < FULL_32_BITS;
  return ranOver ? { bytes: resets * FULL_32_BITS, course: 'ran_over' } : { bytes: adj, course: 'restarted' };
}

function highestRate(stretches: readonly Stretch[]): number {
  return stretches.reduce((highest, stretch) => Math.max(highest, rateOf(stretch)), 0);
}

/** Bytes per second. */
function rateOf({ start, end, bytes }: Stretch): number {
  return (bytes / (end - start)) * 1000;
}
