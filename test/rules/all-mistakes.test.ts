import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';

const RIGHT = `slos:
  - id: shop
    service: shop
    owner: team
    labels: {tier: critical}
    objective: 99.9%
    window: 30d
    minimum_events: 100
    availability: {total: t, bad: 'b{code="500"}'}
    alerts:
      page: [{budget_share: 2%, long: 1h, short: 5m}, {budget_share: 3%, long: 2h, short: 10m}]
      ticket: none
    missing: {no_data: bad}
  - id: pay
    service: pay
    objective: 99%
    window: {calendar: 2 weeks, from: 2026-01-05, zone: UTC}
    group_by: [bank]
    latency: {histogram: h_bucket, threshold: 300ms}
  - id: slow
    service: shop
    objectives:
      - {objective: 98%, window: 1d, title: A day}
      - {objective: 97%, window: 28d}
    percentile: {histogram: p_bucket, quantile: 95%, threshold: 1s, every: 5m}
  - id: queue
    service: jobs
    objective: 90%
    window: 7d
    query: {expr: sum(q), good: "< 5", every: 5m}
  - id: checkout
    service: shop
    objective: 99.5%
    window: 28d
    composite: {parts: [{slo: shop, weight: 2}, {slo: queue, weight: 1}], late: wait}
    owner: checkout
  - {id: spare, service: spare, objective: 95%, window: 2d, up: {metric: u, every: 1m}}
policies:
  - services: [shop]
    minimum_budget: 10%
    maximum_burn: [{window: 1h, rate: 6}]
    when: {no_data: no_go}
    freeze:
      - {from: Fri 16:00, to: Mon 08:00, zone: UTC, reason: weekend}
      - {from: 2026-12-20, to: 2027-01-04, zone: Europe/Paris, reason: Christmas}
    error_budget_policy: [{left: 50%, action: think}, {left: 0%, action: stop}]
`;

/** What stands in the right file, what is written instead, what of that the mistake is told at, and how. */
const MISTAKES: readonly (readonly [right: string, wrong: string, at: string, message: string])[] = [
  ['- id: pay', '- id: Pay!', 'id', 'id: want small letters'],
  ['service: pay', 'servce: pay', 'servce', 'unknown key "servce"; did you mean "service"?'],
  ['owner: team', 'owner: 7', 'owner', 'owner: got 7; want the name of a team'],
  ['{tier: critical}', '{tier: 1}', 'tier', 'labels.tier: got 1; want a label value'],
  ['objective: 99.9%', 'objective: 100%', 'objective', 'cannot read objective'],
  ['minimum_events: 100', 'minimum_events: 0', 'minimum_events', 'minimum_events: want at least 1'],
  ['{total: t,', '{total: "t{",', '", bad', 'availability.total: got the end of the query; want "}"'],
  ['{budget_share: 2%, long: 1h,', '{budget_share: 2%, long: 61s,', 'long', 'alerts.page.0.long: got a window of 61s'],
  [
    '{budget_share: 3%, long: 2h, short: 10m}',
    '{budget_share: 3%, long: 2h, short: 3h}',
    '{budget_share: 3%',
    'got short 3h and long 2h',
  ],
  ['no_data: bad', 'no_data: worse', 'no_data', 'missing.no_data: got "worse"; want unknown, bad'],
  ['from: 2026-01-05, zone: UTC', 'zone: Europe/Pari', 'zone', 'window.zone: got "Europe/Pari"'],
  ['group_by: [bank]', 'group_by: [bank, bank]', 'bank]', 'group_by: got "bank" twice'],
  ['threshold: 300ms', 'threshold: 300', 'threshold', 'latency.threshold: got 300; want a duration'],
  ['window: 1d, title', 'window: 1d, titel', 'titel', 'unknown key "titel"; did you mean "title"?'],
  ['objective: 97%', 'objective: 97', 'objective: 97', 'cannot read objective'],
  ['quantile: 95%', 'quantile: 100%', 'quantile', 'percentile.quantile: got "100%"'],
  ['id: spare,', 'id: shop,', 'id', 'id "shop" is already taken'],
  ['window: 7d', 'window: 900d', 'window', 'window: got a window of 900d; want at most'],
  ['expr: sum(q)', 'expr: "rat(q)"', 'rat', 'query.expr: got the function "rat"; did you mean "rate"?'],
  [
    '{slo: shop, weight: 2}',
    '{slo: shopp, weight: 2}',
    'slo',
    'got "shopp", which no file defines; did you mean "shop"?',
  ],
  ['late: wait', 'late: later', 'late', 'composite.late: got "later"'],
  ['minimum_budget: 10%', 'minimum_budget: 10', 'minimum_budget', 'minimum_budget: got 10'],
  ['{window: 1h, rate', '{window: 7m, rate', 'window', 'maximum_burn.0.window: got 7m'],
  ['when: {no_data: no_go}', 'when: {nodata: no_go}', 'nodata', 'unknown key "nodata"; did you mean "no_data"?'],
  ['from: Fri 16:00', 'from: Fri 26:00', 'from', 'freeze.0.from: got "Fri 26:00"'],
  ['zone: UTC, reason: weekend', 'zone: Moon, reason: weekend', 'zone', 'freeze.0.zone: got zone "Moon"'],
  ['to: 2027-01-04', 'to: 2027-02-30', 'to', 'freeze.1.to: got "2027-02-30", which no calendar has'],
  ['reason: Christmas', 'reasn: Christmas', 'reasn', 'unknown key "reasn"; did you mean "reason"?'],
  ['{left: 0%, action: stop', '{left: 50%, action: stop', 'left', 'error_budget_policy.1.left: got what entry 1 has'],
];

/** Mistakes of which one makes two told: the key that is missing then. */
const ALSO: Readonly<Record<string, string>> = {
  'servce: pay': 'service: missing; want the name of the service',
  'reasn: Christmas': 'freeze.1.reason: missing; want why',
  'zone: Europe/Pari': 'window.from: missing; want the first day',
};

function planted(mistakes: typeof MISTAKES) {
  const text = mistakes.reduce((all, [right, wrong]) => {
    expect(all.split(right)).toHaveLength(2);
    return all.replace(right, () => wrong);
  }, RIGHT);
  const want = mistakes.map(([, wrong, at, message]) => {
    const offset = text.indexOf(at, text.indexOf(wrong));
    const lines = text.slice(0, offset).split('\n');
    return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1} ${message}`;
  });
  return { text, want };
}

const read = (text: string) => readSloFiles([{ path: 'a.yaml', text }], parseSelector);
const told = (text: string) => read(text).problems.map(({ line, col, message }) => `${line}:${col} ${message}`);

test('without mistakes it is right', () => expect(told(RIGHT)).toEqual([]));

test('of k mistakes planted in a file all k are told, each at its place, and nothing else', () => {
  fc.assert(
    fc.property(fc.subarray([...MISTAKES], { minLength: 1 }), (mistakes) => {
      const { text, want } = planted(mistakes);
      const also = mistakes.flatMap(([, wrong]) => ALSO[wrong] ?? []);
      const problems = told(text);
      for (const one of want) expect(problems.filter((problem) => problem.startsWith(one))).toHaveLength(1);
      for (const one of also) expect(problems.filter((problem) => problem.includes(one))).toHaveLength(1);
      expect(problems).toHaveLength(want.length + also.length);
    }),
    { seed: 23, numRuns: tries(60), examples: [[[...MISTAKES]]] },
  );
});
