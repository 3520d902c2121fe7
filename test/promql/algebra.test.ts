import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { queryInstant, queryRange } from '../../server/promql/query.ts';
import { tries } from '../support/long.ts';
import { answerLines } from './answer-lines.ts';
import { type MemorySeries, memoryQueryable } from './memory-queryable.ts';

// Whole numbers, so that sums are exact in any order and equal answers are equal texts.

const points = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 });

/** A few gauges and sum series with samples at multiples of 20 s. */
const series = fc
  .array(fc.record({ job: fc.constantFrom('a', 'b'), zone: fc.constantFrom('x', 'y', ''), values: points }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list): readonly MemorySeries[] => {
    const byLabels = new Map(list.map(({ job, zone, values }) => [`${job}/${zone}`, { job, zone, values }]));
    return [...byLabels.values()].flatMap(({ job, zone, values }) => {
      const labels = { job, ...(zone === '' ? {} : { zone }) };
      return [
        { name: 'g', labels, points: values.map((value, i) => [20 + i * 20, value] as const) },
        { kind: 'sum', name: 's', labels, points: values.map((value, i) => [20 + i * 20, Math.abs(value)] as const) },
      ];
    });
  });

const secs = fc.integer({ min: 0, max: 400 });

const instant = (held: readonly MemorySeries[], expr: string, time: number): string =>
  answerLines(queryInstant(memoryQueryable(held), expr, ms(time * 1000)).data);

/** Both expressions say the same of any series at any time. */
const same = (one: (n: number) => string, other: (n: number) => string) =>
  test(`${one(7)}  is  ${other(7)}`, () => {
    fc.assert(
      fc.property(series, secs, fc.integer({ min: 1, max: 300 }), (held, time, n) => {
        expect(instant(held, one(n), time)).toBe(instant(held, other(n), time));
      }),
      { seed: 4, numRuns: tries(60) },
    );
  });

same(
  () => 'sum without () (g)',
  () => 'sum by (job, zone) (g)',
);
same(
  () => 'sum(sum by (job) (g))',
  () => 'sum(g)',
);
same(
  () => 'avg by (zone) (g)',
  () => 'sum by (zone) (g) / count by (zone) (g)',
);
same(
  () => 'max(g)',
  () => '-min(-g)',
);
same(
  () => 'topk(1, max by () (g))',
  () => 'quantile(1, g)',
);
same(
  () => 'count(g)',
  () => 'sum(group without () (g))',
);
same(
  () => 'bottomk(100, g) and g',
  () => 'topk(100, g) and g',
);
same(
  () => 'g and s',
  () => 'g unless (g unless s)',
);
same(
  () => 'g or g',
  () => 'g',
);
same(
  () => 'sum(count_values("v", g))',
  () => 'count(g)',
);
same(
  (n) => `g > ${n % 40}`,
  (n) => `g unless (g <= ${n % 40})`,
);
same(
  (n) => `sum_over_time(g[${n}s]) / count_over_time(g[${n}s])`,
  (n) => `avg_over_time(g[${n}s])`,
);
same(
  (n) => `sum_over_time(g[${n}s:1s] offset 5s)`,
  (n) => `sum_over_time((g offset 5s)[${n}s:1s])`,
);
same(
  (n) => `last_over_time(g[${n}s])`,
  (n) => `last_over_time(g[${n}s:1s]) and last_over_time(g[${n}s])`,
);
same(
  (n) => `increase(s[${n}s])`,
  (n) => `sum by (job, zone) (s) - sum by (job, zone) (s offset ${n}s)`,
);
same(
  () => 'label_replace(g, "to", "$1", "job", "(.*)")',
  () => 'label_join(g, "to", "", "job")',
);

