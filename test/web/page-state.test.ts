import { describe, expect, test } from 'vitest';
import { MISSING } from '../../collector/transforms/access-log-scanner.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import type { SloSource } from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import { readAnswer } from '../../web/api/answer.ts';
import { summarizeSources } from '../../web/frame/source-summary.ts';
import { readTheme } from '../../web/frame/theme.ts';
import { chooseLanguage } from '../../web/language/language.ts';
import { burnLines } from '../../web/slo-page/burn-arithmetic.ts';
import { dropKey } from '../../web/status-page/drop-reason.tsx';
import { dropRows } from '../../web/status-page/drop-rows.ts';
import { NOW, sloStatus, systemStatus } from './statuses.ts';

describe('language', () => {
  const f = (query: string | null, remembered: string | undefined, preferred: string[], want: string) =>
    test(`${query} ${remembered} ${preferred}`, () =>
      expect(chooseLanguage({ query, remembered, preferred })).toBe(want));
  f('fr', 'en', ['en'], 'fr');
  f(null, 'fr', ['en'], 'fr');
  f(null, undefined, ['de-DE', 'fr-CA', 'en'], 'fr');
  f('FR-be', undefined, [], 'fr');
  f('xx', undefined, ['frr'], 'en');
  f('', undefined, [], 'en');
});

test('a theme nobody knows is auto', () => {
  expect([readTheme('dark'), readTheme('neon'), readTheme(undefined)]).toEqual(['dark', 'auto', 'auto']);
});

describe('answers', () => {
  const f = (name: string, status: number, text: string, want: unknown) =>
    test(name, () => expect(readAnswer(status, text)).toEqual(want));
  const failed = (code: string, message: string) => ({ ok: false, failure: { code, message } });
  f('data', 200, '{"a":1}', { ok: true, data: { a: 1 } });
  f('no content', 204, '', { ok: true, data: null });
  f('our error', 404, '{"error":{"code":"not_found","message":"cannot find x"}}', failed('not_found', 'cannot find x'));
  f("a proxy's page", 502, '<html>Bad gateway</html>', failed('internal', 'HTTP 502'));
  f('a page where data should be', 200, '<html>', failed('internal', 'HTTP 200'));
  f('another error shape', 500, '{"error":"x"}', failed('internal', 'HTTP 500'));
});

describe('sources', () => {
  const f = (name: string, source: Omit<SloSource, 'origin'>, silent: number) =>
    test(name, () => {
      const slos = [sloStatus({ sources: [{ origin: 'a', ...source }] })];
      const { complete_to: completeTo, ...rest } = source;
      const told = { ...rest, ...(completeTo !== undefined && { completeTo }) } as Partial<OriginStatus>;
      const origin: OriginStatus = { origin: 'a', collector: 'a', source: 'a', drops: {}, ...told };
      expect(summarizeSources(slos, [], NOW)).toEqual({ count: 1, silent });
      expect(summarizeSources([], [origin], NOW)).toEqual({ count: 1, silent });
    });
  f('complete now', { complete_to: NOW, state: 'ok' }, 0);
  f('5 minutes ago', { complete_to: NOW - 300_000, state: 'ok' }, 0);
  f('a moment more', { complete_to: NOW - 300_001, state: 'ok' }, 1);
  f('catching up', { complete_to: NOW, state: 'catching_up' }, 0);
  for (const state of ['missing', 'unreadable', 'unparseable'] as const) f(state, { complete_to: NOW, state }, 1);
  f('never complete', { complete_to: 0, state: 'ok' }, 1);
  f('never heard', {}, 1);

  test('a source behind two SLOs is one source', () => {
    expect(summarizeSources([sloStatus(), sloStatus()], [], NOW)).toEqual({ count: 1, silent: 0 });
  });
});

describe('sources behind no SLO', () => {
  const origin = (name: string, completeTo: number): OriginStatus => {
    const [collector = '', source = ''] = name.split('/');
    return { origin: name, collector, source, completeTo: completeTo as Ms, state: 'ok', drops: {} };
  };
  test('count too', () =>
    expect(summarizeSources([sloStatus()], [origin('web-2/access', 0)], NOW)).toEqual({ count: 2, silent: 1 }));

  test('one that was removed is none any more', () =>
    expect(summarizeSources([sloStatus()], [{ ...origin('web-2/access', 0), retired: NOW as Ms }], NOW)).toEqual({
      count: 1,
      silent: 0,
    }));
  test('the word of the SLO is the newer one', () =>
    expect(summarizeSources([sloStatus()], [origin('web-1/access', 0)], NOW)).toEqual({ count: 1, silent: 0 }));
});

test('burn lines show the share of the budget that their rate spends, and the side that is over', () => {
  const burn = (window_secs: number, rate: number) => ({ window_secs, total: 1, bad: 1, rate });
  const [line] = burnLines(sloStatus({ burns: [burn(3600, 15.12), burn(300, 14.4)] }));
  expect(line?.long).toMatchObject({ rate: 15.12, over: true });
  expect(line?.long.spent).toBeCloseTo(0.021, 9);
  expect(line?.short.over).toBe(false);
  const [quiet] = burnLines(sloStatus({ burns: [] }));
  expect(quiet?.long).toEqual({ window_secs: 3600, over: false });
});

describe('each dropped line counts once', () => {
  const { store } = systemStatus();
  const part = { kind: 'transform', type: 'parse', received_events: 9, sent_events: 4, errors: 0 } as const;
  const components = [{ ...part, id: 'parse', drops: { bad_status: 5 } }];
  const origin = { origin: 'web-1/access', collector: 'web-1', source: 'access', drops: { bad_status: 5 } };
  test('by its origin', () =>
    expect(dropRows({ components, origins: [origin], store })).toEqual([
      { where: 'web-1/access', reason: 'bad_status', count: 5 },
    ]));
  test('by its component before any origin has reported', () =>
    expect(dropRows({ components, origins: [], store })).toEqual([{ where: 'parse', reason: 'bad_status', count: 5 }]));
});

describe('every reason of the code has a sentence', () => {
  const codes = [
    ...Object.keys(MISSING),
    ...['torn', 'sequence_gap', 'digest_mismatch', 'unknown_epoch', 'bad_payload', 'too_old', 'series_limit'],
    'metric_series_limit',
    ...['ahead_of_time', 'cardinality_limit', 'duplicate_timestamp', 'line_too_long', 'truncated'],
    ...['leading_nul_bytes', 'suspected_lost_bytes', 'filtered'],
  ];
  test.each(codes)('%s', (code) => expect(dropKey(code)).toBe(`dropped_${code}`));
  test.each(['', 'made_up', '__proto__', 'constructor'])('%s has none', (code) =>
    expect(dropKey(code)).toBeUndefined(),
  );
});

test('drops are listed by size, from wherever they come, and zeros take no row', () => {
  const status = systemStatus();
  const origin = { origin: 'web-1/access', collector: 'web-1', source: 'access', drops: { torn: 2, fine: 0 } };
  expect(dropRows({ ...status, origins: [origin], store: { ...status.store, drops: { too_old: 5 } } })).toEqual([
    { where: undefined, reason: 'too_old', count: 5 },
    { where: 'web-1/access', reason: 'torn', count: 2 },
  ]);
});
