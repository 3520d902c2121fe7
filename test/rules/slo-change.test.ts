import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { changedKeys, decidingEntry, nextRecord } from '../../rules/history/slo-change.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { MOST_CHANGES } from '../../server/model/slo-changes.ts';
import { ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';

const NOW = ms(1_800_000_000_000);
const EVENTS = 'availability: {total: all, bad: failed}';

function definition(written: string): SloDefinition {
  const text = `slos:\n  - {id: shop, service: shop, ${written}}\n`;
  const { slos, problems } = readSloFiles([{ path: 'shop.yaml', text }], parseSelector);
  expect(problems).toEqual([]);
  return slos[0]!;
}

const entryOf = (written: string) => decidingEntry(definition(written));

describe('what changes from one definition to the next', () => {
  const f = (what: string, from: string, to: string, want: readonly (readonly (string | undefined)[])[]) =>
    test(what, () => {
      const told = changedKeys(entryOf(from), entryOf(to));
      expect(told.map((one) => [one.key, one.from, one.to])).toEqual(want);
    });
  const plain = `objective: 99.9%, window: 30d, ${EVENTS}`;

  f('nothing', plain, plain, []);
  f('other words for the same', plain, `objective: 99.90 %, window: 720h, ${EVENTS}`, []);
  f('a default that is written', plain, `${plain}, minimum_events: 1000`, []);
  f('a name, an owner, labels, alerts', plain, `${plain}, title: T, owner: o, labels: {a: "b"}, alerts: none`, []);
  f('the objective, and not the default that follows from it', plain, plain.replace('99.9%', '99.5%'), [
    ['objective', '99.9%', '99.5%'],
  ]);
  f('one side of the events', plain, plain.replace('bad: failed', 'bad: \'failed{code=~"5.."}\''), [
    ['availability.bad', 'failed', 'failed{code=~"5.."}'],
  ]);
  f('the side that is counted', plain, plain.replace('bad: failed', 'good: fine'), [
    ['availability.good', undefined, 'fine'],
    ['availability.bad', 'failed', undefined],
  ]);
  f('a rolling window that becomes a calendar one', plain, plain.replace('30d', '{calendar: month, zone: UTC}'), [
    ['window', '30d', '{calendar: month, zone: UTC}'],
  ]);
  f(
    'the zone alone',
    plain.replace('30d', '{calendar: month, zone: Europe/Paris}'),
    plain.replace('30d', '{calendar: month, zone: Europe/Berlin}'),
    [['window.zone', 'Europe/Paris', 'Europe/Berlin']],
  );
  f(
    'slices, missing data and the fewest events',
    plain,
    `${plain}, slices: {every: 5m, mean: true}, missing: {no_data: bad}, minimum_events: 7`,
    [
      ['minimum_events', undefined, '7'],
      ['slices', undefined, '{every: 5m, mean: true}'],
      ['missing', undefined, '{no_data: bad}'],
    ],
  );
  f(
    'maps in another order',
    `${plain}, missing: {no_data: bad, no_traffic: good}`,
    `${plain}, missing: {no_traffic: good, no_data: bad}`,
    [],
  );
  f('another thing that is measured', plain, plain.replace(EVENTS, 'latency: {histogram: took, threshold: 300ms}'), [
    ['latency', undefined, '{histogram: took, threshold: 300ms}'],
    ['availability', '{total: all, bad: failed}', undefined],
  ]);

  test('is the same for an entry that was kept as JSON', () => {
    const entry = entryOf(`${plain}, missing: {no_data: bad}, slices: {every: 5m, good_at: 99%}`);
    expect(changedKeys(JSON.parse(JSON.stringify(entry)), entry)).toEqual([]);
  });
  test('a key that only a later version knows is told', () =>
    expect(changedKeys({ objective: '99%', splits: ['a'] }, { objective: '99%' })).toEqual([
      { key: 'splits', from: '[a]' },
    ]));
  test('a very long value is cut between characters', () => {
    const [told] = changedKeys({ query: { expr: 'a' } }, { query: { expr: '🚀'.repeat(400) } });
    expect(told).toEqual({ key: 'query.expr', from: 'a', to: `${'🚀'.repeat(299)}…` });
  });
});

describe('what is kept', () => {
  const at = (objective: string) => definition(`objective: ${objective}, window: 30d, ${EVENTS}`);

  test('the first sight is no change', () => expect(nextRecord(undefined, at('99%'), NOW).changes).toEqual([]));
  test('the same record while nothing changes', () => {
    const first = nextRecord(undefined, at('99%'), NOW);
    expect(nextRecord(first, { ...at('99%'), owner: 'else' }, ms(NOW + 1))).toBe(first);
  });
  test('there and back are two changes, newest first', () => {
    const first = nextRecord(undefined, at('99%'), NOW);
    const there = nextRecord(first, at('98%'), ms(NOW + 1));
    const back = nextRecord(there, at('99%'), ms(NOW + 2));
    expect(back.entry).toEqual(first.entry);
    expect(back.changes).toEqual([
      { slo: 'shop', time: NOW + 2, what: [{ key: 'objective', from: '98%', to: '99%' }] },
      { slo: 'shop', time: NOW + 1, what: [{ key: 'objective', from: '99%', to: '98%' }] },
    ]);
  });
  test('the newest so many', () => {
    let record = nextRecord(undefined, at('50%'), NOW);
    for (let i = 1; i <= MOST_CHANGES + 1; i++) record = nextRecord(record, at(`${50 + i}%`), ms(NOW + i));
    expect(record.changes.map(({ time }) => time - NOW)).toEqual(
      Array.from({ length: MOST_CHANGES }, (_, i) => MOST_CHANGES + 1 - i),
    );
  });
});
