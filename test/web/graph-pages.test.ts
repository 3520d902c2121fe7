import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endLabels } from '../../web/charts/end-labels.ts';
import { lineLook, shortNames } from '../../web/charts/graph-chart.ts';
import { brushed, moved, readGraphRange, spanOf, writeGraphRange, zoomed } from '../../web/graph/graph-range.ts';
import { type InstantAnswer, instantRows } from '../../web/graph/instant-answer.ts';
import { mergedGraph } from '../../web/graph/merged-graph.ts';
import { metricsNamed } from '../../web/graph/metric-list.ts';
import { askedQueries, readQueries, writeQueries } from '../../web/graph/page-queries.ts';
import { errorPlace } from '../../web/graph/query-error.ts';
import { readHistory, withRun } from '../../web/graph/query-history.ts';
import { seriesFacts } from '../../web/graph/series-facts.ts';
import { NOW } from './statuses.ts';

describe('the range in the address', () => {
  const f = (query: string, want: ReturnType<typeof readGraphRange>) =>
    test(query || 'nothing', () => expect(readGraphRange(query)).toEqual(want));
  const day = { kind: 'last', secs: 86_400 } as const;
  f('', day);
  f('since=6h', { kind: 'last', secs: 21_600 });
  f('since=90', day);
  f('since=1s', day);
  f('since=100y', day);
  f('start=1000&end=1010', { kind: 'fixed', start: 1_000_000, end: 1_010_000 });
  f('start=1000&end=1009', day);
  f('start=2000&end=1000', day);
  f('start=x&end=1000&since=6h', { kind: 'last', secs: 21_600 });

  test('is read back as it was written', () => {
    for (const range of [day, brushed(1_000_500, 2_000_000)]) {
      expect(readGraphRange(new URLSearchParams(writeGraphRange(range)).toString())).toEqual(range);
    }
  });
});

describe('zoom and moves', () => {
  const fixed = brushed(1_000_000, 2_000_000);
  test('in and out again is where it began', () => {
    expect(zoomed(zoomed(fixed, 0.5, NOW), 2, NOW)).toEqual(fixed);
    expect(zoomed({ kind: 'last', secs: 600 }, 0.5, NOW)).toEqual({ kind: 'last', secs: 300 });
  });
  test('ten seconds are the least', () => {
    expect(zoomed({ kind: 'last', secs: 11 }, 0.5, NOW)).toEqual({ kind: 'last', secs: 10 });
    expect(brushed(5000, 5001)).toEqual({ kind: 'fixed', start: 5000, end: 15_000 });
  });
  test('a move is half a range, and leaves now', () => {
    expect(moved(fixed, -1, NOW)).toEqual(brushed(500_000, 1_500_000));
    expect(moved({ kind: 'last', secs: 600 }, -1, NOW)).toEqual(brushed(NOW - 900_000, NOW - 300_000));
    expect(spanOf({ kind: 'last', secs: 600 }, NOW)).toEqual({ start: NOW - 600_000, end: NOW });
  });
});

describe('where a query is wrong', () => {
  const f = (query: string, message: string, want: ReturnType<typeof errorPlace>) =>
    test(message, () => expect(errorPlace(query, message)).toEqual(want));
  f('sum(', 'cannot parse query: 1:5: unexpected end', { line: 'sum(', column: 4, position: 4 });
  f('a\nb b', 'cannot parse query: 2:3: unexpected', { line: 'b b', column: 2, position: 4 });
  f('up', 'cannot parse query: 1:9: unexpected', undefined);
  f('up', 'cannot parse query: 3:1: unexpected', undefined);
  f('up', 'cannot answer query: it takes too long', undefined);
});

test('figures of a line leave gaps out', () => {
  expect(seriesFacts([null, 4, 2, null, 3, null])).toEqual({ min: 2, mean: 3, max: 4, last: 3 });
  expect(seriesFacts([null])).toBeUndefined();
});

describe('lines told apart', () => {
  const series = (labels: Readonly<Record<string, string>>, name = 'm{...}') => ({ name, labels, values: [] });
  test('by the labels in which they differ', () => {
    expect(shortNames([series({ a: '1', b: 'x' }), series({ a: '2', b: 'x' })])).toEqual(['1', '2']);
    expect(shortNames([series({ a: '1' }, 'up{a="1"}')])).toEqual(['up']);
    expect(shortNames([series({ a: 'y'.repeat(40) }), series({ a: 'z' })])[0]).toHaveLength(18);
  });
  test('by colour and dash: no two of twenty are alike', () => {
    const palette = ['1', '2', '3', '4', '5'];
    const looks = Array.from({ length: 20 }, (_, i) => JSON.stringify(lineLook(i, palette)));
    expect(new Set(looks).size).toBe(20);
  });
  test('labels at their ends do not lie on one another', () => {
    const tokens = {
      text: '',
      muted: '',
      hairline: '',
      background: '',
      bad: '',
      ok: '',
      series: '',
      palette: [],
      font: '',
      wide: true,
      tall: true,
    };
    const labels = [5, 5, 5.1, 90].map((y, i) => ({ at: { x: 1, y }, text: String(i), color: '' }));
    const placed = Object.values(endLabels(labels, 100, { ...tokens, faint: (color) => color }));
    const heights = placed.map((label) => Number('yValue' in label ? label.yValue : Number.NaN));
    for (const [i, y] of heights.entries()) if (i > 0) expect(y - (heights[i - 1] ?? 0)).toBeGreaterThanOrEqual(9);
  });
});

