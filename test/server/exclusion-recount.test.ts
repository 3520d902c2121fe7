import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exclusionsInForce } from '../../rules/exclusions/exclusions-in-force.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createDailyHistory } from '../../server/evaluation/daily-history.ts';
import { evaluateDetail, evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { KeptCounts } from '../../server/evaluation/kept-counts.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { Exclusion } from '../../server/model/exclusions.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, type IncrementRow, Queue } from '../store/batches.ts';
import { tries } from '../support/long.ts';
import { seededOfRun } from '../support/random.ts';

/**
 * Whatever is excluded, once or by rules in zones whose clocks change meanwhile, every figure is that of a list of events, counted one
 * by one outside of the excluded spans. Those are worked out here minute by minute, from what a clock on the wall shows.
 */
const OBJECTIVE = 0.9;
const { slos } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:
  - {id: shop, service: shop, objective: 90%, window: 30d, availability: {total: all_total, bad: bad_total}}
  - {id: other, service: other, objective: 90%, window: 30d, availability: {total: all_total, bad: bad_total}}
`,
    },
  ],
  parseSelector,
);

/** Clocks changed some days before: in Europe, in New York, in both. */
const NOWS = ['2026-04-02T09:00Z', '2026-03-12T09:00Z', '2026-11-05T09:00Z'].map((text) => ms(Date.parse(text)));
const ZONES = ['Europe/Paris', 'America/New_York'];

interface Event {
  /** Minutes before now; in the middle of a slot of ten seconds. */
  readonly age: number;
  readonly bad: boolean;
  readonly n: number;
}

/** Where only wide slots are left, borders are whole hours: then it must be exact there as well. */
const border = fc.oneof(
  fc.integer({ min: 0, max: 12 * 1440 }),
  fc.integer({ min: 0, max: 29 * 24 }).map((hours) => hours * 60),
);
const once = fc.record({ kind: fc.constant('once' as const), age: border, length: fc.integer({ min: 1, max: 600 }) });
const again = fc.record({
  kind: fc.constant('again' as const),
  zone: fc.constantFrom(...ZONES),
  days: fc.integer({ min: 0, max: 29 }),
  hour: fc.integer({ min: 0, max: 23 }),
  hours: fc.integer({ min: 1, max: 5 }),
  weekday: fc.option(fc.constantFrom(0, 1, 2, 3, 4, 5, 6)),
});
type Written =
  | (typeof once extends fc.Arbitrary<infer A> ? A : never)
  | (typeof again extends fc.Arbitrary<infer B> ? B : never);

const event = fc.record({
  age: fc.oneof(border, fc.integer({ min: 0, max: 360 })),
  bad: fc.boolean(),
  n: fc.integer({ min: 1, max: 50 }),
});

const { seed } = seededOfRun('exclusions');

test('figures without what is excluded equal a recount of the events outside of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-exclusions-'));
  let run = 0;
  let left = 0;
  const history = fc.record({
    now: fc.constantFrom(...NOWS),
    events: fc.array(event, { minLength: 1, maxLength: 40 }),
    written: fc.array(fc.oneof(once, again), { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(history, async ({ now, events, written }) => {
      left += await judge(join(folder, String(run++)), now, events, written);
    }),
    { seed, numRuns: tries(12) },
  );
  rmSync(folder, { recursive: true });
  expect(left).toBeGreaterThan(0);
});

/** Returns how many events were left out. */
async function judge(place: string, now: Ms, events: readonly Event[], written: readonly Written[]): Promise<number> {
  const engine = openEngine({ dataDir: place, clock: systemClock, log: createLog('test') });
  const exclusions = written.flatMap((one, i) => exclusionOf(one, `x${i}`, now));
  const force = exclusionsInForce(exclusions, compileMatcher);
  const counts = new KeptCounts(new SloCounts(engine), () => force);
  try {
    await new Queue().deliver(engine, countedEvents(rowsOf(events, now), now), now);
    const [shop, other] = await evaluateSlos(engine, slos, now, counts);
    const isOut = ({ age }: Event): boolean =>
      written.some((one, i) => isExcluded(timeOf(age, now), one, exclusions[i]));
    const tally = (from: number, to: number, only: (event: Event) => boolean) => {
      const inside = events.filter((one) => timeOf(one.age, now) > from && timeOf(one.age, now) <= to && only(one));
      const total = inside.reduce((sum, { n }) => sum + n, 0);
      const bad = inside.reduce((sum, { n, bad }) => sum + (bad ? n : 0), 0);
      return { total, good: total - bad, bad };
    };
    const start = shop!.window.start;
    const kept = tally(start, now, (one) => !isOut(one));
    const out = tally(start, now, isOut);
    const all = tally(start, now, () => true);
    expect(shop!.counts).toEqual(kept);
    expect(shop!.budget.spent).toBe(kept.bad);
    expect(other!.counts).toEqual(all);
    expect(other!.excluded).toBeUndefined();
    if (shop!.excluded !== undefined) {
      expect(shop!.excluded.counts).toEqual(out);
      expect(shop!.excluded.otherwise.counts).toEqual(all);
      expect(shop!.excluded.otherwise.budget).toEqual(other!.budget);
    } else expect(out.total).toBe(0);
    for (const { window_secs, total, bad, rate } of shop!.burns) {
      const want = tally(now - window_secs * 1000, now, (one) => !isOut(one));
      expect([total, bad]).toEqual([want.total, want.bad]);
      if (want.total > 0) expect(rate).toBeCloseTo(want.bad / want.total / (1 - OBJECTIVE), 9);
    }
    const detail = await evaluateDetail(engine, slos[0]!, now, { start: ms(start), end: now }, counts);
    const steps = detail.time.map((end, i) => {
      const from = i === 0 ? detail.range.start : detail.time[i - 1]!;
      return tally(from, end, (one) => !isOut(one));
    });
    expect(detail.total).toEqual(steps.map(({ total }) => total));
    expect(detail.bad).toEqual(steps.map(({ bad }) => bad));
    const { days, burns } = await createDailyHistory(engine, counts)(slos, now);
    const daily = days.map((end) => tally(end - DAY, end, (one) => !isOut(one)));
    const rates = daily.map(({ total, bad }) => (total === 0 ? null : bad / total / 0.1));
    for (const [i, rate] of burns.shop!.entries()) {
      if (rate === null) expect(rates[i]).toBeNull();
      else expect(rate).toBeCloseTo(rates[i]!, 9);
    }
    return out.total;
  } finally {
    await engine.close();
    rmSync(place, { recursive: true });
  }
}

function timeOf(age: number, now: Ms): number {
  return now - age * MINUTE - 25_000;
}

function rowsOf(events: readonly Event[], now: Ms): readonly IncrementRow[] {
  return events.flatMap(({ age, bad, n }) => {
    const time = timeOf(age, now) / 1000;
    return [[0, time, n] as const, ...(bad ? [[1, time, n] as const] : [])];
  });
}

function exclusionOf(written: Written, id: string, now: Ms): Exclusion {
  const base = { id, slos: ['shop'], reason: 'drill', author: 'ada', created: now };
  if (written.kind === 'once') {
    const starts = now - written.age * MINUTE;
    const length =
      written.age > 12 * 1440 || written.age % 60 === 0
        ? Math.ceil(written.length / 60) * HOUR
        : written.length * MINUTE;
    return { ...base, starts, ends: starts + length };
  }
  const { zone, days, hour, hours, weekday } = written;
  const starts = firstOf(ms(now - days * DAY), written);
  const rule =
    weekday === null ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][weekday]}`;
  expect(hour).toBeLessThan(24);
  return { ...base, starts, ends: starts + hours * HOUR, recurrence: { rule, zone } };
}

