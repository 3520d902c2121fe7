import type { Selector, Window } from '../../server/model/engine.ts';
import { invariant } from '../../server/model/errors.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { burnWindows } from '../alerts/windows.ts';
import { metricNameOf, renamed } from '../indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { budgetWindows, nominalLength } from '../slo-window.ts';
import type { Boundary } from './boundary.ts';
import { sliceGrid } from './slices.ts';
import type { FigureTimes } from './sources.ts';

/** The two counts behind an SLO: all events, and one side of them. */
interface SelectorPair {
  readonly total: Selector;
  readonly part: Selector;
  readonly counts: 'good' | 'bad';
}

/** Undefined while the latency threshold is no boundary of its histogram, and for what is asked in PromQL: then there is nothing to count. */
export function selectorsOf({ indicator }: SloDefinition, boundary?: Boundary): SelectorPair | undefined {
  if (indicator.kind === 'availability') {
    return { total: indicator.total.selector, part: indicator.part.selector, counts: indicator.counts };
  }
  if (indicator.kind !== 'latency' || boundary?.kind !== 'found') return undefined;
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
export function factsSelector(slo: SloDefinition): Selector {
  return factsSelectors(slo)[0];
}

/** Those series, and all others that figures are made of: whose sources they wait for too. */
export function factsSelectors({ indicator }: SloDefinition): readonly [Selector, ...Selector[]] {
  switch (indicator.kind) {
    case 'availability':
      return [indicator.total.selector, indicator.part.selector];
    case 'latency': {
      const { selector } = indicator.histogram;
      const name = metricNameOf(selector);
      return [renamed(selector, `${name}_count`), renamed(selector, `${name}_bucket`)];
    }
    case 'query':
      return indicator.query.selectors;
    case 'up':
      return [indicator.metric.selector];
    case 'composite': {
      const [first, ...others] = indicator.parts.flatMap(({ definition }) => factsSelectors(definition));
      invariant(first !== undefined, 'a composite without parts');
      return [first, ...others];
    }
  }
}

/** The buckets whose `le` values are the boundaries; undefined for an SLO without threshold. */
export function boundarySelector({ indicator }: SloDefinition): Selector | undefined {
  if (indicator.kind !== 'latency') return undefined;
  return renamed(indicator.histogram.selector, `${metricNameOf(indicator.histogram.selector)}_bucket`);
}

/**
 * The windows of an evaluation: `figureWindows` at `asOf`, then the burn windows before `heard`, when there is such a moment.
 */
export function windowsOf(slo: SloDefinition, { asOf, heard }: FigureTimes): readonly Window[] {
  const early = heard === undefined ? [] : burnLengths(slo).map((length) => windowBefore(heard, length));
  return [...figureWindows(slo, asOf), ...early];
}

/** The windows of a status: those of the budget, then the burn windows, shortest first. */
export function figureWindows(slo: SloDefinition, asOf: Ms): readonly Window[] {
  return [...budgetWindows(slo.window, asOf), ...burnLengths(slo).map((length) => windowBefore(asOf, length))];
}

const knownLengths = new WeakMap<SloDefinition, readonly Ms[]>();

/** Lengths of the windows that burn is measured over; worked out once for a definition. */
export function burnLengths(slo: SloDefinition): readonly Ms[] {
  const lengths = knownLengths.get(slo) ?? burnWindows(nominalLength(slo.window), slo.alerts);
  knownLengths.set(slo, lengths);
  return lengths;
}

const DETAIL_STEPS: readonly Ms[] = [ms(10 * SECOND), MINUTE, ms(5 * MINUTE), HOUR, ms(6 * HOUR)];

/** The finest step that draws a window of an SLO in at most 750 points, none shorter than a slice. */
export function detailStep(window: Ms, { indicator }: SloDefinition): Ms {
  const grid = sliceGrid(indicator);
  const fits = (step: Ms): boolean => grid === undefined || step % grid === 0;
  return DETAIL_STEPS.find((step) => window / step <= 750 && fits(step)) ?? DAY;
}

export function windowBefore(end: Ms, length: Ms): Window {
  return { start: ms(end - length), end };
}