describe('the queries in the address', () => {
  const f = (search: string, want: ReturnType<typeof readQueries>) =>
    test(search || 'nothing', () => expect(readQueries(search)).toEqual(want));
  f('', [{ text: '', hidden: false }]);
  f('query=up', [{ text: 'up', hidden: false }]);
  f('query=up&query=x&query=y&hidden=BZ', [
    { text: 'up', hidden: false },
    { text: 'x', hidden: true },
    { text: 'y', hidden: false },
  ]);

  test('are read back as they were written', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string(), hidden: fc.boolean() }), { minLength: 1, maxLength: 8 }),
        (queries) => {
          const written = new URLSearchParams(writeQueries(queries)).toString();
          const empty = queries.every(({ text }) => text === '');
          expect(readQueries(written)).toEqual(empty ? [{ text: '', hidden: false }] : queries);
        },
      ),
      { seed: 1 },
    ));

  test('no more than eight, and neither the hidden nor the empty are asked', () => {
    expect(readQueries('query=x&'.repeat(9))).toHaveLength(8);
    const queries = [
      { text: 'a', hidden: true },
      { text: '', hidden: false },
      { text: 'c', hidden: false },
    ];
    expect(askedQueries(queries)).toEqual([{ letter: 'C', text: 'c' }]);
  });
});

describe('several answers as one graph', () => {
  const graph = (query: string, lines: number, left_out = 0) => ({
    query,
    start: 0,
    end: 10,
    step_secs: 1,
    time: [0],
    series: Array.from({ length: lines }, (_, i) => ({ name: `${query}${i}`, labels: {}, values: [i] })),
    left_out,
    notes: ['n'],
  });
  test('one stays as it is; none is none', () => {
    const data = graph('up', 20, 3);
    expect(mergedGraph([{ letter: 'B', data }])).toBe(data);
    expect(mergedGraph([])).toBeUndefined();
  });
  test('lines bear the letter of their query, and share the room', () => {
    const merged = mergedGraph([
      { letter: 'A', data: graph('a', 20, 3) },
      { letter: 'C', data: graph('c', 1) },
    ]);
    expect(merged?.series).toHaveLength(11);
    expect(merged?.left_out).toBe(13);
    expect(merged?.series.at(-1)?.name).toBe('C c0');
    expect(merged?.notes).toEqual(['A: n', 'C: n']);
    expect(shortNames(merged?.series ?? []).at(-1)).toBe('C');
  });
});

describe('values at a moment', () => {
  const f = (data: InstantAnswer['data'], want: readonly [string, number, string][]) =>
    test(data.resultType, () =>
      expect(instantRows('A', { data }).map((row) => [JSON.stringify(row.metric), row.time, row.value])).toEqual(want),
    );
  f({ resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1, 'NaN'] }] }, [['{"a":"b"}', 1000, 'NaN']]);
  f({ resultType: 'scalar', result: [2, '7'] }, [['{}', 2000, '7']]);
  f({ resultType: 'string', result: [2, 'x'] }, [['{}', 2000, 'x']]);
  f(
    {
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [1, '1'],
            [2, '2'],
          ],
        },
      ],
    },
    [
      ['{}', 1000, '1'],
      ['{}', 2000, '2'],
    ],
  );
});

describe('queries that were run', () => {
  test('the newest first, each once, twenty at most, none that is too long', () => {
    expect(withRun(['a', 'b'], ['b', '', 'x'.repeat(2001)])).toEqual(['b', 'a']);
    expect(
      withRun(
        Array.from({ length: 20 }, (_, i) => `q${i}`),
        ['new'],
      ),
    ).toHaveLength(20);
  });
  const f = (text: string | null, want: readonly string[]) =>
    test(String(text), () => expect(readHistory(text)).toEqual(want));
  f(null, []);
  f('["a",7,"b"]', ['a', 'b']);
  f('{"a":1}', []);
  f('[', []);
});

test('metrics by the words of their name', () => {
  const metrics = ['http_requests_total', 'host_load1'].map((name) => ({ name, type: 'gauge' }));
  const names = (typed: string) => metricsNamed(metrics, typed).map(({ name }) => name);
  expect(names('')).toEqual(['http_requests_total', 'host_load1']);
  expect(names('TOTAL http')).toEqual(['http_requests_total']);
  expect(names('.*')).toEqual([]);
});
