import type { Selector } from '../server/model/engine.ts';
import { VigieError } from '../server/model/errors.ts';
import type { Labels } from '../server/model/labels.ts';
import type { Ms } from '../server/model/units.ts';
import type { AlertPair } from './windows.ts';

/** What a service level objective promises, read from a file or proposed. */
export interface SloDefinition {
  /** `[a-z0-9-]`, unique among all definitions. */
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly owner: string;
  readonly labels: Labels;
  /** 0 < objective < 1. */
  readonly objective: number;
  /** Rolling, 1 h to 730 d. */
  readonly window: Ms;
  /** With fewer events in the window the figures are shown, not judged. */
  readonly minimum_events: number;
  readonly indicator: Indicator;
  /** Pairs of windows that alert; absent: the usual ones, as far as they fit and can fire. None: no alerts. */
  readonly alerts?: readonly AlertPair[];
  /** The tier of the alert when nobody has told for long how the service is; absent: DEFAULT_NO_DATA. */
  readonly no_data?: NoDataTier;
  /** Found by Vigie, not yet kept by a person. */
  readonly proposed: boolean;
}

export type NoDataTier = AlertPair['tier'] | 'none';

/** Silence is not health: somebody must look, not at once. */
export const DEFAULT_NO_DATA: NoDataTier = 'ticket';

export type Indicator = AvailabilityIndicator | LatencyIndicator;

interface AvailabilityIndicator {
  readonly kind: 'availability';
  readonly total: SeriesQuery;
  /** Which side `part` counts. */
  readonly counts: 'good' | 'bad';
  readonly part: SeriesQuery;
}

/** Good is what took at most `threshold`; it must be one of the histogram's bucket boundaries. */
interface LatencyIndicator {
  readonly kind: 'latency';
  /** Names the histogram without `_bucket`. */
  readonly histogram: SeriesQuery;
  readonly threshold: Ms;
}

/** A selector as it was written and as it was understood. */
export interface SeriesQuery {
  readonly text: string;
  readonly selector: Selector;
}

/** Reads `name{label="value"}`; the query language is another room's. Throws VigieError `bad_query`. */
export type ParseSelector = (text: string) => Selector;

/**
 * The share of events that may fail: 1 - objective, to twelve decimals, so that 90 % leaves 0.1 and not 0.09999999999999998.
 */
export function errorBudgetShare(objective: number): number {
  return Math.round((1 - objective) * 1e12) / 1e12;
}

/** The number of events below which a single failure overspends the budget: ceil(1 / (1 - objective)). */
export function defaultMinimumEvents(objective: number): number {
  return Math.ceil(1 / errorBudgetShare(objective) - 1e-6);
}

export function defaultTitle(indicator: Indicator, service: string, threshold: string): string {
  return indicator.kind === 'availability'
    ? `Requests to ${service} succeed`
    : `Requests to ${service} take at most ${threshold}`;
}

/** The metric name a selector asks for by equality. */
export function metricNameOf(selector: Selector): string {
  const name = selector.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value;
  if (name === undefined) {
    throw new VigieError('bad_query', 'cannot read selector: it names no metric; want name{label="value"}');
  }
  return name;
}

/** The same labels of another metric: how the parts of a histogram are reached. */
export function renamed(selector: Selector, name: string): Selector {
  return selector.map((matcher) => (matcher.name === '__name__' ? { ...matcher, value: name } : matcher));
}
