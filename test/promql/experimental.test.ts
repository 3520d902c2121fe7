import { describe, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { parse } from '../../server/promql/parse.ts';
import { formatExpr } from '../../server/promql/print.ts';
import { queryInstant, queryRange } from '../../server/promql/query.ts';
import { answerLines } from './answer-lines.ts';
import { type MemorySeries, memoryQueryable } from './memory-queryable.ts';

// What Prometheus 3 keeps behind its flags `promql-experimental-functions`, `promql-duration-expr` and `promql-binop-fill-modifiers`.

const every60 = (values: readonly number[]) => values.map((value, i) => [i * 60, value] as const);
const gauge = (name: string, labels: MemorySeries['labels'], value: number): MemorySeries => ({
  name,
  labels: labels ?? {},
  points: [[300, value]],
});

const data = memoryQueryable([
  { name: 'line', points: every60([1, 3, 5, 7, 9, 11]) },
  { name: 'spread', points: every60([4, 6, 2, 1, 999, 1]) },
  { name: 'torn', points: every60([4, Number.NaN, 2, 1, 9, 3]) },
  ...['node1', 'node10', 'node2'].map((node, i) => gauge('disk', { node, job: 'a' }, i)),
  gauge('left', { zone: 'x' }, 10),
  gauge('left', { zone: 'y' }, 20),
  gauge('right', { zone: 'y' }, 2),
  gauge('right', { zone: 'z' }, 3),
  gauge('owned', { zone: 'x', pod: 'a' }, 1),
  gauge('owned', { zone: 'y', pod: 'b' }, 1),
  ...[
    ['0.1', 50],
    ['0.5', 90],
    ['+Inf', 100],
  ].map(([le, n]) => gauge('h_bucket', { le: String(le) }, Number(n))),
  gauge('requests', { instance: 'i', job: 'j' }, 7),
  gauge('requests', { instance: 'other', job: 'j', version: 'own' }, 8),
  gauge('requests', { instance: 'none', job: 'j' }, 9),
  { name: 'target_info', labels: { instance: 'i', job: 'j', version: 'old' }, points: [[240, 1]] },
  { name: 'target_info', labels: { instance: 'i', job: 'j', version: 'new', env: 'prod' }, points: [[300, 1]] },
  gauge('target_info', { instance: 'other', job: 'j', version: 'told' }, 1),
  gauge('build_info', { instance: 'i', job: 'j', commit: 'c0ffee' }, 1),
  gauge('build_info', { instance: 'none', job: 'j', commit: 'a' }, 1),
  gauge('build_info', { instance: 'none', job: 'j', commit: 'b' }, 1),
  ...Array.from({ length: 400 }, (_, i) => gauge('many', { i: String(i) }, 1)),
]);

const at300 = (expr: string) => queryInstant(data, expr, ms(300_000));
const answers = (expr: string, want: string) => test(expr, () => expect(answerLines(at300(expr).data)).toBe(want));
const refused = (expr: string, want: string) => test(expr, () => expect(() => at300(expr)).toThrow(want));
const over = (expr: string) => queryRange(data, expr, ms(60_000), ms(180_000), ms(60_000));
const overMinutes = (expr: string, want: string) => test(expr, () => expect(answerLines(over(expr).data)).toBe(want));

describe('functions of a range', () => {
  answers('mad_over_time(spread[10m])', '2');
  answers('mad_over_time(torn[10m])', 'NaN');
  answers('mad_over_time(line[1m])', '0');
  answers('ts_of_first_over_time(line[3m])', '180');
  answers('ts_of_last_over_time(line[3m] offset 30s)', '240');
  answers('ts_of_min_over_time(spread[10m])', '300');
  answers('ts_of_max_over_time(spread[10m])', '240');
  answers('ts_of_max_over_time(torn[10m])', '240');
  answers('double_exponential_smoothing(line[10m], 0.5, 0.5)', '11');
  answers('double_exponential_smoothing(line[1m], 0.5, 0.5)', '');
  answers('double_exponential_smoothing(spread[4m], 0.5, 0.25)', '312.1875');
  refused('double_exponential_smoothing(line[5m], 0, 0.5)', 'got the smoothing factor 0; want one between 0 and 1');
  refused('double_exponential_smoothing(line[5m], 0.5, 1)', 'got the trend factor 1; want one between 0 and 1');
});

describe('order', () => {
  const nodes = (expr: string): readonly string[] => {
    const { data: found } = at300(expr);
    return found.resultType === 'vector' ? found.result.map(({ metric }) => metric.node ?? '') : [];
  };
  test('of labels, numbers by their size', () => {
    expect(nodes('sort_by_label(disk, "node")')).toEqual(['node1', 'node2', 'node10']);
    expect(nodes('sort_by_label_desc(disk, "node")')).toEqual(['node10', 'node2', 'node1']);
    expect(nodes('sort_by_label(disk, "job", "node")')).toEqual(['node1', 'node2', 'node10']);
    expect(nodes('sort_by_label(disk)')).toEqual(['node1', 'node10', 'node2']);
  });
  test('is no use in a range query, and that is said', () => {
    const why =
      'PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:5)';
    for (const sort of ['sort', 'sort_desc', 'sort_by_label'])
      expect(over(`sum(${sort}(line))`).warnings).toEqual([why]);
    expect(at300('sort(line)').warnings).toEqual([]);
  });
});

describe('a share of the series', () => {
  const count = (ratio: number) => {
    const { data: found } = at300(`limit_ratio(${ratio}, many)`);
    return found.resultType === 'vector' ? found.result.map(({ metric }) => metric.i) : [];
  };
  test('is about so many, and always the same', () => {
    expect(count(0)).toEqual([]);
    expect(count(1)).toHaveLength(400);
    expect(count(0.25).length).toBeGreaterThan(60);
    expect(count(0.25).length).toBeLessThan(140);
    expect(count(0.5)).toEqual(expect.arrayContaining(count(0.25)));
  });
  test('and the negative rest make the whole', () => {
    expect([...count(0.3), ...count(-0.7)].sort()).toEqual(count(1).sort());
  });
  test('beyond the whole is the whole, with a warning', () => {
    expect(count(1.1)).toHaveLength(400);
    expect(at300('limit_ratio(-1.5, many)').warnings).toEqual([
      'PromQL warning: ratio value should be between -1 and 1, got -1.5, capping to -1 (1:13)',
    ]);
  });
  refused('limit_ratio(NaN, many)', 'the parameter of limit_ratio is NaN');
});

describe('several quantiles at once', () => {
  answers('histogram_quantiles(h_bucket, "q", 0.5, 1, 0)', '{q="0.0"} 0\n{q="0.5"} 0.1\n{q="1.0"} 0.5');
  refused('histogram_quantiles(h_bucket, "q", 1, 1)', 'metrics with the same labelset');
  refused('histogram_quantiles(h_bucket, "q")', 'expected at least 3 argument(s)');
});

describe('what the query says of itself', () => {
  answers('start()', '300');
  answers('step() + range()', '0');
  overMinutes('end() - start() + step()', '180@60 180@120 180@180');
  overMinutes('vector(range())', '120@60 120@120 120@180');
});

describe('durations are computed', () => {
  answers('count_over_time(line[1m * 2 + 60])', '3');
  answers('count_over_time(line[2m30s - (1m / 2)])', '2');
  answers('line offset -(1m - 2m)', 'line 9');
  answers('line offset max_of(1m, 30s)', 'line 9');
  answers('count_over_time(line[2 ^ 7:30 % 40])', '5');
  overMinutes('count_over_time(line[step() * 2])', '2@60 2@120 2@180');
  overMinutes('line offset (range() / 2)', 'line 1@60 3@120 5@180');
  overMinutes('count_over_time(line[min_of(step(), 5m)])', '1@60 1@120 1@180');
  refused('line[1m - 60s]', 'duration must be greater than 0');
  refused('line[1m / 0]', 'division by zero');
  refused('line[5m % 0]', 'modulo by zero');
  refused('line[1e300 * 1e300]', 'duration is NaN or infinite');
  refused('line offset 1e18', 'duration is out of range');
  refused('count_over_time(line[step()])', 'duration must be greater than 0');
  test.each([
    'x[5m * 2]',
    'x[step()]',
    'x[1h:max_of(step(), 10s)] offset -(5m + range())',
    'x offset -step()',
    'a + on (x) fill (0) b',
    'a / ignoring (y) group_left () fill_left (1) fill_right (-2.5) b',
    'a == bool fill_right (NaN) b',
    'info(x, {env=~".*"})',
    'limit_ratio by (job) (-0.5, x)',
  ])('%s is laid out as it is written', (query) => {
    expect(formatExpr(parse(query, { step: ms(1), range: ms(1) }))).toBe(query);
  });
});

describe('a missing side is filled', () => {
  answers('left + right', '{zone="y"} 22');
  answers('left + fill(0) right', '{zone="x"} 10\n{zone="y"} 22\n{zone="z"} 3');
  answers('left + fill_left(1) right', '{zone="y"} 22\n{zone="z"} 4');
  answers('left - on(zone) fill_right(-1) right', '{zone="x"} 11\n{zone="y"} 18');
  answers('left > fill(5) right', 'left{zone="x"} 10\nleft{zone="y"} 20\n{zone="z"} 5');
  answers('owned * on(zone) group_left fill_right(7) right', '{pod="a",zone="x"} 7\n{pod="b",zone="y"} 2');
  answers('right * on(zone) group_right fill_left(7) owned', '{pod="a",zone="x"} 7\n{pod="b",zone="y"} 2');
  answers('right * on(zone) group_right fill_right(7) owned', '{pod="b",zone="y"} 2\n{zone="z"} 21');
  answers('left + fill(0) nothing', '{zone="x"} 10\n{zone="y"} 20');
  answers('nothing + fill(0) nothing', '');
  refused('left + fill(0) 1', 'filling in missing series only allowed between instant vectors');
  refused('left and fill(0) right', 'filling in missing series not allowed for set operators');
});

describe('labels of info series', () => {
  answers('info(requests{instance="i"})', 'requests{env="prod",instance="i",job="j",version="new"} 7');
  answers('info(requests{instance="i"}, {version=~".+"})', 'requests{instance="i",job="j",version="new"} 7');
  answers('info(requests{instance="i"} offset 1m)', '');
  answers('info(requests{instance="other"})', 'requests{instance="other",job="j",version="own"} 8');
  answers('info(requests{instance="none"})', 'requests{instance="none",job="j"} 9');
  answers('info(requests{instance="none"}, {version=~".+"})', '');
  answers('info(requests{instance="i"}, {__name__="build_info"})', 'requests{commit="c0ffee",instance="i",job="j"} 7');
  answers(
    'info(rate(requests{instance="i"}[1m:30s]) or requests{instance="i"}, {__name__!="target_info"})',
    'requests{commit="c0ffee",instance="i",job="j"} 7',
  );
  answers('info(target_info{instance="other"})', 'target_info{instance="other",job="j",version="told"} 1');
  answers('info(sum(requests))', '24');
  refused('info(requests, {__name__="build_info"})', 'info series disagree: ');
  refused('info(requests, target_info)', 'expected label selectors only as the second argument of "info"');
  refused('info(requests, rate(line[5m]))', 'expected label selectors only as the second argument of "info"');
});

describe('what else the language takes', () => {
  answers('2. * 3.', '6');
  answers('1./4. + 1.e1', '10.25');
  answers('label_replace(vector(1.), "a", "1. #", "", "")', '{a="1. #"} 1');
  answers('{"line", __name__="spread"}', '');
  answers('010 + 08 + 0x1F', '47');
  refused('1.x', 'got "1.x"; want a number');
});
