import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { nominalLength } from '../../rules/slo-window.ts';
import { DAY } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const read = (objectives: string, more = '') =>
  readSloFiles(
    [
      {
        path: 'a.yaml',
        text: `slos: [{id: shop, service: shop, title: Shop, objectives: ${objectives}, availability: {total: a, bad: b}${more}}]`,
      },
    ],
    parseSelector,
  );

describe('an objective of several is told apart by what it promises', () => {
  const ids = (objectives: string, want: readonly string[]) =>
    test(objectives, () => {
      const { slos, problems } = read(objectives);
      expect(problems).toEqual([]);
      expect(slos.map(({ id }) => id)).toEqual(want);
    });
  ids('[{objective: 99%, window: 30d}]', ['shop-99-30d']);
  ids('[{objective: 99.95 %, window: 1h30m}]', ['shop-99-95-1h30m']);
  ids('[{objective: 99%, window: {calendar: month, zone: UTC}}]', ['shop-99-month']);
  ids('[{objective: 99%, window: {calendar: 2 weeks, from: 2026-01-05}}]', ['shop-99-2-weeks']);
  // Not by its place in the list.
  ids('[{objective: 99%, window: 7d}, {objective: 99%, window: 30d}]', ['shop-99-7d', 'shop-99-30d']);
  ids('[{objective: 99%, window: 30d}, {objective: 99%, window: 7d}]', ['shop-99-30d', 'shop-99-7d']);
  ids('[{objective: 99%, window: 30d, id: contract}]', ['shop-contract']);
});

test('all else is shared but what an objective says itself', () => {
  const { slos } = read(
    '[{objective: 99%, window: 7d}, {objective: 99.9%, window: 30d, title: Contract, alerts: none, minimum_events: 7}]',
    ', owner: web, alerts: {ticket: none}, minimum_events: 50',
  );
  expect(slos.map(({ owner }) => owner)).toEqual(['web', 'web']);
  expect(slos.map(({ title }) => title)).toEqual(['Shop', 'Contract']);
  expect(slos.map(({ minimum_events }) => minimum_events)).toEqual([50, 7]);
  expect(slos.map(({ alerts }) => alerts?.map(({ tier }) => tier))).toEqual([['page', 'page'], []]);
  expect(slos.map(({ window }) => nominalLength(window) / DAY)).toEqual([7, 30]);
  expect(slos[0]?.indicator).toEqual(slos[1]?.indicator);
});

test('each wrong objective is told at its place', () => {
  const { slos, problems } = read('[{objective: 99%}, {objective: 99, window: 7d}, {objective: 99%, window: 30d}]');
  expect(problems.map(({ col, message }) => [col, message.split(';')[0]])).toEqual([
    [60, 'window: missing'],
    [79, 'cannot read objective: got 99'],
  ]);
  expect(slos.map(({ id }) => id)).toEqual(['shop-99-30d']);
});
