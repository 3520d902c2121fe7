import type { z } from 'zod';
import type { Labels } from '../../server/model/labels.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { reading } from '../files/written-value.ts';
import { type FileRemark, issueRemarks, openYaml, type Path } from '../files/yaml-file.ts';
import { duration, filledText, flag, list, map, moment, names, number, optional, text } from './field.ts';
import { parseSequence, type SequenceValue } from './series-notation.ts';

/** A file of promtool's unit tests. */
export interface RuleTestFile {
  /** Patterns, relative to the file. */
  readonly rule_files: readonly string[];
  readonly evaluation_interval: Ms;
  /** Groups in the order they are evaluated in; those not named come first. */
  readonly group_eval_order: readonly string[];
  /** Values may differ in the last bit. */
  readonly fuzzy_compare: boolean;
  readonly tests: readonly RuleTest[];
}

export interface RuleTest {
  readonly name: string;
  /** Between the values of the series. */
  readonly interval: Ms;
  /** The moment that every other time is counted from. */
  readonly start: Ms;
  readonly series: readonly InputSeries[];
  readonly alerts: readonly AlertTest[];
  readonly expressions: readonly ExpressionTest[];
  readonly external_labels: Labels;
  readonly external_url: string;
}

export interface InputSeries {
  /** `__name__` among them. */
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
}

export interface AlertTest {
  readonly eval_time: Ms;
  readonly alertname: string;
  readonly expected: readonly { readonly labels: Labels; readonly annotations: Labels }[];
}

export interface ExpressionTest {
  readonly eval_time: Ms;
  readonly expr: string;
  readonly expected: readonly { readonly labels: Labels; readonly value: number }[];
}

/** Reads `name{label="value"}` into labels, `__name__` among them; throws what is wrong with it. */
export type ParseMetric = (text: string) => Labels;

const FILE_KEYS = ['rule_files', 'evaluation_interval', 'group_eval_order', 'fuzzy_compare', 'tests'];
const TEST_KEYS: Readonly<Record<string, readonly string[]>> = {
  tests: [
    'name',
    'interval',
    'start_timestamp',
    'input_series',
    'alert_rule_test',
    'promql_expr_test',
    'external_labels',
    'external_url',
  ],
  input_series: ['series', 'values'],
  alert_rule_test: ['eval_time', 'alertname', 'exp_alerts'],
  exp_alerts: ['exp_labels', 'exp_annotations'],
  promql_expr_test: ['eval_time', 'expr', 'exp_samples'],
  exp_samples: ['labels', 'value'],
};

/**
 * Reads a test file of promtool (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/). With a problem
 * there is no `tests`.
 */
export function readTestFile(
  file: string,
  written: string,
  parseMetric: ParseMetric,
): { readonly tests?: RuleTestFile; readonly problems: readonly FileRemark[] } {
  const { content, problems, place } = openYaml(file, written, 'texts');
  if (problems.length > 0) return { problems };
  const parsed = fileSchema(parseMetric).safeParse(content ?? {});
  if (parsed.success) return { tests: testFileOf(parsed.data), problems: [] };
  return { problems: parsed.error.issues.flatMap((issue) => issueRemarks(issue, [], place, keysAt)) };
}

function keysAt(path: Path): readonly string[] {
  const list = path.findLast((part) => typeof part === 'string');
  return list === undefined ? FILE_KEYS : (TEST_KEYS[list] ?? []);
}

function fileSchema(parseMetric: ParseMetric) {
  const metric = reading('a series such as up{job="shop"}', parseMetric);
  const alertTest = map(
    {
      eval_time: optional(duration),
      alertname: filledText('the name of an alert'),
      exp_alerts: list(
        map({ exp_labels: optional(names), exp_annotations: optional(names) }, 'a map of exp_labels, exp_annotations'),
        'a list of alerts',
      ),
    },
    'a test with eval_time and alertname',
  );
  const expressionTest = map(
    {
      eval_time: optional(duration),
      expr: text('a PromQL expression'),
      exp_samples: list(
        map({ labels: optional(metric), value: optional(number) }, 'a map of labels, value'),
        'a list of samples',
      ),
    },
    'a test with expr and eval_time',
  );
  const test = map(
    {
      name: optional(text('a name')),
      interval: optional(duration),
      start_timestamp: optional(moment),
      input_series: list(
        map({ series: metric, values: reading('values such as "0+1x10"', parseSequence) }, 'a map of series, values'),
        'a list of series',
      ),
      alert_rule_test: list(alertTest, 'a list of tests'),
      promql_expr_test: list(expressionTest, 'a list of tests'),
      external_labels: optional(names),
      external_url: optional(text('an URL')),
    },
    'a test with input_series',
  );
  return map(
    {
      rule_files: list(filledText('a path or pattern'), 'a list of paths'),
      evaluation_interval: optional(duration),
      group_eval_order: list(text('the name of a group'), 'a list of names'),
      fuzzy_compare: optional(flag),
      tests: list(test, 'a list of tests'),
    },
    '"tests:" with a list of tests',
  );
}

type WrittenFile = z.output<ReturnType<typeof fileSchema>>;
type WrittenTest = WrittenFile['tests'][number];

function testFileOf({ evaluation_interval, fuzzy_compare = false, tests, ...file }: WrittenFile): RuleTestFile {
  const every = evaluation_interval || MINUTE;
  return { ...file, evaluation_interval: every, fuzzy_compare, tests: tests.map((test) => testOf(test, every)) };
}

function testOf(test: WrittenTest, every: Ms): RuleTest {
  return {
    name: test.name ?? '',
    interval: test.interval || every,
    start: test.start_timestamp ?? ms(0),
    series: test.input_series.map(({ series, values }) => ({ labels: series, values })),
    alerts: test.alert_rule_test.map(({ eval_time = ms(0), alertname, exp_alerts }) => ({
      eval_time,
      alertname,
      expected: exp_alerts.map(({ exp_labels = {}, exp_annotations = {} }) => ({
        labels: { ...exp_labels, alertname },
        annotations: exp_annotations,
      })),
    })),
    expressions: test.promql_expr_test.map(({ eval_time = ms(0), expr, exp_samples }) => ({
      eval_time,
      expr,
      expected: exp_samples.map(({ labels = {}, value = 0 }) => ({ labels, value })),
    })),
    external_labels: test.external_labels ?? {},
    external_url: test.external_url ?? '',
  };
}
