import { describe, expect, test } from 'vitest';
import { heldProblems } from '../../rules/figures/held-window.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { DEFAULT_RINGS } from '../../server/model/rings.ts';
import { DAY, HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const short = (match: string, days: number) => ({
  match,
  selector: parseSelector(match),
  rings: [
    { width: MINUTE, span: ms(2 * DAY) },
    { width: HOUR, span: ms(days * DAY) },
  ],
});
const DEV = short('{__name__=~"http_.*",host="dev"}', 30);
const SHOP = short('{service=~"shop|blog"}', 20);

const problems = (window: string, matchers: string, rules = [DEV, SHOP], rings = DEFAULT_RINGS) => {
  const text = `slos: [{id: a, service: a, objective: 99%, window: ${window}, availability: {total: '${matchers}', bad: '${matchers}'}}]`;
  const held = heldProblems({ rings, rules }, compileMatcher);
  const read = readSloFiles([{ path: 'a.yaml', text }], parseSelector, held);
  return read.problems.map(({ line, col, message }) => `${line}:${col} ${message}`);
};

describe('a window that outlives its ring is refused', () => {
  const f = (window: string, matchers: string, want: string | undefined) =>
    test(`${window} of ${matchers}`, () =>
      expect(problems(window, matchers)).toEqual(want === undefined ? [] : [want]));
  const keeps = (match: string, days: number) =>
    `the ring of the profile ${match} that reaches back furthest has steps of 1h and keeps ${days}d`;
  f('20d', 'http_total{service="shop"}', undefined);
  f(
    '21d',
    'http_total{service="shop"}',
    `1:44 window: got a window of 21d; want at most 20d: ${keeps(SHOP.match, 20)}`,
  );
  f('30d', 'http_total{host="dev"}', undefined);
  f(
    '{calendar: month}',
    'http_total{host="dev"}',
    `1:44 window: got periods of up to 31d1h; want at most 30d: ${keeps(DEV.match, 30)}`,
  );
  f('{calendar: 4 weeks, from: 2026-01-05}', 'http_total{host="dev"}', undefined);
  // The first profile that finds the series has the word.
  f('25d', 'http_total{host="dev",service="shop"}', undefined);
  // Other series, and those of which it is open, have the rings of the store.
  f('90d', 'http_total{service="api"}', undefined);
  f('90d', 'http_total', undefined);
  f('90d', 'disk_total{host="dev"}', undefined);
});

test('the rings of the store hold what no profile finds', () => {
  const rings = [{ width: MINUTE, span: ms(14 * DAY) }];
  expect(problems('14d', 'http_total', [], rings)).toEqual([]);
  expect(problems('15d', 'http_total', [], rings)).toEqual([
    '1:44 window: got a window of 15d; want at most 14d: the ring that reaches back furthest has steps of 1m and keeps 14d',
  ]);
});

describe('slices of time need a ring that tells them apart', () => {
  const f = (every: string, window: string, days: number, want: string[]) =>
    test(`${every} over ${window}, a minute for ${days} d`, () => {
      const rings = [
        { width: MINUTE, span: ms(days * DAY) },
        { width: HOUR, span: ms(730 * DAY) },
      ];
      const text = `slos: [{id: a, service: a, objective: 99%, window: ${window}, up: {metric: a, every: ${every}}}]`;
      const held = heldProblems({ rings, rules: [] }, compileMatcher);
      const read = readSloFiles([{ path: 'a.yaml', text }], parseSelector, held);
      expect(read.problems.map(({ message }) => message)).toEqual(want);
    });
  f('1m', '30d', 31, []);
  f('1m', '30d', 30, [
    'window: slices of 1m can be told apart for 30d; want a window of at most 29d, or longer slices',
  ]);
  f('5m', '99d', 100, []);
  f('10s', '1d', 100, ['window: no ring of its series tells slices of 10s apart; want longer slices']);
});
