import type { Selector } from '../server/model/engine.ts';
import { VigieError } from '../server/model/errors.ts';
import type { SloUnit } from '../server/model/slo.ts';
import type { Ms } from '../server/model/units.ts';
import type { CompositeIndicator } from './composite/composite.ts';
import type { Slices } from './figures/slices.ts';
import type { QueryIndicator, UpIndicator } from './query-indicator.ts';

/** What an objective measures: which events there are, and which of them are good. */
export type Indicator = AvailabilityIndicator | LatencyIndicator | QueryIndicator | UpIndicator | CompositeIndicator;

interface AvailabilityIndicator {
  readonly kind: 'availability';
  readonly total: SeriesQuery;
  /** Which side `part` counts. */
  readonly counts: 'good' | 'bad';
  readonly part: SeriesQuery;
  /** Slices of time are counted, not events. */
  readonly slices?: Slices;
}

/** Good is what took at most `threshold`; it must be one of the histogram's bucket boundaries. */
interface LatencyIndicator {
  readonly kind: 'latency';
  /** Names the histogram without `_bucket`. */
  readonly histogram: SeriesQuery;
  readonly threshold: Ms;
  readonly slices?: Slices;
  /** Written as a percentile: so many per cent of a slice's requests within the threshold say that its percentile is. */
  readonly isPercentile?: true;
}

/** A selector as it was written and as it was understood. */
export interface SeriesQuery {
  readonly text: string;
  readonly selector: Selector;
}

/** Reads `name{label="value"}`; the query language is another room's. Throws VigieError `bad_query`. */
export type ParseSelector = (text: string) => Selector;

/** @param threshold of latency, as `formatDuration` says it */
export function defaultTitle(indicator: Indicator, service: string, threshold: string): string {
  const longest = threshold.replaceAll(/(\d)(?=[a-z])|([a-z])(?=\d)/g, '$1$2 ');
  switch (indicator.kind) {
    case 'availability':
      return `Requests to ${service} succeed`;
    case 'latency': {
      const { slices, isPercentile } = indicator;
      if (isPercentile !== true) return `Requests to ${service} take at most ${longest}`;
      return `${Number(((slices?.good_at ?? 1) * 100).toFixed(10))}% of requests to ${service} take at most ${longest}`;
    }
    case 'query':
      return `${service} is within its limits`;
    case 'up':
      return `${service} is up`;
    case 'composite':
      return `All of ${service} works`;
  }
}

/** Which side the second count of an indicator is: of slices, as of latency, the good ones. */
export function countedSide(indicator: Indicator): 'good' | 'bad' {
  return indicator.slices === undefined ? eventSide(indicator) : 'good';
}

/** The same of the events in a slice. */
export function eventSide(indicator: Indicator): 'good' | 'bad' {
  return indicator.kind === 'availability' ? indicator.counts : 'good';
}

/** What figures count, for the words around them. */
export function countedUnit(indicator: Indicator): SloUnit {
  if (indicator.slices !== undefined) return 'slices';
  // Requests, slices of time and whatever else, weighed.
  if (indicator.kind === 'composite') return 'events';
  if (indicator.kind !== 'availability') return 'requests';
  return /request|rpc|http|call/i.test(metricNameOf(indicator.total.selector)) ? 'requests' : 'events';
}

/** What finds the series it measures, as it was written. */
export function measuredText(indicator: Indicator): string {
  switch (indicator.kind) {
    case 'availability':
      return indicator.total.text;
    case 'latency':
      return indicator.histogram.text;
    case 'query':
      return indicator.query.text;
    case 'up':
      return indicator.metric.text;
    case 'composite':
      return indicator.parts.map(({ slo }) => slo).join(', ');
  }
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
