import { describe, expect, test } from 'vitest';
import type { Observation } from '../../rules/figures/status.ts';
import { printSlo } from '../../rules/files/print-slo.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { gate } from '../../rules/gate/gate.ts';
import { english, speakerIn } from '../../server/evaluation/sentences.ts';
import { MINUTE, ms } from '../../server/model/units.ts';
import { reasonSentence } from '../../server/model/words/words.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { events, NOW, origin, slo, statusOf } from './observation.ts';

const read = (lines: string) => {
  const text = `slos:
  - id: shop
    service: shop
    objective: 99.9%
    window: 30d
    availability: {total: a, bad: b}
${lines}`;
  return readSloFiles([{ path: 'slo.yaml', text }], parseSelector);
};

/** Its source has been silent for this long. */
const silent = (minutes: number): Partial<Observation> => ({
  origins: [origin({ completeTo: ms(NOW - minutes * MINUTE) })],
});
const never = { origins: [origin({ completeTo: undefined as never })] };
const decide = (status: ReturnType<typeof statusOf>) => gate([status], { now: NOW, policies: [] }, english);

describe('silence, by what the definition takes it for: state, answer, tier of the alert, codes', () => {
  const f = (
    name: string,
    missing: object,
    [seen, changes]: readonly [ReturnType<typeof events>, Partial<Observation>],
    want: readonly [string, string, string | undefined, readonly string[]],
  ) =>
    test(name, () => {
      const status = statusOf(slo({ missing }), seen, changes);
      const { decision, reasons } = decide(status);
      expect([status.state, decision, status.no_data_tier, reasons.map(({ code }) => code)]).toEqual(want);
    });
  const good = events(2000, 0, 20 * MINUTE);
  const spent = events(2000, 50, 20 * MINUTE);
  f('unknown', { no_data: 'unknown' }, [good, silent(6)], ['no_data', 'unknown', 'ticket', ['watermark_stale']]);
  f('nothing said', {}, [good, silent(6)], ['no_data', 'unknown', 'ticket', ['watermark_stale']]);
  f('bad', { no_data: 'bad' }, [good, silent(6)], ['no_data', 'no_go', 'page', ['watermark_stale']]);
  const passed = ['silence_passed_over', 'watermark_stale', 'budget_left'];
  f('ignore', { no_data: 'ignore' }, [good, silent(6)], ['ok', 'go', undefined, passed]);
  f('good', { no_data: 'good' }, [good, silent(6)], ['ok', 'go', undefined, passed]);
  f('ignore, not silent for long', { no_data: 'ignore' }, [good, silent(5)], ['ok', 'go', undefined, ['budget_left']]);
  f(
    'ignore, spent',
    { no_data: 'ignore' },
    [spent, silent(6)],
    ['exhausted', 'no_go', undefined, ['budget_spent', 'silence_passed_over', 'watermark_stale']],
  );
  f('ignore, never heard', { no_data: 'ignore' }, [good, never], ['no_data', 'unknown', undefined, ['never_heard']]);
  f(
    'good, a broken source',
    { no_data: 'good' },
    [good, { origins: [origin({ state: 'missing' })] }],
    ['ok', 'go', undefined, ['silence_passed_over', 'source_broken', 'budget_left']],
  );
  const quiet = [[], { facts: { series: 2, origins: ['web-1/access'] } }] as const;
  f('no traffic, unknown', {}, quiet, ['no_traffic', 'unknown', 'ticket', ['no_traffic']]);
  f('no traffic, bad', { no_traffic: 'bad' }, quiet, ['no_traffic', 'no_go', 'ticket', ['no_traffic']]);
  f('no traffic, good', { no_traffic: 'good' }, quiet, [
    'ok',
    'go',
    'ticket',
    ['silence_passed_over', 'no_traffic', 'budget_left'],
  ]);
  const nowhere = [[], { facts: { series: 0, origins: [] } }] as const;
  f('no series at all is not passed over', { no_traffic: 'good' }, nowhere, [
    'no_traffic',
    'unknown',
    'ticket',
    ['no_request_yet'],
  ]);
});

test('figures of ignored silence are those of the last word; good silence is time without failures', () => {
  const failed = events(2000, 50, 20 * MINUTE);
  const as = (no_data: 'ignore' | 'good') => statusOf(slo({ missing: { no_data } }), failed, silent(20));
  expect(as('ignore').as_of).toBe(NOW - 20 * MINUTE);
  expect(as('good').as_of).toBe(NOW);
  const recent = ({ burns }: ReturnType<typeof as>) => burns.find(({ window_secs }) => window_secs === 300);
  expect(recent(as('ignore'))?.bad).toBe(50);
  expect(recent(as('good'))?.total).toBe(0);
  const { no_data_tier } = statusOf(slo({ missing: { no_data: 'good' }, no_data: 'page' }), failed, silent(20));
  expect(no_data_tier).toBe('page');
});

