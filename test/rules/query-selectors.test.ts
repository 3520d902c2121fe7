import { expect, test } from 'vitest';
import { readQuery } from '../../rules/query-selectors.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const names = (text: string) =>
  readQuery(text, parseSelector).selectors.map((selector) => selector.map(({ value }) => value).join());

test('the series that a query asks for', () => {
  expect(names('max(a{job="shop"}) / b offset 5m')).toEqual(['a,shop', 'b']);
  expect(names('info(rate(a[5m * 2]), {version=~".*"}) > fill(0) b')).toEqual(['a', 'b']);
  expect(names('info(a) or label_replace(c, "x", "start()", "", "")')).toEqual(['a', 'c']);
  expect(names('step + range')).toEqual(['step', 'range']);
});

test.each([
  'a @ start()',
  'a @ end() offset 5m',
  'time() - end() + a',
  'a * step()',
  'a + range()',
  'rate(a[step()])',
  'a offset -range()',
  'rate(a[max_of(step(), 1m)])',
])('%s has another answer when more is asked at once, and is refused', (text) => {
  expect(() => readQuery(text, parseSelector)).toThrow('want an expression whose answer at a moment is the same');
});
