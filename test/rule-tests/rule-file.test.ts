import { describe, expect, test } from 'vitest';
import { ruleFileOf, testFileOf } from '../../server/rule-tests/rule-files.ts';

const told = ({ problems }: { problems: readonly { line: number; col: number; message: string }[] }): string[] =>
  problems.map(({ line, col, message }) => `${line}:${col} ${message}`);

/** The rule file of one group with one rule. */
const rule = (text: string): string => `groups:\n- name: g\n  rules:\n  - ${text.replaceAll('\n', '\n    ')}\n`;

describe('a rule file', () => {
  test('is read with its defaults, group labels below those of the rule, scalars as they were written', () => {
    const { groups, problems, notes } = ruleFileOf(
      'r.yml',
      `groups:
- name: g
  interval: 1m30s
  limit: 5
  query_offset: 10s
  labels: {team: shop, tier: gold}
  rules:
  - {record: 'a:b', expr: sum(x), labels: {tier: 01, empty: ~}}
  - {alert: A, expr: x > 1, for: 5m, keep_firing_for: 1m, annotations: {text: yes}}
- name: h
---
groups: 5
`,
    );
    expect(problems).toEqual([]);
    expect(notes).toMatchObject([{ message: 'only the first YAML document counts; 1 are ignored' }]);
    expect(groups).toEqual([
      {
        file: 'r.yml',
        name: 'g',
        interval: 90_000,
        limit: 5,
        query_offset: 10_000,
        rules: [
          { kind: 'recording', name: 'a:b', expr: 'sum(x)', labels: { team: 'shop', tier: '01', empty: '' } },
          {
            kind: 'alerting',
            name: 'A',
            expr: 'x > 1',
            for: 300_000,
            keep_firing_for: 60_000,
            labels: { team: 'shop', tier: 'gold' },
            annotations: { text: 'yes' },
          },
        ],
      },
      { file: 'r.yml', name: 'h', limit: 0, query_offset: 0, rules: [] },
    ]);
  });

  test.each(['', '# nothing\n', 'groups:\n', 'groups: []\n'])('%j has no groups', (text) =>
    expect(ruleFileOf('r.yml', text)).toEqual({ groups: [], problems: [], notes: [] }),
  );

  test('everything wrong is told at once, in the order of the file', () => {
    const text = `groups:
- name: g
  rules:
  - record: 'a{b}'
    expr: sum(a
    for: 5m
    annotations: {a: b}
  - alert: A
    exprr: x
    labels: {__name__: x, a-b: y}
- name: g
  interval: 90
  limit: -1
  rules:
  - {expr: x}
  - {record: r, alert: A, expr: x}
grups: []
`;
    expect(told(ruleFileOf('r.yml', text))).toEqual([
      '4:5 got the name "a{b}"; labels stand below labels:',
      '5:16 groups.0.rules.0.expr: got the end of the query; want ")", which closes "sum("',
      '6:5 a recording rule has no for; only alerts have',
      '7:5 a recording rule has no annotations; only alerts have',
      '8:5 groups.0.rules.1.expr: missing; want a PromQL expression',
      '9:5 unknown key "exprr"; did you mean "expr"?',
      '10:14 groups.0.rules.1.labels.__name__: the label __name__ is the name of the series; want another one',
      '10:27 groups.0.rules.1.labels.a-b: want a label name of letters, digits and _',
      '11:3 the group "g" is there already; want another name',
      '12:3 groups.1.interval: cannot read duration "90": write a unit, such as "90s"',
      '13:3 groups.1.limit: got "-1"; want a whole number from 0',
      '15:5 got neither of record and alert; want exactly one',
      '16:5 got both of record and alert; want exactly one',
      '17:1 unknown key "grups"; did you mean "groups"?',
    ]);
  });

  test.each([
    ['alert: A\nexpr: x\nannotations: {a: "{{ nope }}"}', '6:19 cannot read template: function "nope" not defined'],
    ['alert: A\nexpr: x\nlabels: {a: "{{ if true }}x"}', '6:14 cannot read template: {{if}} has no {{end}}'],
    [
      'alert: A\nexpr: x\nlabels: {a: "{{ template \\"x\\" }}"}',
      '6:14 cannot read template: {{template}} is not supported',
    ],
    ['record: r\nexpr: ""', '5:5 groups.0.rules.0.expr: got ""; want a PromQL expression'],
    ['[1]', '4:5 groups.0.rules.0: got ["1"]; want a rule with record or alert, and expr'],
  ])('%j: %s', (text, problem) => expect(told(ruleFileOf('r.yml', rule(text)))).toEqual([problem]));

  test('a record label is no template', () => {
    expect(ruleFileOf('r.yml', rule('record: r\nexpr: x\nlabels: {a: "{{ nope }}"}')).problems).toEqual([]);
  });

  test.each([
    ['a: b: c', '1:4 cannot read YAML: Nested mappings'],
    ['groups: {a: 1, a: 2}', '1:16 cannot read YAML: Map keys must be unique'],
    ['5', '1:1 got "5"; want "groups:" with a list of groups'],
  ])('%j: %s', (text, problem) => expect(told(ruleFileOf('r.yml', text))[0]).toContain(problem));
});

