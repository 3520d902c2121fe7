import type { Labels } from './labels.ts';
import type { Release } from './releases.ts';

/** `GET /api/vigie/graph`: any PromQL over a range, ready to draw. Times are ms since the epoch. */
export interface GraphData {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step_secs: number;
  /** The moments of evaluation; all columns have this length. */
  readonly time: readonly number[];
  /** At most 20, those with the highest mean first. */
  readonly series: readonly GraphSeries[];
  /** Series beyond those. */
  readonly left_out: number;
  /** What the query engine has to say of the answer. */
  readonly notes: readonly string[];
  /** Within the range, newest first, where the reader asked for them. */
  readonly releases?: readonly Release[];
}

export interface GraphSeries {
  /** `name{label="value"}`, `{}` when there is neither. */
  readonly name: string;
  readonly labels: Labels;
  /** Null where the series has no value: a gap stays a gap. */
  readonly values: readonly (number | null)[];
}

/** More lines than this tell nobody anything. */
export const MAX_GRAPH_SERIES = 20;
