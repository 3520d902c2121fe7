import type { BatchPayload, IncrementColumns, PositionValue, Watermark } from '../../server/model/batch.ts';
import { LINE_BLOCK, type LineBlock } from '../../server/model/logs.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import type { Batch, MetricBatch } from '../batch.ts';
import { splitHits } from './hit-parts.ts';
import { MAX_INCREMENTS, wireIncrements } from './increment-columns.ts';
import { lineBlocks } from './log-lines.ts';

/** A batch is cut beyond this; a server takes MAX_BATCH_BYTES. */
export const MAX_PART_BYTES = 12 * 2 ** 20;

/** What stands around the rows of a part: its source, and names of keys. */
const PART_FRAME_BYTES = 512;

export interface EncodedPayload {
  readonly digest: string;
  /** A part of a batch, and not its last. */
  readonly more: boolean;
  readonly payload: Uint8Array;
}

/** What travels beside the rows. */
export interface PayloadTail {
  readonly watermark?: Watermark;
  readonly positions: Readonly<Record<string, PositionValue | null>>;
}

/** A payload whose increments are not packed yet. */
type Part = Omit<BatchPayload, 'increments'> & { readonly increments?: IncrementColumns };

/** Rows `from .. to - 1` of one kind of column. */
interface Cut {
  readonly batch: MetricBatch;
  readonly of: 'increments' | 'samples';
  readonly from: number;
  readonly to: number;
}

/**
 * The payloads of one source batch, in order: one, as a rule. A read of 4 MiB makes one or two MiB, and more than a payload may hold
 * only when nearly every line has a second, a client and a URL of its own.
 *
 * Only what passes `maxBytes` is cut into parts: rows first, then positions, the watermark on the very last. The server holds the
 * parts until it has that one, so that they are applied together or not at all. Rows are cut where their time changes, so that the
 * parts of a histogram, which share their time, travel together; only a single moment that does not fit is cut inside.
 */
export function encodePayloads(
  source: string,
  batches: readonly Batch[],
  tail: PayloadTail,
  maxBytes = MAX_PART_BYTES,
): EncodedPayload[] {
  const metrics = batches.filter((batch) => batch.kind === 'metrics');
  const hits = batches.flatMap((batch) => (batch.kind === 'hits' ? batch.tables : []));
  const units = Math.min(LINE_BLOCK.units, maxBytes >> 2);
  const lines = batches.flatMap((batch) => (batch.kind === 'logs' ? lineBlocks(batch, units) : []));
  const more = { ...(hits.length > 0 ? { hits } : {}), ...(lines.length > 0 ? { lines } : {}) };
  const whole = { ...wholeOf(source, metrics), ...more, ...tail };
  const one = encoded(whole);
  if (fits(whole, one, maxBytes)) return [one];
  const parts: Part[] = metrics.flatMap((batch) => [
    ...split(source, { batch, of: 'increments', from: 0, to: batch.increments.time.length }, maxBytes),
    ...split(source, { batch, of: 'samples', from: 0, to: batch.samples.time.length }, maxBytes),
  ]);
  for (const part of splitHits(hits, maxBytes)) parts.push({ v: 1, source, series: [], hits: part });
  for (const chunk of splitLines(lines, maxBytes)) parts.push({ v: 1, source, series: [], lines: chunk });
  const { positions, ...rest } = tail;
  for (const chunk of splitPositions(positions, maxBytes)) parts.push({ v: 1, source, series: [], positions: chunk });
  const last = parts.pop() ?? { v: 1, source, series: [] };
  return [...parts.map((part) => encoded({ ...part, more: true })), encoded({ ...last, ...rest })];
}

function encoded({ increments, ...part }: Part): EncodedPayload {
  const whole: BatchPayload =
    increments === undefined ? part : { ...part, increments: wireIncrements(increments, part.series.length) };
  const payload = Buffer.from(JSON.stringify(whole));
  return { payload, digest: digestOf(payload), more: part.more === true };
}

