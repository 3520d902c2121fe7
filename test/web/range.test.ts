import { describe, expect, test } from 'vitest';
import { createApi } from '../../web/api/client.ts';
import { queryWithRange, RANGES, rangeStart, rangesWithin, readRange } from '../../web/slo-page/range.ts';

const DAY_SECS = 86_400;

describe('the range of an address', () => {
  const f = (query: string, want: string) => test(query || 'none', () => expect(readRange(query)).toBe(want));
  f('', 'window');
  f('?range=1d', '1d');
  f('?lang=fr&range=6h', '6h');
  f('?range=2d', 'window');
  f('?range=', 'window');
});

describe('an address with another range', () => {
  const f = (query: string, range: (typeof RANGES)[number], want: string) =>
    test(`${query} to ${range}`, () => expect(queryWithRange(query, range)).toBe(want));
  f('', 'window', '');
  f('', '7d', '?range=7d');
  f('?lang=fr', '1h', '?lang=fr&range=1h');
  f('?range=1h&lang=fr', 'window', '?lang=fr');
  test('says what was written', () => {
    for (const range of RANGES) expect(readRange(queryWithRange('?lang=fr', range))).toBe(range);
  });
});

describe('ranges shorter than the window', () => {
  const f = (window_secs: number, want: string) =>
    test(`${window_secs} s`, () => expect(rangesWithin(window_secs).join(' ')).toBe(want));
  f(30 * DAY_SECS, 'window 7d 1d 6h 1h');
  f(7 * DAY_SECS, 'window 1d 6h 1h');
  f(7 * DAY_SECS + 1, 'window 7d 1d 6h 1h');
  f(3600, 'window');
});

test('a range starts its length before its end; the server is asked in seconds', async () => {
  expect(rangeStart('window', 5)).toBeUndefined();
  expect(rangeStart('1h', 3_600_500)).toBe(500);
  const asked: string[] = [];
  const api = createApi(async (path) => {
    asked.push(String(path));
    return new Response('{}');
  });
  await api.slo('a/b', 1500);
  await api.slo('a');
  expect(asked).toEqual(['/api/vigie/slos/a%2Fb?start=1.5', '/api/vigie/slos/a']);
});
