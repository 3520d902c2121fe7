import type { Burn, BurnAlert, LeftOutAlert, SloStatus } from '../../server/model/slo.ts';
import { MIN_BAD_EVENTS } from '../figures/budget.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { nominalLength } from '../slo-window.ts';
import { type AlertPair, alertPairs, burnFactor, DEFAULT_MIN_EVENTS, deadPairs } from './windows.ts';

/**
 * What two windows say together. `unknown`: the long window burns too fast and the short one had no event, or there are too few
 * events to fire on. That fires nothing; it is no sign of recovery either.
 */
export type PairVerdict = 'above' | 'below' | 'unknown';

const NOTHING: Burn = { window_secs: 0, total: 0, bad: 0 };

/**
 * Both windows must burn faster than the factor, strictly: a burn of exactly 14.4 spends exactly the share, not more. The long
 * window forgets a burn in the end, whether or not requests come back. It takes `min_bad` bad events: two, unless `min_events` says that
 * one event is enough.
 */
export function pairVerdict(alert: Omit<BurnAlert, 'firing'>, burns: readonly Burn[]): PairVerdict {
  const long = burnOver(burns, alert.long_secs);
  const short = burnOver(burns, alert.short_secs);
  if (!exceeds(long, alert.factor)) return 'below';
  if (short.total === 0) return 'unknown';
  if (!exceeds(short, alert.factor)) return 'below';
  const { min_events = DEFAULT_MIN_EVENTS } = alert;
  return long.total >= min_events && long.bad >= minBadOf(alert) ? 'above' : 'unknown';
}

/** The bad events it takes in the long window. */
export function minBadOf({
  min_events = DEFAULT_MIN_EVENTS,
  min_bad,
}: Partial<Pick<AlertPair, 'min_events' | 'min_bad'>>): number {
  return min_bad ?? Math.min(MIN_BAD_EVENTS, min_events);
}

/** The pair to tell of a tier: the first that fires, in the order of the definition, else one that cannot tell any more. */
export function burningPair(
  tier: BurnAlert['tier'],
  { alerts, burns }: Pick<SloStatus, 'alerts' | 'burns'>,
): BurnAlert | undefined {
  const known = alerts.filter((pair) => pair.tier === tier && pairVerdict(pair, burns) !== 'below');
  return known.find(({ firing }) => firing) ?? known[0];
}

export function burnOver(burns: readonly Burn[], window_secs: number): Burn {
  return burns.find((burn) => burn.window_secs === window_secs) ?? { ...NOTHING, window_secs };
}

function exceeds({ rate = 0 }: Burn, factor: number): boolean {
  return rate > factor;
}

/** Every pair of an SLO that can fire. */
export function pairsOf(definition: SloDefinition): readonly Omit<BurnAlert, 'firing'>[] {
  const { window, objective, alerts } = definition;
  return alertPairs(nominalLength(window), errorBudgetShare(objective), alerts).map((pair) => {
    const { min_events, min_bad } = pair;
    return { ...pairData(pair, definition), min_events, ...(min_bad !== undefined && { min_bad }) };
  });
}

/** The same, and whether it fires. */
export function burnAlerts(burns: readonly Burn[], pairs: readonly Omit<BurnAlert, 'firing'>[]): readonly BurnAlert[] {
  return pairs.map((pair) => ({ ...pair, firing: pairVerdict(pair, burns) === 'above' }));
}

/** The pairs that could never fire: shown, so that nobody waits for them. */
export function leftOutAlerts(definition: SloDefinition): readonly LeftOutAlert[] {
  const share = errorBudgetShare(definition.objective);
  return deadPairs(nominalLength(definition.window), share, definition.alerts).map((pair) => ({
    ...pairData(pair, definition),
    max_burn: 1 / share,
  }));
}

function pairData(pair: AlertPair, { window }: SloDefinition) {
  return {
    tier: pair.tier,
    long_secs: pair.long / 1000,
    short_secs: pair.short / 1000,
    factor: burnFactor(pair, nominalLength(window)),
    budget_share: pair.budget_share,
  };
}
