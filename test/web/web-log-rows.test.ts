import { describe, expect, test } from 'vitest';
import type { WebLogService } from '../../server/model/web-log.ts';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { commaSeparated, tabSeparated } from '../../web/format/separated.ts';
import { type HitRow, nextOrder, orderRows, searchRows } from '../../web/web-log/hit-rows.ts';
import { dayRows } from '../../web/web-log/report-rows.ts';
import {
  knownDays,
  readWebLogSearch,
  reportParams,
  shownDays,
  type WebLogSearch,
  writeWebLogSearch,
} from '../../web/web-log/web-log-search.ts';

const row = (name: string, requests: number, more: readonly string[] = []): HitRow => {
  return { name, requests, ok: requests, pages: 0, bytes: 10 * requests, ok_bytes: 0, more };
};
const names = (rows: readonly HitRow[]) => rows.map(({ name }) => name);

describe('rows', () => {
  const rows = [row('b', 1), row('a10', 5), row('a9', 5, ['https://x.example/'])];
  test('most first, then by name, numbers in names by their worth', () => {
    expect(names(orderRows(rows, { column: 'requests', descending: true }))).toEqual(['a9', 'a10', 'b']);
    expect(names(orderRows(rows, { column: 'name', descending: true }))).toEqual(['b', 'a10', 'a9']);
  });
  test('a head turns its own order round, another begins with the most, names from A', () => {
    expect(nextOrder({ column: 'ok', descending: true }, 'ok')).toEqual({ column: 'ok', descending: false });
    expect(nextOrder({ column: 'ok', descending: true }, 'bytes')).toEqual({ column: 'bytes', descending: true });
    expect(nextOrder({ column: 'ok', descending: true }, 'name')).toEqual({ column: 'name', descending: false });
  });
  const f = (text: string, want: string[]) =>
    test(`search ${text}`, () => expect(names(searchRows(rows, text))).toEqual(want));
  f('', ['b', 'a10', 'a9']);
  f(' A1 ', ['a10']);
  f('X.EXAMPLE', ['a9']);
  f('.*', []);
});

describe('cells that are taken away', () => {
  test('cannot leave their place', () => {
    expect(tabSeparated([['a\tb', 'c\r\nd']])).toBe('a b\tc  d');
    expect(commaSeparated([['a"b', 'c,d\n']])).toBe('"a""b","c,d\n"\r\n');
  });
  const f = (cell: string, want: string) => test(cell, () => expect(commaSeparated([[cell]])).toBe(`${want}\r\n`));
  f('=1+1', "'=1+1");
  f('+1', "'+1");
  f('-1', "'-1");
  f('@sum', "'@sum");
  f('a=1', 'a=1');
});

describe('days', () => {
  const day = (text: string) => ({ ...row('', 3), day: text, visitors: { estimate: 2, standard_error: 0.01 } });
  const days = [day('2026-02-27'), day('2026-03-02')];
  test('a day without requests has a row, estimates say so', () => {
    const found = dayRows({ days }, numberFormats('en'));
    expect(names(found)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    expect(found.map(({ requests }) => requests)).toEqual([3, 0, 0, 3]);
    expect(found.map(({ more }) => more?.[0])).toEqual(['≈\u00a02', '0', '0', '≈\u00a02']);
  });
});

describe('the search in the address', () => {
  const searches: readonly WebLogSearch[] = [
    { service: undefined, vhost: undefined, days: { kind: 'last', days: 28 } },
    { service: 'a&b', vhost: '', days: { kind: 'all' } },
    { service: 'shop', vhost: 'www.example', days: { kind: 'fixed', from: '2026-01-01', to: '2026-01-31' } },
  ];
  test.each(searches)('reads back $days.kind', (search) => {
    expect(readWebLogSearch(writeWebLogSearch(search))).toEqual(search);
  });
  const f = (query: string) =>
    test(`${query} is the usual`, () => expect(readWebLogSearch(query).days).toEqual({ kind: 'last', days: 28 }));
  f('');
  f('?days=0');
  f('?days=-1');
  f('?days=many');
  f('?from=2026-02-30&to=2026-03-01');
  f('?from=2026-02-02&to=2026-02-01');

  test('the last days are counted back from the newest that is known', () => {
    const week = { service: undefined, vhost: undefined, days: { kind: 'last', days: 7 } } as const;
    expect(Object.fromEntries(reportParams(week, '2026-03-03', 5))).toEqual({
      from: '2026-02-25',
      to: '2026-03-03',
      limit: '5',
    });
  });

  describe('the date fields have the days shown', () => {
    const known = { from: '2026-02-20', to: '2026-03-03' };
    const shown = (days: WebLogSearch['days'], want: ReturnType<typeof shownDays>) =>
      test(JSON.stringify(days), () => expect(shownDays(days, known)).toEqual(want));
    shown({ kind: 'last', days: 1 }, { from: '2026-03-03', to: '2026-03-03' });
    shown({ kind: 'last', days: 7 }, { from: '2026-02-25', to: '2026-03-03' });
    shown({ kind: 'last', days: 12 }, known);
    shown({ kind: 'last', days: 28 }, known);
    shown({ kind: 'all' }, known);
    shown({ kind: 'fixed', from: '2026-01-01', to: '2026-02-21' }, { from: '2026-01-01', to: '2026-02-21' });
    test('none before anything was counted', () => expect(shownDays({ kind: 'all' }, undefined)).toBeUndefined());

    test('and asking for them is asking for the same', () => {
      const search = { service: undefined, vhost: undefined, days: { kind: 'last', days: 7 } } as const;
      const { from = '', to = '' } = shownDays(search.days, known) ?? {};
      const applied = { ...search, days: { kind: 'fixed', from, to } } as const;
      expect(String(reportParams(applied, known.to, 5))).toBe(String(reportParams(search, known.to, 5)));
    });
  });

  test('the days known are those of the service', () => {
    const of = (service: string, first_day: string, last_day: string): WebLogService => {
      return { service, vhosts: [], zones: [], first_day, last_day, days: 1 };
    };
    const services = [of('a', '2026-01-02', '2026-01-03'), of('b', '2026-01-01', '2026-01-02')];
    expect(knownDays(services, undefined)).toEqual({ from: '2026-01-01', to: '2026-01-03' });
    expect(knownDays(services, 'b')).toEqual({ from: '2026-01-01', to: '2026-01-02' });
    expect(knownDays([], undefined)).toBeUndefined();
  });
});
