import { describe, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { queryInstant, queryRange, rangeJson } from '../../server/promql/query.ts';
import type { Queryable } from '../../server/promql/queryable.ts';
import { answerLines } from './answer-lines.ts';
import { memoryQueryable } from './memory-queryable.ts';

const data = memoryQueryable([
  {
    kind: 'counter',
    name: 'c',
    labels: { job: 'a' },
    points: [
      [0, 0],
      [60, 60],
      [120, 120],
      [180, 180],
      [240, 240],
      [300, 300],
    ],
  },
  {
    kind: 'counter',
    name: 'reset',
    points: [
      [60, 10],
      [120, 20],
      [180, 5],
      [240, 15],
    ],
  },
  { name: 'g', labels: { job: 'a', zone: 'x' }, points: [[300, 1]] },
  { name: 'g', labels: { job: 'b', zone: 'x' }, points: [[300, 3]] },
  { name: 'g', labels: { job: 'c', zone: 'y' }, points: [[300, Number.NaN]] },
  { name: 'limit', labels: { job: 'a' }, points: [[300, 2]] },
  { name: 'limit', labels: { job: 'b' }, points: [[300, 2]] },
  {
    kind: 'sum',
    name: 'hits',
    labels: { service: 'shop', status: '200' },
    points: [
      [10, 5],
      [20, 5],
      [300, 90],
    ],
  },
  { kind: 'sum', name: 'hits', labels: { service: 'shop', status: '503' }, points: [[300, 10]] },
  ...[
    ['0.1', 50],
    ['0.5', 90],
    ['+Inf', 100],
  ].map(([le, count]) => ({ name: 'h_bucket', labels: { le: String(le) }, points: [[300, Number(count)] as const] })),
]);

const at300 = (expr: string, source: Queryable = data): string =>
  answerLines(queryInstant(source, expr, ms(300_000)).data);

describe('an expression at 300 s', () => {
  const answers = (expr: string, want: string) => test(expr, () => expect(at300(expr)).toBe(want));

  answers('1 + 2 * 3 ^ 2 ^ 0', '7');
  answers('-2 ^ 2', '-4');
  answers('(-2) ^ 2', '4');
  answers('+2 ^ 2', '4');
  answers('-2 ^ limit{job="a"}', '{job="a"} -4');
  answers('2 ^ -1', '0.5');
  answers('7 % -4', '3');
  answers('1 / 0', '+Inf');
  answers('0 / 0', 'NaN');
  answers('1 ^ NaN', '1');
  answers('5m', '300');
  answers('0x1F', '31');
  answers('1e-7', '1e-07');
  answers('1e21', '1e+21');
  answers('123456789012', '123456789012');
  answers('2 > bool 1', '1');
  answers('time()', '300');

  answers('limit', 'limit{job="a"} 2\nlimit{job="b"} 2');
  answers('limit{job="a"}', 'limit{job="a"} 2');
  answers('limit{job!="a"}', 'limit{job="b"} 2');
  answers('limit{job=~"a|c"}', 'limit{job="a"} 2');
  answers('limit{job=~"."}', 'limit{job="a"} 2\nlimit{job="b"} 2');
  answers('{__name__=~"lim.*",job!~"b"}', 'limit{job="a"} 2');
  answers('{"limit", job="a"}', 'limit{job="a"} 2');
  answers("limit{job='\\x61'}", 'limit{job="a"} 2');
  answers('c offset 1m', 'c{job="a"} 240');
  answers('missing', '');

  answers('-limit', '{job="a"} -2\n{job="b"} -2');
  answers('limit * 2', '{job="a"} 4\n{job="b"} 4');
  answers('limit > 1', 'limit{job="a"} 2\nlimit{job="b"} 2');
  answers('1 < limit', 'limit{job="a"} 2\nlimit{job="b"} 2');
  answers('limit > bool 2', '{job="a"} 0\n{job="b"} 0');
  answers('g > on(job) limit', '{job="b"} 3');
  answers('g / ignoring(zone) limit', '{job="a"} 0.5\n{job="b"} 1.5');
  answers('g / limit', '');

  answers('sum(limit)', '4');
  answers('count by (zone) (g)', '{zone="x"} 2\n{zone="y"} 1');
  answers('sum without (job) (g)', '{zone="x"} 4\n{zone="y"} NaN');
  answers('avg by (zone) (g{zone="x"})', '{zone="x"} 2');
  answers('max(g)', '3');
  answers('min(g)', '1');
  answers('count(missing)', '');

  answers('rate(c[5m])', '{job="a"} 1');
  answers('increase(hits[5m])', '{service="shop",status="200"} 100\n{service="shop",status="503"} 10');
  answers('rate(hits[100s])', '{service="shop",status="200"} 0.9\n{service="shop",status="503"} 0.1');
  answers('sum(increase(hits{status=~"5.."}[5m])) / sum(increase(hits[5m]))', String(10 / 110));
  answers('increase(g[5m])', '');
  answers('avg_over_time(c[2m])', '{job="a"} 270');
  answers('min_over_time(c[2m])', '{job="a"} 240');
  answers('max_over_time(c[2m])', '{job="a"} 300');
  answers('sum_over_time(c[2m])', '{job="a"} 540');
  answers('count_over_time(c[2m])', '{job="a"} 2');
  answers('histogram_quantile(0.5, h_bucket)', '0.1');
  answers('histogram_quantile(0.7, h_bucket)', String(0.1 + 0.4 * (20 / 40)));
  answers('histogram_quantile(0.99, h_bucket)', '0.5');
  answers('histogram_quantile(2, h_bucket)', '+Inf');
  answers('histogram_quantile(0.5, h_bucket{le!="+Inf"})', 'NaN');
});

describe('windows are left-open', () => {
  const counts = (expr: string, want: string) => test(expr, () => expect(at300(expr)).toBe(want));
  counts('count_over_time(c[60s])', '{job="a"} 1');
  counts('count_over_time(c[61s])', '{job="a"} 2');
  counts('count_over_time(c[300s])', '{job="a"} 5');
  counts('count_over_time(c[301s])', '{job="a"} 6');
  counts('g{job="a"}', 'g{job="a",zone="x"} 1');

  test('a sample is seen up to, and not at, five minutes later', () => {
    const seen = (secs: number) => answerLines(queryInstant(data, 'limit{job="a"}', ms(secs * 1000)).data);
    expect(seen(599.999)).toBe('limit{job="a"} 2');
    expect(seen(600)).toBe('');
    expect(seen(299.999)).toBe('');
  });
});

describe('a query that is refused says why and where', () => {
  const refused = (expr: string, want: RegExp) => test(expr, () => expect(() => at300(expr)).toThrow(want));
  refused('', /it is empty/);
  refused('# nothing', /want an expression/);
  refused('sum(', /1:5: got the end of the query; want/);
  refused('a +\n  * b', /2:3: got "\*"; want/);
  refused('c[0s]', /duration must be greater than 0/);
  refused('1 > 2', /1:1: comparisons between scalars must use BOOL modifier/);
  refused('1 + bool 2', /bool modifier can only be used on comparison operators/);
  refused('g > on(x) 1', /vector matching only allowed between instant vectors/);
  refused('{job=~".*"}', /at least one non-empty matcher/);
  refused('{job=""}', /at least one non-empty matcher/);
  refused('g{job=~"("}', /cannot read pattern/);
  refused('g{job="\\q"}', /escape/);
  refused('g{__name__="a"}', /must not be set twice/);
  refused('g + on(zone) g', /several series on the right side/);
  refused('{__name__=~"g|limit",job="a"} * 0 + on(job) limit', /several series on the left side/);
  refused(
    'rate({__name__=~"c|reset"}[5m]) + rate({__name__=~".+",job="a"}[5m]',
    /got the end of the query; want "\)", which closes "rate\("/,
  );
});

test('nesting is bounded on both sides of the limit', () => {
  const nested = (levels: number) => `${'('.repeat(levels)}1${')'.repeat(levels)}`;
  expect(at300(nested(500))).toBe('1');
  expect(() => at300(nested(501))).toThrow(/levels of nesting/);
});

describe('a range', () => {
  const over = (expr: string, start: number, end: number, step: number) =>
    queryRange(data, expr, ms(start * 1000), ms(end * 1000), ms(step * 1000));

  test('includes both ends and leaves gaps where there is nothing', () => {
    expect(answerLines(over('limit{job="a"}', 240, 660, 60).data)).toBe('limit{job="a"} 2@300 2@360 2@420 2@480 2@540');
  });
  test('of a number is a line without labels', () => expect(answerLines(over('1', 0, 10, 10).data)).toBe('1@0 1@10'));
  test('is sorted by labels', () => {
    expect(answerLines(over('sum by (status) (increase(hits[10s]))', 300, 300, 1).data)).toBe(
      '{status="200"} 90@300\n{status="503"} 10@300',
    );
  });
  test('selects each selector once', () => {
    const source = memoryQueryable([{ name: 'x', points: [[1, 1]] }]);
    queryRange(source, 'x + x', ms(0), ms(100_000), ms(1000));
    expect(source.selects()).toBe(2);
  });
  test('has at most 11,000 steps', () => {
    expect(answerLines(over('1', 0, 11_000, 1).data)).toContain('1@11000');
    expect(() => over('1', 0, 11_001, 1)).toThrow(/11,000 points/);
  });
  test('needs a step and an end after its start', () => {
    expect(() => over('1', 0, 10, 0)).toThrow(/step/);
    expect(() => over('1', 10, 0, 1)).toThrow(/end lies before start/);
  });
});

describe('the JSON of a range', () => {
  const bodyOf = (expr: string, limit?: number) => {
    const question = { text: expr, start: ms(0), end: ms(600_000), step: ms(60_000) };
    const work = rangeJson(data, question, limit);
    for (let step = work.next(); ; step = work.next()) if (step.done) return JSON.parse(step.value.join(''));
  };
  const said = (expr: string) => {
    const { data: result, warnings, infos } = queryRange(data, expr, ms(0), ms(600_000), ms(60_000));
    const remarks = { ...(warnings.length > 0 && { warnings }), ...(infos.length > 0 && { infos }) };
    return { status: 'success', data: result, ...remarks };
  };
  const same = (expr: string) => test(`of ${expr}`, () => expect(bodyOf(expr)).toEqual(said(expr)));
  same('1 / 0');
  same('0 / 0');
  same('1e-7 * time()');
  same('none');
  same('rate(c[5m])');
  same('sum by (status) (increase(hits[2m]))');
  same('rate(limit[5m])');
  same('label_replace(limit, "quoted", "\\"\\n</script>", "", "")');
  test('is cut to the first series of many, and says so', () => {
    const { data: result, warnings } = bodyOf('sum by (status) (increase(hits[2m]))', 1);
    expect(result.result).toEqual([expect.objectContaining({ metric: { status: '200' } })]);
    expect(warnings).toEqual(['results truncated due to limit']);
    expect(bodyOf('sum by (status) (increase(hits[2m]))', 2).warnings).toBeUndefined();
  });
});

describe('limits', () => {
  const limited = (limits: Parameters<typeof queryInstant>[3]) => () =>
    queryInstant(data, 'limit', ms(300_000), limits);
  test('samples, at the limit and above it', () => {
    expect(limited({ maxSamples: 2 })).not.toThrow();
    expect(limited({ maxSamples: 1 })).toThrow(/more than 1 samples/);
  });
  test('each step of a subquery counts', () => {
    const over = (maxSamples: number) => () => queryInstant(data, 'vector(1)[5m:1m]', ms(300_000), { maxSamples });
    expect(over(10)).not.toThrow();
    expect(over(9)).toThrow(/more than 9 samples/);
  });
  test('values of an answer, over all its series', () => {
    const over = (maxValues: number) => () =>
      queryRange(data, 'vector(1) or label_replace(vector(2), "a", "b", "", "")', ms(0), ms(4000), ms(1000), {
        maxValues,
      });
    expect(over(10)).not.toThrow();
    expect(over(9)).toThrow(/answer has more than 9 values/);
  });
  test('a deadline', () => expect(limited({ shouldStop: () => true })).toThrow(/longer than allowed/));
});

describe('a window of merged slots answers as its samples do', () => {
  const points = [
    [60, 10],
    [120, 20],
    [180, 5],
    [240, 15],
  ] as const;
  const merged: Queryable = {
    select: () => [
      {
        kind: 'counter',
        name: 'reset',
        labels: {},
        at: () => undefined,
        sampledAt: () => undefined,
        window: () => ({
          form: 'rollup',
          stats: {
            n: points.length,
            firstTime: 60_000,
            first: 10,
            lastTime: 240_000,
            last: 15,
            adj: 20,
            resets: 1,
            sum: 50,
            min: 5,
            max: 20,
          },
        }),
      },
    ],
  };
  const agree = (name: string, want: string) =>
    test(name, () => {
      expect(at300(`${name}(reset[5m])`, merged)).toBe(want);
      expect(at300(`${name}(reset[5m])`)).toBe(want);
    });
  agree('rate', String(25 * (300 / 180 / 300)));
  agree('increase', String(25 * (300 / 180)));
  agree('delta', String(5 * (300 / 180)));
  agree('avg_over_time', '12.5');
  agree('min_over_time', '5');
  agree('max_over_time', '20');
  agree('sum_over_time', '50');
  agree('count_over_time', '4');
});

describe('what cannot be exact is said', () => {
  test('statistics over a sum series', () => {
    const answer = queryInstant(data, 'max_over_time(hits[5m])', ms(300_000));
    expect(answerLines(answer.data)).toBe('');
    expect(answer.infos).toEqual([expect.stringContaining('max_over_time has no answer for hits')]);
  });
  test('a window moved to slot borders, whose rate is over what it covers', () => {
    const aligned = { start: ms(0), end: ms(400_000) };
    const source: Queryable = {
      select: () => [
        {
          kind: 'sum',
          name: 'x',
          labels: {},
          at: () => undefined,
          sampledAt: () => undefined,
          window: () => ({ form: 'sum', sum: 200, n: 2, aligned }),
        },
      ],
    };
    const answer = queryInstant(source, 'rate(x[5m])', ms(300_000));
    expect(answerLines(answer.data)).toBe('0.5');
    expect(answer.infos).toEqual([expect.stringContaining('moved to its borders')]);
  });
  test('an exact window has no info', () => expect(queryInstant(data, 'rate(c[5m])', ms(300_000)).infos).toEqual([]));
});
