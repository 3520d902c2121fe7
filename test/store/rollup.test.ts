import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { appendSample, emptySlot, mergeSlot, type RollupSlot } from '../../server/store/pages/rollup.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { idsOf, NOW, openStore, Queue, type SampleRow, samples, tempDir } from './batches.ts';

const RINGS = [
  { width: ms(10_000), span: ms(600_000) },
  { width: ms(60_000), span: ms(7_200_000) },
  { width: ms(300_000), span: ms(86_400_000) },
];
/** On a border of the coarsest ring. */
const BASE = NOW - (NOW % 300_000);

/** The figures straight from samples, by the definition of each. */
function naive(rows: readonly SampleRow[]): Omit<RollupSlot, 'endsStale'> | undefined {
  const live = rows.filter((row): row is readonly [number, number] => typeof row[1] === 'number');
  if (live.length === 0) return undefined;
  const values = live.map(([, value]) => value);
  const before = values.filter((value, i) => (values[i + 1] ?? value) < value);
  return {
    n: live.length,
    firstTime: live[0]![0],
    first: values[0]!,
    lastTime: live.at(-1)![0],
    last: values.at(-1)!,
    adj: before.reduce((a, b) => a + b, 0),
    resets: before.length,
    sum: values.reduce((a, b) => a + b, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

const reading = fc.oneof(
  { weight: 9, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.constant('stale' as const) },
);
/** Jittered scrapes with gaps, over three hours. */
const series = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 720 }), reading), {
    selector: ([at]) => at,
    size: 'max',
    maxLength: 300,
  })
  .map((list): SampleRow[] =>
    list.sort(([a], [b]) => a - b).map(([at, value]) => [BASE + at * 15_000 - (at % 7) * 100, value]),
  );

test('merging adjacent slots equals appending all their samples, resets included', () => {
  fc.assert(
    fc.property(series, fc.array(fc.nat(300)), (rows, cuts) => {
      const whole = emptySlot();
      const borders = [0, ...cuts.map((cut) => cut % (rows.length + 1)).sort((a, b) => a - b), rows.length];
      borders.forEach((from, i) => {
        const part = emptySlot();
        for (const [time, value] of rows.slice(from, borders[i + 1] ?? from)) {
          appendSample(part, { time, value: value === 'stale' ? 0 : Number(value), stale: value === 'stale' });
        }
        mergeSlot(whole, part);
      });
      if (whole.n > 0) expect(whole).toMatchObject(naive(rows)!);
      expect(whole.endsStale).toBe(rows.at(-1)?.[1] === 'stale');
    }),
    { seed: 7, numRuns: tries(300) },
  );
});

test('windows from roll-ups equal those from raw samples, late samples, restarts and replays included', () => {
  fc.assert(
    fc.property(
      series,
      fc.nat(40),
      fc.array(fc.tuple(fc.nat(36), fc.integer({ min: 1, max: 12 }))),
      (rows, late, windows) => {
        const dataDir = tempDir();
        let store = new Store({ dataDir, rings: RINGS });
        const queue = new Queue();
        // Every third sample arrives after its five successors, well inside the raw ring.
        const order = rows.map((row, i) => ({ row, at: i % 3 === 0 ? i + 5.5 : i })).sort((a, b) => a.at - b.at);
        const accepted: SampleRow[] = [];
        order.forEach(({ row }, i) => {
          const before = store.stats().drops;
          queue.send(store, samples('counter', 'c', [row]));
          if (JSON.stringify(before) === JSON.stringify(store.stats().drops)) accepted.push(row);
          if (i % 50 === late) store.flush(ms(NOW + 3_600_000), 2);
          if (i % 60 === late) {
            store.abandon();
            store = new Store({ dataDir, rings: RINGS });
          }
        });
        accepted.sort(([a], [b]) => a - b);
        const [id] = idsOf(store, 'c');
        for (const [from, length] of id === undefined ? [] : windows) {
          const start = ms(BASE + from * 300_000);
          const end = ms(start + length * 300_000);
          const want = naive(accepted.filter(([time]) => time > start && time <= end));
          const got = store.view.reader(id!).window(start, end);
          if (got?.form === 'samples')
            expect({ n: got.times.length, first: got.values[0], last: got.values.at(-1) }).toEqual({
              n: want?.n,
              first: want?.first,
              last: want?.last,
            });
          else if (want === undefined) expect(got).toBeUndefined();
          else expect(got).toMatchObject({ form: 'rollup', stats: want });
        }
        store.close();
      },
    ),
    { seed: 8, numRuns: tries(25) },
  );
});

test('an instant sees the newest sample within its lookback, and nothing after a stale marker', () => {
  const store = openStore();
  new Queue().send(
    store,
    samples('gauge', 'g', [
      [BASE, 1],
      [BASE + 60_000, 2],
      [BASE + 90_000, 'stale'],
      [BASE + 150_000, 'NaN'],
    ]),
  );
  const reader = store.view.reader(idsOf(store, 'g')[0]!);
  const at = (time: number, want: number | undefined, lookback = 300_000) =>
    expect(reader.at(ms(BASE + time), ms(lookback))).toEqual(want);
  at(-1, undefined);
  at(0, 1);
  at(59_999, 1);
  at(60_000, 2);
  at(89_999, 2);
  at(90_000, undefined);
  at(149_999, undefined);
  at(150_000, Number.NaN);
  at(449_999, Number.NaN);
  at(450_000, undefined);
  at(40_000, undefined, 40_000);
  at(39_999, 1, 40_000);
  store.close();
});

test('a window whose borders only a coarser ring has moves outward and says so', () => {
  const store = openStore({ rings: RINGS });
  const queue = new Queue();
  const rows = Array.from({ length: 400 }, (_, i): SampleRow => [BASE - 4_000_000 + i * 10_000, i]);
  for (let i = 0; i < rows.length; i += 20) queue.send(store, samples('counter', 'c', rows.slice(i, i + 20)));
  const reader = store.view.reader(idsOf(store, 'c')[0]!);
  const start = ms(BASE - 3_600_000 + 1);
  expect(reader.window(start, ms(BASE - 3_000_000))).toMatchObject({
    form: 'rollup',
    stats: { n: 60 },
    aligned: { start: BASE - 3_600_000, end: BASE - 3_000_000 },
  });
  expect(reader.window(ms(BASE - 3_600_000), ms(BASE - 12_345))).not.toHaveProperty('aligned');
  expect(reader.window(ms(BASE - 100_000), BASE as never)).toMatchObject({ form: 'samples' });
  store.close();
});
