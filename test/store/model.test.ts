import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotEnd } from '../../server/model/rings.ts';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { count, type IncrementRow, idsOf, increments, NOW, openStore, packed, Queue, tempDir } from './batches.ts';

/** Rings short enough that a test runs through many laps. */
const RINGS = [
  { width: ms(10_000), span: ms(600_000) },
  { width: ms(60_000), span: ms(7_200_000) },
  { width: ms(300_000), span: ms(86_400_000) },
];
const NAMES = ['a_total', 'b_total'];
const START = 1_700_000_000;

const row = fc.tuple(fc.nat(1), fc.integer({ min: -100_000, max: 4000 }), fc.integer({ min: 1, max: 9 }));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      queue: fc.nat(1),
      source: fc.nat(1),
      rows: fc.array(row, { maxLength: 12 }),
      isPacked: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), by: fc.integer({ min: 0, max: 90_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resend' as const), queue: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), budget: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const) }) },
);
const window = fc.tuple(fc.integer({ min: -120_000, max: 6000 }), fc.integer({ min: 0, max: 90_000 }));

test('counts of any window equal those of a list of all increments, whatever happened in between', () => {
  fc.assert(
    fc.property(
      fc.array(step, { size: 'max', maxLength: 40 }),
      fc.array(window, { minLength: 4, maxLength: 8 }),
      (steps, windows) => {
        const dataDir = tempDir();
        let store = new Store({ dataDir, rings: RINGS, cacheBytes: 2000 });
        const queues = [new Queue('c1'), new Queue('c2')];
        const all: { name: string; end: number; n: number }[] = [];
        let clock = START;
        for (const one of steps) {
          if (one.kind === 'jump') clock += one.by;
          if (one.kind === 'flush') store.flush(ms(NOW + 3_600_000), one.budget);
          if (one.kind === 'close' || one.kind === 'kill') {
            if (one.kind === 'close') store.close();
            else store.abandon();
            store = new Store({ dataDir, rings: RINGS, cacheBytes: 2000 });
          }
          if (one.kind === 'resend') {
            const { last } = queues[one.queue]!;
            if (last) expect(store.commit([last], NOW)).toEqual([{ result: 'duplicate' }]);
          }
          if (one.kind === 'batch') {
            const rows = one.rows.map(([series, time, n]): IncrementRow => [series, clock + time, n]);
            const payload = increments(NAMES, rows, `s${one.source}`);
            const sent = one.isPacked ? packed(payload) : payload;
            expect(queues[one.queue]!.send(store, sent)).toEqual({ result: 'applied' });
            for (const [series, time, n] of rows)
              all.push({ name: NAMES[series]!, end: slotEnd(ms(time * 1000), ms(10_000)), n });
          }
        }
        const newest = Math.max(...all.map(({ end }) => end));
        for (const name of NAMES) {
          if (!all.some((a) => a.name === name)) continue;
          for (const [offset, length] of windows) {
            const start = (clock + offset) * 1000;
            const got = count(store, name, start, start + length * 1000);
            const real = got.window;
            const want = all.filter((a) => a.name === name && a.end > real.start && a.end <= real.end);
            expect({ n: got.n, sum: got.sum }).toEqual({ n: total(want), sum: total(want) });
            const oldest = newest - 86_400_000 - 300_000;
            if (start >= oldest + 600_000) expect(real.start).toBeLessThanOrEqual(start);
            expect(start - real.start).toBeLessThan(300_000);
          }
          const everything = { start: ms(newest - 80_000_000), end: ms(newest + 20_000), step: ms(60_000) };
          const [whole] = [count(store, name, everything.start, everything.end)];
          const buckets = store.view.buckets(idsOf(store, name), { ...everything, start: whole.window.start });
          expect(buckets.sums.reduce((a, b) => a + b, 0)).toBe(whole.sum);
        }
        store.close();
      },
    ),
    { seed: 41, numRuns: tries(120) },
  );
});

function total(list: readonly { n: number }[]): number {
  return list.reduce((sum, { n }) => sum + n, 0);
}

test('the same increments in any order, split over two collectors, give equal totals', () => {
  const rows = fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (list, order) => {
      const totals = [list, list.toSorted(() => (order.next().value! % 3) - 1)].map((some, variant) => {
        const store = openStore({ rings: RINGS });
        const queues = [new Queue('c1'), new Queue('c2')];
        some.forEach(([series, time, n], i) => {
          queues[variant * (i % 2)]!.send(store, increments(NAMES, [[series, START + time, n]]));
        });
        const counts = NAMES.map((name) => count(store, name, (START - 60) * 1000, (START + 600) * 1000).sum);
        store.close();
        return counts;
      });
      expect(totals[1]).toEqual(totals[0]);
    }),
    { seed: 42, numRuns: tries(25) },
  );
});
