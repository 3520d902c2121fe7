import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Slices, sliceGood } from '../../rules/figures/slices.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateDetail, evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import type { Engine } from '../../server/model/engine.ts';
import { HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';
import { tries } from '../support/long.ts';

const NOW = ms(1_800_000_000_000);

let folder: string;
let engine: Engine;
let asked: { counts: number; steps: number };
let queue: Queue;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-slices-'));
  const opened = openEngine({ dataDir: folder, clock: { now: () => NOW }, log: createLog('test') });
  asked = { counts: 0, steps: 0 };
  engine = {
    ...opened,
    count: (groups) => {
      asked.counts += groups.flat().reduce((sum, { windows }) => sum + windows.length, 0);
      return opened.count(groups);
    },
    buckets: (requests) => {
      asked.steps += requests.reduce((sum, { start, end, step }) => sum + (end - start) / step, 0);
      return opened.buckets(requests);
    },
  };
  queue = new Queue();
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const slo = (slices: string, window = '6h') => {
  const { slos, problems } = readSloFiles(
    [
      {
        path: 'slo.yaml',
        text: `slos:
  - id: shop
    service: shop
    objective: 90%
    window: ${window}
    availability: {total: all_total, bad: bad_total}
    slices: ${slices}
`,
      },
    ],
    parseSelector,
  );
  expect(problems).toEqual([]);
  return slos[0]!;
};

interface Event {
  /** Before NOW. */
  readonly age_secs: number;
  readonly n: number;
  readonly bad: number;
}

/** Sends events; all is complete up to `completeTo`. */
async function send(events: readonly Event[], completeTo = NOW): Promise<void> {
  const rows = events.flatMap(({ age_secs, n, bad }) => {
    const time = NOW / 1000 - age_secs;
    return [[0, time, n] as const, [1, time, bad] as const];
  });
  await queue.deliver(engine, countedEvents(rows, completeTo), completeTo);
}

/** Slice by slice, from the list of all events. */
function recount(events: readonly Event[], slices: Slices, end: number, length: number) {
  const found = { total: 0, good: 0 };
  for (let to = end; to > end - length; to -= slices.every) {
    const inside = events.filter(({ age_secs }) => {
      const time = NOW - age_secs * 1000;
      return time > to - slices.every && time <= to;
    });
    const sum = (pick: (event: Event) => number): number => inside.reduce((all, event) => all + pick(event), 0);
    const good = sliceGood(
      sum(({ n }) => n),
      sum(({ bad }) => bad),
      'bad',
      slices,
    );
    if (Number.isNaN(good)) continue;
    found.total++;
    found.good += good;
  }
  return found;
}

const history = fc.array(
  fc.record({ age_secs: fc.integer({ min: 1, max: 7 * 3600 }), n: fc.integer({ min: 1, max: 20 }), bad: fc.nat(3) }),
  { maxLength: 60 },
);

const kinds: readonly (readonly [string, Slices])[] = [
  ['{every: 1m, good_at: 90%}', { every: MINUTE, good_at: 0.9 }],
  ['{every: 5m, good_at: 100%}', { every: ms(5 * MINUTE), good_at: 1 }],
  ['{every: 5m, mean: true}', { every: ms(5 * MINUTE) }],
];

describe.each(kinds)('slices %s', (written, slices) => {
  test('are those of a list of all events, whatever comes late', async () => {
    const definition = slo(written);
    const run = async (waves: readonly (readonly Event[])[]): Promise<void> => {
      const counts = new SloCounts(engine);
      const all: Event[] = [];
      for (const wave of waves) {
        const told = wave.map((event) => ({ ...event, bad: Math.min(event.bad, event.n) }));
        all.push(...told);
        await send(told);
        const [status] = await evaluateSlos(engine, [definition], NOW, counts);
        const want = recount(all, slices, Math.floor(NOW / slices.every) * slices.every, 6 * HOUR);
        expect(status!.counts.total).toBe(want.total);
        expect(status!.counts.good).toBeCloseTo(want.good, 9);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 1, maxLength: 4 }), run).afterEach(async () => {
        await engine.close();
        rmSync(folder, { recursive: true, force: true });
        folder = mkdtempSync(join(tmpdir(), 'vigie-slices-'));
        engine = openEngine({ dataDir: folder, clock: { now: () => NOW }, log: createLog('test') });
        queue = new Queue();
      }),
      { seed: 3, numRuns: tries(8) },
    );
  });
});

const steady = (minutes: number): readonly Event[] =>
  Array.from({ length: minutes }, (_, i) => ({ age_secs: i * 60 + 30, n: 10, bad: i % 100 === 0 ? 5 : 0 }));

test('a tick reads the slices that are new, and those that changed, by their chunk', async () => {
  const definition = slo('{every: 1m, good_at: 90%}', '7d');
  const counts = new SloCounts(engine);
  await send(steady(60));
  await evaluateSlos(engine, [definition], NOW, counts);
  expect(asked.steps).toBeGreaterThanOrEqual(2 * 7 * 24 * 60);
  asked = { counts: 0, steps: 0 };
  await evaluateSlos(engine, [definition], NOW, counts);
  expect(asked).toEqual({ counts: 2, steps: 0 });
  const next = ms(NOW + 2 * MINUTE);
  await send([{ age_secs: -60, n: 1, bad: 0 }], next);
  await evaluateSlos(engine, [definition], next, counts);
  expect(asked).toEqual({ counts: 4, steps: 4 });
  await send([{ age_secs: 3 * 24 * 3600, n: 1, bad: 1 }], next);
  const [status] = await evaluateSlos(engine, [definition], next, counts);
  expect(status!.counts).toMatchObject({ total: 62, bad: 2 });
  expect(asked.steps).toBe(4 + 2 * 240);
});

test('the status says what it counts, and the page shows the same slices', async () => {
  const definition = slo('{every: 1m, good_at: 90%}');
  await send(steady(300));
  const detail = await evaluateDetail(engine, definition, NOW);
  expect(detail.status).toMatchObject({ unit: 'slices', slices: { every_secs: 60, good_at: 0.9 } });
  expect(detail.status.counts).toEqual({ total: 300, good: 297, bad: 3 });
  const sum = (column: readonly number[]): number => column.reduce((a, b) => a + b, 0);
  expect([sum(detail.total), sum(detail.bad)]).toEqual([300, 3]);
  expect(detail.range.step_secs).toBe(60);
  expect(detail.budget_left.at(-1)).toBeCloseTo(detail.status.budget.left_ratio ?? Number.NaN, 12);
  expect(detail.definition).toContain('slices:\n      every: 1m\n      good_at: 90%');
});

test('the figures wait for the end of a slice', async () => {
  const definition = slo('{every: 5m, good_at: 90%}');
  const inside = ms(Math.floor(NOW / (5 * MINUTE)) * 5 * MINUTE + 3 * MINUTE);
  await send([{ age_secs: 60, n: 10, bad: 10 }], inside);
  const [status] = await evaluateSlos(engine, [definition], inside);
  expect(status!.as_of % (5 * MINUTE)).toBe(0);
  expect(inside - status!.as_of).toBe(3 * MINUTE);
});
