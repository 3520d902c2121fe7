import { describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { levelInForce, policyLevels } from '../../rules/gate/budget-policy.ts';
import { gate } from '../../rules/gate/gate.ts';
import { frozenUntil, readFreeze } from '../../rules/gate/gate-freeze.ts';
import { DEFAULT_POLICY, policyOf, type WrittenPolicy } from '../../rules/gate/gate-policy.ts';
import { english, speakerIn } from '../../server/evaluation/sentences.ts';
import type { GateDecision, Reason, ReasonCode, SloState, SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { type Language, reasonSentence } from '../../server/model/words/words.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { events, NOW, slo, statusOf } from './observation.ts';

const at = (text: string): Ms => ms(Date.parse(text));
const PARIS = { zone: 'Europe/Paris', reason: 'because' };

describe('a freeze', () => {
  const until = (from: string, to: string, zone: string, now: string, want: string | undefined) =>
    test(`${from} to ${to} in ${zone} at ${now}`, () =>
      expect(frozenUntil(readFreeze({ from, to, zone, reason: 'r' }), at(now))).toBe(want && at(want)));
  const once = (now: string, want?: string) => until('2026-12-19', '2027-01-04 08:00', 'Europe/Paris', now, want);
  once('2026-12-18T22:59:59.999Z');
  once('2026-12-18T23:00:00Z', '2027-01-04T07:00:00Z');
  once('2027-01-04T06:59:59.999Z', '2027-01-04T07:00:00Z');
  once('2027-01-04T07:00:00Z');
  const weekend = (now: string, want?: string) => until('Fri 16:00', 'Mon 08:00', 'Europe/Paris', now, want);
  weekend('2026-11-20T14:59:59Z');
  weekend('2026-11-20T15:00:00Z', '2026-11-23T07:00:00Z');
  weekend('2026-11-22T12:00:00Z', '2026-11-23T07:00:00Z');
  weekend('2026-11-23T06:59:59Z', '2026-11-23T07:00:00Z');
  weekend('2026-11-23T07:00:00Z');
  weekend('2026-11-25T07:00:00Z');
  // Clocks go forward on 29 March and back on 25 October 2026: the border is what they show.
  weekend('2026-03-27T15:00:00Z', '2026-03-30T06:00:00Z');
  weekend('2026-03-30T05:59:59Z', '2026-03-30T06:00:00Z');
  weekend('2026-10-23T14:00:00Z', '2026-10-26T07:00:00Z');
  weekend('2026-10-26T06:30:00Z', '2026-10-26T07:00:00Z');
  until('Mon 10:00', 'Mon 08:00', 'UTC', '2026-11-23T09:00:00Z', undefined);
  until('Mon 10:00', 'Mon 08:00', 'UTC', '2026-11-23T10:00:00Z', '2026-11-30T08:00:00Z');
  until('Mon 10:00', 'Mon 08:00', 'UTC', '2026-11-23T07:59:00Z', '2026-11-23T08:00:00Z');
  until('Sat 23:30', 'Sun 00:30', 'America/New_York', '2026-11-22T05:15:00Z', '2026-11-22T05:30:00Z');

  const ruled = (rrule: string, written: object, now: string, want: string | undefined, zone = 'Europe/Paris') =>
    test(`${rrule} ${JSON.stringify(written)} at ${now}`, () => {
      const freeze = readFreeze({ from: '2026-03-06 16:00', rrule, zone, reason: 'r', ...written });
      expect(frozenUntil(freeze, at(now))).toBe(want && at(want));
    });
  const fridays = (now: string, want?: string) => ruled('FREQ=WEEKLY;BYDAY=FR', { duration: '8h' }, now, want);
  fridays('2026-02-27T16:00:00Z');
  fridays('2026-03-06T14:59:59.999Z');
  fridays('2026-03-06T15:00:00Z', '2026-03-06T23:00:00Z');
  fridays('2026-03-06T23:00:00Z');
  // From 29 March on 16:00 is 14:00 UTC.
  fridays('2026-04-03T13:59:59.999Z');
  fridays('2026-04-03T14:00:00Z', '2026-04-03T22:00:00Z');
  fridays('2030-11-01T15:00:00Z', '2030-11-01T23:00:00Z');
  const last = { from: '2026-03-31', to: '2026-04-02' };
  ruled('FREQ=MONTHLY;BYMONTHDAY=-1', last, '2026-05-01T21:59:00Z', '2026-05-01T22:00:00Z');
  ruled('FREQ=MONTHLY;BYMONTHDAY=-1', last, '2026-04-15T00:00:00Z', undefined);
  ruled('FREQ=DAILY;COUNT=2', { duration: '1h' }, '2026-03-07T15:30:00Z', '2026-03-07T16:00:00Z');
  ruled('FREQ=DAILY;COUNT=2', { duration: '1h' }, '2026-03-08T15:30:00Z', undefined);
  test('a duration stands for "to"', () =>
    expect(readFreeze({ from: '2026-12-19', duration: '2d', ...PARIS })).toEqual(
      readFreeze({ from: '2026-12-19', to: '2026-12-21', ...PARIS }),
    ));
  const misruled = (written: object, want: string) =>
    test(`${JSON.stringify(written)} is refused`, () =>
      expect(() => readFreeze({ from: '2026-03-06', ...PARIS, ...written })).toThrow(want));
  misruled({}, 'neither of to and duration');
  misruled({ to: '2026-03-07', duration: '1d' }, 'both of to and duration');
  misruled({ duration: '30s' }, 'at least 1m');
  misruled({ duration: '1 day' }, 'want a duration such as');
  misruled({ from: 'Fri 16:00', duration: '8h', rrule: 'FREQ=WEEKLY' }, 'got "Fri 16:00"; want a date');
  misruled({ duration: '8h', rrule: 'FREQ=WEEKLY;BYDAY=TH' }, 'does not name the day of "from"');
  misruled({ duration: '8h', rrule: 'FREQ=HOURLY' }, 'want one of DAILY');
  misruled(
    { duration: '1d', rrule: 'FREQ=DAILY', zone: 'UTC' },
    'got freezes of 1d that begin 1d apart; want them shorter',
  );
  misruled({ to: '2026-03-05', rrule: 'FREQ=DAILY;COUNT=1' }, 'ends before it begins');

  const refused = (from: string, to: string, want: string, zone = 'UTC') =>
    test(`${from} to ${to} in ${zone} is refused`, () =>
      expect(() => readFreeze({ from, to, zone, reason: 'r' })).toThrow(want));
  refused('Fri 16:00', '2026-12-01', 'two of a kind');
  refused('Fri 16:00', 'Fri 16:00', 'never ends');
  refused('2026-12-02', '2026-12-01', 'want "to" after "from"');
  refused('2026-12-01', '2026-12-01', 'which is nothing');
  refused('2026-02-30', '2026-12-01', 'no calendar has');
  refused('Fri 24:00', 'Sat 10:00', '00:00 to 23:59');
  refused('tomorrow', '2026-12-01', 'want a date such as');
  refused('2026-12-01', '2026-12-02', 'IANA', 'Mars/Olympus');

  test('holds exactly when the wall clock says so, each quarter of an hour of a year', () => {
    const freeze = readFreeze({ from: 'Fri 16:00', to: 'Mon 08:00', ...PARIS });
    const format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: 'Europe/Paris', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    for (let time = at('2026-01-01T00:00:00Z'); time < at('2027-01-01T00:00:00Z'); time = ms(time + 15 * MINUTE)) {
      const [day = '', clock = ''] = format.format(time).split(' ');
      const name = day.replace(',', '');
      const holds =
        (name === 'Fri' && clock >= '16:00') || name === 'Sat' || name === 'Sun' || (name === 'Mon' && clock < '08:00');
      expect([new Date(time).toISOString(), frozenUntil(freeze, time) !== undefined]).toEqual([
        new Date(time).toISOString(),
        holds,
      ]);
    }
  });
});

describe('the policy of a service', () => {
  const freeze = (reason: string) => [readFreeze({ from: '2026-12-19', to: '2026-12-20', zone: 'UTC', reason })];
  const every: WrittenPolicy = { services: ['*'], minimum_budget: 0.1, freeze: freeze('all'), when: { too_new: 'go' } };
  const own: WrittenPolicy = {
    services: ['shop', 'api'],
    minimum_budget: 0.5,
    freeze: freeze('own'),
    when: { no_data: 'no_go' },
  };
  test('is the default where nobody wrote one', () => expect(policyOf('shop', [])).toEqual(DEFAULT_POLICY));
  test('is that of * where it has none of its own', () =>
    expect(policyOf('mail', [own, every])).toMatchObject({
      minimum_budget: 0.1,
      freeze: every.freeze,
      when: { ...DEFAULT_POLICY.when, too_new: 'go' },
    }));
  test('is its own, key by key, and freezes of both hold', () =>
    expect(policyOf('api', [every, own])).toEqual({
      ...DEFAULT_POLICY,
      minimum_budget: 0.5,
      freeze: [...every.freeze!, ...own.freeze!],
      when: { ...DEFAULT_POLICY.when, too_new: 'go', no_data: 'no_go' },
    }));
});

describe('the gate under a policy', () => {
  /** 37 bad of 10,000 at 99 %: 63 % of the budget is left, and it burns at 0.37 over the hour. */
  const healthy = () => statusOf(slo({ objective: 0.99 }), events(9963, 37, 50 * MINUTE));
  const spent = () => statusOf(slo({ objective: 0.99 }), events(9800, 200, 3 * DAY));
  const ticket = (): SloStatus => ({
    ...healthy(),
    state: 'burning',
    reasons: [{ code: 'burning_slow', args: { service: 'shop', rate: 2, factor: 1, amount: 3, unit: 'day' } }],
  });
  const undecided = (state: SloState) => (): SloStatus => ({
    ...healthy(),
    state,
    reasons: [{ code: 'too_new', args: { service: 'shop', amount: 1, unit: 'minute' } }],
  });
  const says = (
    what: string,
    status: () => SloStatus,
    policy: Omit<WrittenPolicy, 'services'>,
    want: GateDecision,
    codes: readonly ReasonCode[],
  ) =>
    test(what, () => {
      const answer = gate([status()], { now: NOW, policies: [{ services: ['shop'], ...policy }] }, english);
      expect(answer.decision).toBe(want);
      expect(answer.slos).toMatchObject([{ decision: want }]);
      expect(answer.reasons.map(({ code }) => code)).toEqual(codes);
      expect(answer.reasons[0]?.decision).toBe(want);
    });
  says('63 % is enough for 63 %', healthy, { minimum_budget: 0.63 }, 'go', ['budget_left']);
  says('63 % is too little for 64 %', healthy, { minimum_budget: 0.64 }, 'no_go', ['budget_low']);
  says('a spent budget says so itself', spent, { minimum_budget: 0.5 }, 'no_go', ['budget_spent']);
  says('a spent budget stops nothing', spent, { minimum_budget: 'none' }, 'go', ['budget_spent']);
  says('few figures decide no budget', undecided('too_little_traffic'), { minimum_budget: 0.9 }, 'go', ['too_new']);
  const limit = (rate: number, window: Ms = HOUR) => ({ maximum_burn: [{ window, rate }] });
  says('a burn below its limit', healthy, limit(0.3701), 'go', ['budget_left']);
  says('a burn above its limit', healthy, limit(0.37), 'no_go', ['burn_high', 'budget_left']);
  says('no request in the window', healthy, limit(0.1, ms(5 * MINUTE)), 'go', ['budget_left']);
  says('no such window', healthy, limit(0.1, ms(7 * MINUTE)), 'go', ['budget_left']);
  says('one bad request is no rate', () => statusOf(slo({ objective: 0.99 }), events(20, 1)), limit(0.1), 'go', [
    'too_little_traffic',
  ]);
  says('a ticket is a go', ticket, {}, 'go', ['burning_slow']);
  says('a ticket that blocks', ticket, { blocking_alerts: ['ticket'] }, 'no_go', ['burning_slow']);
  for (const state of ['no_data', 'no_traffic', 'too_new', 'too_little_traffic'] as const) {
    for (const decision of ['go', 'no_go', 'unknown'] as const)
      says(`${state} means ${decision}`, undecided(state), { when: { [state]: decision } }, decision, ['too_new']);
  }
  const frozen = (start: number, end: number) => ({
    freeze: [{ kind: 'once', start: ms(NOW + start), end: ms(NOW + end), reason: 'Christmas' }] as const,
  });
  says('frozen', healthy, frozen(0, 1), 'no_go', ['frozen', 'budget_left']);
  says('not frozen any more', healthy, frozen(-1, 0), 'go', ['budget_left']);
  says('a freeze is worse than what is not known', undecided('no_data'), frozen(0, 1), 'no_go', ['frozen', 'too_new']);
  const level = (left: number, freeze = false) => ({ error_budget_policy: [{ left, action: 'only fixes', freeze }] });
  says('a level that is not reached', healthy, level(0.62), 'go', ['budget_left']);
  says('a level in force', healthy, level(0.63), 'go', ['budget_policy', 'budget_left']);
  says('a level that freezes', healthy, level(0.63, true), 'no_go', ['budget_policy', 'budget_left']);

  test('a freeze is told once for its service, by the SLO that is worst', () => {
    const statuses = ['b', 'a'].map((id) => ({ ...healthy(), id })).concat({ ...healthy(), id: 'c', service: 'api' });
    const rules = { now: NOW, policies: [{ services: ['*'], ...frozen(0, DAY) }] };
    const { reasons, slos } = gate(statuses, rules, english);
    expect(reasons.filter(({ code }) => code === 'frozen').map(({ slo }) => slo)).toEqual(['a', 'c']);
    expect(slos.map(({ decision }) => decision)).toEqual(['no_go', 'no_go', 'no_go']);
  });
  test('the groups of a service that is let through are one service', () => {
    const groups = ['eu', 'us', 'asia'].map((region) => ({
      ...{ ...spent(), id: `shop-${region}` },
      group: { of: 'shop', labels: { region } },
    }));
    const override = { id: 'o', service: 'shop', reason: 'fixes it', by: 'alice', created: NOW, ends: NOW + DAY };
    const rules = { now: NOW, policies: [], overrides: [override] };
    const sentence = (statuses: Parameters<typeof gate>[0]) => gate(statuses, rules, english).sentence;
    expect(sentence(groups)).toMatch(/^Yes, with care — shop may be released\. alice lets shop through until/);
    const both = [...groups, { ...healthy(), id: 'api', service: 'api' }];
    expect(sentence(both)).toMatch(/^Yes, with care — all 2 services may be released\. alice lets shop through until/);
  });
  test('a reason that names no service is one of its SLO', () => {
    const late: Reason = { code: 'part_not_counted', args: { part: 'mail', why: 'late_ignored' } };
    const { sentence } = gate([{ ...healthy(), reasons: [late] }], { now: NOW, policies: [] }, english);
    expect(sentence).toMatch(/^Yes, with care — shop may be released\. mail is late/);
  });
  const overspent = (language: Language, want: string) =>
    test(`an overspent budget has no rest of less than nothing: ${want}`, () => {
      const rules = { now: NOW, policies: [{ services: ['*'], ...level(0, true) }] };
      const reason = gate([spent()], rules, english).reasons.find(({ code }) => code === 'budget_policy');
      expect(reasonSentence(reason!, speakerIn(language))).toContain(want);
    });
  overspent('en', 'The error budget of shop is overspent by 100%; at 0% its policy says: only fixes.');
  overspent('fr', 'Le budget d’erreur de shop est dépassé de 100\u202f%\u202f; à 0\u202f%, sa politique prévoit');

  test('is that of the service: another one goes on', () => {
    const policies = [{ services: ['api'], minimum_budget: 1 }];
    expect(gate([healthy()], { now: NOW, policies }, english).decision).toBe('go');
  });
  const sentence = (what: string, policy: Omit<WrittenPolicy, 'services'>, want: RegExp) =>
    test(what, () => {
      const rules = { now: NOW, policies: [{ services: ['*'], ...policy }] };
      expect(gate([healthy()], rules, english).sentence).toMatch(want);
    });
  sentence('says when a freeze ends and why', frozen(0, DAY), /^Not now — shop is frozen until .*2023.*: Christmas\.$/);
  sentence(
    'says what is in force and who does it',
    {
      error_budget_policy: [
        { left: 0.7, action: 'one engineer works on reliability', who: 'shop team', freeze: false },
      ],
    },
    /^Yes, with care — shop may be released\. 63% of the error budget is left; at 70% its policy says: one engineer works on reliability \(shop team\)\.$/,
  );
});

describe('the level in force', () => {
  const levels = [0.5, 0, 0.25].map((left) => ({ left, action: `${left}`, freeze: left === 0 }));
  const at = (bad: number, want: string | undefined) =>
    test(`${bad} bad of 10,000 at 99 %`, () => {
      const status = statusOf(slo({ objective: 0.99 }), events(10_000 - bad, bad, 5 * DAY));
      expect(levelInForce(levels, status)?.action).toBe(want);
      const shown = policyLevels(levels, status);
      expect(shown.map(({ left_ratio }) => left_ratio)).toEqual([0.5, 0.25, 0]);
      expect(shown.filter(({ in_force }) => in_force).map(({ action }) => action)).toEqual(
        want === undefined ? [] : [want],
      );
    });
  at(49, undefined);
  at(51, '0.5');
  at(76, '0.25');
  at(99, '0.25');
  at(101, '0');
});

describe('a file of policies', () => {
  const read = (...texts: string[]) =>
    readSloFiles(
      texts.map((text, i) => ({ path: `${i}.yaml`, text })),
      parseSelector,
    );
  test('may stand alone', () => {
    const text = `policies:
  - services: [shop, "*"]
    minimum_budget: 10%
    maximum_burn: [{window: 1h, rate: 6}]
    blocking_alerts: []
    when: {no_data: no_go}
    freeze:
      - {from: 2026-12-19 18:00, to: 2027-01-04, zone: UTC, reason: Christmas}
      - {from: 2026-11-20, duration: 1d, rrule: FREQ=WEEKLY;BYDAY=FR, zone: UTC, reason: Fridays}
    error_budget_policy:
      - {left: 0%, action: only fixes, who: shop team, freeze: true}
`;
    expect(read(text)).toMatchObject({
      slos: [],
      notes: [],
      problems: [],
      policed: [{ name: 'shop' }, { name: '*' }],
      policies: [
        {
          services: ['shop', '*'],
          minimum_budget: 0.1,
          maximum_burn: [{ window: HOUR, rate: 6 }],
          blocking_alerts: [],
          when: { no_data: 'no_go' },
          freeze: [
            { kind: 'once', start: at('2026-12-19T18:00Z'), end: at('2027-01-04T00:00Z'), reason: 'Christmas' },
            { kind: 'recurring', start: at('2026-11-20'), length: DAY, reason: 'Fridays' },
          ],
          error_budget_policy: [{ left: 0, action: 'only fixes', who: 'shop team', freeze: true }],
        },
      ],
    });
  });
  const wrong = (text: string, want: string) =>
    test(`${text} is refused`, () => {
      const problems = read(`policies:\n${text}`).problems.map(({ line, col, message }) => `${line}:${col} ${message}`);
      expect(problems).toEqual([expect.stringContaining(want)]);
    });
  wrong('  shop: {}', '1:1 want "policies:" with a list');
  wrong('  - shop', '2:5 want a policy with services');
  wrong('  - services: shop', '2:5 services: got "shop"; want a list');
  wrong('  - services: []', '2:5 services: got none; want at least one');
  wrong(
    '  - services: [shop]\n    minimum_bugdet: 10%',
    '3:5 unknown key "minimum_bugdet"; did you mean "minimum_budget"?',
  );
  wrong('  - services: [shop]\n    minimum_budget: 10', '3:5 minimum_budget: got 10; want a share');
  wrong('  - services: [shop]\n    minimum_budget: 101%', '3:5 minimum_budget: got "101%"');
  wrong(
    '  - services: [shop]\n    maximum_burn: [{window: 7m, rate: 1}]',
    '3:21 maximum_burn.0.window: got 7m; want one of 5m, 30m',
  );
  wrong(
    '  - services: [shop]\n    maximum_burn: [{window: 1h, rate: 0}]',
    '3:33 maximum_burn.0.rate: want more than 0',
  );
  wrong(
    '  - services: [shop]\n    blocking_alerts: [pages]',
    '3:23 blocking_alerts.0: got "pages"; want page or ticket',
  );
  wrong('  - services: [shop]\n    when: {no_data: open}', '3:12 when.no_data: got "open"; want go, no_go or unknown');
  wrong('  - services: [shop]\n    when: {nodata: go}', '3:12 unknown key "nodata"; did you mean "no_data"?');
  wrong(
    '  - services: [shop]\n    freeze: [{from: 2026-12-19, to: 2026-12-20, zone: UTC}]',
    '3:14 freeze.0.reason: missing',
  );
  wrong(
    '  - services: [shop]\n    freeze: [{from: Fry 10:00, to: Sat 10:00, zone: UTC, reason: r}]',
    '3:15 freeze.0.from: got "Fry 10:00"; want a weekday',
  );
  wrong(
    '  - services: [shop]\n    error_budget_policy: [{left: 5%, action: a}, {left: 5%, action: b}]',
    '3:51 error_budget_policy.1.left: got what entry 1 has; want one entry',
  );
  wrong('  - {services: [shop]}\n  - {services: [api, shop]}', '3:22 service "shop" has a policy in 0.yaml:2 already');
  test('beside one that is wrong the others are read', () => {
    const { policies, problems } = read('policies: [{services: [a]}, {services: 1}]', 'policies: [{services: [a]}]');
    expect(policies.length).toBe(2);
    expect(problems.map(({ file }) => file)).toEqual(['0.yaml', '1.yaml']);
  });
});