test('offset shifts: what is seen then is what was seen there', () => {
  fc.assert(
    fc.property(series, secs, fc.integer({ min: -300, max: 300 }), (held, time, shift) => {
      for (const expr of ['g', 'sum_over_time(g[1m]', 'rate(s[50s]', 'max_over_time(g[2m:15s]']) {
        const close = expr.includes('(') ? ')' : '';
        // A subquery is evaluated at multiples of its step, so it moves by multiples only.
        const by = expr.includes(':') ? shift * 15 : shift;
        expect(instant(held, `${expr} offset ${by}s${close}`, time)).toBe(instant(held, expr + close, time - by));
        expect(instant(held, `${expr} @ ${time - by}${close}`, 17)).toBe(instant(held, expr + close, time - by));
      }
    }),
    { seed: 5, numRuns: tries(60) },
  );
});

test('a subquery has the values of a range query at its multiples', () => {
  fc.assert(
    fc.property(
      series,
      secs,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 300 }),
      (held, time, step, range) => {
        const source = memoryQueryable(held);
        const expr = 'sum by (job) (g) * 2';
        const first = (Math.floor((time - range) / step) + 1) * step;
        const subquery = queryInstant(source, `(${expr})[${range}s:${step}s]`, ms(time * 1000)).data;
        if (first > time) expect(answerLines(subquery)).toBe('');
        else {
          const over = queryRange(source, expr, ms(first * 1000), ms(time * 1000), ms(step * 1000)).data;
          expect(answerLines(subquery)).toBe(answerLines(over));
        }
      },
    ),
    { seed: 6, numRuns: tries(100) },
  );
});

test('a step of a range query is the instant query of its time', () => {
  const exprs = [
    'g',
    'rate(s[45s])',
    'sum_over_time(g[1m:10s])',
    'count_over_time(max_over_time(g[30s:7s])[1m:20s])',
    'topk(1, g)',
    'rate(g[45s])',
    'increase(g[2m] offset 20s)',
    'delta({__name__="g"}[1m])',
    'rate(g[1m] @ 100)',
    'sum by (job) (rate(g[2m]))',
    'sum without (job) (increase({__name__=~"g|none"}[50s]))',
    'avg(delta(g[2m]))',
    'min by (zone) (rate(g[2m]))',
    'max(increase(g[1m] offset 1m))',
    'count by (job, zone) (rate(g[90s]))',
    'sum(rate(g[1m])) / sum(rate(s[1m]))',
    'max_over_time(sum(rate(g[1m]))[1m:20s])',
  ];
  fc.assert(
    fc.property(series, fc.constantFrom(...exprs), secs, fc.integer({ min: 1, max: 50 }), (held, expr, start, step) => {
      const source = memoryQueryable(held);
      const over = queryRange(source, expr, ms(start * 1000), ms((start + step * 4) * 1000), ms(step * 1000)).data;
      if (over.resultType !== 'matrix') throw new Error(over.resultType);
      for (let time = start; time <= start + step * 4; time += step) {
        const there = over.result.flatMap(({ metric, values }) =>
          values.filter(([t]) => t === time).map((value) => ({ metric, value })),
        );
        const wanted = instant(held, expr, time).split('\n').sort();
        expect(answerLines({ resultType: 'vector', result: there }).split('\n').sort()).toEqual(wanted);
      }
    }),
    { seed: 7, numRuns: tries(200) },
  );
});

test('a window that slides over a counter without resets counts each step once', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 40 }), (held, step) => {
      const source = memoryQueryable(held);
      const over = queryRange(source, `sum(increase(s[${step}s]))`, ms(step * 1000), ms(400_000), ms(step * 1000)).data;
      if (over.resultType !== 'matrix') throw new Error(over.resultType);
      const total = over.result.flatMap(({ values }) => values).reduce((sum, [, value]) => sum + Number(value), 0);
      const end = Math.floor(400 / step) * step;
      expect(String(total)).toBe(instant(held, 'sum(s)', end));
    }),
    { seed: 8, numRuns: tries(60) },
  );
});
