import type { Buckets, Window } from '../../server/model/engine.ts';
import { alignDown } from '../../server/model/rings.ts';
import { HISTORY_DAYS } from '../../server/model/slo.ts';
import { DAY, type Ms, ms } from '../../server/model/units.ts';
import { eventsOf, stepTallies } from '../figures/counted-events.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';

/** Ends of the days shown at a moment, the day that runs included. */
export function historyDays(now: Ms): readonly Ms[] {
  const today = alignDown(now, DAY);
  return Array.from({ length: HISTORY_DAYS }, (_, i) => ms(today + (i + 2 - HISTORY_DAYS) * DAY));
}

/** The days as one range. */
export function historyRange(now: Ms): Window {
  const days = historyDays(now);
  const [first = now, last = now] = [days[0], days.at(-1)];
  return { start: ms(first - DAY), end: last };
}

/** The burn of each day, from what was counted per day: its share of bad events over the share allowed. */
export function dailyBurns(slo: SloDefinition, answers: readonly Buckets[]): readonly (number | null)[] {
  const days = stepTallies(answers);
  return Array.from({ length: HISTORY_DAYS }, (_, day) => {
    const tally = days[day];
    const events = tally && eventsOf(slo, tally);
    if (events === undefined || events.total === 0) return null;
    return events.bad / events.total / errorBudgetShare(slo.objective);
  });
}