function fits({ increments }: Part, { payload }: EncodedPayload, maxBytes: number): boolean {
  return payload.length <= maxBytes && (increments?.series.length ?? 0) <= MAX_INCREMENTS;
}

/** Positions in pieces of at most `maxBytes` of JSON, one at least in each. */
function splitPositions(positions: PayloadTail['positions'], maxBytes: number): PayloadTail['positions'][] {
  const chunks: [string, PositionValue][][] = [];
  let room = 0;
  for (const entry of Object.entries(positions)) {
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    if (bytes > room || chunks.length === 0) {
      chunks.push([]);
      room = maxBytes;
    }
    room -= bytes;
    chunks.at(-1)?.push(entry);
  }
  return chunks.map((chunk) => Object.fromEntries(chunk));
}

/** The rows of all batches, each with its own stretch of the series. */
function wholeOf(source: string, batches: readonly MetricBatch[]): Part {
  const [one = EMPTY] = batches;
  const { series, increments, samples } = batches.length > 1 ? joined(batches) : one;
  return {
    v: 1,
    source,
    series,
    ...(increments.time.length > 0 ? { increments } : {}),
    ...(samples.time.length > 0 ? { samples } : {}),
  };
}

const EMPTY: Omit<MetricBatch, 'kind'> = {
  series: [],
  increments: { series: [], time: [], n: [], sum: [] },
  samples: { series: [], time: [], value: [] },
};

function joined(batches: readonly MetricBatch[]): Omit<MetricBatch, 'kind'> {
  const starts = batches.map((_, i) => batches.slice(0, i).reduce((sum, { series }) => sum + series.length, 0));
  const column = <T>(read: (batch: MetricBatch, start: number) => readonly T[]): T[] =>
    batches.flatMap((batch, i) => read(batch, starts[i] ?? 0));
  return {
    series: column((batch) => batch.series),
    increments: {
      series: column(({ increments }, start) => increments.series.map((index) => start + index)),
      time: column((batch) => batch.increments.time),
      n: column((batch) => batch.increments.n),
      sum: column((batch) => batch.increments.sum),
    },
    samples: {
      series: column(({ samples }, start) => samples.series.map((index) => start + index)),
      time: column((batch) => batch.samples.time),
      value: column((batch) => batch.samples.value),
    },
  };
}

/** The border of times nearest to the middle of a cut, or the middle when all its rows share their time. */
function borderOf({ batch, of, from, to }: Cut): number {
  const { time } = batch[of];
  const middle = (from + to) >> 1;
  for (let i = middle; i > from; i--) if (time[i] !== time[i - 1]) return i;
  for (let i = middle + 1; i < to; i++) if (time[i] !== time[i - 1]) return i;
  return middle;
}

/** Halves a cut until its text fits; nothing of no rows. */
function split(source: string, cut: Cut, maxBytes: number): Part[] {
  const rows = cut.to - cut.from;
  if (rows === 0) return [];
  const part = partOf(source, cut);
  if (rows < 2 || fits(part, encoded(part), maxBytes)) return [part];
  const middle = borderOf(cut);
  return [...split(source, { ...cut, to: middle }, maxBytes), ...split(source, { ...cut, from: middle }, maxBytes)];
}

/** As many blocks of lines in each as fit, one at least. */
function splitLines(blocks: readonly LineBlock[], maxBytes: number): LineBlock[][] {
  const chunks: LineBlock[][] = [];
  let room = 0;
  for (const block of blocks) {
    const bytes = Buffer.byteLength(JSON.stringify(block)) + 1;
    if (bytes > room || chunks.length === 0) {
      chunks.push([]);
      room = maxBytes - PART_FRAME_BYTES;
    }
    room -= bytes;
    chunks.at(-1)?.push(block);
  }
  return chunks;
}

function partOf(source: string, { batch, of, from, to }: Cut): Part {
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
