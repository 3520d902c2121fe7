import fc from 'fast-check';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { withAlert } from '../../rules/alerts/burn-reason.ts';
import { gate } from '../../rules/gate/gate.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { rolling } from '../../rules/slo-window.ts';
import type { GateDecision, SloState, SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../server/model/units.ts';
import { speaker } from '../../server/model/words/speaker.ts';
import { type FormatMessage, LANGUAGES, reasonSentence } from '../../server/model/words/words.ts';
import { firingAlert } from '../support/alerts.ts';
import { type Event, events, NOW, observe, origin, slo, statusOf } from './observation.ts';

const format: FormatMessage = (message, language, args) =>
  String(new IntlMessageFormat(message, language).format(args));
const english = speaker('en', format);

/** Reasons are worth nothing unless every language can say them: done for each status any case makes. */
function said(status: SloStatus): readonly string[] {
  for (const language of LANGUAGES) {
    for (const reason of status.reasons) {
      expect(reasonSentence(reason, speaker(language, format))).not.toMatch(/\{\w+\}|undefined|NaN/);
    }
  }
  return status.reasons.map(({ code }) => code);
}

describe('states, on both sides of every threshold', () => {
  const is = (what: string, status: () => SloStatus, state: SloState, ...codes: string[]) =>
    test(what, () => {
      const got = status();
      expect(got.state).toBe(state);
      expect(said(got)).toEqual(codes);
    });
  const enough = events(20_000, 0);
  const withOrigins = (...origins: ReturnType<typeof origin>[]) => statusOf(slo(), enough, { origins });

  is('all well', () => statusOf(slo(), enough), 'ok');
  is(
    'no origin',
    () => statusOf(slo(), [], { origins: [], facts: { series: 0, origins: [] } }),
    'no_data',
    'never_heard',
  );
  is('five minutes', () => withOrigins(origin({ completeTo: ms(NOW - 5 * MINUTE) })), 'ok');
  is(
    'a moment more',
    () => withOrigins(origin({ completeTo: ms(NOW - 5 * MINUTE - 1) })),
    'no_data',
    'watermark_stale',
  );
  is(
    'one of two is silent',
    () => withOrigins(origin(), origin({ origin: 'web-2/access', completeTo: ms(NOW - HOUR) })),
    'no_data',
    'watermark_stale',
  );
  const retired = { retired: ms(NOW - DAY), completeTo: ms(NOW - DAY) };
  is('one of two is removed', () => withOrigins(origin(), origin({ origin: 'web-2/access', ...retired })), 'ok');
  is(
    'one that was broken is removed',
    () => withOrigins(origin(), origin({ origin: 'web-2/access', ...retired, state: 'missing' })),
    'ok',
  );
  is('its only source is removed', () => withOrigins(origin(retired)), 'no_data', 'source_removed');
  is(
    'its source is removed, and the new one has not spoken',
    () => withOrigins(origin(retired), origin({ origin: 'web-2/access', completeTo: ms(NOW - HOUR) })),
    'no_data',
    'watermark_stale',
  );
  test('what was removed holds back no figures, and what it left is told for its own time', () => {
    expect(withOrigins(origin(), origin({ origin: 'web-2/access', ...retired })).as_of).toBe(NOW);
    expect(withOrigins(origin(retired)).as_of).toBe(NOW - DAY);
  });
  is(
    'an unrelated origin is silent',
    () => withOrigins(origin(), origin({ origin: 'db/log', service: 'db', completeTo: ms(0) })),
    'ok',
  );
  is(
    'broken',
    () => withOrigins(origin({ state: 'unreadable', note: 'permission denied' })),
    'no_data',
    'source_broken',
  );
  is('catching up in time', () => withOrigins(origin({ state: 'catching_up' })), 'ok');
  is('the writer is unknown now', () => withOrigins(), 'no_data', 'never_heard');
  const unseen = { facts: { series: 0, origins: [] } };
  is('no series', () => statusOf(slo({ proposed: false }), [], unseen), 'no_traffic', 'no_series');
  is('no series, proposed for a log', () => statusOf(slo(), [], unseen), 'no_traffic', 'no_request_yet');
  is(
    'no event in the window',
    () => statusOf(slo(), [{ time: NOW - 30 * DAY, bad: false }]),
    'no_traffic',
    'data_elsewhere',
  );
  is('no event', () => statusOf(slo(), []), 'no_traffic', 'no_traffic');
  is('999 events', () => statusOf(slo(), events(999, 0)), 'too_little_traffic', 'too_little_traffic');
  is('1000 events', () => statusOf(slo(), events(1000, 0)), 'ok');
  is(
    '999 events, two bad: spent even if all that lack were good',
    () => statusOf(slo(), events(997, 2)),
    'exhausted',
    'budget_spent',
  );
  const judgedFrom = (minimum_events: number) => slo({ minimum_events, alerts: [] });
  is(
    'a minimum of 5000 allows 5: 4 bad',
    () => statusOf(judgedFrom(5000), events(500, 4)),
    'too_little_traffic',
    'too_little_traffic',
  );
  is(
    'a minimum of 5000 allows 5: 5 bad',
    () => statusOf(judgedFrom(5000), events(500, 5)),
    'exhausted',
    'budget_spent',
  );
  const allowance = (what: string, status: () => SloStatus, want: object) =>
    test(`the sentence on a spent budget: ${what}`, () => expect(status().reasons[0]?.args).toMatchObject(want));
  const few = { bad: 5, allowed: 5, lacking: 4495 };
  allowance('allows what it would of the minimum', () => statusOf(judgedFrom(5000), events(500, 5)), few);
  allowance('of enough events what it allows of them', () => statusOf(judgedFrom(5000), events(4994, 6)), {
    allowed: 5,
    lacking: 0,
  });
  is('little traffic that all but fails', () => statusOf(slo(), events(300, 600)), 'exhausted', 'budget_spent');
  is(
    'little traffic that pages',
    () => statusOf(slo({ objective: 0.9, minimum_events: 1000 }), events(40, 60)),
    'burning',
    'burning_fast',
    'burning_slow',
  );
  is(
    'a page within the first hour',
    () => statusOf(slo({ objective: 0.9, minimum_events: 1000 }), events(40, 60).slice(1)),
    'burning',
    'burning_fast',
    'burning_slow',
  );
  const half = events(19_990, 10);
  is(
    'half its allowance is a ticket over 7 d',
    () => statusOf(slo({ window: rolling(ms(7 * DAY)) }), half.slice(1)),
    'too_new',
    'too_new',
  );
  is(
    'the same after the first hour',
    () => statusOf(slo({ window: rolling(ms(7 * DAY)) }), [{ time: NOW - 2 * HOUR, bad: false }, ...half]),
    'burning',
    'burning_slow',
  );
  is('999 events, one bad', () => statusOf(slo(), events(998, 1)), 'too_little_traffic', 'too_little_traffic');
  is('1000 events, one bad', () => statusOf(slo(), events(999, 1)), 'exhausted', 'budget_spent');
  is('20 of 20 allowed', () => statusOf(slo(), events(19_980, 20)), 'exhausted', 'budget_spent');
  is('19 of 20 allowed, long ago', () => statusOf(slo(), events(19_981, 19, 9 * DAY)), 'ok');
  const fresh = (age: number) => events(20_000, 0).map((event) => ({ ...event, time: NOW - age }));
  is('an hour old', () => statusOf(slo(), fresh(HOUR)), 'ok');
  is('not yet an hour old', () => statusOf(slo(), fresh(HOUR - 1)), 'too_new', 'too_new');
  is(
    'burning fast and slow',
    () => statusOf(slo(), [...events(100_000, 0, 9 * DAY), ...events(50, 50, MINUTE)]),
    'burning',
    'burning_fast',
    'burning_slow',
  );
  is(
    'the short window has recovered',
    () => statusOf(slo(), [...events(100_000, 0, 9 * DAY), ...events(90, 10, 7 * HOUR)]),
    'ok',
  );
  is(
    'burning slowly',
    () => statusOf(slo(), [...events(100_000, 0, 9 * DAY), ...events(10_000, 20, 5 * HOUR)]),
    'burning',
    'burning_slow',
  );
});

describe('latency', () => {
  const histogram = { text: 'h', selector: [{ name: '__name__', op: '=', value: 'h' } as const] };
  const definition = slo({ indicator: { kind: 'latency', histogram, threshold: ms(300) } });
  const codes = (...args: Parameters<typeof statusOf>) => {
    const status = statusOf(...args);
    return [status.state, ...said(status)];
  };
  const none = { facts: { series: 0, origins: [] } };
  test('counts what fell below its boundary', () => {
    const status = statusOf(definition, events(1999, 1), { boundary: { kind: 'found', le: '0.3' } });
    expect(status).toMatchObject({ kind: 'latency', threshold_secs: 0.3, counts: { total: 2000, bad: 1 } });
  });
  test('a log without durations', () => {
    expect(codes(definition, [], { ...none, boundary: { kind: 'no_histogram' } })).toEqual([
      'no_data',
      'not_measurable',
    ]);
  });
  test('a log without a request yet', () => {
    const { newestEvent: _, ...quiet } = origin();
    expect(codes(definition, [], { ...none, origins: [quiet], boundary: { kind: 'no_histogram' } })).toEqual([
      'no_traffic',
      'no_request_yet',
    ]);
  });
  test('a threshold between buckets', () => {
    const boundary = { kind: 'no_boundary', choices: ['0.25', '0.5'], message: '' } as const;
    expect(codes(definition, [], { boundary })).toEqual(['no_data', 'not_measurable']);
  });
});

describe('the moment figures are true for', () => {
  const at = (what: string, completeTo: number[], want: number) =>
    test(what, () => {
      const origins = completeTo.map((time, i) => origin({ origin: `${i}/a`, completeTo: ms(time) }));
      expect(statusOf(slo(), [], { origins, facts: { series: 1, origins: [] } }).as_of).toBe(want);
    });
  at('is that of the slowest source', [NOW, NOW - MINUTE], NOW - MINUTE);
  at('is a whole slot', [NOW - 1], NOW - 10 * SECOND);
  at('is never after now', [NOW + HOUR], NOW);
});

test('budget and burn are a recount of the events, late ones and gaps included', () => {
  const event = fc.record({ time: fc.integer({ min: NOW - 40 * DAY, max: NOW + HOUR }), bad: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 0, max: 10 * MINUTE }), (history, behind) => {
      const origins = [origin({ completeTo: ms(NOW - behind) })];
      const status = statusOf(slo({ minimum_events: 1 }), history, { origins });
      const inside = (secs: number) =>
        history.filter(({ time }) => time > status.as_of - secs * 1000 && time <= status.as_of);
      const bad = (list: readonly Event[]) => list.filter((one) => one.bad).length;
      const all = inside(30 * 86_400);
      expect(status.counts).toEqual({ total: all.length, good: all.length - bad(all), bad: bad(all) });
      expect(status.budget.left).toBeCloseTo(all.length * 0.001 - bad(all), 8);
      expect(status.burns.map(({ window_secs }) => window_secs)).toEqual([
        300, 1800, 3600, 7200, 21_600, 86_400, 259_200,
      ]);
      for (const burn of status.burns) {
        const some = inside(burn.window_secs);
        expect([burn.total, burn.bad]).toEqual([some.length, bad(some)]);
        expect(burn.rate).toEqual(some.length === 0 ? undefined : bad(some) / (some.length * 0.001));
      }
      said(status);
    }),
    { seed: 25 },
  );
});

