import type { Burn, BurnAlert, SloStatus } from '../server/model/slo.ts';
import { HOUR, type Ms } from '../server/model/units.ts';
import type { Budget, EventCounts } from './budget.ts';
import { isSpent } from './budget.ts';
import { errorBudgetShare } from './slo-definition.ts';
import { type AlertPair, alertPairs, burnFactor } from './windows.ts';

/** (bad / total) / (1 - objective); no rate without traffic, because silence is neither good nor bad. */
export function burnOf(window: Ms, { total, bad }: EventCounts, objective: number): Burn {
  const rate = total > 0 ? bad / (total * errorBudgetShare(objective)) : undefined;
  return { window_secs: window / 1000, total, bad, ...(rate !== undefined && { rate }) };
}

/** The burn over one of the windows, when there was traffic in it. */
export function rateOver(burns: readonly Burn[], window: Ms): number | undefined {
  return burns.find((burn) => burn.window_secs * 1000 === window)?.rate;
}

/** Every alert that can fire, and whether it does: both windows burn faster than the factor. */
export function burnAlerts(burns: readonly Burn[], window: Ms, objective: number): readonly BurnAlert[] {
  return alertPairs(window, errorBudgetShare(objective)).map((pair) => burnAlert(pair, burns, window));
}

function burnAlert(pair: AlertPair, burns: readonly Burn[], window: Ms): BurnAlert {
  const factor = burnFactor(pair, window);
  const exceeds = (over: Ms): boolean => (rateOver(burns, over) ?? 0) > factor;
  return {
    tier: pair.tier,
    long_secs: pair.long / 1000,
    short_secs: pair.short / 1000,
    factor,
    budget_share: pair.budget_share,
    firing: exceeds(pair.long) && exceeds(pair.short),
  };
}

/**
 * When the budget is gone if the last hour goes on. A burn of 1 spends a whole budget in one window, so what is left lasts
 *
 *     left_ratio * window / burn(1 h)
 *
 * counted from the moment the figures are true for. Below 1 the window earns back more than it loses: `gains`.
 */
export function exhaustionOf(budget: Budget, burns: readonly Burn[], window: Ms, asOf: Ms): SloStatus['exhaustion'] {
  if (isSpent(budget)) return { kind: 'spent' };
  const rate = rateOver(burns, HOUR);
  if (rate === undefined || budget.left_ratio === undefined) return { kind: 'unknown' };
  if (rate < 1) return { kind: 'gains' };
  return { kind: 'at', time: Math.round(asOf + (budget.left_ratio * window) / rate) };
}
