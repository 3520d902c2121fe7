import type { Watermark } from '../model/batch.ts';
import type { SeriesId } from '../model/labels.ts';
import { ringHolds, slotEnd } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { admitSeries } from './admission.ts';
import type { Origin } from './clients.ts';
import type { JournalRecord, SumOperation } from './journal.ts';
import { CLIENT_LIMITS } from './limits.ts';
import type { Pages } from './pages.ts';
import { type CountDrop, type DecodedPayload, type DropReason, incrementTime, readSample } from './payload.ts';
import { finest, pageOfSlot, type Ring, ringHasPage, slotOf } from './ring.ts';
import type { Sample } from './rollup.ts';
import type { SampleColumns } from './sample-columns.ts';
import { type SampleDecision, SampleDraft } from './sample-draft.ts';
import type { Series, SeriesIndex } from './series-index.ts';

/** What decides about a row, none of which a draft changes except for the index (and `undo` takes that back). */
export interface DraftInput {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly sumRings: readonly Ring[];
  readonly sampleRings: readonly Ring[];
  readonly maxSeries: number;
  readonly now: Ms;
}

interface Span {
  oldest: number;
  newest: number;
}

/**
 * The decisions of one commit, made before it is on disk: which rows are accepted, and by which rings. Pages are read and
 * never changed here; once the transaction is committed the operations are applied, which decides nothing any more.
 */
export class Draft implements JournalRecord {
  readonly sums: SumOperation[] = [];
  readonly newSeries: Series[] = [];
  readonly links: { readonly series: Series; readonly origin: number }[] = [];
  readonly #input: DraftInput;
  readonly #spans = new Map<Series, Span>();
  readonly #linked = new Set<string>();
  readonly #samples: SampleDraft;

  constructor(input: DraftInput) {
    this.#input = input;
    this.#samples = new SampleDraft(input.pages, input.sampleRings);
  }

  get samples(): SampleColumns {
    return this.#samples.accepted;
  }

  /** Decides about one payload and returns its origin with the high-water mark moved. */
  add(payload: DecodedPayload, origin: Origin, drop: CountDrop): Origin {
    const admitted = this.admit(payload.series);
    const place = (at: unknown): Series | undefined => {
      const entry = typeof at === 'number' ? admitted[at] : undefined;
      if (typeof entry === 'string') drop(entry);
      if (typeof entry !== 'object') return undefined;
      if (this.link(entry, origin.id)) return entry;
      drop('origin_limit');
      return undefined;
    };
    const increments = this.#readIncrements(payload, place, drop);
    const samples = this.#readSamples(payload, place, drop);
    let { highWater } = origin;
    for (const { time } of increments) highWater = Math.max(highWater, time);
    for (const { sample } of samples) highWater = Math.max(highWater, sample.time);
    for (const row of increments) this.#addIncrement(row, highWater, drop);
    for (const { series, sample } of samples) {
      const decision = this.sample(series, sample.time, sample.value, sample.stale, highWater);
      if (decision !== 'accepted' && decision !== 'same') drop(decision);
    }
    const watermark = notAhead(payload.watermark ?? origin.watermark, this.#input.now);
    return { ...origin, highWater, ...(watermark === undefined ? {} : { watermark }) };
  }

  /** The series of the wire, found or made; or why not. */
  admit(identities: readonly (SeriesId | undefined)[]): readonly (Series | DropReason)[] {
    const { index, maxSeries } = this.#input;
    return admitSeries(identities, index, maxSeries, (series) => this.newSeries.push(series));
  }

  /** Notes that an origin writes to a series; false when it has too many already. */
  link(series: Series, origin: number): boolean {
    if (series.origins.has(origin)) return true;
    const key = `${series.id}/${origin}`;
    if (this.#linked.has(key)) return true;
    if (series.origins.size >= CLIENT_LIMITS.origins_per_series) return false;
    this.#linked.add(key);
    this.links.push({ series, origin });
    return true;
  }

  /** Decides about one absolute sample. @param highWater the newest time of its origin, with what comes in this commit. */
  sample(series: Series, time: number, value: number, stale: boolean, highWater: number): SampleDecision {
    return this.#samples.add(series, time, value, stale, highWater);
  }

  /** Once it is on disk, or never will be. */
  end(): void {
    this.#samples.end();
  }

  /** Takes back what the index learned, because the commit failed. */
  undo(): void {
    this.end();
    this.#input.index.remove(this.newSeries);
  }

  #readIncrements({ increments }: DecodedPayload, place: (at: unknown) => Series | undefined, drop: CountDrop) {
    const rows: { series: Series; time: number; n: number; sum: number }[] = [];
    for (let i = 0; i < increments.series.length; i++) {
      const n = increments.n[i];
      const sum = increments.sum[i];
      const valid = Number.isSafeInteger(n) && (n as number) >= 1 && Number.isFinite(sum);
      const time = valid ? incrementTime(increments.time[i], this.#input.now, drop) : undefined;
      if (time === undefined) {
        drop('bad_increment');
        continue;
      }
      const series = place(increments.series[i]);
      if (series?.kind === 'sum') rows.push({ series, time, n: n as number, sum: sum as number });
      else if (series !== undefined) drop('wrong_kind');
    }
    return rows;
  }

  #readSamples({ samples }: DecodedPayload, place: (at: unknown) => Series | undefined, drop: CountDrop) {
    const rows: { series: Series; sample: Sample }[] = [];
    for (let i = 0; i < samples.series.length; i++) {
      const sample = readSample(samples.time[i], samples.value[i], this.#input.now, drop);
      if (sample === undefined) {
        drop('bad_sample');
        continue;
      }
      const series = place(samples.series[i]);
      if (series !== undefined && series.kind !== 'sum') rows.push({ series, sample });
      else if (series !== undefined) drop('wrong_kind');
    }
    return rows;
  }

  #addIncrement(
    { series, time, n, sum }: { series: Series; time: number; n: number; sum: number },
    highWater: number,
    drop: CountDrop,
  ): void {
    const rings = this.#input.sumRings;
    const span = this.#spanOf(series);
    const newest = Math.max(span.newest, time);
    let mask = 0;
    for (const ring of rings) {
      const inSpan = ringHolds(ring, slotEnd(ms(time), ring.width), ms(highWater));
      if (inSpan && ringHasPage(ring, pageOfSlot(ring, slotOf(ring, time)), newest)) mask |= 1 << ring.index;
    }
    if (mask === 0) {
      drop('too_old');
      return;
    }
    widen(span, time);
    this.sums.push({ series: series.id, slot: slotOf(finest(rings), time), rings: mask, n, sum });
  }

  #spanOf(series: Series): Span {
    const known = this.#spans.get(series);
    if (known !== undefined) return known;
    const span = { oldest: series.oldest, newest: series.newest };
    this.#spans.set(series, span);
    return span;
  }
}

export function widen(span: Span, time: number): void {
  if (time < span.oldest) span.oldest = time;
  if (time > span.newest) span.newest = time;
}

/** Silence must not look like health because a clock was ahead. */
export function notAhead(watermark: Watermark | undefined, now: number): Watermark | undefined {
  if (watermark === undefined || watermark.completeTo <= now) return watermark;
  return { ...watermark, completeTo: now };
}