describe('while a source is silent, what the others say up to their own moment', () => {
  const history = [...events(1000, 0, 8 * MINUTE), ...events(0, 500, MINUTE)];
  const behind = (age: number, changes: Parameters<typeof origin>[0] = {}) =>
    origin({ origin: 'web-2/access', completeTo: ms(NOW - age), ...changes });
  const hears = (what: string, other: ReturnType<typeof origin>, want: number | undefined) =>
    test(what, () => {
      const { heard } = statusOf(slo(), history, { origins: [origin({ completeTo: ms(NOW - 20_000) }), other] });
      expect(heard?.as_of).toBe(want);
      if (heard === undefined) return;
      const five = heard.burns.find(({ window_secs }) => window_secs === 300);
      expect(five).toEqual({ window_secs: 300, total: 500, bad: 500, rate: 1000 });
      expect(heard.alerts.every(({ firing }) => firing)).toBe(true);
    });
  hears('nobody is late', behind(MINUTE), undefined);
  hears('late by more than a minute', behind(MINUTE + 1), NOW - 20_000);
  hears('silent for an hour', behind(HOUR), NOW - 20_000);
  hears('broken', behind(0, { state: 'unreadable' }), NOW - 20_000);
  hears('retired', behind(HOUR, { retired: ms(NOW - HOUR) }), undefined);
  test('never heard', () => {
    const { completeTo: _, ...unheard } = behind(0);
    expect(statusOf(slo(), history, { origins: [origin(), unheard] }).heard?.as_of).toBe(NOW);
  });
  test('all are late: there is nothing to hear', () =>
    expect(
      statusOf(slo(), history, { origins: [behind(HOUR)], facts: { series: 1, origins: [] } }).heard,
    ).toBeUndefined());
});

