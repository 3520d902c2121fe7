import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seriesQuestions } from '../../server/engine/series-questions.ts';
import type { SeriesQuery } from '../../server/model/engine.ts';
import { ms } from '../../server/model/units.ts';
import { tries } from '../support/long.ts';
import { NOW, openStore, Queue } from './batches.ts';

const T = NOW / 1000;
const series = fc.record({
  kind: fc.constant('sum' as const),
  name: fc.constantFrom('a', 'b', 'c'),
  labels: fc.dictionary(fc.constantFrom('x', 'y', 'z', 'le'), fc.constantFrom('1', '2', '3', '4')),
});
const rows = fc.array(fc.tuple(series, fc.integer({ min: -5000, max: 0 })), { minLength: 1, maxLength: 12 });
const border = fc.option(fc.integer({ min: -6000, max: 1000 }), { nil: undefined });

/** Selects everything, and not by the index. */
const EVERYTHING = [[{ name: '__name__', op: '=~' as const, value: '.*' }]];

test('names and values of all series are those of the series that everything selects', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      border,
      border,
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      async (list, from, to, limit) => {
        const store = openStore({ durable: false });
        const ones = list.map(() => 1);
        const times = list.map(([, time]) => T + time);
        const columns = { series: list.map((_, i) => i), time: times, n: ones, sum: ones };
        new Queue().send(store, { v: 1, source: 's', series: list.map(([one]) => one), increments: columns });
        const questions = seriesQuestions(store.view);
        const query: Omit<SeriesQuery, 'selectors'> = {
          ...(from !== undefined && { start: ms(NOW + from * 1000) }),
          ...(to !== undefined && { end: ms(NOW + to * 1000) }),
          ...(limit !== undefined && { limit }),
        };
        const all = { ...query, selectors: [] };
        const each = { ...query, selectors: EVERYTHING };
        expect(await questions.listLabels(all)).toEqual(await questions.listLabels(each));
        for (const label of ['__name__', 'x', 'y', 'nowhere']) {
          expect(await questions.listLabelValues(all, label)).toEqual(await questions.listLabelValues(each, label));
        }
        expect(await questions.listMetrics(all)).toEqual(await questions.listMetrics(each));
        expect(await questions.listSeries(all)).toEqual(await questions.listSeries(each));
        store.close();
      },
    ),
    { seed: 81, numRuns: tries(40) },
  );
});
