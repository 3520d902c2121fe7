import type { Burn, SloStatus } from '../../server/model/slo.ts';
import { HOUR, type Ms } from '../../server/model/units.ts';
import { errorBudgetShare } from '../slo-definition.ts';
import type { WindowFrame } from '../slo-window.ts';
import type { Budget, EventCounts } from './budget.ts';
import { isSpent } from './budget.ts';

/** (bad / total) / (1 - objective); no rate without traffic, because silence is neither good nor bad. */
export function burnOf(window: Ms, { total, bad }: EventCounts, objective: number): Burn {
  const rate = total > 0 ? bad / (total * errorBudgetShare(objective)) : undefined;
  return { window_secs: window / 1000, total, bad, ...(rate !== undefined && { rate }) };
}

/** The burn over one of the windows, when there was traffic in it. */
export function rateOver(burns: readonly Burn[], window: Ms): number | undefined {
  return burns.find((burn) => burn.window_secs * 1000 === window)?.rate;
}

/**
 * When the budget is gone if the last hour goes on. A burn of 1 spends a whole budget in one window, so what is left lasts
 *
 *     left_ratio * window / burn(1 h)
 *
 * counted from the moment the figures are true for. Below 1 a rolling window earns back more than it loses: `gains`. The budget of a
 * calendar period grows back at no pace; what is there at the period's end `lasts`.
 */
export function exhaustionOf(budget: Budget, burns: readonly Burn[], frame: WindowFrame): SloStatus['exhaustion'] {
  if (isSpent(budget)) return { kind: 'spent' };
  const rate = rateOver(burns, HOUR);
  if (rate === undefined || budget.left_ratio === undefined) return { kind: 'unknown' };
  const { counted, length, resets } = frame;
  if (resets === undefined && rate < 1) return { kind: 'gains' };
  const time = Math.round(counted.end + (budget.left_ratio * length) / rate);
  return resets !== undefined && time >= resets ? { kind: 'lasts' } : { kind: 'at', time };
}
