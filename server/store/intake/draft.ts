import type { Watermark } from '../../model/batch.ts';
import type { SeriesId } from '../../model/labels.ts';
import type { Ms } from '../../model/units.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { CLIENT_LIMITS } from '../limits.ts';
import type { Pages } from '../pages/pages.ts';
import type { Sample } from '../pages/rollup.ts';
import type { SampleColumns } from '../pages/sample-columns.ts';
import type { SumColumns } from '../pages/sum-columns.ts';
import type { DataSources, OpenSource } from '../rrd/data-sources.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';
import { admitSeries, type SeriesLimits } from './admission.ts';
import { type Origin, withWord } from './clients.ts';
import { type CountDrop, type DecodedPayload, type DropReason, readSample } from './payload.ts';
import { type SampleDecision, SampleDraft } from './sample-draft.ts';
import { type Place, readIncrements, SumDraft } from './sum-draft.ts';
import { UpdateDraft } from './update-draft.ts';

/** What decides about a row, none of which a draft changes except for the index (and `undo` takes that back). */
export interface DraftInput {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly seriesLimits: SeriesLimits;
  readonly dataSources: DataSources;
  readonly now: Ms;
}

/**
 * The decisions of one commit, made before it is on disk: which rows are accepted, and by which rings. Pages are read and
 * never changed here; once the transaction is committed the operations are applied, which decides nothing any more.
 */
export class Draft implements JournalRecord {
  readonly newSeries: Series[] = [];
  readonly links: { readonly series: Series; readonly origin: number }[] = [];
  readonly #input: DraftInput;
  readonly #linked = new Set<string>();
  readonly #sums: SumDraft;
  readonly #samples: SampleDraft;
  readonly #updates: UpdateDraft;

  constructor(input: DraftInput) {
    this.#input = input;
    this.#sums = new SumDraft();
    this.#samples = new SampleDraft(input.pages);
    this.#updates = new UpdateDraft(input.dataSources, this.#samples);
  }

  get sums(): SumColumns {
    return this.#sums.accepted;
  }

  get samples(): SampleColumns {
    return this.#samples.accepted;
  }

  /** The data sources as the updates of the commit leave them. */
  get updated(): ReadonlyMap<Series, OpenSource> {
    return this.#updates.open;
  }

  /** Decides about one payload and returns its origin with the high-water mark moved. */
  add(payload: DecodedPayload, origin: Origin, drop: CountDrop): Origin {
    const admitted = this.admit(payload.series);
    const place: Place = (at) => {
      const entry = typeof at === 'number' ? admitted[at] : undefined;
      if (typeof entry === 'string') return entry;
      if (entry === undefined) return 'bad_series';
      return this.link(entry, origin.id) ? entry : 'origin_limit';
    };
    const increments = readIncrements(payload.increments, place, this.#input.now, drop);
    const samples = this.#readSamples(payload, place, drop);
    let highWater = Math.max(origin.highWater, increments.newest);
    for (const { sample } of samples) highWater = Math.max(highWater, sample.time);
    this.#sums.add(increments, highWater, drop);
    for (const { series, sample } of samples) {
      const decision = this.sample(series, sample.time, sample.value, sample.stale, highWater);
      if (decision !== 'accepted' && decision !== 'same') drop(decision);
    }
    const watermark = notAhead(payload.watermark ?? origin.watermark, this.#input.now);
    return watermark === undefined ? { ...origin, highWater } : withWord({ ...origin, highWater }, watermark);
  }

  /** The series of the wire, found or made; or why not. */
  admit(identities: readonly (SeriesId | undefined)[]): readonly (Series | DropReason)[] {
    const { index, seriesLimits, dataSources } = this.#input;
    return admitSeries(identities, index, seriesLimits, {
      stored: (identity) => dataSources.identityOf(identity),
      added: (series) => this.newSeries.push(series),
    });
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
    if (series.kind === 'rrd') return this.#updates.add(series, { time, value, stale }, highWater);
    return this.#samples.add(series, time, value, stale, highWater);
  }

  /** Decides about one sample of the past (`SampleDraft.addPast`). */
  pastSample(series: Series, sample: Sample): SampleDecision {
    if (series.kind === 'rrd') return this.#updates.add(series, sample, sample.time);
    return this.#samples.addPast(series, sample);
  }

  /** Takes back what the index learned, because the commit failed. */
  undo(): void {
    this.#samples.undo();
    this.#input.index.remove(this.newSeries);
  }

  #readSamples({ samples }: DecodedPayload, place: Place, drop: CountDrop) {
    const rows: { series: Series; sample: Sample }[] = [];
    for (let i = 0; i < samples.series.length; i++) {
      const sample = readSample(samples.time[i], samples.value[i], this.#input.now, drop);
      if (sample === undefined) {
        drop('bad_sample');
        continue;
      }
      const series = place(samples.series[i]);
      if (typeof series === 'string') drop(series);
      else if (series.kind === 'sum') drop('wrong_kind');
      else rows.push({ series, sample });
    }
    return rows;
  }
}

/** Silence must not look like health because a clock was ahead. */
export function notAhead(watermark: Watermark | undefined, now: number): Watermark | undefined {
  if (watermark === undefined || watermark.completeTo <= now) return watermark;
  return { ...watermark, completeTo: now };
}
