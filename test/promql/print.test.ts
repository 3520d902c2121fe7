import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Expr } from '../../server/promql/ast.ts';
import { parse } from '../../server/promql/parse.ts';
import { formatExpr, printExpr } from '../../server/promql/print.ts';
import { hasPrometheus, type RealPrometheus, startPrometheus } from '../support/prometheus.ts';

/** The meaning alone: no places, no brackets, matchers in any order. */
function meaning(expr: unknown): unknown {
  if (Array.isArray(expr)) return expr.map(meaning);
  if (typeof expr !== 'object' || expr === null) return expr;
  const kept = Object.entries(expr).filter(([key]) => key !== 'place' && key !== 'brackets');
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'matchers' ? value.map((one: object) => JSON.stringify(one)).sort() : meaning(value),
    ]),
  );
}

/** As Prometheus 2 and 3 both lay it out: 2 leaves no space before the brackets of labels, and does not indent subqueries. */
const loose = (text: string): string =>
  text.replace(/\b(by|without|on|ignoring|group_left|group_right) ?\(/g, '$1(').replace(/^ +/gm, '');

const LONG = 'http_request_duration_seconds_bucket{service="checkout",method="POST",status=~"5.."}';

const QUERIES = [
  'up',
  '1',
  '-1',
  '0x1F',
  '1e6 + 999999 + 1e-5 + 0.0001',
  'Inf',
  '-inf',
  'nan',
  '"a\\"b\\\\c\\n\\t\\u00e9"',
  "'single'",
  '`raw \\n`',
  'up{}',
  'up{job="a",instance!="b",x=~"c.*",y!~"d|e"}',
  '{job="a"}',
  'up offset 5m',
  'up offset -1h30m',
  'up @ 1603774568',
  'up @ 1603774568.123 offset 1d',
  'up offset 1w @ start()',
  'up @ end()',
  'rate(up[90s])',
  'rate(up[1y2d])',
  'rate(up[7d] offset 14d)',
  'max_over_time(rate(up[5m])[1h:1m])',
  'max_over_time(up[1h:])',
  'max_over_time((up + 1)[1h:30s] offset 1h)',
  'max_over_time(up[1h:30s] @ 10)',
  'sum(up)',
  'sum by (job) (up)',
  'sum(up) by (job, instance)',
  'sum without () (up)',
  'sum by () (up)',
  'topk(5, up)',
  'topk by (job) (5, up)',
  'quantile without (a, b) (0.9, up)',
  'count_values("value", up)',
  'a+b*c^d^e',
  '(a+b)*c',
  '((a))',
  '-(a)',
  '-a ^ 2',
  '(-a) ^ 2',
  '-(2)',
  '- -a',
  'a - (b - c)',
  '(a - b) - c',
  'a and b or c unless d',
  'a > bool b',
  'a == on (x, y) b',
  'a / ignoring (x) group_left (y, z) b',
  'a * on () group_right () b',
  'a > bool on (x) b',
  'a atan2 b % c',
  'time()',
  'label_replace(up, "a", "$1", "b", "(.*)")',
  'histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))',
  'absent(up{job="a"}) # a comment',
  `sum by (service) (rate(${LONG}[5m])) / sum by (service) (rate(${LONG}[1h]))`,
  `histogram_quantile(0.99, sum by (le, service, method) (rate(${LONG}[5m])))`,
  `topk by (service) (5, sum without (instance, pod) (rate(${LONG}[5m])) > 0.001 and on (service) up{job="checkout"} == 1)`,
  `(sum(rate(${LONG}[5m])) + sum(rate(${LONG}[5m] offset 1d))) / 2 > bool ignoring (job) group_left (team) (owners{team!=""} * 0)`,
  `-sum(rate(${LONG}[5m])) ^ -(sum(rate(${LONG}[1h])))`,
  `max_over_time(sum by (service) (rate(${LONG}[5m]))[1d:5m])`,
  `label_replace(rate(${LONG}[5m]), "very_long_target_label", "$1-and-some-more-text", "service", "(.*)") or vector(0)`,
];

describe('a printed query', () => {
  test.each(QUERIES)('%s means the same, on one line and laid out', (query) => {
    const expr = parse(query);
    for (const print of [printExpr, formatExpr]) {
      const printed = print(expr);
      expect(meaning(parse(printed)), printed).toEqual(meaning(expr));
      expect(print(parse(printed))).toBe(printed);
    }
  });

  test.each([
    ['sum(rate(x{b="2",a="1"}[300s])) by (job)', 'sum by (job) (rate(x{a="1",b="2"}[5m]))'],
    ['{__name__="sum"}', '{__name__="sum"}'],
    ['{__name__="up", a="b"}', 'up{a="b"}'],
    ['{"a.b", "c.d"="e"}', '{"c.d"="e",__name__="a.b"}'],
    ['x offset 5m[10m:]', 'x offset 5m[10m:]'],
  ])('%s is %s', (query, want) => expect(printExpr(parse(query))).toBe(want));
});

describe.runIf(hasPrometheus)('Prometheus', () => {
  let prometheus: RealPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus([{ name: 'up', points: [[1, 1]] }]);
  });
  afterAll(() => prometheus.stop());

  test.each(QUERIES)('lays it out alike: %s', async (query) => {
    expect(loose(formatExpr(parse(query)))).toBe(loose(await prometheus.format(query)));
  });
});

