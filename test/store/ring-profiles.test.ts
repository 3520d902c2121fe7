import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelMatcher, labelEquals } from '../../server/model/labels.ts';
import type { RingProfile } from '../../server/model/rings.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import type { RingChoice } from '../../server/store/rings/ring-plan.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { count, idsOf, increments, NOW, openStore, Queue, type SampleRow, samples, tempDir } from './batches.ts';
import { examined } from './full-store.ts';
import { recounted } from './recounted-samples.ts';

const rings = (...list: readonly (readonly [step_secs: number, keep_secs: number])[]): readonly RingProfile[] =>
  list.map(([step, keep]) => ({ width: ms(step * 1000), span: ms(keep * 1000) }));

const USUAL = rings([10, 600], [60, 7200], [300, 86_400]);
const LONGER = rings([10, 1800], [60, 14_400], [300, 172_800]);
const COARSER = rings([30, 1200], [300, 43_200]);
const OTHERS = rings([10, 600], [20, 3600], [60, 7200], [3600, 172_800]);
const only = (name: string, some: readonly RingProfile[], usual = USUAL): RingChoice => ({
  rings: usual,
  rules: [{ match: name, matchers: [labelEquals('__name__', name)] as LabelMatcher[], rings: some }],
});
const CHOICES: readonly RingChoice[] = [
  { rings: USUAL, rules: [] },
  { rings: LONGER, rules: [] },
  { rings: OTHERS, rules: [] },
  only('a_total', COARSER),
  only('b_total', LONGER, COARSER),
];

function open(dataDir: string, { rings: some, rules }: RingChoice): Store {
  return new Store({ dataDir, rings: some, ringRules: rules, cacheBytes: 2000, durable: false });
}

function convertAll(store: Store): void {
  while (store.convertSeries(NOW).isDue);
}

const NAMES = ['a_total', 'b_total'];
const START = 1_700_000_000;
const turn = [
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), budget: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('choose' as const), choice: fc.nat(CHOICES.length - 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('convert' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), by: fc.integer({ min: 0, max: 20_000 }) }) },
] as const;

/** What happens beside the data, to a store and to the one that is opened after it. */
class Life {
  store: Store;
  clock = START;
  choice = CHOICES[0]!;
  readonly #dataDir = tempDir();

