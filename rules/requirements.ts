import type { BucketRequest, CountRequest, Selector, Window } from '../server/model/engine.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../server/model/units.ts';
import type { Boundary } from './boundary.ts';
import { metricNameOf, renamed } from './indicator.ts';
import type { SloDefinition } from './slo-definition.ts';
import type { FigureTimes } from './sources.ts';
import { burnWindows } from './windows.ts';

/** The two counts behind an SLO: all events, and one side of them. */
interface SelectorPair {
  readonly total: Selector;
  readonly part: Selector;
  readonly counts: 'good' | 'bad';
}

/** Undefined while the latency threshold is no boundary of its histogram: then there is nothing to count. */
export function selectorsOf({ indicator }: SloDefinition, boundary?: Boundary): SelectorPair | undefined {
  if (indicator.kind === 'availability') {
    return { total: indicator.total.selector, part: indicator.part.selector, counts: indicator.counts };
  }
  if (boundary?.kind !== 'found') return undefined;
  const { selector } = indicator.histogram;
  const name = metricNameOf(selector);
  const buckets = renamed(selector, `${name}_bucket`);
  return {
    total: renamed(selector, `${name}_count`),
    part: [...buckets, { name: 'le', op: '=', value: boundary.le }],
    counts: 'good',
  };
}

/** The series whose facts (age, origins) stand for the SLO. */
export function factsSelector({ indicator }: SloDefinition): Selector {
  if (indicator.kind === 'availability') return indicator.total.selector;
  return renamed(indicator.histogram.selector, `${metricNameOf(indicator.histogram.selector)}_count`);
}

/** The series of the other side: bad or good events, or the buckets. */
export function partSelector({ indicator }: SloDefinition): Selector {
  if (indicator.kind === 'availability') return indicator.part.selector;
  return renamed(indicator.histogram.selector, `${metricNameOf(indicator.histogram.selector)}_bucket`);
}

/** The buckets whose `le` values are the boundaries; undefined for an SLO without threshold. */
export function boundarySelector({ indicator }: SloDefinition): Selector | undefined {
  if (indicator.kind === 'availability') return undefined;
  return renamed(indicator.histogram.selector, `${metricNameOf(indicator.histogram.selector)}_bucket`);
}

/**
 * What to count for an evaluation: two requests, total and part, each over the SLO window and every burn window before `asOf`, then
 * the burn windows before `heard`, when there is such a moment. Empty when nothing can be counted.
 */
export function requirements(
  slo: SloDefinition,
  { asOf, heard }: FigureTimes,
  boundary?: Boundary,
): readonly CountRequest[] {
  const burns = burnWindows(slo.window, slo.alerts);
  const complete = [slo.window, ...burns].map((length) => windowBefore(asOf, length));
  const early = heard === undefined ? [] : burns.map((length) => windowBefore(heard, length));
  return countRequirements(slo, [...complete, ...early], boundary);
}

/** Two requests, total and part, over any windows. */
export function countRequirements(
  slo: SloDefinition,
  windows: readonly Window[],
  boundary?: Boundary,
): readonly CountRequest[] {
  const pair = selectorsOf(slo, boundary);
  return pair === undefined ? [] : [pair.total, pair.part].map((selector) => ({ selector, windows }));
}

/** What the lines of an SLO's page need: total and part per step of the window. Empty when nothing can be counted. */
export function bucketRequirements(slo: SloDefinition, window: Window, boundary?: Boundary): readonly BucketRequest[] {
  const pair = selectorsOf(slo, boundary);
  if (pair === undefined) return [];
  const step = detailStep(ms(window.end - window.start));
  return [pair.total, pair.part].map((selector) => ({ selector, ...window, step }));
}

const DETAIL_STEPS: readonly Ms[] = [ms(10 * SECOND), MINUTE, ms(5 * MINUTE), HOUR, ms(6 * HOUR)];

/** The finest step that draws a window in at most 750 points. */
export function detailStep(window: Ms): Ms {
  return DETAIL_STEPS.find((step) => window / step <= 750) ?? DAY;
}

export function windowBefore(end: Ms, length: Ms): Window {
  return { start: ms(end - length), end };
}
