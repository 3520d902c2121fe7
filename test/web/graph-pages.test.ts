import { describe, expect, test } from 'vitest';
import { endLabels } from '../../web/charts/end-labels.ts';
import { lineLook, shortNames } from '../../web/charts/graph-chart.ts';
import { brushed, moved, readGraphRange, spanOf, writeGraphRange, zoomed } from '../../web/graph/graph-range.ts';
import { errorPlace } from '../../web/graph/query-error.ts';
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
