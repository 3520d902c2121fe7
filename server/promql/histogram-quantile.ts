import { type Labels, seriesKey } from '../model/labels.ts';
import type { Sample } from './value.ts';

interface Bucket {
  readonly upper: number;
  readonly count: number;
}

/**
 * The quantile of classic histograms, by linear interpolation inside the bucket it falls into
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). NaN without a +Inf bucket or without
 * observations; outside 0..1 an infinity. Buckets whose `le` is no number are left out.
 */
export function histogramQuantile(quantile: number, vector: readonly Sample[]): readonly Sample[] {
  const histograms = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of vector) {
    const { le, ...rest } = labels;
    const upper = le === '+Inf' ? Infinity : Number(le ?? Number.NaN);
    if (Number.isNaN(upper)) continue;
    const key = seriesKey('', rest);
    const histogram = histograms.get(key) ?? { labels: rest, buckets: [] };
    histogram.buckets.push({ upper, count: value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(quantile, buckets) }));
}

function bucketQuantile(quantile: number, unordered: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const buckets = cumulative(unordered);
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

/** In order, equal bounds added up, and never falling: scrapes that tear a histogram apart make counts that do. */
function cumulative(unordered: readonly Bucket[]): readonly Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of [...unordered].sort((a, b) => (a.upper < b.upper ? -1 : Number(a.upper > b.upper)))) {
    const last = merged.at(-1);
    if (last?.upper === bucket.upper) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  let highest = 0;
  return merged.map(({ upper, count }) => {
    highest = Math.max(highest, count);
    return { upper, count: highest };
  });
}
