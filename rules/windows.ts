import { HOUR, MINUTE, type Ms, ms } from '../server/model/units.ts';

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
}

export const ALERT_PAIRS: readonly AlertPair[] = [
  { tier: 'page', long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02 },
  { tier: 'page', long: ms(6 * HOUR), short: ms(30 * MINUTE), budget_share: 0.05 },
  { tier: 'ticket', long: ms(24 * HOUR), short: ms(2 * HOUR), budget_share: 0.1 },
  { tier: 'ticket', long: ms(72 * HOUR), short: ms(6 * HOUR), budget_share: 0.1 },
];

const BURN_WINDOWS: readonly Ms[] = [
  ms(5 * MINUTE),
  ms(30 * MINUTE),
  HOUR,
  ms(2 * HOUR),
  ms(6 * HOUR),
  ms(24 * HOUR),
  ms(72 * HOUR),
];

/** The windows burn is measured over, shortest first: none is longer than the SLO window. */
export function burnWindows(sloWindow: Ms): readonly Ms[] {
  return BURN_WINDOWS.filter((window) => window <= sloWindow);
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
export function fittingPairs(sloWindow: Ms): readonly AlertPair[] {
  return ALERT_PAIRS.filter((pair) => pair.long <= sloWindow);
}

/** The pairs that fit and can fire. */
export function alertPairs(sloWindow: Ms, budgetShare: number): readonly AlertPair[] {
  return fittingPairs(sloWindow).filter((pair) => canFire(pair, sloWindow, budgetShare));
}
