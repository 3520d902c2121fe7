import { invariant } from '../../server/model/errors.ts';
import { type Labels, seriesKey, sortLabels } from '../../server/model/labels.ts';
import type { Batch, LogBatch, MetricBatch } from '../batch.ts';
import type { Transform, TransformContext } from '../component.ts';
import { Cardinality } from './cardinality.ts';
import { fieldOfTag, type LogToMetricOptions, type MetricDefinition } from './log-to-metric-options.ts';
import { accumulatorFor, type MetricAccumulator, type SeriesSlot } from './metric-accumulator.ts';
import { PairTable } from './pair-table.ts';
import { FieldTag, fixedTag, type TagValues } from './tag-values.ts';

/** Metrics with the same tags: what a line belongs to is worked out once for all of them. */
interface Plan {
  readonly group: string;
  readonly names: readonly string[];
  readonly values: readonly TagValues[];
  /** The tags read from lines, and those of them that hold free text. */
  readonly variable: readonly string[];
  readonly open: readonly string[];
  readonly metrics: readonly MetricAccumulator[];
  /** Chains the ids of the tags: ((t0, t1), t2) ... */
  readonly chains: readonly PairTable[];
  /** (tag set, second). */
  readonly cells: PairTable;
}

/**
 * Turns lines into increments: one row per tag set and second, the second rounded up, so that every ring puts it where the
 * line's own time belongs. Nothing is carried from batch to batch but the set of tag sets (`Cardinality`).
 */
export function createLogToMetric(options: LogToMetricOptions, context: TransformContext): Transform {
  const memory = new Cardinality(options.cardinality_limit, context.remembered);
  const plans = plansOf(options.metrics);
  return {
    type: 'log_to_metric',
    memory,
    apply(batch: Batch): Batch | undefined {
      if (batch.kind !== 'logs') return batch;
      const out = emptyMetrics();
      for (const plan of plans) {
        const tagSets = new TagSets(plan, memory);
        const cellOf = assignCells(plan, tagSets, batch);
        for (const metric of plan.metrics) metric.add(batch, cellOf, plan.cells.size);
        write(plan, tagSets, out);
        if (tagSets.foldedLines > 0) context.report.changed('cardinality_limit', tagSets.foldedLines);
      }
      return out.series.length === 0 ? undefined : out;
    },
  };
}

type WritableMetrics = MetricBatch & { readonly series: { kind: 'sum'; name: string; labels: Labels }[] };

function emptyMetrics(): WritableMetrics {
  return {
    kind: 'metrics',
    series: [],
    increments: { series: [], time: [], n: [], sum: [] },
    samples: { series: [], time: [], value: [] },
  };
}

function plansOf(metrics: readonly MetricDefinition[]): Plan[] {
  const byTags = new Map<string, MetricDefinition[]>();
  for (const metric of metrics) {
    const key = JSON.stringify(Object.entries(metric.tags).sort());
    byTags.set(key, [...(byTags.get(key) ?? []), metric]);
  }
  return [...byTags.values()].map((same) => {
    const tags = Object.entries(same[0]?.tags ?? {});
    const values = tags.map(([, tag]) => valuesOf(tag));
    const namesOf = (chosen: (tag: TagValues) => boolean): string[] =>
      tags.map(([name]) => name).filter((_, i) => values.slice(i, i + 1).some(chosen));
    return {
      values,
      variable: namesOf((tag) => tag instanceof FieldTag),
      open: namesOf((tag) => !tag.closed),
      group: tags.map(([name, tag]) => `${name}=${tag}`).join(','),
      names: tags.map(([name]) => name),
      metrics: same.map(accumulatorFor),
      chains: tags.map(() => new PairTable()),
      cells: new PairTable(),
    };
  });
}

function valuesOf(tag: string): TagValues {
  const field = fieldOfTag(tag);
  return field === undefined ? fixedTag(tag) : new FieldTag(field);
}

