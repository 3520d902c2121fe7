import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertSeries, evaluateAlerts, type RuleAlerts } from '../../rules/prometheus/alerting-rule.ts';
import type { AlertingRule } from '../../rules/prometheus/rule-file.ts';
import { MINUTE, ms } from '../../server/model/units.ts';

const alertingRule = (over: Partial<AlertingRule> = {}): AlertingRule => ({
  kind: 'alerting',
  name: 'A',
  expr: 'x',
  for: ms(0),
  keep_firing_for: ms(0),
  labels: {},
  annotations: {},
  ...over,
});

/** Evaluates every minute; a step says which label sets have a result then. */
function along(rule: AlertingRule, steps: readonly (readonly string[])[], limit = 0): readonly RuleAlerts[] {
  let alerts: RuleAlerts = new Map();
  return steps.map((names, minute) => {
    const results = names.map((l) => ({ labels: { __name__: 'x', l }, value: minute }));
    alerts = evaluateAlerts({ rule, limit, expand: (text) => text }, alerts, results, ms(minute * MINUTE)).alerts;
    return alerts;
  });
}

/** p pending, f firing, i inactive, a dot for none. */
function life(rule: Partial<AlertingRule>, there: string): string {
  const states = along(
    alertingRule(rule),
    [...there].map((c) => (c === 'x' ? ['a'] : [])),
  );
  return states.map((alerts) => [...alerts.values()][0]?.state[0] ?? '.').join('');
}

const forMinutes = (minutes: number) => ({ for: ms(minutes * MINUTE) });
const keepMinutes = (minutes: number) => ({ keep_firing_for: ms(minutes * MINUTE) });

describe('the life of an alert', () => {
  test.each([
    [{}, 'x-x', 'fif'],
    [forMinutes(2), 'xxxx', 'ppff'],
    [forMinutes(2), 'xx-xxx-', 'pp.ppfi'],
    [forMinutes(1.5), 'xxxx', 'ppff'],
    [{ ...forMinutes(1), ...keepMinutes(2) }, 'xx----', 'pfffii'],
    [{ ...forMinutes(1), ...keepMinutes(2) }, 'xx--x---', 'pffffffi'],
    [{ ...forMinutes(1), ...keepMinutes(3) }, 'xx--x----', 'pfffffffi'],
    [forMinutes(1), 'xx-x', 'pfip'],
    [{}, `x${'-'.repeat(18)}`, `f${'i'.repeat(16)}..`],
  ])('%j over %s is %s', (rule, there, want) => expect(life(rule, there)).toBe(want));

  test('each label set has a life of its own', () => {
    const states = along(alertingRule(forMinutes(1)), [['a'], ['a', 'b'], ['b', 'a'], ['b']]).map((alerts) =>
      [...alerts.values()].map(({ labels, state }) => `${labels.l} ${state}`).sort(),
    );
    expect(states).toEqual([
      ['a pending'],
      ['a firing', 'b pending'],
      ['a firing', 'b firing'],
      ['a inactive', 'b firing'],
    ]);
  });

  test('it is told as series, with the second it became active', () => {
    const [, second] = along(alertingRule({ ...forMinutes(5), labels: { tier: 'page' } }), [['a'], ['a']]);
    expect(alertSeries(second!)).toEqual([
      { labels: { __name__: 'ALERTS', alertname: 'A', alertstate: 'pending', l: 'a', tier: 'page' }, value: 1 },
      { labels: { __name__: 'ALERTS_FOR_STATE', alertname: 'A', l: 'a', tier: 'page' }, value: 0 },
    ]);
  });

  test('more than the limit clear all of them; as many as the limit do not', () => {
    const rule = alertingRule();
    expect(along(rule, [['a', 'b']], 2)[0]!.size).toBe(2);
    expect(
      along(
        rule,
        [
          ['a', 'b'],
          ['a', 'b', 'c'],
        ],
        2,
      )[1]!.size,
    ).toBe(0);
    const { problem } = evaluateAlerts(
      { rule, limit: 1, expand: (text) => text },
      new Map(),
      ['a', 'b'].map((l) => ({ labels: { l }, value: 1 })),
      ms(0),
    );
    expect(problem?.message).toBe('exceeded limit of 1 with 2 alerts');
  });

  test('two results with the same labels are refused', () => {
    const rule = alertingRule({ labels: { l: 'same' } });
    expect(() => along(rule, [['a', 'b']])).toThrow('vector contains metrics with the same labelset');
  });
});

/** Whether it fires, told from the whole past: active since the start of a stretch without a gap that ends it. */
function firesByHistory(there: readonly boolean[], minute: number, hold: number, keep: number): boolean {
  let since = Number.NaN;
  let seen = Number.NaN;
  let firing = false;
  for (let m = 0; m <= minute; m++) {
    const gone = m - seen;
    // The first minute without a result starts the time it is kept.
    if (!there[m] && (!firing || gone - 1 >= keep)) [since, firing] = [Number.NaN, false];
    if (!there[m]) continue;
    if (Number.isNaN(since)) since = m;
    seen = m;
    firing ||= m - since >= hold;
  }
  return firing;
}

test('an alert fires where its history says so', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 30 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (there, hold, keep) => {
        const rule = alertingRule({ ...forMinutes(hold), ...keepMinutes(keep) });
        const states = along(
          rule,
          there.map((is) => (is ? ['a'] : [])),
        );
        for (const [minute, alerts] of states.entries()) {
          const fires = [...alerts.values()].some(({ state }) => state === 'firing');
          expect(fires, `minute ${minute}`).toBe(firesByHistory(there, minute, hold, keep));
        }
      },
    ),
  );
});
