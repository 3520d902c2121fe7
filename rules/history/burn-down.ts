import type { Buckets, Window } from '../../server/model/engine.ts';
import type { SloDetail, SloStatus } from '../../server/model/slo.ts';
import { ms } from '../../server/model/units.ts';
import type { EventCounts } from '../figures/budget.ts';
import { eventsOf, eventsWithin, stepTallies, type Tally } from '../figures/counted-events.ts';
import { printSlo } from '../files/print-slo.ts';
import type { SloDefinition } from '../slo-definition.ts';

export interface DetailInputs {
  readonly definition: SloDefinition;
  readonly status: SloStatus;
  /** The part of the SLO window that is shown; its start is a border of the steps. */
  readonly shown: Window;
  /** What was counted per step of `shown`, in columns; empty when nothing could be counted. */
  readonly buckets: readonly Buckets[];
  /** What the budget is a share of; absent when nothing could be counted. */
  readonly whole?: Tally | undefined;
  /** The SLO window after `shown`. */
  readonly after?: Tally | undefined;
  /** Nobody asked for a part of the window. */
  readonly isWhole: boolean;
}

/**
 * The lines of an SLO's page. Its budget is the one of the current window, spent from the window's start:
 *
 *     left(t) = 1 - bad(start, t] / allowed(whole window)      ideal(t) = 1 - (t - start) / window
 *
 * so the line starts near 1 and ends at `budget.left_ratio`. A rolling window at every step would be a different budget each time.
 * In a calendar window the ideal reaches 0 where the period ends, which is after the last step.
 */
export function sloDetail({ definition, status, shown, buckets, whole, after, isWhole }: DetailInputs): SloDetail {
  const steps = whole === undefined ? [] : stepsOf(definition, buckets, whole, shown.end);
  const badAfter = whole && after ? eventsWithin(definition, after, whole).bad : 0;
  const { allowed, spent } = status.budget;
  const { start, end, calendar } = status.window;
  const lines = burnDown(steps, { allowed, spent: spent - badAfter }, { start, end: calendar?.end ?? end });
  return {
    status,
    range: {
      start: shown.start,
      end: shown.end,
      step_secs: (buckets[0]?.step ?? 0) / 1000,
      ...(isWhole && calendar !== undefined && { period_end: calendar.end }),
    },
    time: lines.map((step) => step.time),
    total: lines.map((step) => step.total),
    bad: lines.map((step) => step.bad),
    sli: lines.map(({ sli }) => sli),
    budget_left: lines.map((step) => step.left),
    budget_ideal: lines.map((step) => step.ideal),
    definition: printSlo(definition.group?.written ?? definition),
  };
}

interface Step extends EventCounts {
  readonly time: number;
}

interface ShownStep extends Step {
  readonly sli: number | null;
}

/** The last step ends where the figures end, not at its border in the future. */
function stepsOf(slo: SloDefinition, buckets: readonly Buckets[], whole: Tally, end: number): readonly ShownStep[] {
  return stepTallies(buckets).map((step) => {
    const tally = { ...step, window: { ...step.window, end: ms(Math.min(end, step.window.end)) } };
    const { total, good } = eventsOf(slo, tally);
    const sli = total > 0 ? good / total : null;
    return { time: tally.window.end, ...eventsWithin(slo, tally, whole), sli };
  });
}

/**
 * Adds to each step what is left of the budget after it (null without traffic in the window) and the ideal, both at most 1.
 * `budget.spent` is what was spent at the last step: lines are drawn back from it, so that they end at the number of the tile
 * even when the first step begins before the window.
 */
export function burnDown<T extends Step>(
  steps: readonly T[],
  budget: { readonly allowed: number; readonly spent: number },
  window: { readonly start: number; readonly end: number },
): readonly (T & { readonly left: number | null; readonly ideal: number })[] {
  let spent = budget.spent - steps.reduce((bad, step) => bad + step.bad, 0);
  return steps.map((step) => {
    spent += step.bad;
    const passed = (step.time - window.start) / (window.end - window.start);
    const ideal = Math.min(1, Math.max(0, 1 - passed));
    return { ...step, left: budget.allowed > 0 ? Math.min(1, 1 - spent / budget.allowed) : null, ideal };
  });
}
