import { type Element, keyOf } from './vector.ts';

interface Bucket {
  readonly le: number;
  readonly count: number;
}

/** `histogram_quantile` over classic buckets: one result per set of labels without `le`; series without a readable `le` are left out. */
export function histogramQuantile(quantile: number, vector: readonly Element[]): Element[] {
  const groups = new Map<string, { labels: Element['labels']; buckets: Bucket[] }>();
  for (const { labels, value } of vector) {
    const { le, ...rest } = labels;
    const bound = boundOf(le);
    if (bound === undefined) continue;
    const key = keyOf(rest);
    const group = groups.get(key) ?? { labels: rest, buckets: [] };
    group.buckets.push({ le: bound, count: value });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, buckets }) => ({
    name: '',
    labels,
    value: quantileOf(quantile, buckets),
  }));
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined;
  if (le === '+Inf' || le === 'Inf') return Number.POSITIVE_INFINITY;
  const bound = Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}

/** Prometheus' rule (promql/quantile.go, bucketQuantile): linear inside a bucket, from 0 in the first one above 0. */
function quantileOf(quantile: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotone(merged(unsorted.toSorted((a, b) => a.le - b.le)));
  const total = buckets.at(-1)?.count ?? 0;
  if (buckets.length < 2 || buckets.at(-1)?.le !== Number.POSITIVE_INFINITY || total === 0) return Number.NaN;
  const rank = quantile * total;
  const index = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (index === -1) return buckets.at(-2)?.le ?? Number.NaN;
  const { le: upper = Number.NaN, count = 0 } = buckets[index] ?? {};
  if (index === 0 && upper <= 0) return upper;
  const before = buckets[index - 1];
  const lower = before?.le ?? 0;
  const below = before?.count ?? 0;
  return lower + (upper - lower) * ((rank - below) / (count - below));
}

function merged(buckets: readonly Bucket[]): Bucket[] {
  const result: Bucket[] = [];
  for (const bucket of buckets) {
    const last = result.at(-1);
    if (last?.le === bucket.le) result[result.length - 1] = { le: last.le, count: last.count + bucket.count };
    else result.push(bucket);
  }
  return result;
}

/** Buckets scraped apart may decrease by a hair. */
function monotone(buckets: readonly Bucket[]): Bucket[] {
  let highest = Number.NEGATIVE_INFINITY;
  return buckets.map(({ le, count }) => {
    highest = Math.max(highest, count);
    return { le, count: highest };
  });
}
