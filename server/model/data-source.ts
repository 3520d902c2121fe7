import type { Selector } from './engine.ts';
import type { Labels } from './labels.ts';
import type { Ms } from './units.ts';

/** How the values of a data source make a rate, in rrdtool's words (https://oss.oetiker.ch/rrdtool/doc/rrdcreate.en.html). */
export const DATA_SOURCE_TYPES = ['GAUGE', 'COUNTER', 'DERIVE', 'ABSOLUTE', 'DCOUNTER', 'DDERIVE'] as const;

export type DataSourceType = (typeof DATA_SOURCE_TYPES)[number];

/** rrdtool's `DS:name:type:heartbeat:min:max`. */
export interface DataSource {
  readonly type: DataSourceType;
  /** A longer time between two updates is unknown. */
  readonly heartbeat_secs: number;
  /** Rates below are unknown. */
  readonly min?: number;
  /** Rates above are unknown. */
  readonly max?: number;
}

/** What series that a selector finds are: the first of a list counts. */
export interface DataSourceConfig {
  /** The selector as it was written. */
  readonly match: string;
  readonly selector: Selector;
  readonly source: DataSource;
}

/** How rows of a coarser ring are made of those of the finest. */
export const CONSOLIDATIONS = ['AVERAGE', 'MIN', 'MAX', 'LAST'] as const;

export type Consolidation = (typeof CONSOLIDATIONS)[number];

/** A data source as it stands. */
export interface DataSourceStatus extends DataSource {
  readonly name: string;
  readonly labels: Labels;
  readonly step_secs: number;
  /** Where it began, or began anew because its type or step changed. */
  readonly since: Ms;
  /** The last update and its value, `U` when it was none. */
  readonly last_update: Ms;
  readonly last_value: string;
  /** Of the open PDP: Σ rate * seconds, null when nothing of it is known; and its unknown seconds. */
  readonly value: number | null;
  readonly unknown_secs: number;
  readonly rings: readonly { readonly step_secs: number; readonly rows: number }[];
}

/** `rrdtool fetch`: the arguments are its own. */
export interface RowRequest {
  readonly how: Consolidation;
  readonly start: Ms;
  readonly end: Ms;
  /** The step that is wanted; the finest ring that reaches back to the start when it is small. */
  readonly resolution: Ms;
  /** The share of a row that may be unknown, 0 to below 1. */
  readonly xff: number;
}

/** The rows of one data source: the value of row `i` is that of the step that ends at `first + i * step`; null is unknown. */
export interface SeriesRows {
  readonly name: string;
  readonly labels: Labels;
  readonly first: Ms;
  readonly step: Ms;
  readonly values: readonly (number | null)[];
}
