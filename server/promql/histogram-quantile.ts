import { type Labels, seriesKey } from '../model/labels.ts';
import type { Annotations } from './annotations.ts';
import type { Vector } from './value.ts';

interface Bucket {
  readonly upper: number;
  readonly count: number;
}

interface Histogram {
  readonly name: string;
  readonly labels: Labels;
  readonly buckets: Bucket[];
}

/** Counts that differ by less than this part are equal: sums of floats in another order. */
const SMALL_DIFFERENCE = 1e-12;

/**
 * The quantile of classic histograms, by linear interpolation inside the bucket it falls into
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). NaN without a +Inf bucket or without
 * observations; outside 0..1 an infinity.
 */
export function histogramQuantile(quantile: number, vector: Vector, annotations: Annotations, place: string): Vector {
  return histogramsIn(vector, annotations, place).map(({ name, labels, buckets }) => {
    const { ordered, forced } = cumulative(buckets);
    if (forced) {
      const why = '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
      annotations.info(
        `input to histogram_quantile needed to be fixed for monotonicity ${why} for metric name "${name}"`,
        place,
      );
    }
    return { labels, value: bucketQuantile(quantile, ordered) };
  });
}

/** The share of observations in (lower, upper], by the same interpolation. */
export function histogramFraction(
  lower: number,
  upper: number,
  vector: Vector,
  annotations: Annotations,
  place: string,
): Vector {
  return histogramsIn(vector, annotations, place).map(({ labels, buckets }) => {
    const { ordered } = cumulative(buckets);
    return { labels, value: bucketFraction(lower, upper, ordered) };
  });
}

/** Buckets whose `le` is no number are left out, with a warning. */
function histogramsIn(vector: Vector, annotations: Annotations, place: string): readonly Histogram[] {
  const histograms = new Map<string, Histogram>();
  for (const { name = '', labels, value } of vector) {
    const { le = '', ...rest } = labels;
    const upper = boundary(le);
    if (Number.isNaN(upper)) {
      const what = `bucket label "le" is missing or has a malformed value of "${le}" for metric name "${name}"`;
      annotations.warn(what, place);
      continue;
    }
    const key = seriesKey('', rest);
    const histogram = histograms.get(key) ?? { name, labels: rest, buckets: [] };
    histogram.buckets.push({ upper, count: value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()];
}

function boundary(le: string): number {
  if (/^[+]?inf$/i.test(le)) return Infinity;
  if (/^-inf$/i.test(le)) return -Infinity;
  return le === '' ? Number.NaN : Number(le);
}

function bucketQuantile(quantile: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const all = buckets.at(-1);
  if (all === undefined || all.upper !== Infinity || buckets.length < 2 || !(all.count > 0)) return Number.NaN;
  const rank = quantile * all.count;
  const finite = buckets.slice(0, -1);
  const index = finite.findIndex(({ count }) => count >= rank);
  const bucket = finite[index];
  if (bucket === undefined) return finite.at(-1)?.upper ?? Number.NaN;
  if (index === 0 && bucket.upper <= 0) return bucket.upper;
  const below = finite[index - 1] ?? { upper: 0, count: 0 };
  return below.upper + (bucket.upper - below.upper) * ((rank - below.count) / (bucket.count - below.count));
}

function bucketFraction(lower: number, upper: number, buckets: readonly Bucket[]): number {
  const all = buckets.at(-1);
  if (all === undefined || all.upper !== Infinity || !(all.count > 0)) return Number.NaN;
  if (Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  return lower >= upper ? 0 : (countBelow(upper, buckets) - countBelow(lower, buckets)) / all.count;
}

/** How many observations lie at or below a bound. Those of the first bucket are spread from 0; of one that ends below 0 nobody knows where it
 * begins, so that all of them do, as in Prometheus. */
function countBelow(bound: number, buckets: readonly Bucket[]): number {
  if (bound === -Infinity) return 0;
  const index = buckets.findIndex(({ upper }) => bound <= upper);
  const bucket = buckets[index];
  if (bucket === undefined) return buckets.at(-1)?.count ?? Number.NaN;
  const below = buckets[index - 1] ?? { upper: bucket.upper > 0 ? 0 : -Infinity, count: 0 };
  if (bound === bucket.upper) return bucket.count;
  if (below.upper === -Infinity) return bucket.count;
  if (bound <= below.upper || bucket.upper === Infinity) return below.count;
  return below.count + (bucket.count - below.count) * ((bound - below.upper) / (bucket.upper - below.upper));
}

/**
 * In order, equal bounds added up, and never falling: scrapes that tear a histogram apart make counts that do. `forced` when more
 * than rounding was mended.
 */
function cumulative(unordered: readonly Bucket[]): { readonly ordered: readonly Bucket[]; readonly forced: boolean } {
  const merged: Bucket[] = [];
  for (const bucket of [...unordered].sort((a, b) => (a.upper < b.upper ? -1 : Number(a.upper > b.upper)))) {
    const last = merged.at(-1);
    if (last?.upper === bucket.upper) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  let forced = false;
  let highest = merged[0]?.count ?? 0;
  const ordered = merged.map(({ upper, count }) => {
    const rounding = Math.abs(count - highest) < SMALL_DIFFERENCE * (Math.abs(count) + Math.abs(highest));
    forced ||= count < highest && !rounding;
    if (count > highest && !rounding) highest = count;
    return { upper, count: highest };
  });
  return { ordered, forced };
}
