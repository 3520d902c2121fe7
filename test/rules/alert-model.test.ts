import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pastStatuses, replayAlerts } from '../../rules/alerts/alert-replay.ts';
import { type AlertStanding, inactiveAlert, nextAlert } from '../../rules/alerts/alert-state.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { nominalLength, rolling } from '../../rules/slo-window.ts';
import type { Window } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { tries } from '../support/long.ts';

/**
 * The state machine beside a naive one that counts event by event and knows nothing of pairs' keys, standings or restarts. Both
 * see the same past, made of blocks of traffic; the real one is written down and read again at random evaluations.
 */
const T0 = ms(1_800_000_000_000);
const STEP = MINUTE;
const PAIRS = [
  { tier: 'page', long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02, min_events: 10 },
  { tier: 'page', long: ms(6 * HOUR), short: ms(30 * MINUTE), budget_share: 0.05, min_events: 30 },
  { tier: 'ticket', long: DAY, short: ms(2 * HOUR), budget_share: 0.1, min_events: 10 },
] as const;
const SLO: SloDefinition = { ...proposedSlo('shop'), objective: 0.99, window: rolling(ms(7 * DAY)), alerts: PAIRS };

interface Block {
  readonly minutes: number;
  readonly perMinute: number;
  readonly bad: number;
  readonly silent: boolean;
}

const blocks = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 240 }),
    perMinute: fc.constantFrom(0, 0, 1, 2, 10, 1000),
    bad: fc.constantFrom(0, 0, 0, 0.01, 0.05, 0.2, 0.5, 1),
    silent: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Events of each minute, the first being that before T0. */
function minutesOf(story: readonly Block[]) {
  return story.flatMap(({ minutes, perMinute, bad, silent }) =>
    Array.from({ length: minutes }, (_, i) => ({
      total: perMinute,
      // Spread whole events, as a log has them.
      bad: Math.floor((i + 1) * perMinute * bad) - Math.floor(i * perMinute * bad),
      silent,
    })),
  );
}

/** Spans of silence: from the last minute that was heard to the last one that was not. */
function gapsOf(minutes: readonly { silent: boolean }[]): Window[] {
  const gaps: Window[] = [];
  for (const [i, { silent }] of minutes.entries()) {
    if (!silent) continue;
    const [start, end] = [ms(T0 + i * STEP), ms(T0 + (i + 1) * STEP)];
    const last = gaps.at(-1);
    if (last !== undefined && last.end === start) gaps[gaps.length - 1] = { start: last.start, end };
    else gaps.push({ start, end });
  }
  return gaps;
}

type Minute = ReturnType<typeof minutesOf>[number];

/** What the alert is after each minute, by the words of the documentation and from the events alone. */
function naive(minutes: readonly Minute[]): string[] {
  const count = (end: number, length: Ms) => {
    const from = Math.max(0, end - length / MINUTE);
    const window = minutes.slice(from, end);
    return {
      total: window.reduce((sum, { total }) => sum + total, 0),
      bad: window.reduce((sum, { bad }) => sum + bad, 0),
    };
  };
  let held: boolean[] = PAIRS.map(() => false);
  let firing = false;
  let silentFor = 0;
  let missing = false;
  return minutes.map((_, i) => {
    const now = i + 1;
    let heard = now;
    while (heard > 0 && minutes[heard - 1]?.silent) heard--;
    const isSilent = now - heard > 5;
    const wasMissing = missing;
    silentFor = isSilent ? silentFor + 1 : 0;
    // The sixth evaluation that finds nothing is five minutes after the first.
    missing = missing ? isSilent : !firing && silentFor > 5;
    if ((firing || missing) && isSilent) return `firing, no data`;
    if (wasMissing) return 'inactive';
    // Figures that were judged already decide nothing new; those of a gap are the same ones.
    held = PAIRS.map((pair, p) => {
      const [long, short] = [count(heard, pair.long), count(heard, pair.short)];
      const limit = ((pair.budget_share * nominalLength(SLO.window)) / pair.long) * 0.01;
      const burns = ({ total, bad }: { total: number; bad: number }) => total > 0 && bad / total > limit * (1 + 1e-12);
      if (!burns(long) || (short.total > 0 && !burns(short))) return false;
      const enough = long.total >= pair.min_events && long.bad >= 2;
      return (short.total > 0 && enough) || (firing && held[p] === true);
    });
    if (!held.some(Boolean)) firing = false;
    else if (!isSilent) firing = true;
    if (!held.some(Boolean)) return 'inactive';
    const tier = held[0] || held[1] ? 'page' : 'ticket';
    if (isSilent) held = held.map(() => false);
    return firing ? `firing, ${tier}` : `pending, ${tier}`;
  });
}

function said({ alert }: AlertStanding): string {
  if (alert === undefined) return 'inactive';
  return `${alert.state}, ${alert.no_data_since === undefined ? alert.tier : 'no data'}`;
}

function pastOf(minutes: readonly Minute[]) {
  const column = (value: (minute: Minute) => number) => ({
    firstEnd: ms(T0 + STEP),
    step: STEP,
    sums: minutes.map(value),
  });
  const facts = { series: 2, origins: [], oldest: ms(T0 - 30 * DAY), newest: ms(T0 + minutes.length * STEP) };
  const past = { definition: SLO, facts };
  const columns = [column(({ total }) => total), column(({ bad }) => bad)] as const;
  return [...pastStatuses({ ...past, columns, gaps: gapsOf(minutes) }, ms(T0 + STEP), ms(T0 + minutes.length * STEP))];
}

test('is what counting event by event says, whatever the traffic, with restarts anywhere', () => {
  fc.assert(
    fc.property(blocks, fc.integer({ min: 1, max: 50 }), (story, restartEvery) => {
      const minutes = minutesOf(story);
      let standing = inactiveAlert(SLO.id);
      const got = pastOf(minutes).map(({ time, status }, i) => {
        if (i % restartEvery === 0) standing = JSON.parse(JSON.stringify(standing)) as AlertStanding;
        standing = nextAlert(standing, status, time).standing;
        return said(standing);
      });
      expect(got).toEqual(naive(minutes));
    }),
    { seed: 51, numRuns: tries(60) },
  );
});

test('alerts of one past never overlap, each fires after it began and ends after it fired', () => {
  fc.assert(
    fc.property(blocks, (story) => {
      const { alerts } = replayAlerts(SLO.id, pastOf(minutesOf(story)));
      expect(new Set(alerts.map(({ id }) => id)).size).toBe(alerts.length);
      for (const [i, alert] of alerts.entries()) {
        expect(alert.fired).toBeGreaterThanOrEqual(alert.since);
        expect(alert.resolved ?? Number.POSITIVE_INFINITY).toBeGreaterThan(alert.fired ?? Number.POSITIVE_INFINITY);
        expect(alerts[i + 1]?.since ?? Number.POSITIVE_INFINITY).toBeGreaterThan(alert.resolved ?? 0);
        expect(alert.timeline.length).toBeLessThanOrEqual(50);
      }
    }),
    { seed: 52, numRuns: tries(40) },
  );
});
