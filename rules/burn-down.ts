import type { Buckets, Window } from '../server/model/engine.ts';
import type { SloDetail, SloStatus } from '../server/model/slo.ts';
import { type EventCounts, splitEvents } from './budget.ts';
import { printSlo } from './print-slo.ts';
import { errorBudgetShare, type SloDefinition } from './slo-definition.ts';

export interface DetailInputs {
  readonly definition: SloDefinition;
  readonly status: SloStatus;
  /** The answers to `bucketRequirements` over the SLO window, total and part; empty when nothing could be counted. */
  readonly buckets: readonly Buckets[];
  /** Shows only the steps that end in here; the budget is still that of the whole window. */
  readonly range?: Window;
}

/**
 * The lines of an SLO's page. Its budget is the one of the current window, spent from the window's start:
 *
 *     left(t) = 1 - bad(start, t] / (total(whole window) * (1 - objective))      ideal(t) = 1 - (t - start) / window
 *
 * so the line starts near 1 and ends at `budget.left_ratio`. A rolling window at every step would be a different budget each time.
 */
export function sloDetail({ definition, status, buckets, range }: DetailInputs): SloDetail {
  const [total, part] = buckets;
  const side = definition.indicator.kind === 'availability' ? definition.indicator.counts : 'good';
  const steps = total === undefined || part === undefined ? [] : stepsOf(total, part, side);
  const lines = burnDown(steps, definition.objective, status.window);
  const shown = lines.filter(({ time }) => range === undefined || (time > range.start && time <= range.end));
  return {
    status,
    range: rangeOf(range ?? status.window, total),
    time: shown.map((step) => step.time),
    total: shown.map((step) => step.total),
    bad: shown.map((step) => step.bad),
    sli: shown.map((step) => (step.total > 0 ? step.good / step.total : null)),
    budget_left: shown.map((step) => step.left),
    budget_ideal: shown.map((step) => step.ideal),
    definition: printSlo(definition),
  };
}

interface Step extends EventCounts {
  readonly time: number;
}

function stepsOf(total: Buckets, part: Buckets, side: 'good' | 'bad'): readonly Step[] {
  return total.sums.map((sum, i) => ({
    time: total.firstEnd + i * total.step,
    ...splitEvents(sum, part.sums[i] ?? 0, side),
  }));
}

/** Adds to each step what is left of the budget after it (null without traffic in the window) and the ideal, both at most 1. */
export function burnDown(
  steps: readonly Step[],
  objective: number,
  window: { readonly start: number; readonly end: number },
): readonly (Step & { readonly left: number | null; readonly ideal: number })[] {
  const allowed = steps.reduce((sum, { total }) => sum + total, 0) * errorBudgetShare(objective);
  let spent = 0;
  return steps.map((step) => {
    spent += step.bad;
    const passed = (step.time - window.start) / (window.end - window.start);
    const ideal = Math.min(1, Math.max(0, 1 - passed));
    return { ...step, left: allowed > 0 ? 1 - spent / allowed : null, ideal };
  });
}

function rangeOf({ start, end }: { readonly start: number; readonly end: number }, total: Buckets | undefined) {
  return { start, end, step_secs: (total?.step ?? 0) / 1000 };
}
