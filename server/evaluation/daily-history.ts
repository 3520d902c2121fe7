import { dailyBurns, historyDays, historyRange } from '../../rules/history/daily-burn.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Engine } from '../model/engine.ts';
import type { SloHistory } from '../model/slo.ts';
import { DAY, MINUTE, type Ms } from '../model/units.ts';
import { countableOf, sloCounting } from './evaluate.ts';
import type { SloCounting } from './slo-counts.ts';

/** Twenty-eight days do not change much in this time, and counting them is not free. */
const FRESH_MS = 5 * MINUTE;

/** The last days of every SLO; counted anew every five minutes, and when there are other definitions or exclusions. */
export function createDailyHistory(
  engine: Engine,
  counts: SloCounting = sloCounting(engine),
  version: () => number = () => 0,
): (slos: readonly SloDefinition[], now: Ms) => Promise<SloHistory> {
  let latest: { readonly slos: string; readonly time: Ms; readonly history: Promise<SloHistory> } | undefined;
  return (slos, now) => {
    const ids = [version(), ...slos.map(({ id }) => id)].join('\n');
    if (latest !== undefined && latest.slos === ids && Math.abs(now - latest.time) < FRESH_MS) return latest.history;
    const history = countDays(engine, counts, slos, now);
    latest = { slos: ids, time: now, history };
    // A failed count is nobody's answer later.
    history.catch(() => {
      if (latest?.history === history) latest = undefined;
    });
    return history;
  };
}

/** One question for all SLOs. */
async function countDays(
  engine: Engine,
  counts: SloCounting,
  slos: readonly SloDefinition[],
  now: Ms,
): Promise<SloHistory> {
  const countable = await Promise.all(slos.map((slo) => countableOf(engine, slo)));
  const asked = countable.map((slo) => ({ ...slo, range: historyRange(now), step: DAY }));
  const answers = await counts.buckets(asked);
  const burns = slos.map((slo, i) => [slo.id, dailyBurns(slo, answers[i] ?? [])] as const);
  return { time: now, days: historyDays(now), burns: Object.fromEntries(burns) };
}