/** The cell of each line of the batch, in the order of `rows`. */
function assignCells({ values, chains, cells }: Plan, tagSets: TagSets, batch: LogBatch): Int32Array {
  const { rows, arrived } = batch;
  const time = batch.fields.get('time');
  const times = time?.type === 'number' ? time.values : undefined;
  for (const tag of values) tag.begin(batch);
  for (const chain of chains) chain.clear();
  cells.clear();
  const cellOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    let set = 0;
    for (let tag = 0; tag < values.length; tag++) set = chains[tag]?.idOf(set, values[tag]?.idOf(row) ?? 0) ?? 0;
    // Seconds since 1970 fit 32 bits without a sign until 2106.
    cellOf[i] = cells.idOf(tagSets.admit(set), Math.ceil((times?.[row] ?? arrived) / 1000) | 0);
  }
  return cellOf;
}

/** Writes what the cells hold; the rows of a cell stand together. */
function write({ cells, metrics }: Plan, tagSets: TagSets, out: WritableMetrics): void {
  for (let cell = 0; cell < cells.size; cell++) {
    const second = cells.right(cell) >>> 0;
    let base = 0;
    for (const metric of metrics) {
      metric.write(cell, (slot, n, sum) => {
        out.increments.series.push(tagSets.seriesOf(cells.left(cell), base + slot, out));
        out.increments.time.push(second);
        out.increments.n.push(n);
        out.increments.sum.push(sum);
      });
      base += metric.slots.length;
    }
  }
}

interface AdmittedSet {
  readonly labels: Labels;
  /** Index of the series of each slot in the output, -1 before its first row. */
  readonly series: Int32Array;
}

/** The tag sets of one batch after the limit: those folded into "(other)" are one. Series are made when first written. */
class TagSets {
  /** Lines whose tags were folded. */
  foldedLines = 0;
  readonly #plan: Plan;
  readonly #memory: Cardinality;
  readonly #slots: readonly SeriesSlot[];
  /** By the number of the tag set as read; -1 - number when it was folded. */
  readonly #admittedAs: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #admitted: AdmittedSet[] = [];

  constructor(plan: Plan, memory: Cardinality) {
    this.#plan = plan;
    this.#memory = memory;
    this.#slots = plan.metrics.flatMap((metric) => metric.slots);
  }

  /** The number of the set that a line with the tag set `set` counts for. */
  admit(set: number): number {
    this.#admittedAs[set] ??= this.#open(set);
    const number = this.#admittedAs[set];
    if (number >= 0) return number;
    this.foldedLines++;
    return -1 - number;
  }

  /** Index of a series of an admitted set in `out`. */
  seriesOf(number: number, slot: number, out: WritableMetrics): number {
    const set = this.#admitted[number];
    const { name, le } = this.#slots[slot] ?? {};
    invariant(set !== undefined && name !== undefined, `no series ${slot} of tag set ${number}`);
    const known = set.series[slot] ?? -1;
    if (known >= 0) return known;
    const labels = le === undefined ? set.labels : sortLabels({ ...set.labels, le });
    const index = out.series.push({ kind: 'sum', name, labels }) - 1;
    set.series[slot] = index;
    return index;
  }

  #open(set: number): number {
    const wanted = labelsOf(this.#plan, set);
    const labels = this.#memory.admit(this.#plan.group, wanted, this.#plan.open, this.#plan.variable);
    const key = seriesKey('', labels);
    const number = this.#numbers.get(key) ?? this.#admitted.length;
    if (number === this.#admitted.length) {
      this.#numbers.set(key, number);
      this.#admitted.push({ labels, series: new Int32Array(this.#slots.length).fill(-1) });
    }
    return labels === wanted ? number : -1 - number;
  }
}

function labelsOf({ names, values, chains }: Plan, set: number): Labels {
  const pairs: [string, string][] = [];
  let id = set;
  for (let tag = names.length - 1; tag >= 0; tag--) {
    pairs.push([names[tag] ?? '', values[tag]?.text(chains[tag]?.right(id) ?? 0) ?? '']);
    id = chains[tag]?.left(id) ?? 0;
  }
  return sortLabels(Object.fromEntries(pairs));
}
