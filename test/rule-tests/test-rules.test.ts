import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testRules } from '../../server/main/test-rules.ts';
import { projectRoot } from '../support/project.ts';

const PROGRAM = join(projectRoot, 'server', 'cli', 'vigie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'vigie-test-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function failuresOf(text: string): readonly string[] {
  const file = join(folder, `t${files++}.yml`);
  writeFileSync(file, text);
  const [tested] = [...testRules([file])];
  return tested!.failures;
}

/** Asks one expression of a series x with these values. */
const ask = (values: string, expr: string, time: string, samples: string, more = ''): readonly string[] =>
  failuresOf(`${more}
tests:
- interval: 1m
  input_series: [{series: x, values: '${values}'}]
  promql_expr_test: [{expr: '${expr}', eval_time: ${time}, exp_samples: ${samples}}]
`);

describe('comparison', () => {
  test.each([
    ['0.1+0.2x1', 'x', '1m', '[{labels: x, value: 0.3}]', '', false],
    ['0.1+0.2x1', 'x', '1m', '[{labels: x, value: 0.3}]', 'fuzzy_compare: true', true],
    ['0.30000000000000010', 'x', '0m', '[{labels: x, value: 0.3}]', 'fuzzy_compare: true', false],
    ['-0', 'x', '0m', '[{labels: x, value: 0}]', '', true],
    ['5e-324', 'x', '0m', '[{labels: x, value: -5e-324}]', 'fuzzy_compare: true', false],
    ['5e-324', '-x', '0m', '[{value: 0}]', 'fuzzy_compare: true', true],
    ['NaN', 'x', '0m', '[{labels: x, value: .nan}]', '', true],
    ['NaN', 'x', '0m', '[{labels: x, value: 0}]', 'fuzzy_compare: true', false],
  ])('%s: %s at %s is %s %s: %s', (values, expr, time, samples, more, isSame) => {
    expect(ask(values, expr, time, samples, more)).toHaveLength(isSame ? 0 : 1);
  });
});

test('a start moves every time of a test', () => {
  const failures = failuresOf(`
tests:
- interval: 1m
  start_timestamp: 2026-01-31T08:00:00Z
  input_series: [{series: x, values: '1+1x10'}]
  promql_expr_test:
  - {expr: x, eval_time: 5m, exp_samples: [{labels: x, value: 6}]}
  - {expr: hour(), eval_time: 5m, exp_samples: [{value: 8}]}
  - {expr: timestamp(x) % 3600, eval_time: 5m, exp_samples: [{value: 300}]}
`);
  expect(failures).toEqual([]);
});

test('templates know where the server is', () => {
  writeFileSync(
    join(folder, 'links.yml'),
    `groups: [{name: g, rules: [{alert: A, expr: x, annotations: {a: '{{ externalURL }} {{ pathPrefix }} {{ stripDomain "a.b.c:80" }} {{ now }}'}}]}]`,
  );
  const failures = failuresOf(`
rule_files: [links.yml]
tests:
- external_url: https://watch.example/prom/
  input_series: [{series: x, values: 1x5}]
  alert_rule_test: [{eval_time: 1m, alertname: A, exp_alerts: [{exp_annotations: {a: 'https://watch.example/prom/ /prom a:80 60'}}]}]
`);
  expect(failures).toEqual([]);
});

test('a query offset looks back, and writes there', () => {
  writeFileSync(join(folder, 'offset.yml'), 'groups: [{name: g, query_offset: 1m, rules: [{record: r, expr: x}]}]');
  const failures = failuresOf(`
rule_files: [offset.yml]
tests:
- interval: 1m
  start_timestamp: 3600
  input_series: [{series: x, values: '1+1x10'}]
  promql_expr_test:
  - {expr: timestamp(r) - 3600, eval_time: 5m, exp_samples: [{value: 240}]}
  - {expr: r, eval_time: 4m, exp_samples: [{labels: r, value: 5}]}
`);
  expect(failures).toEqual([]);
});

test.each([
  ['15s', '0+1x100', 'sum_over_time(x[24s])', '20m', 80 + 79],
  ['1s', '0+1x3600', 'count_over_time(x[59m59s])', '1h', 3599],
  ['1d', '0+1x400', 'count_over_time(x[400d])', '400d', 400],
  ['300ms', '0+1x100', 'count_over_time(x[15s])', '30s', 50],
])('samples every %s: %s', (interval, values, expr, time, want) => {
  const failures = failuresOf(`
evaluation_interval: ${time}
tests:
- interval: ${interval}
  input_series: [{series: x, values: '${values}'}]
  promql_expr_test: [{expr: '${expr}', eval_time: ${time}, exp_samples: [{value: ${want}}]}]
`);
  expect(failures).toEqual([]);
});

describe('files', () => {
  test('patterns start at the test file, what matches nothing is a warning, and stores leave nothing behind', () => {
    mkdirSync(join(folder, 'rules/deep'), { recursive: true });
    for (const name of ['rules/a.yml', 'rules/b.yml', 'rules/deep/c.yml']) {
      writeFileSync(
        join(folder, name),
        `groups: [{name: '${name}', rules: [{record: r, expr: vector(1), labels: {file: '${name}'}}]}]`,
      );
    }
    const file = join(folder, 'globs.yml');
    writeFileSync(
      file,
      `rule_files: ['rules/?.yml', none-*.yml]\ntests: [{promql_expr_test: [{expr: count(r), exp_samples: [{value: 2}]}]}]`,
    );
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('vigie-rules-')).length;
    expect([...testRules([file])]).toEqual([{ file, warnings: ['no file match pattern none-*.yml'], failures: [] }]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('vigie-rules-'))).toHaveLength(before);
  });

  test('one bad file does not keep the others from being tested', () => {
    const good = join(folder, 'good.yml');
    writeFileSync(good, 'tests: []');
    const tested = [...testRules([join(folder, 'nowhere.yml'), good])];
    expect(tested.map(({ failures }) => failures.length)).toEqual([1, 0]);
    expect(tested[0]!.failures[0]).toMatch(/^cannot read .*nowhere\.yml: there is no such file/);
  });
});

describe('vigie test rules', () => {
  const vigie = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, 'test', 'rules', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });

  test('says what promtool says, and exits as it does', () => {
    writeFileSync(join(folder, 'good.yml'), 'tests: []');
    writeFileSync(join(folder, 'bad.yml'), 'tests: [{promql_expr_test: [{expr: vector(1), exp_samples: []}]}]');
    const good = vigie('good.yml');
    expect([good.status, good.stdout, good.stderr]).toEqual([
      0,
      'Unit Testing:  good.yml\n  SUCCESS\n\n',
      expect.not.stringContaining('FAILED'),
    ]);
    const both = vigie('bad.yml', 'good.yml');
    expect([both.status, both.stdout]).toEqual([1, 'Unit Testing:  bad.yml\n\nUnit Testing:  good.yml\n  SUCCESS\n\n']);
    expect(both.stderr).toBe('  FAILED:\n    expr: "vector(1)", time: 0s,\n        exp: nil\n        got: {} 1E+00\n');
    expect(vigie().status).toBe(2);
  });
});
