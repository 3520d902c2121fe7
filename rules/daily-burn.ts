import type { BucketRequest, Buckets } from '../server/model/engine.ts';
import { alignDown } from '../server/model/rings.ts';
import { HISTORY_DAYS } from '../server/model/slo.ts';
import { DAY, type Ms, ms } from '../server/model/units.ts';
import type { Boundary } from './boundary.ts';
import { splitEvents } from './budget.ts';
import { selectorsOf } from './requirements.ts';
import { errorBudgetShare, type SloDefinition } from './slo-definition.ts';

/** Ends of the days shown at a moment, the day that runs included. */
export function historyDays(now: Ms): readonly Ms[] {
  const today = alignDown(now, DAY);
  return Array.from({ length: HISTORY_DAYS }, (_, i) => ms(today + (i + 2 - HISTORY_DAYS) * DAY));
}

/** What to count for the days of an SLO: total and part. Empty when nothing can be counted. */
export function dailyRequirements(slo: SloDefinition, now: Ms, boundary?: Boundary): readonly BucketRequest[] {
  const pair = selectorsOf(slo, boundary);
  const days = historyDays(now);
  const [first = now, last = now] = [days[0], days.at(-1)];
  if (pair === undefined) return [];
  return [pair.total, pair.part].map((selector) => ({ selector, start: ms(first - DAY), end: last, step: DAY }));
}

/** The burn of each day, from the answers to `dailyRequirements`: its share of bad events over the share allowed. */
export function dailyBurns(slo: SloDefinition, answers: readonly Buckets[]): readonly (number | null)[] {
  const [total, part] = answers;
  const side = slo.indicator.kind === 'availability' ? slo.indicator.counts : 'good';
  return Array.from({ length: HISTORY_DAYS }, (_, day) => {
    const events = splitEvents(total?.sums[day] ?? 0, part?.sums[day] ?? 0, side);
    return events.total === 0 ? null : events.bad / events.total / errorBudgetShare(slo.objective);
  });
}