describe('a test file', () => {
  test('is read with its defaults', () => {
    const { tests, problems } = testFileOf(
      't.yml',
      `tests:
- input_series: [{series: 'a{b="c"}', values: 1x1}]
  start_timestamp: 2026-01-31T08:00:00Z
  alert_rule_test: [{alertname: A, eval_time: 5m, exp_alerts: [{exp_labels: {n: 5}}]}]
  promql_expr_test: [{expr: a, exp_samples: [{value: -.inf}]}]
`,
    );
    expect(problems).toEqual([]);
    expect(tests).toEqual({
      rule_files: [],
      evaluation_interval: 60_000,
      group_eval_order: [],
      fuzzy_compare: false,
      tests: [
        {
          name: '',
          interval: 60_000,
          start: Date.UTC(2026, 0, 31, 8),
          series: [{ labels: { __name__: 'a', b: 'c' }, values: [1, 1] }],
          alerts: [
            { eval_time: 300_000, alertname: 'A', expected: [{ labels: { n: '5', alertname: 'A' }, annotations: {} }] },
          ],
          expressions: [{ eval_time: 0, expr: 'a', expected: [{ labels: {}, value: Number.NEGATIVE_INFINITY }] }],
          external_labels: {},
          external_url: '',
        },
      ],
    });
  });

  test('everything wrong is told at once', () => {
    const text = `evaluation_interval: soon
fuzzy_compare: maybe
tests:
- interval: 1
  start_timestamp: yesterday
  input_series: [{series: 'a{', values: '1 two'}]
  alert_rule_test: [{eval_time: 1m}]
  promql_expr_test: [{expr: a, exp_samples: [{labels: 'a{b=~"c"}', value: Inf, histogram: '{{}}'}]}]
`;
    expect(told(testFileOf('t.yml', text)).map((line) => line.slice(0, 75))).toEqual([
      '1:1 evaluation_interval: cannot read duration "soon": want a duration such ',
      '2:1 fuzzy_compare: got "maybe"; want true or false',
      '4:3 tests.0.interval: cannot read duration "1": write a unit, such as "1s"',
      '5:3 tests.0.start_timestamp: got "yesterday"; want seconds since the epoch,',
      '6:30 tests.0.input_series.0.series: got the end of the query; want "}", whi',
      '6:33 cannot read values "1 two": got "two"; want a value, _, stale, 1x3, 1+',
      '7:21 tests.0.alert_rule_test.0.alertname: missing; want the name of an aler',
      '8:47 tests.0.promql_expr_test.0.exp_samples.0.labels: cannot read series "a',
      '8:68 tests.0.promql_expr_test.0.exp_samples.0.value: got "Inf"; want a numb',
      '8:80 unknown key "histogram"; want one of labels, value',
    ]);
  });
});
