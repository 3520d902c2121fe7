import type { ExpandTemplate } from '../../rules/prometheus/alerting-rule.ts';
import { type LabelledValue, labelsKey } from '../../rules/prometheus/labelled-value.ts';
import type { RuleGroup } from '../../rules/prometheus/rule-file.ts';
import { Span, valueText } from '../../rules/prometheus/template/value.ts';
import type {
  AlertTest,
  ExpressionTest,
  InputSeries,
  RuleTest,
  RuleTestFile,
} from '../../rules/prometheus/test-file.ts';
import { messageOf } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { durationText } from '../promql/duration-text.ts';
import { parse } from '../promql/parse.ts';
import type { QueryLimits } from '../promql/query.ts';
import { type AlertText, alertsText, compareLabels, samplesText } from './failure-text.ts';
import { elementsOf, RuleRun } from './rule-run.ts';
import { TestStore } from './test-store.ts';

/** Fills in a template for a test: what it may ask is the store of the test. */
export type TemplatesOf = (test: RuleTest, store: TestStore, limits: QueryLimits) => (now: Ms) => ExpandTemplate;

type SameValue = (a: number, b: number) => boolean;

/**
 * Runs the tests of a file, each over a store of its own; returns what failed, as promtool tells it. Along the time of a test, every
 * evaluation interval from its start to its last question:
 *
 *     samples up to now are loaded -> the rules of every group, in order -> alerts that are asked about before the next evaluation
 *
 * and then the expressions, which see what was loaded until then.
 */
export function runTests(file: RuleTestFile, groups: readonly RuleGroup[], templates: TemplatesOf): readonly string[] {
  const place = new Map(file.group_eval_order.map((name, i) => [name, i]));
  const ordered = groups.toSorted((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
  return file.tests.flatMap((test) => runTest(test, ordered, file, templates));
}

function runTest(
  test: RuleTest,
  groups: readonly RuleGroup[],
  { evaluation_interval: every, fuzzy_compare }: RuleTestFile,
  templatesOf: TemplatesOf,
): readonly string[] {
  const last = ms(Math.max(0, ...[...test.alerts, ...test.expressions].map(({ eval_time }) => eval_time)));
  const interval = ms(Math.min(test.interval, every));
  const store = new TestStore({ start: test.start, end: ms(test.start + last), interval });
  try {
    const limits = { subqueryStep: every };
    const surroundings = { store, limits, templates: templatesOf(test, store, limits) };
    const runs = groups.flatMap((group) => group.rules.map((rule) => new RuleRun(rule, group, surroundings)));
    const failures: string[] = [];
    const input = { ...test, series: lastOfEach(test.series) };
    for (let time = 0; time <= last; time += every) {
      loadSamples(input, store, time - every, time);
      const errors = evaluateAll(runs, test, ms(time));
      if (errors.length > 0) return [...failures, ...errors];
      const asked = test.alerts.filter(({ eval_time }) => eval_time >= time && eval_time < time + every);
      failures.push(
        ...asked.toSorted((a, b) => a.eval_time - b.eval_time).flatMap((one) => alertFailure(one, runs, test)),
      );
    }
    const same: SameValue = fuzzy_compare ? nearlySame : Object.is;
    return [...failures, ...test.expressions.flatMap((one) => expressionFailure(one, store, test, limits, same))];
  } catch (error) {
    return [`    ${messageOf(error)}`];
  } finally {
    store.close();
  }
}

/** The samples of (after, to], times counted from the start of the test. */
function loadSamples({ series, interval, start }: RuleTest, store: TestStore, after: number, to: number): void {
  const first = Math.max(0, Math.floor(after / interval) + 1);
  for (let step = first; step * interval <= to; step++) {
    const samples = series.flatMap(({ labels, values }) => {
      const value = values[step];
      return value === undefined ? [] : [{ labels, value }];
    });
    store.append(samples, ms(start + step * interval));
  }
}

/** Of two series with the same labels the last one counts. */
function lastOfEach(series: readonly InputSeries[]): readonly InputSeries[] {
  return [...new Map(series.map((one) => [labelsKey(one.labels), one])).values()];
}

/** The head of the line says already what could not be done. */
function causeOf(error: unknown): string {
  return messageOf(error).replace(/^cannot (?:answer|parse) query: /, '');
}

function evaluateAll(runs: readonly RuleRun[], { start }: RuleTest, time: Ms): readonly string[] {
  return runs.flatMap((run) => {
    try {
      run.evaluate(ms(start + time));
      return [];
    } catch (error) {
      return [`    rule: ${run.rule.name}, time: ${valueText(new Span(time / 1000))}, err: ${causeOf(error)}`];
    }
  });
}

function alertFailure(
  { eval_time, alertname, expected }: AlertTest,
  runs: readonly RuleRun[],
  { name }: RuleTest,
): readonly string[] {
  const firing = runs
    .filter(({ rule }) => rule.kind === 'alerting' && rule.name === alertname)
    .flatMap(({ alerts }) => [...alerts.values()].filter(({ state }) => state === 'firing'));
  const [want, got] = [expected.toSorted(byAlert), firing.toSorted(byAlert)];
  if (want.length === got.length && want.every((one, i) => got[i] !== undefined && byAlert(one, got[i]) === 0))
    return [];
  return [
    `${nameLine(name)}    alertname: ${alertname}, time: ${durationText(eval_time)}, \n        exp:${alertsText(want)}, \n        got:${alertsText(got)}`,
  ];
}

function byAlert(a: AlertText, b: AlertText): number {
  return compareLabels(a.labels, b.labels) || compareLabels(a.annotations, b.annotations);
}

function nameLine(name: string): string {
  return name === '' ? '' : `    name: ${name},\n`;
}

function expressionFailure(
  { expr, eval_time, expected }: ExpressionTest,
  store: TestStore,
  { start }: RuleTest,
  limits: QueryLimits,
  same: SameValue,
): readonly string[] {
  const head = `    expr: ${JSON.stringify(expr)}, time: ${durationText(eval_time)},`;
  try {
    const results = elementsOf(store, parse(expr), ms(start + eval_time), limits);
    const [want, got] = [expected.toSorted(byLabels), results.toSorted(byLabels)];
    if (want.length === got.length && want.every((one, i) => isSame(one, got[i], same))) return [];
    return [`${head}\n        exp: ${samplesText(want)}\n        got: ${samplesText(got)}`];
  } catch (error) {
    return [`${head} err: ${causeOf(error)}`];
  }
}

function byLabels(a: LabelledValue, b: LabelledValue): number {
  return compareLabels(a.labels, b.labels);
}

function isSame(want: LabelledValue, got: LabelledValue | undefined, same: SameValue): boolean {
  if (got === undefined || byLabels(want, got) !== 0) return false;
  return want.value === got.value || same(want.value, got.value);
}

/** Equal but for the last bit of the fraction. */
function nearlySame(a: number, b: number): boolean {
  if (Object.is(a, b)) return true;
  return Number.isFinite(a) && Number.isFinite(b) && abs(ordinal(a) - ordinal(b)) <= 1n;
}

/** The place of a number among all doubles. */
function ordinal(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
