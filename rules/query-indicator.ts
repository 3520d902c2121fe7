import { formatDuration } from '../server/model/units.ts';
import { ratioGood, type Slices } from './figures/slices.ts';
import type { SeriesQuery } from './indicator.ts';
import type { WrittenQuery } from './query-selectors.ts';

/** What a query answers for a slice, at its end: nothing when there is no sample. */
export interface QueryIndicator {
  readonly kind: 'query';
  readonly query: WrittenQuery;
  /** When a slice is good; or the answer is the share of bad events in it. */
  readonly good: Comparison | 'error_ratio';
  readonly slices: Slices;
}

/** A gauge that is 1 while something is up, 0 otherwise: a slice counts by the share of its samples that are 1. */
export interface UpIndicator {
  readonly kind: 'up';
  readonly metric: SeriesQuery;
  readonly slices: Slices;
}

export interface Comparison {
  readonly op: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly value: number;
}

/** Reads "< 0.5". Throws Error. */
export function readComparison(written: string): Comparison {
  const match = /^(<=|>=|==|!=|<|>)\s*(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.exec(written.trim());
  if (match === null) throw new Error(`got ${JSON.stringify(written)}; want a comparison such as "< 0.5"`);
  return { op: match[1] as Comparison['op'], value: Number(match[2]) };
}

export function printComparison({ op, value }: Comparison): string {
  return `${op} ${value}`;
}

/** The expression to ask at the end of each slice. */
export function sliceExpression(indicator: QueryIndicator | UpIndicator): string {
  if (indicator.kind === 'query') return indicator.query.text;
  const samples = `${indicator.metric.text}[${formatDuration(indicator.slices.every)}]`;
  return `sum(sum_over_time(${samples})) / sum(count_over_time(${samples}))`;
}

/** How good a slice is by its answer, 0..1 as `sliceGood` says; NaN without one. */
export function answerGood(
  answer: number,
  { slices: { good_at }, ...indicator }: QueryIndicator | UpIndicator,
): number {
  if (Number.isNaN(answer)) return Number.NaN;
  if (indicator.kind === 'up') return ratioGood(share(answer), good_at);
  if (indicator.good === 'error_ratio') return ratioGood(share(1 - answer), good_at);
  return holds(answer, indicator.good) ? 1 : 0;
}

function share(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}

function holds(answer: number, { op, value }: Comparison): boolean {
  switch (op) {
    case '<':
      return answer < value;
    case '<=':
      return answer <= value;
    case '>':
      return answer > value;
    case '>=':
      return answer >= value;
    case '==':
      return answer === value;
    case '!=':
      return answer !== value;
  }
}
