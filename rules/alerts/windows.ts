import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';

/**
 * Multi-window, multi-burn-rate alerts of the SRE workbook, chapter 5
 * (https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts). A pair fires when both windows burn faster
 * than its factor; the factor follows from the share of the budget the long window may spend, so it fits every SLO window.
 */
export interface AlertPair {
  readonly tier: 'page' | 'ticket';
  readonly long: Ms;
  readonly short: Ms;
  /** Share of the whole budget, 0..1. */
  readonly budget_share: number;
  /** With fewer events in the long window the pair does not fire. */
  readonly min_events: number;
  /** Nor with fewer bad events; absent: two, or one where one event is enough. */
  readonly min_bad?: number | undefined;
}

/** Fewer events than this are no rate. */
export const DEFAULT_MIN_EVENTS = 10;

export const ALERT_PAIRS: readonly AlertPair[] = [
  pair('page', HOUR, ms(5 * MINUTE), 0.02),
  pair('page', ms(6 * HOUR), ms(30 * MINUTE), 0.05),
  pair('ticket', ms(24 * HOUR), ms(2 * HOUR), 0.1),
  pair('ticket', ms(72 * HOUR), ms(6 * HOUR), 0.1),
];

function pair(tier: AlertPair['tier'], long: Ms, short: Ms, budget_share: number): AlertPair {
  return { tier, long, short, budget_share, min_events: DEFAULT_MIN_EVENTS };
}

/** The windows of every SLO that is long enough. */
export const BURN_WINDOWS: readonly Ms[] = [
  ms(5 * MINUTE),
  ms(30 * MINUTE),
  HOUR,
  ms(2 * HOUR),
  ms(6 * HOUR),
  ms(24 * HOUR),
  ms(72 * HOUR),
];

/** The windows burn is measured over, shortest first: the usual ones and those of the alerts. None is longer than the SLO window. */
export function burnWindows(sloWindow: Ms, pairs: readonly AlertPair[] = ALERT_PAIRS): readonly Ms[] {
  const all = new Set([...BURN_WINDOWS, ...pairs.flatMap(({ long, short }) => [long, short])]);
  return [...all].filter((window) => window <= sloWindow).sort((a, b) => a - b);
}

/** How many times its allowance the long window must burn to spend `budget_share`: 14.4 for 2 % of 30 d in 1 h. */
export function burnFactor(pair: AlertPair, sloWindow: Ms): number {
  return (pair.budget_share * sloWindow) / pair.long;
}

/** The burn when every event is bad is 1 / share; a pair must stay below it, for it fires only above its factor. */
export function canFire(pair: AlertPair, sloWindow: Ms, budgetShare: number): boolean {
  return burnFactor(pair, sloWindow) * budgetShare < 1;
}

/** The pairs that fit into the SLO window. */
export function fittingPairs(sloWindow: Ms, pairs: readonly AlertPair[] = ALERT_PAIRS): readonly AlertPair[] {
  return pairs.filter(({ long }) => long <= sloWindow);
}

/** The pairs that fit and can fire. */
export function alertPairs(sloWindow: Ms, budgetShare: number, pairs = ALERT_PAIRS): readonly AlertPair[] {
  return fittingPairs(sloWindow, pairs).filter((pair) => canFire(pair, sloWindow, budgetShare));
}

/** The pairs that fit but could never fire. */
export function deadPairs(sloWindow: Ms, budgetShare: number, pairs = ALERT_PAIRS): readonly AlertPair[] {
  return fittingPairs(sloWindow, pairs).filter((pair) => !canFire(pair, sloWindow, budgetShare));
}
