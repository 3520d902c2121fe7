import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/engine/engine.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { Engine, Selector, WatchedGroup, Window } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { tries } from '../support/long.ts';
import { seededOfRun } from '../support/random.ts';

/**
 * What is watched has the same answers, to the last bit, as what is asked anew: whatever comes late, however far the windows move, and
 * whatever series come.
 */
const START = Date.parse('2027-03-27T01:20:00Z');

const PAIRS: readonly (readonly [total: string, part: string])[] = [
  ['requests_total', 'requests_total{code="500"}'],
  ['requests_total{shop="a"}', 'requests_total{shop="a",code="500"}'],
  ['requests_total{shop="b"}', 'requests_total{shop="nobody"}'],
  ['requests_total{shop!="a"}', 'fractions_total'],
  ['nothing_total', 'nothing_total{code="500"}'],
];
const groups: readonly WatchedGroup[] = PAIRS.map((pair) => {
  const [total, part] = pair.map(parseSelector) as [Selector, Selector];
  return { facts: [total, part], counted: [total, part] };
});

const BURNS = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY].map(ms);
const seconds = (max: number) => fc.integer({ min: 0, max: max / SECOND });
const pause = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(10, 10, 20, 30) },
  { weight: 3, arbitrary: seconds(ms(5 * MINUTE)) },
  { weight: 1, arbitrary: seconds(ms(3 * DAY)) },
);
const late = fc.oneof(
  { weight: 8, arbitrary: seconds(ms(30 * SECOND)) },
  { weight: 1, arbitrary: seconds(ms(7 * HOUR)) },
  { weight: 1, arbitrary: seconds(ms(40 * DAY)) },
);
const event = fc.record({
  late,
  shop: fc.constantFrom('a', 'b', 'c'),
  bad: fc.boolean(),
  sum: fc.constantFrom(1, 2, 7, 300, -3, 0.1),
});
const step = fc.record({
  pause,
  events: fc.array(event, { maxLength: 12 }),
  /** How far behind the clock the windows end. */
  behind: fc.constantFrom(0, 0, 0, 10, 20, 70, 4000),
  /** Others end later, as those of what is heard while somebody is silent. */
  heard: fc.boolean(),
  /** Fixed ones, as those of exclusions. */
  excluded: fc.constantFrom(0, 0, 2),
  flush: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const { seed } = seededOfRun('watched');
let folder: string;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'vigie-watched-'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('windows that move on count what the same windows count anew', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }), async (steps) => {
      await live(join(folder, String(run++)), steps);
    }),
    { seed, numRuns: tries(12) },
  );
});

async function live(dataDir: string, steps: readonly Step[]): Promise<void> {
  let now = ms(START);
  const engine = openEngine({ dataDir, clock: { now: () => now }, log: createLog('store', { write: () => {} }) });
  const send = await sender(engine, now);
  let watch = await engine.watch(groups);
  for (const [i, one] of steps.entries()) {
    now = ms(now + one.pause * 1000);
    await send(one.events, now);
    if (one.flush) vi.advanceTimersByTime(1000);
    // Other groups at other places, those that stay in the middle of their windows.
    if (i % 7 === 6) watch = await engine.watch(groups.toReversed());
    if (i % 7 === 0) watch = await engine.watch(groups);
    await compare(engine, watch, i % 7 === 6 ? groups.toReversed() : groups, windowsOf(one, now));
    if (i % 7 === 6) watch = await engine.watch(groups);
  }
  await engine.close();
}

function windowsOf({ behind, heard, excluded }: Step, now: Ms): readonly Window[] {
  const end = ms(Math.floor(now / 10_000) * 10_000 - behind * 1000);
  const before = (last: Ms) => BURNS.map((length) => ({ start: ms(last - length), end: last }));
  const month = { start: ms(Date.parse('2027-03-01T00:00:00Z') - HOUR), end };
  const fixed = Array.from({ length: excluded }, (_, i) => {
    const start = ms(START - (30 + 300 * i) * MINUTE);
    return { start, end: ms(start + 10 * MINUTE) };
  });
  return [
    { start: ms(end - 30 * DAY), end },
    month,
    ...before(end),
    ...(heard ? before(ms(end + 60_000)) : []),
    ...fixed,
  ];
}

async function compare(
  engine: Engine,
  watch: number,
  watched: readonly WatchedGroup[],
  windows: readonly Window[],
): Promise<void> {
  const all = watched.flatMap(() => windows);
  const counted = await engine.watchedCounts({
    watch,
    first: Uint32Array.from({ length: watched.length + 1 }, (_, i) => i * windows.length),
    starts: Float64Array.from(all, ({ start }) => start),
    ends: Float64Array.from(all, ({ end }) => end),
  });
  const anew = await engine.count(
    watched.map(({ counted = [] }) => counted.map((selector) => ({ selector, windows }))),
  );
  const want = anew.flatMap(([totals = [], parts = []]) =>
    totals.flatMap(({ window, sum }, i) => [window.start, window.end, sum, parts[i]?.sum]),
  );
  expect([...counted]).toEqual(want);
  const facts = await engine.watchedFacts(watch);
  for (const [i, { facts: selectors }] of watched.entries()) {
    const [first, ...others] = await engine.facts(selectors);
    expect([facts.series[i], facts.oldest[i], facts.newest[i]]).toEqual([
      first?.series,
      first?.oldest ?? Number.NaN,
      first?.newest ?? Number.NaN,
    ]);
    const origins = new Set([first, ...others].flatMap((one) => one?.origins ?? []));
    expect(facts.origins[facts.originsAt[i] ?? 0]).toEqual([...origins]);
  }
}

async function sender(engine: Engine, now: Ms) {
  const names = { collector: 'c', sink: 's' };
  const hello = await engine.hello({ ...names, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  return async (events: Step['events'], at: Ms): Promise<void> => {
    const payload: BatchPayload = {
      v: 1,
      source: 'access',
      series: events.map(({ shop, bad, sum }) => {
        const name = Number.isInteger(sum) ? 'requests_total' : 'fractions_total';
        return { kind: 'sum', name, labels: { shop, code: bad ? '500' : '200' } } as const;
      }),
      increments: {
        series: events.map((_, i) => i),
        time: events.map((one) => Math.floor(at / 1000) - one.late),
        n: events.map(() => 1),
        sum: events.map(({ sum }) => sum),
      },
      watermark: { completeTo: at, service: 'shop', state: 'ok' },
    };
    const bytes = Buffer.from(JSON.stringify(payload));
    const envelope = { ...names, epoch, sequence: ++sequence, digest: digestOf(bytes) };
    await engine.ingest(envelope, bytes, at);
  };
}
