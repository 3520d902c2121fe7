import { describe, expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { queryInstant, queryRange } from '../../server/promql/query.ts';
import { answerLines } from './answer-lines.ts';
import { type MemorySeries, memoryQueryable } from './memory-queryable.ts';

const every60 = (values: readonly number[]) => values.map((value, i) => [i * 60, value] as const);

const gauge = (name: string, labels: MemorySeries['labels'], value: number): MemorySeries => ({
  name,
  labels: labels ?? {},
  points: [[300, value]],
});

const data = memoryQueryable([
  { kind: 'counter', name: 'c_total', labels: { job: 'a' }, points: every60([0, 60, 120, 180, 240, 300]) },
  { kind: 'counter', name: 'reset_total', points: every60([0, 10, 20, 5, 5, 15]) },
  { name: 'line', points: every60([1, 3, 5, 7, 9, 11]) },
  { name: 'flat', points: every60([4, 4, 4, 4, 4, 4]) },
  { name: 'spread', points: every60([0, 2, 4, 4, 8, 2]) },
  gauge('g', { job: 'a', zone: 'x' }, 1),
  gauge('g', { job: 'b', zone: 'x' }, 3),
  gauge('g', { job: 'c', zone: 'y' }, 5),
  gauge('odd', { job: 'a' }, Number.NaN),
  gauge('odd', { job: 'b' }, 1),
  gauge('odd', { job: 'c' }, 2),
  gauge('owner', { zone: 'x', team: 'shop' }, 1),
  gauge('owner', { zone: 'y', team: 'data' }, 1),
  gauge('neg', {}, -2.5),
  gauge('half', {}, 0.5),
  gauge('big', {}, 1e22),
  // 2024-02-29 13:45:30 UTC, a Thursday.
  gauge('leap', {}, 1_709_214_330),
  {
    kind: 'sum',
    name: 'hits',
    labels: { status: '200' },
    points: [
      [120, 5],
      [290, 7],
    ],
  },
  ...[
    ['0.1', 50],
    ['0.5', 90],
    ['+Inf', 100],
  ].map(([le, n]) => gauge('h_bucket', { le: String(le) }, Number(n))),
  ...[
    ['1', 10],
    ['2', 5],
    ['+Inf', 20],
  ].map(([le, n]) => gauge('torn_bucket', { le: String(le) }, Number(n))),
  ...[
    ['-3', 10],
    ['-2', 12],
    ['+Inf', 100],
  ].map(([le, n]) => gauge('below_bucket', { le: String(le) }, Number(n))),
  gauge('single_bucket', { le: '+Inf' }, 100),
  gauge('broken', { text: 'a\nb' }, 1),
  gauge('bad_bucket', { le: 'wide' }, 1),
]);

const at300 = (expr: string) => queryInstant(data, expr, ms(300_000));
const answers = (expr: string, want: string) => test(expr, () => expect(answerLines(at300(expr).data)).toBe(want));
const refused = (expr: string, want: string) => test(expr, () => expect(() => at300(expr)).toThrow(want));

describe('operators bind as the language says, whatever the tree of the grammar', () => {
  answers('1 + 2 * 3 ^ 2', '19');
  answers('# why\n1 + 2', '3');
  answers('2 ^ 3 ^ 2', '512');
  answers('-1 ^ 2', '-1');
  answers('- 2 ^ 2 * 3', '-12');
  answers('2 ^ -1 * 4', '2');
  answers('10 - 4 - 3', '3');
  answers('10 - -1', '11');
  answers('- - 3', '3');
  answers('c_total + c_total offset 1m * 2', '{job="a"} 780');
  answers('c_total / c_total offset 1m', '{job="a"} 1.25');
  answers('-c_total offset 1m', '{job="a"} -240');
  answers('10 * c_total @ 60', '{job="a"} 600');
  answers('1 + sum_over_time(c_total[3m])', '{job="a"} 721');
  answers('-sum_over_time((-line)[2m:1m])', '20');
  refused('sum_over_time(-line[2m:1m])', 'unary expression only allowed');
  answers('3 > bool 2 + 2', '0');
  answers('g{zone="y"} or g{zone="x"} and g{job="a"}', 'g{job="a",zone="x"} 1\ng{job="c",zone="y"} 5');
  answers('1 atan2 0', String(Math.PI / 2));
  answers('-7 % 3', '-1');
});

describe('aggregations', () => {
  answers('group by (zone) (g)', '{zone="x"} 1\n{zone="y"} 1');
  answers('stddev(g)', String(Math.sqrt(8 / 3)));
  answers('stdvar by (zone) (g)', '{zone="x"} 1\n{zone="y"} 0');
  answers('quantile(0.5, g)', '3');
  answers('quantile(0.25, g)', '2');
  answers('quantile(1.5, g)', '+Inf');
  answers('quantile(-1, g)', '-Inf');
  answers('topk(2, g)', 'g{job="c",zone="y"} 5\ng{job="b",zone="x"} 3');
  answers('topk by (zone) (1, g)', 'g{job="b",zone="x"} 3\ng{job="c",zone="y"} 5');
  answers('bottomk(1, g)', 'g{job="a",zone="x"} 1');
  answers('topk(0, g)', '');
  answers('topk(3, odd)', 'odd{job="c"} 2\nodd{job="b"} 1\nodd{job="a"} NaN');
  answers('bottomk(3, odd)', 'odd{job="b"} 1\nodd{job="c"} 2\nodd{job="a"} NaN');
  answers('limitk(2, g)', 'g{job="a",zone="x"} 1\ng{job="b",zone="x"} 3');
  answers('count_values("v", g)', '{v="1"} 1\n{v="3"} 1\n{v="5"} 1');
  answers('count_values by (zone) ("v", g > bool 2)', '{v="0",zone="x"} 1\n{v="1",zone="x"} 1\n{v="1",zone="y"} 1');
  answers('count_values("v", big)', '{v="10000000000000000000000"} 1');
  answers('avg(odd)', 'NaN');
  answers('max(odd)', '2');
  answers('min(odd)', '1');
  answers('sum without (zone, job) (g)', '9');
  answers('avg(vector(1e308) or label_replace(vector(1.5e308), "a", "b", "", ""))', '1.25e+308');
  refused('topk(NaN, g)', 'the parameter of topk is NaN');
  refused('count_values("", g)', 'invalid label name ""');
});

describe('matching', () => {
  answers(
    'g * on(zone) group_left(team) owner',
    '{job="a",team="shop",zone="x"} 1\n{job="b",team="shop",zone="x"} 3\n{job="c",team="data",zone="y"} 5',
  );
  answers(
    'owner * on(zone) group_right(team) g',
    '{job="a",team="shop",zone="x"} 1\n{job="b",team="shop",zone="x"} 3\n{job="c",team="data",zone="y"} 5',
  );
  answers('owner - on(zone) group_right g', '{job="a",zone="x"} 0\n{job="b",zone="x"} -2\n{job="c",zone="y"} -4');
  answers('g > on(zone) group_left owner', 'g{job="b",zone="x"} 3\ng{job="c",zone="y"} 5');
  answers(
    'g * ignoring(job, team) group_left owner',
    '{job="a",zone="x"} 1\n{job="b",zone="x"} 3\n{job="c",zone="y"} 5',
  );
  answers('g and on(zone) owner{team="shop"}', 'g{job="a",zone="x"} 1\ng{job="b",zone="x"} 3');
  answers('g unless on(zone) owner{team="shop"}', 'g{job="c",zone="y"} 5');
  answers('g{job="a"} or on(job) odd', 'g{job="a",zone="x"} 1\nodd{job="b"} 1\nodd{job="c"} 2');
  answers('g and on() vector(1)', 'g{job="a",zone="x"} 1\ng{job="b",zone="x"} 3\ng{job="c",zone="y"} 5');
  answers('missing / on(zone) g', '');
  refused('g * on(zone) owner', 'several series on the left side');
  refused('owner * on(zone) group_left g', 'several series on the right side');
  refused('g > on(zone) 9 * owner', 'several series on the left side');
  refused('g * on(zone) group_left(job) owner', 'grouping labels must ensure unique matches');
  refused('g and on(zone) group_left owner', 'no grouping allowed for "and" operation');
  refused('g * on(zone) group_left(zone) owner', 'must not occur in ON and GROUP clause at once');
  refused('g or 1', 'set operator "or" not allowed in binary scalar expression');
  refused('g and bool g', 'bool modifier can only be used on comparison operators');
  refused('{__name__=~"line|flat"} + 1', 'vector cannot contain metrics with the same labelset');
});

describe('patterns are RE2: anchored, and a dot is any letter, a line break too', () => {
  answers('count(broken{text=~"a.b"})', '1');
  answers('count(broken{text=~"a"})', '');
  answers('count(broken{text=~"a.*"})', '1');
  answers('count(broken{text!~".+"})', '');
  answers('count(broken{text=~"(?i)A\\nB"})', '1');
  answers('count(broken{text=~`a\\s(?:b|c)`})', '1');
  answers('count(broken{text=~`^a$.b`})', '');
  refused('broken{text=~"(?=a)b"}', 'cannot read pattern');
  refused('broken{text=~`(a)\\1`}', 'cannot read pattern');
});

describe('looking at another time', () => {
  answers('line offset 2m', 'line 7');
  answers('line offset -1m', 'line 11');
  answers('line @ 60', 'line 3');
  answers('line @ 60 offset 1m', 'line 1');
  answers('line offset 1m @ 60', 'line 1');
  answers('line @ start()', 'line 11');
  answers('line @ -60', '');
  answers('sum_over_time(line[2m] @ 120)', '8');
  answers('sum_over_time(line[2m] offset 1m)', '16');
  answers('sum_over_time(line[2m:1m] offset 1m)', '16');
  answers('sum_over_time(line[2m:1m] @ 120)', '8');
  answers('max_over_time(rate(c_total[2m])[3m:1m])', '{job="a"} 1');
  answers('count_over_time(line[3m:])', '3');
  answers('count_over_time(line[3m:7s])', '25');
  answers('sum_over_time(count_over_time(line[2m:1m])[3m:1m])', '6');
  answers('line[2m]', 'line 9@240 11@300');
  answers('line[2m:30s]', 'line 7@210 9@240 9@270 11@300');
  answers('line[1m] offset 1m', 'line 9@240');
  test('@ start() and end() in a range query, below a subquery too', () => {
    const over = (expr: string) => answerLines(queryRange(data, expr, ms(60_000), ms(180_000), ms(60_000)).data);
    expect(over('line @ start()')).toBe('line 3@60 3@120 3@180');
    expect(over('line @ end()')).toBe('line 7@60 7@120 7@180');
    expect(over('sum_over_time(line[2m:1m] @ end())')).toBe('12@60 12@120 12@180');
    expect(over('max_over_time((line @ start())[2m:1m])')).toBe('3@60 3@120 3@180');
  });
  refused('sum(line) offset 1m', '1:1: offset modifier must be preceded by');
  refused('(line) @ 10', '@ modifier must be preceded by');
  refused('line offset 1m offset 2m', 'offset may not be set multiple times');
  refused('line @ 1 @ 2', '@ <timestamp> may not be set multiple times');
  refused('line @ 1e30', 'timestamp out of bounds for @ modifier: 1e30');
  refused('line @ Inf', 'timestamp out of bounds for @ modifier: Inf');
  refused('line offset 1m [5m]', 'no offset or @ modifiers allowed before range');
  refused('sum(line)[5m]', 'ranges only allowed for vector selectors');
  refused('time()[5m:1m]', 'subquery is only allowed on instant vector, got scalar instead');
  refused('line[5m:0s]', 'duration must be greater than 0');
  refused('sum_over_time(line[1y:1ms])', 'hold more than 2000000 values at once');
  refused('sum_over_time(vector(1)[1y:1ms])', 'hold more than 2000000 values at once');
});

describe('functions of a range', () => {
  answers('irate(c_total[5m])', '{job="a"} 1');
  answers('irate(reset_total[3m])', `${10 / 60}`);
  answers('irate(reset_total[3m] @ 180)', `${5 / 60}`);
  answers('idelta(line[5m])', '2');
  answers('idelta(line[1m])', '');
  answers('delta(line[5m])', '10');
  answers('deriv(line[5m])', `${2 / 60}`);
  answers('deriv(flat[5m])', '0');
  answers('deriv(line[1m])', '');
  answers('predict_linear(line[5m], 60)', '13');
  answers('predict_linear(line[5m] offset 1m, 0)', '11');
  answers('resets(reset_total[10m])', '1');
  answers('changes(reset_total[10m])', '4');
  answers('changes(flat[10m])', '0');
  answers('changes(odd[5m])', '{job="a"} 0\n{job="b"} 0\n{job="c"} 0');
  answers('last_over_time(line[5m])', 'line 11');
  answers('first_over_time(line[4m])', 'line 5');
  answers('present_over_time(line[5m])', '1');
  answers('stdvar_over_time(spread[10m])', '6.222222222222222');
  answers('stddev_over_time(flat[10m])', '0');
  answers('quantile_over_time(0.5, spread[10m])', '3');
  answers('quantile_over_time(1, spread[10m])', '8');
  answers('absent_over_time(line[5m])', '');
  answers('absent_over_time(gone{job="a",x!="y",z="1",z="2"}[5m])', '{job="a"} 1');
  answers('absent_over_time(gone[5m:1m])', '1');
  answers('count_over_time(line[60s])', '1');
  answers('count_over_time(line[61s])', '2');
});

describe('functions of a vector', () => {
  answers('abs(neg)', '2.5');
  answers('ceil(neg)', '-2');
  answers('floor(neg)', '-3');
  answers('sgn(neg)', '-1');
  answers('sqrt(neg)', 'NaN');
  answers('exp(vector(0))', '1');
  answers('ln(vector(0))', '-Inf');
  answers('log2(vector(8))', '3');
  answers('log10(vector(1000))', '3');
  answers('round(neg)', '-2');
  answers('round(vector(2.5))', '3');
  answers('round(vector(0.25), 0.1)', '0.3');
  answers('round(vector(17), 5)', '15');
  answers('clamp(g, 2, 4)', '{job="a",zone="x"} 2\n{job="b",zone="x"} 3\n{job="c",zone="y"} 4');
  answers('clamp(g, 4, 2)', '');
  answers('clamp_min(neg, 0)', '0');
  answers('clamp_max(half, 0.25)', '0.25');
  answers('clamp_max(vector(NaN), 1)', 'NaN');
  answers('sin(vector(0))', '0');
  answers('cos(vector(pi()))', '-1');
  answers('acosh(vector(1))', '0');
  answers('tanh(vector(Inf))', '1');
  answers('deg(vector(pi()))', '180');
  answers('rad(vector(180))', `${Math.PI}`);
  answers('scalar(half)', '0.5');
  answers('scalar(g)', 'NaN');
  answers('vector(time())', '300');
  answers('absent(g)', '');
  answers('absent(gone{job="a",zone=~"x"})', '{job="a"} 1');
  answers('absent(sum(gone{job="a"}))', '1');
  answers('sort(odd)', 'odd{job="b"} 1\nodd{job="c"} 2\nodd{job="a"} NaN');
  answers('sort_desc(odd)', 'odd{job="c"} 2\nodd{job="b"} 1\nodd{job="a"} NaN');
  answers('timestamp(line)', '300');
  answers('timestamp(line offset 30s)', '240');
  answers('timestamp(line + 0)', '300');
  answers('hour(leap)', '13');
  answers('minute(leap)', '45');
  answers('day_of_week(leap)', '4');
  answers('day_of_month(leap)', '29');
  answers('day_of_year(leap)', '60');
  answers('days_in_month(leap)', '29');
  answers('month(leap)', '2');
  answers('year(leap)', '2024');
  answers('minute()', '5');
  answers('year(vector(NaN))', 'NaN');
  answers('"text"', 'text');
});

describe('labels', () => {
  answers('label_replace(g{job="a"}, "to", "$1-${2}$$", "job", "(.)(.*)")', 'g{job="a",to="a-$",zone="x"} 1');
  answers('label_replace(g{job="a"}, "to", "$rest", "job", "(?P<rest>.+)")', 'g{job="a",to="a",zone="x"} 1');
  answers('label_replace(g{job="a"}, "to", "x", "job", "b")', 'g{job="a",zone="x"} 1');
  answers('label_replace(g{job="a"}, "zone", "", "job", "a")', 'g{job="a"} 1');
  answers('label_replace(g{job="a"}, "__name__", "other", "job", "a")', 'other{job="a",zone="x"} 1');
  answers('label_replace(g{job="a"}, "to", "$1x", "job", "(.)")', 'g{job="a",zone="x"} 1');
  answers('label_join(g{job="a"}, "to", "/", "job", "gone", "zone")', 'g{job="a",to="a//x",zone="x"} 1');
  answers('label_join(half, "to", "-")', 'half 0.5');
  refused(
    'label_replace(g{zone="x"}, "job", "x", "zone", ".*")',
    'vector cannot contain metrics with the same labelset',
  );
  refused('label_replace(g, "to", "x", "job", "(")', 'invalid regular expression in label_replace()');
  refused('label_replace(g, "", "x", "job", "a")', 'invalid destination label name in label_replace()');
});

describe('types are checked in the words people search for', () => {
  refused('rate(g)', '1:6: expected type range vector in call to function "rate", got instant vector');
  refused('abs(1)', 'expected type instant vector in call to function "abs", got scalar');
  refused('rate()', 'expected 1 argument(s) in call to "rate", got 0');
  refused('clamp(g, 1)', 'expected 3 argument(s) in call to "clamp", got 2');
  refused('round(g, 1, 2)', 'expected at most 2 argument(s) in call to "round", got 3');
  refused('label_join(g, "a")', 'expected at least 3 argument(s) in call to "label_join", got 2');
  refused('label_join(g, "a", "b", 3)', 'expected type string in call to function "label_join", got scalar');
  refused('sum(1)', 'expected type instant vector in aggregation expression, got scalar');
  refused('topk(g)', 'wrong number of arguments for aggregate expression provided, expected 2, got 1');
  refused('topk("3", g)', 'expected type scalar in aggregation parameter, got string');
  refused('1 + "a"', 'binary expression must contain only scalar and instant vector types');
  refused(
    '-g[5m]',
    'unary expression only allowed on expressions of type scalar or instant vector, got "range vector"',
  );
  refused('histogram_avg(g)', 'it needs native histograms');
  refused('g </ 3', 'native histograms');
  refused('start_timestamp(g)', 'is experimental and not supported');
  refused('g anchored', 'anchored and smoothed are experimental');
  test('a range query wants a vector or a number', () => {
    const over = (expr: string) => () => queryRange(data, expr, ms(0), ms(60_000), ms(60_000));
    expect(over('g[5m]')).toThrow('invalid expression type "range vector" for range query');
    expect(over('"a"')).toThrow('invalid expression type "string" for range query');
    expect(over('g')).not.toThrow();
  });
});

describe('annotations, with their place', () => {
  const says = (expr: string, infos: readonly string[], warnings: readonly string[] = []) =>
    test(expr, () => {
      const answer = at300(expr);
      expect(answer.infos).toEqual(infos.map((text) => expect.stringContaining(text)));
      expect(answer.warnings).toEqual(warnings);
    });
  says('rate(c_total[5m])', []);
  says('2 * rate(line[5m])', [
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "line" (1:10)',
  ]);
  says('delta(line[5m])', []);
  says('rate(h_bucket[5m])', []);
  says('rate(line[5m:1m])', []);
  says('quantile(2, g)', [], ['PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)']);
  says(
    'quantile_over_time(NaN, g[5m])',
    [],
    ['PromQL warning: quantile value should be between 0 and 1, got NaN (1:20)'],
  );
  says('histogram_quantile(1, h_bucket)', []);
  says(
    'histogram_quantile(-1, h_bucket)',
    [],
    ['PromQL warning: quantile value should be between 0 and 1, got -1 (1:20)'],
  );
  says('histogram_quantile(0.5, torn_bucket)', ['needed to be fixed for monotonicity']);
  says(
    'histogram_quantile(0.5, bad_bucket)',
    [],
    [
      'PromQL warning: bucket label "le" is missing or has a malformed value of "wide" for metric name "bad_bucket" (1:25)',
    ],
  );
  says('deriv(hits[5m])', ['deriv has no answer for hits: a sum series keeps increments']);
  says('hits[5m]', ['a range alone has no answer for hits']);
});

describe('classic histograms', () => {
  answers('histogram_quantile(0.5, h_bucket)', '0.1');
  answers('histogram_quantile(0, h_bucket)', '0');
  answers('histogram_quantile(1, h_bucket)', '0.5');
  answers('histogram_fraction(0, 0.1, h_bucket)', '0.5');
  answers('histogram_fraction(0.1, 0.3, h_bucket)', `${(70 - 50) / 100}`);
  answers('histogram_fraction(0.3, 0.1, h_bucket)', '0');
  answers('histogram_fraction(-Inf, Inf, h_bucket)', '1');
  answers('histogram_fraction(-4, -2, below_bucket)', '0.02');
  answers('histogram_fraction(0, 1, single_bucket)', '0');
});

describe('sum series', () => {
  answers('increase(hits[5m])', '{status="200"} 12');
  answers('rate(hits[20s])', '{status="200"} 0.35');
  answers('resets(hits[5m])', '{status="200"} 0');
  answers('present_over_time(hits[5m])', '{status="200"} 1');
  answers('absent_over_time(hits[5m])', '');
  answers('last_over_time(hits[1m:10s])', 'hits{status="200"} 12');
});
