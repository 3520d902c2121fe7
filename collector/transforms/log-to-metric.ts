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
        const cellOf = assignCells(plan, batch);
        for (const metric of plan.metrics) metric.add(batch, cellOf, plan.cells.size);
        const folded = write(plan, memory, out);
        const lines =
          folded.size === 0 ? 0 : cellOf.reduce((n, cell) => n + (folded.has(plan.cells.left(cell)) ? 1 : 0), 0);
        if (lines > 0) context.report.changed('cardinality_limit', lines);
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
    return {
      group: tags.map(([name, tag]) => `${name}=${tag}`).join(','),
      names: tags.map(([name]) => name),
      values: tags.map(([, tag]) => valuesOf(tag)),
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
function assignCells({ values, chains, cells }: Plan, batch: LogBatch): Int32Array {
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
    cellOf[i] = cells.idOf(set, Math.ceil((times?.[row] ?? arrived) / 1000) | 0);
  }
  return cellOf;
}

/** Writes what the cells hold; the rows of a cell stand together. Returns the tag sets that were folded into "(other)". */
function write(plan: Plan, memory: Cardinality, out: WritableMetrics): ReadonlySet<number> {
  const { cells, metrics } = plan;
  const folded = new Set<number>();
  const tagSets = new TagSets(plan, memory, folded);
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
  return folded;
}

/** The series of a batch, made when first written. Tag sets folded into one share theirs. */
class TagSets {
  readonly #plan: Plan;
  readonly #memory: Cardinality;
  readonly #folded: Set<number>;
  readonly #slots: readonly SeriesSlot[];
  readonly #tables: (Int32Array | undefined)[] = [];
  readonly #shared = new Map<string, { labels: Labels; table: Int32Array }>();
  readonly #labels: (Labels | undefined)[] = [];

  constructor(plan: Plan, memory: Cardinality, folded: Set<number>) {
    this.#plan = plan;
    this.#memory = memory;
    this.#folded = folded;
    this.#slots = plan.metrics.flatMap((metric) => metric.slots);
  }

  seriesOf(set: number, slot: number, out: WritableMetrics): number {
    const table = this.#tables[set] ?? this.#open(set);
    const known = table[slot] ?? -1;
    if (known >= 0) return known;
    const own = this.#labels[set] ?? {};
    const { name = '', le } = this.#slots[slot] ?? {};
    const labels = le === undefined ? own : sortLabels({ ...own, le });
    const index = out.series.push({ kind: 'sum', name, labels }) - 1;
    table[slot] = index;
    return index;
  }

  #open(set: number): Int32Array {
    const labels = labelsOf(this.#plan, set, this.#memory, this.#folded);
    const key = seriesKey('', labels);
    const shared = this.#shared.get(key) ?? { labels, table: new Int32Array(this.#slots.length).fill(-1) };
    this.#shared.set(key, shared);
    this.#labels[set] = shared.labels;
    this.#tables[set] = shared.table;
    return shared.table;
  }
}

function labelsOf(plan: Plan, set: number, memory: Cardinality, folded: Set<number>): Labels {
  const { names, values, chains, group } = plan;
  const pairs: [string, string][] = [];
  let id = set;
  for (let tag = names.length - 1; tag >= 0; tag--) {
    pairs.push([names[tag] ?? '', values[tag]?.text(chains[tag]?.right(id) ?? 0) ?? '']);
    id = chains[tag]?.left(id) ?? 0;
  }
  const labels = sortLabels(Object.fromEntries(pairs));
  const variable = names.filter((_, tag) => values[tag] instanceof FieldTag);
  const open = variable.filter((name) => values[names.indexOf(name)]?.closed === false && name !== 'service');
  const admitted = memory.admit(group, labels, open, variable);
  if (admitted !== labels) folded.add(set);
  return admitted;
}
