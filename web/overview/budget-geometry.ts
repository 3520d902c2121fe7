import type { SloStatus } from '../../server/model/slo.ts';

/**
 * The budget bar, in shares of its width. The filled part is what is left; an overspent budget has none, and the bar then
 * shows how far over, from the right, up to the whole width.
 *
 *     |███████████|      |            |        |                 |/////////|
 *     0        left    ideal          1        0                 1 - over  1
 */
export interface BudgetGeometry {
  /** 0..1. */
  readonly left: number;
  /** 0..1, 0 unless overspent; 1 means over by the whole budget or more. */
  readonly over: number;
  /** Where an even pace would stand today, 0..1. */
  readonly ideal: number;
}

/** Undefined without traffic: there is no budget to draw. */
export function budgetGeometry({
  budget,
  window,
  as_of,
}: Pick<SloStatus, 'budget' | 'window' | 'as_of'>): BudgetGeometry | undefined {
  const ratio = budget.left_ratio;
  if (ratio === undefined) return undefined;
  return { left: clamp(ratio), over: clamp(-ratio), ideal: idealLeft(window, as_of) };
}

/**
 * What spending evenly from the window's start to its end leaves at `as_of`: 1 at the start, 0 at the end. A rolling window
 * always stands at its end.
 */
export function idealLeft(window: SloStatus['window'], as_of: number): number {
  const length = (window.calendar?.end ?? window.end) - window.start;
  return length > 0 ? clamp(1 - (as_of - window.start) / length) : 0;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