describe('the first failures of a new SLO, whose alerts have minimums of their own', () => {
  const f = (
    changes: { minimum_events?: number },
    good: number,
    bad: number,
    want: readonly [string, string, boolean],
  ) =>
    test(`${JSON.stringify(changes)}, ${bad} of ${good + bad}`, () => {
      const event = (_: unknown, i: number) => ({ time: NOW - 2 * MINUTE, bad: i < bad });
      const status = statusOf(slo({ objective: 0.999, ...changes }), Array.from({ length: good + bad }, event));
      const fires = status.alerts.some(({ firing }) => firing);
      expect([status.state, decide(status).decision, fires]).toEqual(want);
    });
  f({ minimum_events: 1 }, 1, 0, ['too_new', 'unknown', false]);
  f({ minimum_events: 1 }, 0, 1, ['exhausted', 'no_go', false]);
  f({ minimum_events: 1 }, 50, 1, ['exhausted', 'no_go', false]);
  f({}, 50, 1, ['too_little_traffic', 'go', false]);
  f({}, 7, 2, ['exhausted', 'no_go', false]);
  f({}, 8, 2, ['exhausted', 'no_go', true]);
});

describe('failures a pair needs', () => {
  const f = (bad: number, min_bad: number | undefined, min_events: number, firing: boolean) =>
    test(`${bad} of 100, min_bad ${min_bad}, min_events ${min_events}`, () => {
      const pair = { tier: 'page', long: ms(60 * MINUTE), short: ms(5 * MINUTE), budget_share: 0.0002 } as const;
      const alerts = [{ ...pair, min_events, ...(min_bad !== undefined && { min_bad }) }];
      const [alert] = statusOf(slo({ alerts }), events(100 - bad, bad, 2 * MINUTE)).alerts;
      expect(alert?.firing).toBe(firing);
    });
  f(1, undefined, 10, false);
  f(2, undefined, 10, true);
  f(1, undefined, 1, true);
  f(4, 5, 10, false);
  f(5, 5, 10, true);
  f(1, 1, 10, true);
  f(1, 2, 1, false);
});

describe('in the file', () => {
  test('it is read, and printed as it is read', () => {
    const pair = '    alerts: {page: [{budget_share: 2%, long: 1h, short: 5m, min_bad: 5}]}\n';
    const { slos, problems } = read(`${pair}    missing: {no_data: bad, no_traffic: good}\n`);
    expect(problems).toEqual([]);
    const [found] = slos;
    expect(found).toMatchObject({ missing: { no_data: 'bad', no_traffic: 'good' } });
    expect(found?.alerts?.[0]).toMatchObject({ min_bad: 5, min_events: 10 });
    const again = readSloFiles([{ path: 'again.yaml', text: printSlo(found!) }], parseSelector);
    expect(again.slos).toEqual(slos);
  });
  const f = (lines: string, at: string, want: string) =>
    test(lines.trim(), () => {
      const [problem] = read(`    ${lines}\n`).problems;
      expect(`${problem?.line}:${problem?.col}`).toBe(at);
      expect(problem?.message).toContain(want);
    });
  f('missing: good', '7:5', 'got "good"; want a map of no_data and no_traffic');
  f('missing: {no_data: fine}', '7:15', 'got "fine"; want unknown, bad, ignore or good');
  f('missing: {no_traffic: ignore}', '7:15', 'got "ignore"; want unknown, bad or good');
  f('missing: {no_trafic: good}', '7:15', 'did you mean "no_traffic"?');
  f('alerts: {page: [{budget_share: 2%, long: 1h, short: 5m, min_bad: 0}]}', '7:61', 'want at least 1 bad event');
});

test('little traffic is told with its arithmetic; a minimum of the definition is told as one', () => {
  const says = (total: number, minimum_events: number, language: 'en' | 'fr') => {
    const { reasons } = statusOf(slo({ minimum_events }), events(total, 0));
    return reasonSentence(reasons[0]!, speakerIn(language)).replace(/[\u00a0\u202f]/g, ' ');
  };
  expect(says(120, 1000, 'en')).toContain(
    'below 1,000 a single failure would decide: one alone is 0.83%, and 0.1% may fail',
  );
  expect(says(120, 1000, 'fr')).toContain('à lui seul il pèse 0,83 %, et 0,1 % d’échecs sont permis');
  expect(says(2000, 5000, 'en')).toContain('its definition wants at least 5,000');
});
