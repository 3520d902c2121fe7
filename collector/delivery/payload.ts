import type { BatchPayload, PositionValue, Watermark } from '../../server/model/batch.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import type { MetricBatch } from '../batch.ts';

/** A part is cut before it passes these. */
const MAX_ROWS = 20_000;
const MAX_BYTES = 2 ** 20;

export interface EncodedPayload {
  readonly digest: string;
  readonly payload: Uint8Array;
}

/** What travels beside the rows; it rides on the last part, so that positions never run ahead of data. */
export interface PayloadTail {
  readonly watermark?: Watermark;
  readonly positions: Readonly<Record<string, PositionValue | null>>;
}

/** Rows `from .. to - 1` of one kind of column. */
interface Cut {
  readonly batch: MetricBatch;
  readonly of: 'increments' | 'samples';
  readonly from: number;
  readonly to: number;
}

/**
 * The payloads of one source batch, in order; at least one. A batch is cut where the time of its rows changes, so that the parts
 * of a histogram, which share their time, travel together; only a run of more rows than fit is cut inside.
 */
export function encodePayloads(source: string, batches: readonly MetricBatch[], tail: PayloadTail): EncodedPayload[] {
  const cuts = batches.flatMap((batch) => [...cutsOf(batch, 'increments'), ...cutsOf(batch, 'samples')]);
  const parts = cuts.flatMap((cut) => split(source, cut));
  const last = parts.pop() ?? { v: 1, source, series: [] };
  return [...parts, { ...last, ...tail }].map((part) => {
    const payload = Buffer.from(JSON.stringify(part));
    return { payload, digest: digestOf(payload) };
  });
}

function cutsOf(batch: MetricBatch, of: Cut['of']): Cut[] {
  const { time } = batch[of];
  const cuts: Cut[] = [];
  let from = 0;
  while (from < time.length) {
    const to = cutBefore(time, from, Math.min(from + MAX_ROWS, time.length));
    cuts.push({ batch, of, from, to });
    from = to;
  }
  return cuts;
}

/** The last border of times in (from, limit], or `limit` when there is none. */
function cutBefore(time: readonly number[], from: number, limit: number): number {
  if (limit === time.length) return limit;
  for (let i = limit; i > from; i--) if (time[i] !== time[i - 1]) return i;
  return limit;
}

/** Halves a cut until its text fits. */
function split(source: string, cut: Cut): BatchPayload[] {
  const part = partOf(source, cut);
  const rows = cut.to - cut.from;
  if (rows < 2 || JSON.stringify(part).length <= MAX_BYTES) return [part];
  const middle = cutBefore(cut.batch[cut.of].time, cut.from, cut.from + (rows >> 1));
  return [...split(source, { ...cut, to: middle }), ...split(source, { ...cut, from: middle })];
}

function partOf(source: string, { batch, of, from, to }: Cut): BatchPayload {
  const indices = new Map<number, number>();
  const series = batch[of].series.slice(from, to).map((index) => {
    const known = indices.get(index) ?? indices.size;
    indices.set(index, known);
    return known;
  });
  const named = [...indices.keys()].flatMap((index) => batch.series[index] ?? []);
  const base = { v: 1 as const, source, series: named };
  const time = batch[of].time.slice(from, to);
  if (of === 'samples') return { ...base, samples: { series, time, value: batch.samples.value.slice(from, to) } };
  const { n, sum } = batch.increments;
  return { ...base, increments: { series, time, n: n.slice(from, to), sum: sum.slice(from, to) } };
}
