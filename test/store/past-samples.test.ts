import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ms, ms } from '../../server/model/units.ts';
import type { SampleVerdict } from '../../server/store/intake/sample-write.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { idsOf, NOW, openStore, Queue, samples, tempDir } from './batches.ts';
import { recounted } from './recounted-samples.ts';

const RINGS = [
  { width: ms(10_000), span: ms(600_000) },
  { width: ms(60_000), span: ms(7_200_000) },
  { width: ms(300_000), span: ms(86_400_000) },
];
/** On a border of the widest slots. */
const BASE = NOW - (NOW % 300_000);

type Row = readonly [time: number, value: number];

function write(store: Store, rows: readonly Row[], now: Ms = NOW): SampleVerdict {
  const identity = { kind: 'counter', name: 'c', labels: { host: 'h' } } as const;
  return store.change(now, (intake) =>
    intake.takeSamples({
      collector: 'import',
      targets: [{ source: 'openmetrics', identity, series: undefined }],
      ends: [rows.length],
      times: Float64Array.from(rows, ([time]) => time),
      values: Float64Array.from(rows, ([, value]) => value),
      stale: new Uint8Array(rows.length),
      isPast: true,
      unusable: new Map(),
    }),
  );
}

test('history behind live samples is in every ring that still holds it, once, whatever comes again', () => {
  const value = fc.nat(1000);
  const history = fc.uniqueArray(fc.tuple(fc.integer({ min: -86_000, max: -900 }), value), {
    selector: ([at]) => at,
    minLength: 1,
    maxLength: 300,
    size: 'max',
  });
  fc.assert(
    fc.property(
      history,
      fc.array(fc.nat(299), { maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(280), fc.integer({ min: 1, max: 60 })), { minLength: 6 }),
      (past, cuts, windows) => {
        const dataDir = tempDir();
        const open = (): Store => new Store({ dataDir, rings: RINGS, cacheBytes: 2000, durable: false });
        let store = open();
        const live = Array.from({ length: 60 }, (_, i): Row => [BASE - 590_000 + i * 10_000, i]);
        new Queue().send(store, samples('counter', 'c', live));
        const rows = past.map(([at, one]): Row => [BASE + at * 1000, one]).sort(([a], [b]) => a - b);
        const borders = [0, ...cuts.map((cut) => cut % (rows.length + 1)), rows.length].sort((a, b) => a - b);
        const parts = borders.map((from, i) => rows.slice(from, borders[i + 1] ?? from));
        for (const [i, part] of parts.entries()) {
          expect(write(store, part)).toMatchObject({ accepted: part.length, refusals: [] });
          if (i % 3 === 1) store.flush(ms(NOW + 3_600_000), 3);
          if (i % 2 === 1) {
            store.abandon();
            store = open();
          }
        }
        const again = write(store, rows);
        expect(again.accepted).toBe(0);
        expect(again.refusals.every(({ reason }) => reason === 'behind_slot')).toBe(true);
        const all = [...rows, ...live];
        const reader = store.view.reader(idsOf(store, 'c')[0]!);
        for (const [from, length] of windows) {
          const start = ms(BASE - 86_100_000 + from * 300_000);
          const end = ms(start + length * 300_000);
          const got = reader.window(start, end);
          const want = all.filter(([time]) => time > start && time <= end);
          if (got?.form === 'rollup') expect(got.stats).toMatchObject(recounted(want));
          else if (got?.form === 'samples') expect([...got.times]).toEqual(want.map(([time]) => time));
          else expect(want).toEqual([]);
        }
        store.close();
      },
    ),
    { seed: 61, numRuns: tries(40) },
  );
});

test('what no ring holds is too old, what is out of order where raw samples are gone is told, sums have no samples', () => {
  const store = openStore({ rings: RINGS });
  new Queue().send(store, samples('counter', 'c', [[BASE, 1]]));
  const refused = (rows: readonly Row[], want: Readonly<Record<string, number>>, accepted = 0) => {
    const verdict = write(store, rows);
    expect(verdict.accepted).toBe(accepted);
    expect(Object.fromEntries(verdict.refusals.map(({ reason, count }) => [reason, count]))).toEqual(want);
  };
  refused([[BASE - 86_400_000, 5]], { too_old: 1 });
  refused([[BASE - 86_399_999, 5]], {}, 1);
  refused([[BASE - 50_000_000, 5]], {}, 1);
  expect(write(store, [[BASE - 50_000_000, 5]])).toMatchObject({ accepted: 0, known: 1, refusals: [] });
  refused([[BASE - 50_000_000, 6]], { behind_slot: 1 });
  refused([[BASE - 50_000_001, 5]], { behind_slot: 1 });
  refused([[BASE - 49_999_999, 5]], {}, 1);
  refused([[BASE + 700_000, 5]], { too_far_ahead: 1 });
  // Where raw samples are, any order will do.
  refused(
    [
      [BASE - 20_000, 3],
      [BASE - 30_000, 2],
    ],
    {},
    2,
  );
  store.close();
});

test('nobody is told as alive by what is imported, and an import needs no live series', () => {
  const store = openStore({ rings: RINGS });
  const rows = Array.from({ length: 1000 }, (_, i): Row => [BASE - (1000 - i) * 60_000, i]);
  expect(write(store, rows)).toMatchObject({ accepted: 1000, refusals: [] });
  expect(store.origins()).toEqual([]);
  expect(store.view.facts(idsOf(store, 'c'))).toMatchObject({ series: 1, origins: [] });
  const reader = store.view.reader(idsOf(store, 'c')[0]!);
  expect(reader.window(ms(BASE - 60_000_000), BASE as Ms)).toMatchObject({
    form: 'rollup',
    stats: { n: 999, last: 999 },
  });
  store.close();
});
