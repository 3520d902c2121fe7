import type { Watermark } from '../model/batch.ts';
import { invariant } from '../model/errors.ts';
import { ringHolds, slotEnd } from '../model/rings.ts';
import { type Ms, ms } from '../model/units.ts';
import { admitSeries } from './admission.ts';
import type { Origin } from './clients.ts';
import type { JournalRecord, SampleOperation, SumOperation } from './journal.ts';
import { CLIENT_LIMITS } from './limits.ts';
import type { Pages } from './pages.ts';
import { type CountDrop, type DecodedPayload, incrementTime, readSample } from './payload.ts';
import { coarsest, finest, pageOfSlot, type Ring, ringFloor, ringHasPage, slotOf, slotStart } from './ring.ts';
import type { Sample } from './rollup.ts';
import { SamplePage } from './sample-page.ts';
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
  readonly samples: SampleOperation[] = [];
  readonly newSeries: Series[] = [];
  readonly links: { readonly series: Series; readonly origin: number }[] = [];
  readonly #input: DraftInput;
  readonly #spans = new Map<Series, Span>();
  readonly #rawPages = new Map<string, SamplePage>();
  readonly #linked = new Set<string>();

  constructor(input: DraftInput) {
    this.#input = input;
  }

  /** Decides about one payload and returns its origin with the high-water mark moved. */
  add(payload: DecodedPayload, origin: Origin, drop: CountDrop): Origin {
    const { index, maxSeries } = this.#input;
    const admitted = admitSeries(payload.series, index, maxSeries, (series) => this.newSeries.push(series));
    const place = (at: unknown): Series | undefined => {
      const entry = typeof at === 'number' ? admitted[at] : undefined;
      if (typeof entry === 'string') drop(entry);
      return typeof entry === 'object' && this.#link(entry, origin.id, drop) ? entry : undefined;
    };
    const increments = this.#readIncrements(payload, place, drop);
    const samples = this.#readSamples(payload, place, drop);
    let { highWater } = origin;
    for (const { time } of increments) highWater = Math.max(highWater, time);
    for (const { sample } of samples) highWater = Math.max(highWater, sample.time);
    for (const row of increments) this.#addIncrement(row, highWater, drop);
    for (const row of samples) this.#addSample(row.series, row.sample, highWater, drop);
    const watermark = notAhead(payload.watermark ?? origin.watermark, this.#input.now);
    return { ...origin, highWater, ...(watermark === undefined ? {} : { watermark }) };
  }

  /** Takes back what the index learned, because the commit failed. */
  undo(): void {
    for (const series of this.newSeries) this.#input.index.remove(series);
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

  #addSample(series: Series, sample: Sample, highWater: number, drop: CountDrop): void {
    const raw = finest(this.#input.sampleRings);
    const span = this.#spanOf(series);
    const inSpan = ringHolds(raw, slotEnd(ms(sample.time), raw.width), ms(highWater));
    if (!inSpan || !this.#canRecompute(sample.time, span)) {
      drop('too_old');
      return;
    }
    const page = this.#rawPage(series, raw, pageOfSlot(raw, slotOf(raw, sample.time)), span.newest);
    const verdict = page.judge(sample);
    if (verdict === 'duplicate_timestamp' || verdict === 'too_dense') drop(verdict);
    if (verdict !== 'new') return;
    page.insert(sample);
    widen(span, sample.time);
    this.samples.push({ series: series.id, sample });
  }

  /** A late sample changes roll-up slots, which is exact only while the raw ring holds all of the widest one. */
  #canRecompute(time: number, span: Span): boolean {
    if (time > span.newest) return true;
    const floor = ringFloor(finest(this.#input.sampleRings), span.newest);
    const widest = slotStart(time, coarsest(this.#input.sampleRings).width);
    return widest >= floor || (time > floor && span.oldest > floor);
  }

  #rawPage(series: Series, ring: Ring, number: number, newest: number): SamplePage {
    const key = `${series.id}/${number}`;
    const drafted = this.#rawPages.get(key);
    if (drafted !== undefined) return drafted;
    const held = newest === Number.NEGATIVE_INFINITY || ringHasPage(ring, number, newest);
    const stored = held ? this.#input.pages.find(series.id, ring, number) : undefined;
    invariant(stored === undefined || stored instanceof SamplePage, 'a raw ring holds a page of another shape');
    const page = stored?.draft(ring) ?? new SamplePage(ring, number, { lsn: 0, storedLsn: 0 });
    this.#rawPages.set(key, page);
    return page;
  }

  #spanOf(series: Series): Span {
    const known = this.#spans.get(series);
    if (known !== undefined) return known;
    const span = { oldest: series.oldest, newest: series.newest };
    this.#spans.set(series, span);
    return span;
  }

  #link(series: Series, origin: number, drop: CountDrop): boolean {
    if (series.origins.has(origin)) return true;
    const key = `${series.id}/${origin}`;
    if (this.#linked.has(key)) return true;
    if (series.origins.size >= CLIENT_LIMITS.origins_per_series) {
      drop('origin_limit');
      return false;
    }
    this.#linked.add(key);
    this.links.push({ series, origin });
    return true;
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