type Again = Extract<Written, { kind: 'again' }>;

/** The first whole hour from `from` on that is a start by the clocks of the zone. */
function firstOf(from: Ms, written: Again): number {
  let at = Math.ceil(from / HOUR) * HOUR;
  while (!isStart(at, written)) at += HOUR;
  return at;
}

function isStart(time: number, { zone, hour, weekday }: Again): boolean {
  const [shown, before] = [shownAt(time, zone), shownAt(time - HOUR, zone)];
  const skipped = shown.hour === (hour + 1) % 24 && before.hour === (hour + 23) % 24;
  if (!skipped && (shown.hour !== hour || before.hour === hour)) return false;
  return weekday === null || shown.weekday === weekday;
}

const clocks = new Map(
  ZONES.map((zone) => [
    zone,
    new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', hour: 'numeric', weekday: 'short' }),
  ]),
);

function shownAt(time: number, zone: string) {
  const parts = clocks.get(zone)!.formatToParts(time);
  const value = (type: string): string => parts.find((part) => part.type === type)!.value;
  return {
    hour: Number(value('hour')),
    weekday: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(value('weekday')),
  };
}

/** Events of (start, end] are out. */
function isExcluded(time: number, written: Written, exclusion: Exclusion | undefined): boolean {
  const { starts, ends } = exclusion!;
  if (written.kind === 'once') return time > starts && time <= ends;
  for (let hour = Math.floor(time / HOUR) * HOUR; hour > time - (ends - starts) - HOUR; hour -= HOUR) {
    if (hour >= starts && isStart(hour, written) && time > hour && time <= hour + (ends - starts)) return true;
  }
  return false;
}
