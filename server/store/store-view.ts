import type { DataSourceStatus, RowRequest, SeriesRows } from '../model/data-source.ts';
import type { Buckets, Metric, Selector, SelectorFacts, SeriesSlots, Window, WindowCount } from '../model/engine.ts';
import { isCounted, type LabelMatcher, type SeriesId } from '../model/labels.ts';
import { type Ms, ms } from '../model/units.ts';
import { factsOf, type Origin } from './intake/clients.ts';
import type { Pages } from './pages/pages.ts';
import type { SampleColumns } from './pages/sample-columns.ts';
import { addIncrease } from './reading/counter-increase.ts';
import { addRuns, type SeriesReader, sampleReader, sumReader } from './reading/reader.ts';
import { samplesBetween, sumsBetween } from './reading/samples-between.ts';
import { mergedSlots, type SlotRange } from './reading/slots.ts';
import { countSteps } from './reading/steps.ts';
import { WatchedCounts } from './reading/watched-counts.ts';
import { coverWindow, jointWindow } from './rings/cover.ts';
import { type Layout, usableOf } from './rings/layout.ts';
import { finest } from './rings/ring.ts';
import type { DataSources } from './rrd/data-sources.ts';
import { fetchRows } from './rrd/rows.ts';
import type { Series, SeriesIndex } from './series/series-index.ts';

export interface ViewParts {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  /** Of series that are of no profile of their own. */
  readonly layoutOf: (identity: SeriesId) => Layout;
  readonly dataSources: DataSources;
  /** By id. */
  readonly origins: readonly (Origin | undefined)[];
}

/** What questions that belong together are judged by, so that their windows are equal. */
export interface Judgement {
  /** Which ages are judged by, ms; -Infinity without data. */
  readonly mark: Ms;
  /** Of the series that count. */
  readonly layouts: ReadonlySet<Layout>;
}

/** What may be asked of a store: everything here reads and nothing decides. Windows are left-open, (start, end]. */
export class StoreView {
  readonly #parts: ViewParts;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  /** Ids of the series all matchers accept, rising; `__name__` is matched like a label. */
  select(matchers: readonly LabelMatcher[]): readonly number[] {
    return this.#parts.index.select(matchers);
  }

  /** Whether a series is still there: ids that were kept over a turn may name one that is gone. */
  has(id: number): boolean {
    return this.#parts.index.has(id);
  }

  series(id: number): SeriesId {
    return this.#parts.index.get(id);
  }

