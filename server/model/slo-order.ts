import { SLO_STATES, type SloStatus } from './slo.ts';
import type { SloPart } from './slo-part.ts';

/** Negative when the first is worse. */
export type CompareSlos = (a: SloStatus, b: SloStatus) => number;

/** The burn of the last hour, the figure all pages call "now"; absent without traffic. */
export function hourlyBurn(slo: SloStatus): number | undefined {
  return slo.burns.find(({ window_secs }) => window_secs === 3600)?.rate;
}

/** By state, then the smaller budget, then the faster burn, then the title: the order of every list of SLOs. */
export const worstFirst: CompareSlos = (a, b) =>
  SLO_STATES.indexOf(a.state) - SLO_STATES.indexOf(b.state) ||
  bySloValue((slo) => slo.budget.left_ratio)(a, b) ||
  bySloValue(hourlyBurn, true)(a, b) ||
  compareValues(a.title, b.title);

/** By any value of theirs. Those without it stand last in both directions. */
export function bySloValue(value: (slo: SloStatus) => number | string | undefined, descending = false): CompareSlos {
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return (descending ? -1 : 1) * compareValues(left, right);
  };
}

/** What spent most of the budget first; those that do not count last. */
export function partsWorstFirst(parts: readonly SloPart[]): readonly SloPart[] {
  return parts.toSorted(
    (a, b) => Number(a.share === 0) - Number(b.share === 0) || b.spent_ratio - a.spent_ratio || b.share - a.share,
  );
}

const collator = new Intl.Collator();

function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b));
  return a - b;
}
