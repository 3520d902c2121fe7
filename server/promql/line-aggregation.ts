import type { LabelChoice } from './ast.ts';
import { emptyLine, type Line, type Steps } from './lines.ts';
import { chosenLabels, labelsKey, type Metric, metricFrom } from './value.ts';

/** Takes lines one by one, in the order of their series; all of one group. It keeps none: the caller fills the same numbers anew. */
interface Accumulator {
  add(line: Line): void;
  /** Undefined when it cannot be told from what was kept: the steps have to be evaluated one by one. */
  result(): Line | undefined;
}

type Start = (metric: Metric, steps: Steps) => Accumulator;

/** Aggregations that need not see all values of a step at once. */
const ACCUMULATORS: ReadonlyMap<string, Start> = new Map<string, Start>([
  ['sum', (metric, steps) => summed(metric, steps)],
  ['avg', averaged],
  ['count', counted],
  ['min', (metric, steps) => chosen(metric, steps, (a, b) => b < a || Number.isNaN(a))],
  ['max', (metric, steps) => chosen(metric, steps, (a, b) => b > a || Number.isNaN(a))],
]);

export function accumulates(op: string): boolean {
  return ACCUMULATORS.has(op);
}

/** Aggregates lines as they come, so that no more than one line per group is held. */
export class LineAggregation {
  readonly #start: Start | undefined;
  readonly #choice: LabelChoice;
  readonly #steps: Steps;
  readonly #groups = new Map<string, Accumulator>();

  constructor(op: string, choice: LabelChoice, steps: Steps) {
    this.#start = ACCUMULATORS.get(op);
    this.#choice = choice;
    this.#steps = steps;
  }

  /** Of all groups. */
  get size(): number {
    return this.#groups.size * this.#steps.count;
  }

  add(line: Line): void {
    const labels = chosenLabels(line, this.#choice);
    const key = labelsKey(labels);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = this.#start?.('__name__' in labels ? metricFrom(labels) : { labels }, this.#steps);
      if (group !== undefined) this.#groups.set(key, group);
    }
    group?.add(line);
  }

  lines(): readonly Line[] | undefined {
    const lines: Line[] = [];
    for (const group of this.#groups.values()) {
      const line = group.result();
      if (line === undefined) return undefined;
      lines.push(line);
    }
    return lines;
  }
}

/** `CompensatedSum`, a column of them. */
function summed(metric: Metric, steps: Steps): Accumulator {
  const line = emptyLine(metric, steps);
  const { values: sums, there: isThere } = line;
  const lost = new Float64Array(steps.count);
  return {
    add: ({ values, there }) => {
      for (let i = 0; i < values.length; i++) {
        if (there[i] !== 1) continue;
        const sum = sums[i] ?? 0;
        const value = values[i] ?? 0;
        const next = sum + value;
        if (Number.isFinite(next)) {
          lost[i] = (lost[i] ?? 0) + (Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum);
        }
        sums[i] = next;
        isThere[i] = 1;
      }
    },
    result: () => {
      for (let i = 0; i < sums.length; i++) {
        const sum = sums[i] ?? 0;
        if (Number.isFinite(sum)) sums[i] = sum + (lost[i] ?? 0);
      }
      return line;
    },
  };
}

/** A sum beyond the largest double is no mean: the values have to be looked at again. */
function averaged(metric: Metric, steps: Steps): Accumulator {
  const [sum, count] = [summed(metric, steps), counted(metric, steps)];
  return {
    add: (line) => {
      sum.add(line);
      count.add(line);
    },
    result: () => {
      const [line, counts] = [sum.result(), count.result()];
      if (line === undefined || !line.values.every(Number.isFinite)) return undefined;
      for (let i = 0; i < line.values.length; i++) line.values[i] = (line.values[i] ?? 0) / (counts?.values[i] ?? 0);
      return line;
    },
  };
}

function counted(metric: Metric, steps: Steps): Accumulator {
  const line = emptyLine(metric, steps);
  return {
    add: ({ there }) => {
      for (let i = 0; i < there.length; i++) {
        if (there[i] !== 1) continue;
        line.values[i] = (line.values[i] ?? 0) + 1;
        line.there[i] = 1;
      }
    },
    result: () => line,
  };
}

function chosen(metric: Metric, steps: Steps, isBetter: (held: number, value: number) => boolean): Accumulator {
  const line = emptyLine(metric, steps);
  return {
    add: ({ values, there }) => {
      for (let i = 0; i < values.length; i++) {
        if (there[i] !== 1) continue;
        const value = values[i] ?? 0;
        if (line.there[i] !== 1 || isBetter(line.values[i] ?? 0, value)) line.values[i] = value;
        line.there[i] = 1;
      }
    },
    result: () => line,
  };
}
