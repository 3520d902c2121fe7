import type { Matcher } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';

/** An expression, parsed and type checked. */
export type Expr = NumberLiteral | StringLiteral | VectorSelector | MatrixExpr | Call | Aggregation | Binary | Negation;

/** What range functions take. */
export type MatrixExpr = RangeSelector | Subquery;

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

/** The types as people know them. */
export const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

interface Placed {
  /** `line:col` of its first character, for annotations. */
  readonly place: string;
  /** Pairs of brackets written around it. They order what is parsed; afterwards only printing looks at them. */
  readonly brackets?: number;
}

/** `offset` and `@`: looks at another time than that of the step. */
export interface TimeShift {
  readonly offset: Ms;
  /** How it was written, when it was computed; so below. */
  readonly offsetText?: string;
  /** A moment, or that of the first or last step of the query. */
  readonly at?: Ms | 'start' | 'end';
}

interface NumberLiteral extends Placed {
  readonly node: 'number';
  readonly type: 'scalar';
  readonly value: number;
}

interface StringLiteral extends Placed {
  readonly node: 'string';
  readonly type: 'string';
  readonly value: string;
}

export interface VectorSelector extends Placed, TimeShift {
  readonly node: 'selector';
  readonly type: 'vector';
  readonly matchers: readonly Matcher[];
}

export interface RangeSelector extends Placed {
  readonly node: 'range';
  readonly type: 'matrix';
  readonly selector: VectorSelector;
  readonly range: Ms;
  readonly rangeText?: string;
}

/** An expression evaluated at every multiple of `step` in the range. */
export interface Subquery extends Placed, TimeShift {
  readonly node: 'subquery';
  readonly type: 'matrix';
  readonly arg: Expr;
  readonly range: Ms;
  readonly rangeText?: string;
  /** Absent: that of the query's limits. */
  readonly step?: Ms;
  readonly stepText?: string;
}

export interface Call extends Placed {
  readonly node: 'call';
  readonly type: 'scalar' | 'vector';
  readonly name: string;
  readonly args: readonly Expr[];
  /** Of `info`: what its labels are taken from. */
  readonly infoSeries?: VectorSelector;
}

export interface Aggregation extends Placed {
  readonly node: 'aggregation';
  readonly type: 'vector';
  readonly op: string;
  readonly grouping: LabelChoice;
  readonly arg: Expr;
  /** The number of topk, bottomk, limitk, limit_ratio and quantile, the label of count_values. */
  readonly parameter?: Expr;
}

export interface Binary extends Placed {
  readonly node: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
  /** A comparison answers 0 or 1 instead of filtering. */
  readonly bool: boolean;
  readonly matching: Matching;
}

interface Negation extends Placed {
  readonly node: 'negation';
  readonly type: 'scalar' | 'vector';
  readonly arg: Expr;
}

/** `by`/`on` keep the labels, `without`/`ignoring` drop them. */
export interface LabelChoice {
  readonly keep: boolean;
  readonly labels: readonly string[];
}

/** How the elements of two vectors find each other. */
export interface Matching extends LabelChoice {
  /** The side that may have several elements for one of the other: `group_left`, `group_right`. */
  readonly many?: 'left' | 'right';
  /** Labels taken over from the side that has one. */
  readonly include: readonly string[];
  /** What stands for an element that is missing on a side. */
  readonly fill?: { readonly left?: number; readonly right?: number };
}
