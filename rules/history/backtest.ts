import type { BacktestAlert, BacktestRun } from '../../server/model/backtest.ts';
import type { Window } from '../../server/model/engine.ts';
import { slotEnd } from '../../server/model/rings.ts';
import { ms } from '../../server/model/units.ts';
import {
  type AlertReplay,
  type PastCounts,
  pastEvents,
  pastStatuses,
  pastTally,
  replayAlerts,
  runningCounts,
} from '../alerts/alert-replay.ts';
import { budgetWithin } from '../figures/counted-events.ts';
import { sliceGrid } from '../figures/slices.ts';
import { budgetWindows, longestLength, nominalLength, type SloWindow } from '../slo-window.ts';

/**
 * What a definition would have made of a past: the arithmetic of the evaluation and of its alerts, a step after the other. The borders of
 * `range` are borders of steps.
 */
export function backtestRun(past: PastCounts, range: Window): BacktestRun {
  const {
    definition,
    facts,
    sharpFrom = range.start,
    columns: [{ step }],
  } = past;
  const counts = pastEvents(past)(range);
  const worst = worstBudget(past, range);
  const first = ms(range.start - longestLength(definition.window));
  return {
    objective: definition.objective,
    window_secs: nominalLength(definition.window) / 1000,
    ...calendarOf(definition.window),
    step_secs: step / 1000,
    counts,
    ...(counts.total > 0 && { attained: counts.good / counts.total }),
    ...(worst !== undefined && { worst }),
    alerts: incidents(replayAlerts(definition.id, pastStatuses(past, range.start, range.end))),
    ...(facts.oldest !== undefined && facts.oldest > first && { history_from: facts.oldest }),
    ...(sharpFrom > first && {
      [sliceGrid(definition.indicator) === undefined ? 'sharp_from' : 'slices_from']: sharpFrom,
    }),
  };
}

/** Where a whole window of history is there; where it never is, as far as it goes: a young budget is small, and soon spent. */
function worstBudget(past: PastCounts, { start, end }: Window): BacktestRun['worst'] {
  const {
    definition,
    facts,
    columns: [{ step }],
  } = past;
  const tallyIn = pastTally(past, runningCounts(past));
  const full = slotEnd(ms((facts.oldest ?? start) + longestLength(definition.window)), step);
  let worst: BacktestRun['worst'];
  for (let time = full > end ? start : ms(Math.max(start, full)); time <= end; time = ms(time + step)) {
    const [counted, whole = counted] = budgetWindows(definition.window, time);
    const { left_ratio } = budgetWithin(definition, tallyIn(counted), tallyIn(whole));
    if (left_ratio !== undefined && left_ratio < (worst?.left_ratio ?? Infinity)) worst = { time, left_ratio };
  }
  return worst;
}

function calendarOf(window: SloWindow): Pick<BacktestRun, 'calendar'> {
  if (window.kind === 'rolling') return {};
  const { every, unit, zone } = window;
  return { calendar: { every, unit, zone } };
}

function incidents({ alerts, calls }: AlertReplay): readonly BacktestAlert[] {
  return alerts.map(({ id, state, resolved }) => ({
    calls: calls
      .filter((call) => call.alert === id)
      .map(({ tier, time, figures: { spent_ratio, budget } }) => ({
        tier,
        time,
        spent_before: spent_ratio,
        ...(budget.left_ratio !== undefined && { left_ratio: budget.left_ratio }),
      })),
    ...(state === 'resolved' && resolved !== undefined && { resolved }),
  }));
}
