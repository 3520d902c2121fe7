import type { VigieError } from '../../server/model/errors.ts';
import type { Labels } from '../../server/model/labels.ts';
import type { Ms } from '../../server/model/units.ts';
import { alertSeries, type ExpandTemplate, evaluateAlerts, type RuleAlerts } from './alerting-rule.ts';
import { type LabelledValue, labelsKey } from './labelled-value.ts';
import { recordedValues } from './recording-rule.ts';
import type { AlertingRule, Rule } from './rule-file.ts';

/** What a rule knows of its last evaluation. */
export interface RuleMemory {
  /** Of a recording rule: none. */
  readonly alerts: RuleAlerts;
  /** The label sets it wrote, by key. */
  readonly written: ReadonlyMap<string, Labels>;
}

export const NO_MEMORY: RuleMemory = { alerts: new Map(), written: new Map() };

/** A value a rule writes, or the mark that its series has none any more. */
export interface WrittenValue extends Omit<LabelledValue, 'value'> {
  readonly value: number | 'stale';
}

export interface RuleStep {
  readonly memory: RuleMemory;
  readonly values: readonly WrittenValue[];
  /** More alerts than the limit: all of them are cleared. */
  readonly problem?: VigieError;
}

export interface RuleAtWork {
  readonly rule: Rule;
  /** Series of a recording rule, alerts of an alerting rule; 0: any number. */
  readonly limit: number;
  readonly expand: ExpandTemplate;
}

/**
 * One evaluation of a rule: what it writes for the results of its expression, with marks for the series it wrote last and does not
 * write any more. Throws VigieError `execution`: then everything stays as it was.
 */
export function evaluateRule(
  { rule, limit, expand }: RuleAtWork,
  before: RuleMemory,
  results: readonly LabelledValue[],
  now: Ms,
): RuleStep {
  if (rule.kind === 'alerting') return alertStep({ rule, limit, expand }, before, results, now);
  return stepOf(before, recordedValues(rule, limit, results));
}

/** The memory of a rule that wrote the series of these alerts, in a process before this one. */
export function memoryOf(alerts: RuleAlerts): RuleMemory {
  return { alerts, written: labelSets(alertSeries(alerts)) };
}

/** The marks that end the series of a rule that is not evaluated any more. */
export function endMarks({ written }: RuleMemory): readonly WrittenValue[] {
  return [...written.values()].map((labels) => ({ labels, value: 'stale' }));
}

function alertStep(
  work: RuleAtWork & { readonly rule: AlertingRule },
  before: RuleMemory,
  results: readonly LabelledValue[],
  now: Ms,
): RuleStep {
  const { alerts, problem } = evaluateAlerts(work, before.alerts, results, now);
  if (problem !== undefined) return { memory: { ...before, alerts }, values: [], problem };
  return stepOf({ ...before, alerts }, alertSeries(alerts));
}

function stepOf({ alerts, written: before }: RuleMemory, values: readonly LabelledValue[]): RuleStep {
  const written = labelSets(values);
  const gone = [...before].filter(([key]) => !written.has(key));
  const marks = gone.map(([, labels]): WrittenValue => ({ labels, value: 'stale' }));
  return { memory: { alerts, written }, values: [...values, ...marks] };
}

function labelSets(values: readonly LabelledValue[]): ReadonlyMap<string, Labels> {
  return new Map(values.map(({ labels }) => [labelsKey(labels), labels]));
}
