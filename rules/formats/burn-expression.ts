import type { Selector } from '../../server/model/engine.ts';
import { formatDuration, type Ms } from '../../server/model/units.ts';
import { selectorText } from '../files/selector-text.ts';
import type { ExportedPair } from './exported.ts';

/** Series that the exported rules record, each with the labels of its SLO. */
export const SERIES = {
  errorRatio: (window: Ms) => `slo:error_ratio:rate${formatDuration(window)}`,
  objective: 'slo:objective:ratio',
  budget: 'slo:error_budget:ratio',
  budgetLeft: 'slo:error_budget_left:ratio',
} as const;

/** Bad events by all events of a window. Where nothing bad, or nothing good, was ever counted there is no series: that is 0 of them. */
export function errorRatio({ total, part, counts }: ExportedPair, window: Ms): string {
  const all = rate(selectorText(total), window);
  const side = `(${rate(selectorText(part), window)} or vector(0))`;
  return counts === 'bad' ? `${side} / ${all}` : `(${all} - ${side}) / ${all}`;
}

function rate(selector: string, window: Ms): string {
  return `sum(rate(${selector}[${formatDuration(window)}]))`;
}

export interface BurnPair {
  readonly long: Ms;
  readonly short: Ms;
  /** Of all events, bad ones above it burn too fast. */
  readonly limit: number;
  readonly min_events: number;
  readonly min_bad: number;
}

/** How many of a window were bad; without a series none was. */
function badEvents({ total, part, counts }: ExportedPair, window: Ms): string {
  const side = increase(part, window);
  return counts === 'bad' ? side : `${increase(total, window)} - (${side} or vector(0))`;
}

function increase(selector: Selector, window: Ms): string {
  return `sum(increase(${selectorText(selector)}[${formatDuration(window)}]))`;
}

/**
 * True while a pair of windows burns faster than its limit, with events and bad events enough in the long one. `max without ()` takes the name off a
 * series: two pairs that burn are one alert.
 */
export function pairBurns(
  { long, short, limit, min_events, min_bad }: BurnPair,
  slo: string,
  pair: ExportedPair,
): string {
  const burns = (window: Ms): string => `${SERIES.errorRatio(window)}{slo="${slo}"} > ${number(limit)}`;
  const enough = [`${increase(pair.total, long)} >= ${min_events}`];
  // What burns has one.
  if (min_bad > 1) enough.push(`${badEvents(pair, long)} >= ${min_bad}`);
  const conditions = enough.map((one) => `\n  and on () (${one})`);
  return `(max without () (${burns(long)})\n  and max without () (${burns(short)})${conditions.join('')})`;
}

/** Without the noise of binary fractions: 14.4 * 0.001 is 0.0144. */
export function number(value: number): string {
  return String(Number(value.toPrecision(12)));
}
