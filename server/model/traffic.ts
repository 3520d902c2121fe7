import type { Release } from './releases.ts';

/**
 * Traffic of network interfaces: what MRTG shows of a router. All rates are bytes per second, all times ms since the epoch;
 * whoever shows bits multiplies by eight.
 */
export const TRAFFIC_RANGES = ['day', 'week', 'month', 'year'] as const;
export type TrafficRange = (typeof TRAFFIC_RANGES)[number];

/** How the two directions are called; `in` is what the interface received. */
export const TRAFFIC_DIRECTIONS = ['in', 'out'] as const;
export type TrafficDirectionName = (typeof TRAFFIC_DIRECTIONS)[number];

/** `GET /api/vigie/traffic`: every interface ever seen, at a glance. */
export interface TrafficOverview {
  readonly time: number;
  /** Ends of the steps of all sparklines; the last step may not be over. */
  readonly steps: readonly number[];
  readonly interfaces: readonly TrafficInterface[];
  /** Interfaces silent for longest, which are not listed because there are too many. */
  readonly left_out: number;
}

export interface TrafficInterface {
  readonly host: string;
  readonly device: string;
  /** What one direction can carry, when it is known. */
  readonly capacity?: number;
  /** The newest sample of either direction. */
  readonly newest?: number;
  readonly in: TrafficSpark;
  readonly out: TrafficSpark;
}

export interface TrafficSpark {
  /** Mean rate over the last five minutes of data; absent when the newest data is older than ten minutes. */
  readonly current?: number;
  readonly mean: readonly (number | null)[];
}

/** `GET /api/vigie/traffic/:host/:device?range=`: one graph and the table below it. */
export interface TrafficDetail {
  readonly host: string;
  readonly device: string;
  readonly capacity?: number;
  readonly newest?: number;
  readonly range: TrafficRange;
  readonly start: number;
  readonly end: number;
  /** Length of a step; days of the year graph are calendar days, so theirs is the usual length. */
  readonly step_secs: number;
  /** Length of the finer slots that `high` and `low` are the extremes of. */
  readonly peak_secs: number;
  /** Length of the slots that the figures `max` and `p95` are taken of. */
  readonly base_secs: number;
  /** IANA name of the zone that the days of the year graph are those of. */
  readonly zone: string;
  /** Ends of the steps; all columns have this length. The last step may not be over. */
  readonly time: readonly number[];
  readonly in: TrafficDirection;
  readonly out: TrafficDirection;
  /** Within the range, newest first, where the reader asked for them. */
  readonly releases?: readonly Release[];
}

/** Columns of one direction. Null where less than half of a step is known: a gap stays a gap. */
export interface TrafficDirection {
  readonly mean: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly figures: TrafficFigures;
}

/** The table under a graph. Absent what is not known. */
export interface TrafficFigures {
  /** The highest mean of a slot of `base_secs`. */
  readonly max?: number;
  /** Total divided by the time that is known. */
  readonly mean?: number;
  /** As in `TrafficSpark`: the same in all four graphs. */
  readonly current?: number;
  /**
   * 95th percentile of the means of the slots of `base_secs`, by nearest rank: of n known slots in rising order the ceil(0.95 n)th.
   * So 5 % of the slots may lie above it, which is what transit is billed by.
   */
  readonly p95?: number;
  /** Bytes counted in the time that is known. */
  readonly total: number;
  readonly known_secs: number;
}
