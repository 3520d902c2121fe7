import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';

/** Events of a window; good + bad = total, none negative. */
export interface EventCounts {
  readonly total: number;
  readonly good: number;
  readonly bad: number;
}

/**
 * Splits what was counted. `part` counts the good or the bad side; whatever it says, neither side passes the total, so a
 * definition whose part is not a part of its total shows as 0 % or 100 % and never as a negative number.
 */
export function splitEvents(total: number, part: number, counts: 'good' | 'bad'): EventCounts {
  const all = Math.max(0, total);
  const side = Math.min(Math.max(0, part), all);
  return counts === 'good' ? { total: all, good: side, bad: all - side } : { total: all, good: all - side, bad: side };
}

export interface Budget {
  readonly allowed: number;
  readonly spent: number;
  readonly left: number;
  readonly left_ratio?: number;
}

/**
 * The error budget of a window, from counts alone:
 *
 *     allowed = total * (1 - objective)    spent = bad    left = allowed - spent    left_ratio = left / allowed
 *
 * `allowed` is kept to nine decimals, so that one failure of a thousand at 99.9 % leaves exactly 0.
 */
export function budgetOf({ total, bad }: EventCounts, objective: number): Budget {
  const allowed = Math.round(total * errorBudgetShare(objective) * 1e9) / 1e9;
  // Nothing left is 0, never -0: 0 % is not below nothing.
  const left = Math.round((allowed - bad) * 1e9) / 1e9 + 0;
  return { allowed, spent: bad, left, ...(allowed > 0 && { left_ratio: left / allowed }) };
}

/** Nothing left, and something was spent. */
export function isSpent({ spent, left }: Budget): boolean {
  return left < 0 || (left === 0 && spent > 0);
}

/** One bad event is no rate, and spends no budget of little traffic. */
export const MIN_BAD_EVENTS = 2;

/**
 * Whether the budget is gone whatever else might have come: with fewer events than the minimum, those that lack count as good ones,
 * and a single failure decides nothing. So two failures of 900 requests at 99.9 % spend it, as one of 1000 does.
 */
export function isSurelySpent(events: EventCounts, definition: SloDefinition): boolean {
  const enough = events.total >= definition.minimum_events || events.bad >= MIN_BAD_EVENTS;
  return enough && isSpent(surestBudget(events, definition));
}

/** The budget if the events that lack to the minimum were there. */
export function surestBudget(events: EventCounts, { objective, minimum_events }: SloDefinition): Budget {
  return budgetOf({ ...events, total: Math.max(events.total, minimum_events) }, objective);
}