describe('the gate', () => {
  const RULES = { now: NOW, policies: [] };
  const of = (state: SloState, id: string = state, changes: Partial<SloStatus> = {}): SloStatus => {
    const reasons =
      state === 'ok' ? [] : [{ code: 'too_new' as const, args: { service: id, amount: 1, unit: 'minute' } }];
    return { ...statusOf(slo(), events(20_000, 0)), id, service: id, state, reasons, alerts: [], ...changes };
  };
  const alert = (tier: 'page' | 'ticket') => ({
    tier,
    long_secs: 3600,
    short_secs: 300,
    factor: 14.4,
    budget_share: 0.02,
    firing: true,
  });
  const paging = of('burning', 'paging', {
    alerts: [alert('page'), alert('ticket')],
    reasons: [{ code: 'burning_fast', args: { service: 'paging', rate: 20, factor: 14.4, amount: 1, unit: 'hour' } }],
  });
  const ticket = of('burning', 'ticket', {
    alerts: [{ ...alert('page'), firing: false }, alert('ticket')],
    reasons: [{ code: 'burning_slow', args: { service: 'ticket', rate: 2, factor: 1, amount: 3, unit: 'day' } }],
  });
  const answers = (statuses: SloStatus[], want: GateDecision, first: string) =>
    test(`${statuses.map(({ id }) => id).join(' + ') || 'nothing'} is ${want}`, () => {
      const answer = gate(statuses, RULES, english);
      expect(answer.decision).toBe(want);
      expect(answer.time).toBe(NOW);
      expect(answer.slos[0]?.id ?? '').toBe(first);
      expect(answer.sentence).toMatch({ go: /^Yes/, no_go: /^Not now — /, unknown: /^Cannot say. / }[want]);
      expect(gate([...statuses].reverse(), RULES, english)).toEqual(answer);
    });
  const withAlertOf = (state: SloState, tier: 'page' | 'ticket', changes: Partial<SloDefinition> = {}): SloStatus =>
    withAlert(of(state, `${state} and a ${tier}`), { ...firingAlert(changes), tier });
  answers([], 'unknown', '');
  answers([withAlertOf('ok', 'page')], 'no_go', 'ok and a page');
  answers([withAlertOf('ok', 'ticket')], 'go', 'ok and a ticket');
  answers([withAlertOf('too_little_traffic', 'page')], 'no_go', 'too_little_traffic and a page');
  answers([withAlertOf('too_new', 'page')], 'no_go', 'too_new and a page');
  answers([withAlertOf('too_new', 'ticket')], 'unknown', 'too_new and a ticket');
  answers([withAlertOf('no_data', 'page')], 'no_go', 'no_data and a page');
  answers([withAlertOf('no_data', 'ticket')], 'unknown', 'no_data and a ticket');
  answers([of('ok'), withAlertOf('ok', 'page')], 'no_go', 'ok and a page');
  answers([of('ok')], 'go', 'ok');
  answers([of('exhausted')], 'no_go', 'exhausted');
  answers([paging], 'no_go', 'paging');
  answers([ticket], 'go', 'ticket');
  answers([of('no_data')], 'unknown', 'no_data');
  answers([of('no_traffic')], 'unknown', 'no_traffic');
  answers([of('too_new')], 'unknown', 'too_new');
  answers([of('too_little_traffic')], 'go', 'too_little_traffic');
  answers([of('ok'), of('no_data')], 'unknown', 'no_data');
  answers([of('no_data'), paging], 'no_go', 'paging');
  answers([paging, of('exhausted')], 'no_go', 'exhausted');
  answers([of('ok'), ticket], 'go', 'ticket');

  const says = (what: string, statuses: () => SloStatus[], want: string) =>
    test(what, () => expect(gate(statuses(), RULES, english).sentence).toBe(want));
  says(
    'go, in one sentence',
    () => [statusOf(slo({ objective: 0.99 }), events(9963, 37, 50 * MINUTE))],
    'Yes — shop may be released. 63% of the error budget is left; it burns at 0.4× its allowance.',
  );
  says(
    'no-go',
    () => [statusOf(slo({ objective: 0.9 }), events(8796, 1204))],
    'Not now — shop has spent its error budget: 1,204 bad requests of 1,000 allowed in 30 days.',
  );
  says(
    'care',
    () => [ticket],
    'Yes, with care — ticket may be released. It burns its error budget at 2× its allowance over the last 3 days; above 1× it needs attention this week.',
  );
  says(
    'a page that its pairs cannot confirm any more',
    () => [withAlertOf('ok', 'page')],
    'Not now — shop burns its error budget at 100× its allowance over the last hour; 14.4× already calls for a person now.',
  );
  says(
    'a page whose data is late',
    () => [withAlertOf('no_data', 'page')],
    'Not now — shop burns its error budget at 100× its allowance over the last hour; 14.4× already calls for a person now.',
  );
  says('nothing to ask', () => [], 'Cannot say. There is no SLO yet: write one, or keep one that is proposed.');
  says(
    'no word',
    () => [statusOf(slo(), events(2000, 0), { origins: [origin({ completeTo: ms(NOW - 7 * MINUTE) })] })],
    'Cannot say. No word from web-1/access for 7 minutes: start its collector, or look at what holds it back.',
  );
});

test('an evaluation does not change what it is given', () => {
  const given = observe(slo(), events(2000, 1));
  const before = structuredClone(given);
  expect(statusOf(slo(), events(2000, 1))).toEqual(statusOf(slo(), events(2000, 1)));
  expect(given).toEqual(before);
});
