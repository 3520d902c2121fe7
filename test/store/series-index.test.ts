import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Matcher } from '../../server/model/engine.ts';
import { type Labels, seriesKey, sortLabels } from '../../server/model/labels.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { hasId, insertId, intersect, unionOfDisjoint, without } from '../../server/store/series/postings.ts';
import { type Series, SeriesIndex } from '../../server/store/series/series-index.ts';
import { tries } from '../support/long.ts';

const NAMES = ['up', 'http_requests_total', 'http_request_duration_seconds_bucket'];
const LABELS = ['host', 'le', 'path'];
const VALUES = ['a', 'b', 'ab', 'a.b', 'a|b', '1', '+Inf', 'é\n'];
const PATTERNS = [
  '',
  'a',
  'a|b',
  '(a|b)',
  'a.*',
  '.*',
  '.+',
  'a?',
  '(?i)A',
  'a\\.b',
  '[ab]',
  'a|',
  'x|a(b|\\.b)',
  '()',
];

const identity = fc.record({
  name: fc.constantFrom(...NAMES),
  labels: fc.dictionary(fc.constantFrom(...LABELS), fc.constantFrom(...VALUES)),
});
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({
    name: fc.constantFrom(...LABELS, '__name__', 'nowhere'),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.constantFrom('', 'nothing', ...VALUES, ...NAMES),
  }),
  fc.record({
    name: fc.constantFrom(...LABELS, '__name__', 'nowhere'),
    op: fc.constantFrom('=~' as const, '!~' as const),
    value: fc.constantFrom(...PATTERNS, ...NAMES),
  }),
);
/** Series come, and some go again: each by its place among those made so far. */
const life = fc.array(
  fc.oneof({ weight: 8, arbitrary: identity }, { weight: 1, arbitrary: fc.array(fc.nat(40), { maxLength: 6 }) }),
  { size: 'max', maxLength: 60 },
);

function build(steps: readonly ({ name: string; labels: Labels } | readonly number[])[]) {
  const index = new SeriesIndex();
  let alive: Series[] = [];
  for (const step of steps) {
    if ('name' in step) {
      const labels = sortLabels(step.labels);
      if (index.find(seriesKey(step.name, labels)) === undefined) alive.push(index.add('gauge', step.name, labels));
      continue;
    }
    const gone = alive.filter((_, place) => step.includes(place));
    index.remove(gone);
    alive = alive.filter((series) => !gone.includes(series));
  }
  return { index, alive };
}

const valueIn = ({ name, labels }: Series, label: string): string =>
  label === '__name__' ? name : (labels[label] ?? '');

test('what the lists select is what every series was asked for, whatever came and went', () => {
  fc.assert(
    fc.property(life, fc.array(matcher, { maxLength: 4 }), (steps, matchers) => {
      const { index, alive } = build(steps);
      const compiled = matchers.map(compileMatcher);
      const wanted = alive.filter((series) => compiled.every((one) => one.matches(valueIn(series, one.name))));
      expect(index.select(compiled)).toEqual(wanted.map(({ id }) => id));
    }),
    { seed: 61, numRuns: tries(1000) },
  );
});

test('names, values and holders are those of the series that are there', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const { index, alive } = build(steps);
      const labels = [...new Set(alive.flatMap((series) => ['__name__', ...Object.keys(series.labels)]))].sort();
      expect(index.labelNames()).toEqual(labels);
      for (const label of labels) {
        const values = [...new Set(alive.map((series) => valueIn(series, label)))].filter((value) => value !== '');
        expect(index.labelValues(label)).toEqual(values.sort());
        for (const value of values) {
          const holders = alive.filter((series) => valueIn(series, label) === value).map(({ id }) => id);
          expect(index.holders(label, value)).toEqual(holders);
        }
      }
      expect(index.size).toBe(alive.length);
      expect([...index.values()]).toEqual(alive);
      for (const series of alive) expect([index.get(series.id), index.find(series.key)]).toEqual([series, series]);
    }),
    { seed: 62, numRuns: tries(150) },
  );
});

test('a free id waits until all others were given', () => {
  const index = new SeriesIndex();
  const ids = ['a', 'b', 'c'].map((name) => index.add('gauge', name, {}).id);
  expect(ids).toEqual([1, 2, 3]);
  index.remove([index.get(2)]);
  expect(index.add('gauge', 'd', {}).id).toBe(4);
  expect(index.add('gauge', 'last', {}, 2 ** 30).id).toBe(2 ** 30);
  expect(index.add('gauge', 'again', {}).id).toBe(2);
  expect(index.add('gauge', 'next', {}).id).toBe(5);
  expect(index.select([])).toEqual([1, 2, 3, 4, 5, 2 ** 30]);
});

test('lists of ids are put together like sets', () => {
  const ids = fc.uniqueArray(fc.oneof(fc.nat(30), fc.nat(2000), fc.nat(2 ** 33)), { maxLength: 60 }).map(rising);
  fc.assert(
    fc.property(ids, ids, fc.nat(100), (a, b, times) => {
      const long = rising([...new Set([...b, ...Array.from({ length: times * 10 }, (_, i) => i * 3)])]);
      for (const [x, y] of [
        [a, b],
        [a, long],
        [long, a],
      ] as const) {
        const inY = new Set(y);
        expect(intersect(x, y)).toEqual(x.filter((id) => inY.has(id)));
        expect(without(x, y)).toEqual(x.filter((id) => !inY.has(id)));
        const rest = without(y, x);
        expect(unionOfDisjoint([x, rest])).toEqual(rising([...new Set([...x, ...y])]));
      }
    }),
    { seed: 63, numRuns: tries(150) },
  );
  expect(unionOfDisjoint([])).toEqual([]);
});

test('an id is found, and put in its place whenever it comes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (ids) => {
      const list: number[] = [];
      for (const id of ids) insertId(list, id);
      expect(list).toEqual(rising([...new Set(ids)]));
      for (let id = 0; id <= 51; id++) expect(hasId(list, id)).toBe(ids.includes(id));
    }),
    { seed: 64, numRuns: tries(100) },
  );
});

function rising(ids: readonly number[]): number[] {
  return ids.toSorted((a, b) => a - b);
}