  constructor() {
    this.store = open(this.#dataDir, this.choice);
  }

  do(one: { kind: string; budget?: number; choice?: number; by?: number }): void {
    if (one.kind === 'jump') this.clock += one.by!;
    if (one.kind === 'flush') this.store.flush(ms(NOW + 3_600_000), one.budget!);
    if (one.kind === 'convert') this.store.convertSeries(NOW);
    if (one.kind === 'choose') {
      this.choice = CHOICES[one.choice!]!;
      this.store.chooseRings(this.choice);
    }
    if (one.kind === 'close') this.store.close();
    if (one.kind === 'kill') this.store.abandon();
    if (one.kind === 'close' || one.kind === 'kill') this.store = open(this.#dataDir, this.choice);
  }

  end(): void {
    this.store.close();
    expect(examined(this.#dataDir).findings).toEqual([]);
  }
}

test('counts equal those of a list of all increments, whatever rings are chosen in between', () => {
  const row = fc.tuple(fc.nat(1), fc.integer({ min: -20_000, max: 900 }), fc.integer({ min: 1, max: 9 }));
  const batch = fc.record({ kind: fc.constant('batch' as const), rows: fc.array(row, { maxLength: 12 }) });
  const step = fc.oneof({ weight: 6, arbitrary: batch }, ...turn);
  const window = fc.tuple(fc.integer({ min: -120_000, max: 6000 }), fc.integer({ min: 0, max: 90_000 }));
  fc.assert(
    fc.property(
      fc.array(step, { size: 'max', maxLength: 40 }),
      fc.array(window, { minLength: 4, maxLength: 8 }),
      (steps, windows) => {
        const life = new Life();
        const queue = new Queue();
        const all: { name: string; time: number; n: number }[] = [];
        for (const one of steps) {
          life.do(one);
          if (one.kind !== 'batch') continue;
          const rows = one.rows.map(([series, time, n]) => [series, life.clock + time, n] as const);
          expect(queue.send(life.store, increments(NAMES, rows))).toEqual({ result: 'applied' });
          for (const [series, time, n] of rows) all.push({ name: NAMES[series]!, time: time * 1000, n });
        }
        const check = (): void => {
          const { store } = life;
          for (const [offset, length] of windows) {
            const asked = { start: ms((life.clock + offset) * 1000), end: ms((life.clock + offset + length) * 1000) };
            const ids = NAMES.map((name) => idsOf(store, name));
            const judgement = store.view.judge(ids.flat());
            const counts = ids.map((some) => store.view.countWindow(some, asked, judgement));
            expect(counts[0]!.window).toEqual(counts[1]!.window);
            for (const [i, { window: real, n, sum }] of counts.entries()) {
              const want = all.filter(({ name, time }) => name === NAMES[i] && time > real.start && time <= real.end);
              expect({ n, sum }).toEqual({ n: total(want), sum: total(want) });
            }
          }
        };
        check();
        convertAll(life.store);
        check();
        life.end();
      },
    ),
    { seed: 51, numRuns: tries(60) },
  );
});

function total(list: readonly { n: number }[]): number {
  return list.reduce((sum, { n }) => sum + n, 0);
}

test('what a counter rose equals that of the list of its samples, whatever rings are chosen in between', () => {
  const burst = fc.record({
    kind: fc.constant('scrape' as const),
    every: fc.integer({ min: 5, max: 40 }),
    values: fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }),
    late: fc.nat(500),
  });
  const step = fc.oneof({ weight: 6, arbitrary: burst }, ...turn);
  const window = fc.tuple(fc.integer({ min: -900, max: 2 }), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(
      fc.array(step, { size: 'max', maxLength: 24 }),
      fc.array(window, { minLength: 4, maxLength: 8 }),
      (steps, windows) => {
        const life = new Life();
        const queue = new Queue();
        const all = new Map<number, number>();
        for (const one of steps) {
          life.do(one);
          if (one.kind !== 'scrape') continue;
          const rows = one.values.map((value, i): SampleRow => [(life.clock + i * one.every) * 1000 + 1, value]);
          const late: SampleRow = [(life.clock - one.late) * 1000 + 500, 7];
          for (const one of [...rows, late]) {
            const before = JSON.stringify(life.store.stats().drops);
            if (all.has(one[0])) continue;
            queue.send(life.store, samples('counter', 'a_total', [one]));
            if (before === JSON.stringify(life.store.stats().drops)) all.set(one[0], Number(one[1]));
          }
          life.clock += one.values.length * one.every;
        }
        const rows = [...all].sort(([a], [b]) => a - b);
        const check = (): void => {
          const [id] = idsOf(life.store, 'a_total');
          if (id === undefined) return;
          const border = Math.ceil(life.clock / 3600) * 3_600_000;
          for (const [from, length] of windows) {
            const start = ms(border + from * 20_000);
            const end = ms(start + length * 20_000);
            const got = life.store.view.reader(id).window(start, end);
            const real = (got?.form === 'rollup' ? got.aligned : undefined) ?? { start, end };
            const inside = rows.filter(([time]) => time > real.start && time <= real.end);
            if (got?.form === 'samples') expect([...got.times]).toEqual(inside.map(([time]) => time));
            if (got?.form === 'rollup') expect(got.stats).toMatchObject(recounted(inside));
          }
        };
        check();
        convertAll(life.store);
        check();
        life.end();
      },
    ),
    { seed: 52, numRuns: tries(40) },
  );
});

describe('other rings', () => {
  /** An event every 10 s for two days, the newest at NOW. */
  const filled = (): Store => {
    const store = openStore({ rings: USUAL });
    const queue = new Queue();
    const times = Array.from({ length: 17_280 }, (_, i) => NOW / 1000 - 10 * (17_279 - i));
    for (let from = 0; from < times.length; from += 1000) {
      const rows = times.slice(from, from + 1000).map((time) => [0, time, 1] as const);
      queue.send(store, increments(['a_total'], rows));
    }
    return store;
  };
  const windowOf = (store: Store, secs: number) => count(store, 'a_total', NOW - secs * 1000, NOW);
  const started = (secs: number): Ms => ms(NOW - secs * 1000);

  test('that are longer keep what there is, and fill while data come', () => {
    const store = filled();
    store.chooseRings({ rings: LONGER, rules: [] });
    expect(windowOf(store, 610).window.start).toBe(started(660));
    convertAll(store);
    // Nothing finer is known of the time before; the coarser rings are.
    expect(windowOf(store, 590)).toMatchObject({ window: { start: started(590) }, n: 59 });
    expect(windowOf(store, 610)).toMatchObject({ window: { start: started(660) }, n: 66 });
    expect(windowOf(store, 86_400).n).toBe(8640);
    expect(windowOf(store, 100_000).window.start).toBe(started(86_400));
    expect(store.stats().drops).toEqual({});
    const rows = Array.from({ length: 100 }, (_, i) => [0, NOW / 1000 + 10 * (i + 1), 1] as const);
    new Queue('c2').send(store, increments(['a_total'], rows), ms(NOW + 1_000_000));
    const later = NOW + 1_000_000;
    expect(count(store, 'a_total', later - 1_510_000, later)).toMatchObject({
      window: { start: later - 1_510_000 },
      n: 151,
    });
    store.close();
  });

  test('that are shorter drop what they do not hold, and count it', () => {
    const store = filled();
    const events = windowOf(store, 86_400).n;
    store.chooseRings(only('a_total', COARSER));
    convertAll(store);
    expect(windowOf(store, 43_200)).toMatchObject({ window: { start: started(43_200) }, n: 4320 });
    expect(windowOf(store, 86_400).window.start).toBe(started(43_200));
    expect(store.stats().drops).toEqual({ ring_shortened: events - 4320 });
    store.close();
  });

  test('of other steps are made from the coarsest that divide them, and where none does they begin anew', () => {
    const store = filled();
    const cumulative = (secs: number) => store.view.reader(idsOf(store, 'a_total')[0]!).at(started(secs), ms(60_000));
    const before = [0, 60, 300, 7200, 43_200].map(cumulative);
    store.chooseRings({ rings: rings([20, 1200], [120, 7200], [600, 86_400]), rules: [] });
    convertAll(store);
    expect([0, 60, 300, 7200, 43_200].map(cumulative)).toEqual(before);
    expect(windowOf(store, 580)).toMatchObject({ window: { start: started(580) }, n: 58 });
    expect(windowOf(store, 1140)).toMatchObject({ window: { start: started(1200) }, n: 120 });
    store.chooseRings({ rings: rings([7, 700], [70, 7000]), rules: [] });
    convertAll(store);
    expect(windowOf(store, 1140).window.start).toBeGreaterThan(started(70));
    store.close();
  });

  test('are told with what their series take, and refused when there cannot be such', () => {
    const store = filled();
    const before = store.stats();
    expect(() => store.chooseRings({ rings: rings([10, 600]), rules: [] })).toThrow('got 1 rings; want 2 to 8');
    expect(store.stats()).toEqual(before);
    store.chooseRings(only('a_total', LONGER));
    const [usual, longer] = store.stats().ringProfiles!;
    expect(usual).toMatchObject({ matches: [], series: 1, waiting: 1 });
    expect(longer).toMatchObject({ matches: ['a_total'], series: 0, waiting: 0 });
    expect(store.stats().worstCaseBytes).toBeGreaterThan(before.worstCaseBytes);
    convertAll(store);
    expect(store.stats().ringProfiles![1]).toMatchObject({ series: 1, waiting: 0 });
    store.chooseRings({ rings: USUAL, rules: [] });
    convertAll(store);
    expect(store.stats().ringProfiles).toHaveLength(1);
    expect(store.stats().worstCaseBytes).toBe(before.worstCaseBytes);
    store.close();
  });

  test('wait while the clock may be wrong', () => {
    const store = filled();
    store.flush(NOW, 1);
    store.chooseRings({ rings: LONGER, rules: [] });
    const leapt = ms(NOW + 40 * 86_400_000);
    expect(store.convertSeries(leapt)).toEqual({ converted: 0, isDue: false });
    expect(store.convertSeries(ms(leapt + 43_200_000)).converted).toBe(0);
    expect(store.convertSeries(ms(leapt + 86_400_000)).converted).toBe(1);
    store.close();
  });
});