  /** The series as the query engine sees it; good until the next commit. */
  reader(id: number): SeriesReader {
    const series = this.#parts.index.get(id);
    if (series.kind !== 'sum') return sampleReader(this.#parts.pages, series);
    return sumReader(this.#parts.pages, series, usableOf(series.layout, this.newest([id])), this.#completeTo(series));
  }

  /**
   * Whether a series may have a value within [start, end]: from its oldest data to its newest, sums from one slot before it to
   * the newest watermark of their origins.
   */
  isPresent(id: number, start: number, end: number): boolean {
    const series = this.#parts.index.get(id);
    if (series.kind !== 'sum') return series.oldest <= end && series.newest >= start;
    const birth = series.oldest - finest(series.layout.rings).width;
    return birth <= end && Math.max(series.newest, this.#completeTo(series)) >= start;
  }

  /**
   * The newest high-water mark, ms, of every origin that ever wrote to these series. Which ring still holds a slot is judged by
   * it: by origins, so that series which are seldom written are as old as their source, and never by the wall clock, so that a
   * log of 2015 is answered as 2015. -Infinity without data. Selectors that belong together are judged together (`judge`).
   */
  newest(ids: readonly number[]): Ms {
    let newest = Number.NEGATIVE_INFINITY;
    const origins = new Set(ids.flatMap((id) => [...this.#parts.index.get(id).origins]));
    for (const origin of origins) newest = Math.max(newest, this.#parts.origins[origin]?.highWater ?? newest);
    return ms(newest);
  }

  /**
   * Exact totals over (start, end] of sums, and of counters what they rose (`counter-increase.ts`); gauges count nothing. The start
   * moves down, the end up, to the borders that the finest complete rings of all series have there.
   * @param judgement give several requests one (`judge` of all of them) to make their windows equal.
   */
  countWindow(ids: readonly number[], { start, end }: Window, judgement = this.judge(ids)): WindowCount {
    const { index, pages } = this.#parts;
    const mark = Number.isFinite(judgement.mark) ? judgement.mark : end;
    const usables = new Map([...judgement.layouts].map((layout) => [layout, usableOf(layout, mark)]));
    const window = jointWindow([...usables.values()], start, end);
    const runs = new Map(
      [...usables].map(([layout, usable]) => [layout, coverWindow(usable, window.start, window.end).runs]),
    );
    const total = { n: 0, sum: 0 };
    for (const id of ids) {
      const series = index.get(id);
      const usable = usables.get(series.layout);
      if (!isCounted(series.kind) || usable === undefined) continue;
      if (series.kind === 'sum') addRuns(pages, series, runs.get(series.layout) ?? [], total);
      else addIncrease(pages, series, usable, window, total);
    }
    return { window, ...total };
  }

  /** For who asks again and again. */
  watched(select: (selector: Selector) => readonly number[], disturbances: () => number): WatchedCounts {
    const countPair = (sides: readonly (readonly number[])[], window: Window): readonly WindowCount[] => {
      const judgement = this.judge(sides.flat());
      return sides.map((ids) => this.countWindow(ids, window, judgement));
    };
    return new WatchedCounts({ ...this.#parts, select, countPair, disturbances });
  }

  /** What to judge these series by together. */
  judge(ids: readonly number[]): Judgement {
    const layouts = new Set<Layout>();
    for (const id of ids) {
      const { kind, layout } = this.#parts.index.get(id);
      if (isCounted(kind)) layouts.add(layout);
    }
    if (layouts.size === 0) layouts.add(this.#anySum());
    return { mark: this.newest(ids), layouts };
  }

  /**
   * Σ per step, of counters what they rose. Where only a ring coarser than the step is left, its slot counts whole in the step that
   * holds its end. Throws `bad_query` for a step that no ring divides or for more than 11,000 steps.
   */
  buckets(ids: readonly number[], range: { readonly start: Ms; readonly end: Ms; readonly step: Ms }): Buckets {
    const { index, pages } = this.#parts;
    const all = ids.map((id) => index.get(id));
    return countSteps(pages, all, this.newest(ids), range);
  }

  /** The roll-up slots of a counter or gauge; undefined for a sum, which has none, and a data source, whose slots are of rates. */
  slots(id: number, range: SlotRange): SeriesSlots | undefined {
    const series = this.#parts.index.get(id);
    if (series.kind === 'sum' || series.kind === 'rrd') return undefined;
    return mergedSlots(this.#parts.pages, series, range);
  }

  /** What there is of a series in [start, end] as samples: its own, or the value of a sum from slot to slot. */
  samples(id: number, range: Window): SampleColumns {
    const { index, pages } = this.#parts;
    const series = index.get(id);
    if (series.kind === 'sum') return sumsBetween(this.reader(id), series.layout.rings, range);
    return samplesBetween(pages, series, range);
  }

  /** The data source that a series is; undefined when it is none, or has had no update that counts. */
  dataSource(id: number): DataSourceStatus | undefined {
    const { kind, name, labels, layout } = this.#parts.index.get(id);
    const open = kind === 'rrd' ? this.#parts.dataSources.find(id) : undefined;
    if (open === undefined) return undefined;
    const { source, step, since, lastUp, last, value, unknown_secs } = open;
    return {
      ...{ name, labels, ...source, step_secs: step / 1000, since: ms(since) },
      ...{ last_update: ms(lastUp), last_value: last, value, unknown_secs },
      rings: layout.rings.map(({ width, span }) => ({ step_secs: width / 1000, rows: span / width })),
    };
  }

  /** The rows of a data source (`rrd/rows.ts`); undefined like `dataSource`. Throws `bad_request` for too many. */
  rows(id: number, request: RowRequest): SeriesRows | undefined {
    const series = this.#parts.index.get(id);
    const open = series.kind === 'rrd' ? this.#parts.dataSources.find(id) : undefined;
    if (open === undefined) return undefined;
    const { values, ...range } = fetchRows(this.#parts.pages, series, open, request);
    const known = values.map((value) => (Number.isNaN(value) ? null : value));
    return { name: series.name, labels: series.labels, ...range, values: known };
  }

  facts(ids: readonly number[]): SelectorFacts {
    const all = ids.map((id) => this.#parts.index.get(id));
    const { pages, origins } = this.#parts;
    return { ...factsOf(all, origins), ...(pages.haveLost(all) && { damaged: true }) };
  }

  /** The distinct values of a label among the series, sorted; series without the label are left out. */
  labelValues(ids: readonly number[], label: string): readonly string[] {
    const values = new Set<string>();
    for (const id of ids) {
      const { name, labels } = this.#parts.index.get(id);
      const value = label === '__name__' ? name : Object.hasOwn(labels, label) ? labels[label] : undefined;
      if (value !== undefined) values.add(value);
    }
    return [...values].sort();
  }

  /** The values of a label that a series has which may have data within [start, end], sorted: mostly one look per value. */
  allLabelValues(label: string, start: number, end: number): readonly string[] {
    const { index } = this.#parts;
    return index.labelValues(label).filter((value) => this.#isHeld(label, value, start, end));
  }

  /** The same of names of labels, `__name__` among them. */
  labelNames(start: number, end: number): readonly string[] {
    const { index } = this.#parts;
    const isHeld = (label: string): boolean =>
      index.labelValues(label).some((value) => this.#isHeld(label, value, start, end));
    return index.labelNames().filter(isHeld);
  }

  /** The names of all series that may have data within [start, end], sorted, and how they count: mostly one look per name. */
  metrics(start: number, end: number): readonly Metric[] {
    const { index } = this.#parts;
    const bounded = this.#boundedNames(start, end);
    return index.labelValues('__name__').flatMap((name) => {
      const held = index.holders('__name__', name).find((id) => this.isPresent(id, start, end));
      return held === undefined ? [] : [{ ...this.metricOf(held), hasBoundaries: bounded.has(name) }];
    });
  }

  /** What is known of a metric by one of its series. */
  metricOf(id: number): Omit<Metric, 'hasBoundaries'> {
    const { name, kind } = this.#parts.index.get(id);
    const dataSource = this.dataSource(id);
    return { name, kind, ...(dataSource !== undefined && { dataSource }) };
  }

  /** The names of series with a boundary, the label `le`. */
  #boundedNames(start: number, end: number): ReadonlySet<string> {
    const { index } = this.#parts;
    const names = new Set<string>();
    for (const boundary of index.labelValues('le')) {
      for (const id of index.holders('le', boundary)) {
        const { name } = index.get(id);
        if (!names.has(name) && this.isPresent(id, start, end)) names.add(name);
      }
    }
    return names;
  }

  #isHeld(label: string, value: string, start: number, end: number): boolean {
    return this.#parts.index.holders(label, value).some((id) => this.isPresent(id, start, end));
  }

  /** The newest watermark of its origins, ms; -Infinity before the first. */
  #completeTo(series: Series): number {
    let completeTo = Number.NEGATIVE_INFINITY;
    for (const origin of series.origins) {
      completeTo = Math.max(completeTo, this.#parts.origins[origin]?.watermark?.completeTo ?? completeTo);
    }
    return completeTo;
  }

  #anySum(): Layout {
    return this.#parts.layoutOf({ kind: 'sum', name: '', labels: {} });
  }
}