const place = '1:1';
const labelNames = fc.constantFrom('job', 'instance', 'on', 'le', 'a.b', 'ünïcode');
const metricNames = fc.constantFrom(
  'up',
  'http_requests_total',
  'job:rate',
  'sum',
  'offset',
  'NaN',
  'start',
  'a.b',
  'rate',
  'time',
);
const durations = fc.constantFrom(1, 999, 1000, 60_000, 5_400_000, 86_400_000, 604_800_000, 31_536_000_000);
const matchers = fc.record({
  name: labelNames,
  op: fc.constantFrom('=', '!='),
  value: fc.string({ unit: 'grapheme', maxLength: 8 }),
});
const shifts = fc.record({
  offset: fc.oneof(
    fc.constant(0),
    durations,
    durations.map((duration) => -duration),
  ),
  at: fc.option(fc.oneof(fc.constantFrom('start', 'end'), fc.integer({ min: 0, max: 2_000_000_000_000 })), {
    nil: undefined,
  }),
});
const labelLists = fc.uniqueArray(labelNames, { maxLength: 3 });

function shifted<T extends object>({ offset, at }: { offset: number; at: unknown }, node: T) {
  return { ...node, offset, ...(at !== undefined && { at }) };
}

const selectors = fc.tuple(metricNames, fc.array(matchers, { maxLength: 2 }), shifts).map(([name, rest, shift]) =>
  shifted(shift, {
    node: 'selector',
    type: 'vector',
    place,
    matchers: [{ name: '__name__', op: '=', value: name }, ...rest],
  }),
);

/** Any vector expression, without brackets: the printer sets those it needs. */
const { vector: vectors } = fc.letrec<{ vector: unknown; scalar: unknown; matrix: unknown }>((tie) => ({
  scalar: fc.oneof(
    fc
      .oneof(fc.double({ noNaN: true }), fc.constantFrom(-2, 1e21, Infinity, -0))
      .map((value) => ({ node: 'number', type: 'scalar', place, value })),
    fc.constant({ node: 'call', type: 'scalar', place, name: 'time', args: [] }),
    tie('scalar').chain((arg) => fc.constant({ node: 'negation', type: 'scalar', place, arg })),
  ),
  matrix: fc.oneof(
    fc
      .tuple(selectors, durations)
      .map(([selector, range]) => ({ node: 'range', type: 'matrix', place, selector, range })),
    fc
      .tuple(tie('vector'), durations, fc.option(durations, { nil: undefined }), shifts)
      .map(([arg, range, step, shift]) =>
        shifted(shift, { node: 'subquery', type: 'matrix', place, arg, range, ...(step !== undefined && { step }) }),
      ),
  ),
  vector: fc.oneof(
    { maxDepth: 5 },
    selectors,
    tie('matrix').map((arg) => ({ node: 'call', type: 'vector', place, name: 'rate', args: [arg] })),
    tie('vector').map((arg) => ({ node: 'negation', type: 'vector', place, arg })),
    fc
      .tuple(fc.constantFrom('sum', 'count'), fc.boolean(), labelLists, tie('vector'))
      .map(([op, keep, labels, arg]) => ({
        node: 'aggregation',
        type: 'vector',
        place,
        op,
        grouping: { keep, labels },
        arg,
      })),
    fc.tuple(tie('scalar'), tie('vector')).map(([parameter, arg]) => ({
      node: 'aggregation',
      type: 'vector',
      place,
      op: 'topk',
      grouping: { keep: true, labels: [] },
      arg,
      parameter,
    })),
    fc
      .tuple(
        fc.constantFrom('+', '-', '*', '^', '>', '==', 'and', 'or', 'unless', 'atan2'),
        tie('vector'),
        tie('vector'),
        fc.boolean(),
        labelLists,
      )
      .map(([op, left, right, keep, labels]) => ({
        ...{ node: 'binary', type: 'vector', place, op, left, right, bool: op === '>' },
        matching: { keep, labels, include: [] },
      })),
    fc
      .tuple(fc.constantFrom('+', '^', '/'), tie('scalar'), tie('vector'), fc.boolean())
      .map(([op, scalar, vector, turned]) => ({
        ...{
          node: 'binary',
          type: 'vector',
          place,
          op,
          left: turned ? vector : scalar,
          right: turned ? scalar : vector,
        },
        ...{ bool: false, matching: { keep: false, labels: [], include: [] } },
      })),
  ),
}));

test('any expression is printed so that it is read as the same', () => {
  fc.assert(
    fc.property(vectors, (made) => {
      const expr = made as Expr;
      for (const printed of [printExpr(expr), formatExpr(expr)])
        expect(meaning(parse(printed)), printed).toEqual(meaning(expr));
    }),
    { numRuns: 500 },
  );
});
