import type { Matcher } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';

/** The part of PromQL that is understood, parsed and type checked. Parentheses leave no trace. */
export type Expr = NumberLiteral | VectorSelector | RangeSelector | Call | Aggregation | Binary | Negation;

export type ValueType = 'scalar' | 'vector' | 'matrix';

interface NumberLiteral {
  readonly node: 'number';
  readonly type: 'scalar';
  readonly value: number;
}

export interface VectorSelector {
  readonly node: 'selector';
  readonly type: 'vector';
  readonly matchers: readonly Matcher[];
  readonly offset: Ms;
}

export interface RangeSelector {
  readonly node: 'range';
  readonly type: 'matrix';
  readonly selector: VectorSelector;
  readonly range: Ms;
}

export interface Call {
  readonly node: 'call';
  readonly type: 'scalar' | 'vector';
  readonly name: string;
  readonly args: readonly Expr[];
}

interface Aggregation {
  readonly node: 'aggregation';
  readonly type: 'vector';
  readonly op: string;
  readonly grouping: LabelChoice;
  readonly arg: Expr;
}

export interface Binary {
  readonly node: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
  /** A comparison answers 0 or 1 instead of filtering. */
  readonly bool: boolean;
  readonly matching: LabelChoice;
}

interface Negation {
  readonly node: 'negation';
  readonly type: 'scalar' | 'vector';
  readonly arg: Expr;
}

/** `by`/`on` keep the labels, `without`/`ignoring` drop them. */
export interface LabelChoice {
  readonly keep: boolean;
  readonly labels: readonly string[];
}
