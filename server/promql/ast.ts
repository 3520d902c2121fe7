import type { LabelMatcher } from '../model/labels.ts';
import type { Ms } from '../model/units.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where an expression stands in its text, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly col: number;
}

interface Node {
  readonly at: TextPosition;
}

export interface NumberLiteral extends Node {
  readonly node: 'number';
  readonly value: number;
}

export interface StringLiteral extends Node {
  readonly node: 'string';
  readonly value: string;
}

export interface VectorSelector extends Node {
  readonly node: 'selector';
  readonly matchers: readonly LabelMatcher[];
  /** How far back in time the selector looks; may be negative. */
  readonly offset: Ms;
}

export interface MatrixSelector extends Node {
  readonly node: 'range';
  readonly selector: VectorSelector;
  readonly range: Ms;
}

export interface Call extends Node {
  readonly node: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Aggregation extends Node {
  readonly node: 'aggregation';
  readonly op: string;
  readonly grouping: Grouping;
  readonly expr: Expr;
}

/** The labels that keep results apart: those named, or all but those named. */
export interface Grouping {
  readonly by: boolean;
  readonly labels: readonly string[];
}

export interface Binary extends Node {
  readonly node: 'binary';
  readonly op: string;
  /** Comparisons only: 0 or 1 instead of keeping or dropping. */
  readonly bool: boolean;
  readonly matching: Grouping;
  readonly left: Expr;
  readonly right: Expr;
}

export interface Negation extends Node {
  readonly node: 'negation';
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Call
  | Aggregation
  | Binary
  | Negation;
