import type { z } from 'zod';
import { messageOf } from '../../server/model/errors.ts';
import { isMetricName, type Labels } from '../../server/model/labels.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { reading } from '../files/written-value.ts';
import { type FileRemark, isRecord, issueRemarks, openYaml, type Path } from '../files/yaml-file.ts';
import { count, duration, filledText, labels, list, map, names, optional, text } from './field.ts';

/** A group of a Prometheus rule file: its rules run in order at one moment. */
export interface RuleGroup {
  readonly file: string;
  readonly name: string;
  readonly interval?: Ms;
  /** Series of a recording rule, alerts of an alerting rule; 0: any number. */
  readonly limit: number;
  /** The rules look at, and write to, the time so much before the evaluation. */
  readonly query_offset: Ms;
  readonly rules: readonly Rule[];
}

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly kind: 'recording';
  readonly name: string;
  readonly expr: string;
  readonly labels: Labels;
}

export interface AlertingRule {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  /** How long the condition holds before the alert fires. */
  readonly for: Ms;
  /** How long it fires on when the condition is gone. */
  readonly keep_firing_for: Ms;
  /** Templates. */
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface RuleFile {
  readonly groups: readonly RuleGroup[];
  /** What is wrong: all of it at once. With a problem there are no groups. */
  readonly problems: readonly FileRemark[];
  readonly notes: readonly FileRemark[];
}

/** Reads what the room of rules does not know itself; throws what is wrong with it. */
export interface RuleLanguages {
  readonly checkExpression: (expr: string) => void;
  readonly checkTemplate: (template: string) => void;
}

const RULE_KEYS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
const GROUP_KEYS = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'];

/**
 * Reads a Prometheus rule file as it is (https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/): unknown keys
 * are refused, and everything wrong is told with its line and column.
 */
export function readRuleFile(file: string, written: string, languages: RuleLanguages): RuleFile {
  const { content, problems, place, ignored } = openYaml(file, written, 'texts');
  if (problems.length > 0) return { groups: [], problems, notes: [] };
  const notes = ignored === 0 ? [] : [place([], `only the first YAML document counts; ${ignored} are ignored`)];
  const parsed = fileSchema(languages.checkExpression).safeParse(content ?? {});
  const refused = parsed.success ? [] : parsed.error.issues.flatMap((issue) => issueRemarks(issue, [], place, keysAt));
  const wrong = [...refused, ...groupProblems(content, languages).map(({ path, message }) => place(path, message))];
  if (!parsed.success || wrong.length > 0) return { groups: [], problems: wrong.toSorted(byPlace), notes };
  return { groups: parsed.data.groups.map((group) => groupOf(group, file)), problems: [], notes };
}

function byPlace(a: FileRemark, b: FileRemark): number {
  return a.line - b.line || a.col - b.col;
}

function keysAt(path: Path): readonly string[] {
  if (path.includes('rules')) return RULE_KEYS;
  return path.includes('groups') ? GROUP_KEYS : ['groups'];
}

function fileSchema(checkExpression: RuleLanguages['checkExpression']) {
  const expr = reading('a PromQL expression', (written): string => {
    if (written.trim() === '') throw new Error('got ""; want a PromQL expression');
    checkExpression(written);
    return written;
  });
  const rule = map(
    {
      record: optional(text('the name of a series')),
      alert: optional(text('the name of an alert')),
      expr,
      for: optional(duration),
      keep_firing_for: optional(duration),
      labels: optional(labels),
      annotations: optional(names),
    },
    'a rule with record or alert, and expr',
  );
  const group = map(
    {
      name: filledText('the name of the group'),
      interval: optional(duration),
      limit: optional(count),
      query_offset: optional(duration),
      labels: optional(labels),
      rules: list(rule, 'a list of rules'),
    },
    'a group with name and rules',
  );
  return map({ groups: list(group, 'a list of groups') }, '"groups:" with a list of groups');
}

type WrittenGroup = z.output<ReturnType<typeof fileSchema>>['groups'][number];
type WrittenRule = WrittenGroup['rules'][number];

interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** What the shape alone does not tell, of a file whatever else is wrong with it. */
function groupProblems(content: unknown, languages: RuleLanguages): readonly Problem[] {
  const groups = listIn(content, 'groups');
  return groups.flatMap((group, g) => {
    const at = ['groups', g];
    const first = groups.findIndex((other) => isRecord(other) && isRecord(group) && other.name === group.name);
    const twice = isRecord(group) && typeof group.name === 'string' && first < g;
    const rules = listIn(group, 'rules').flatMap((rule, r) =>
      ruleProblems(rule, languages).map(({ path, message }) => ({ path: [...at, 'rules', r, ...path], message })),
    );
    if (!twice) return rules;
    return [
      { path: [...at, 'name'], message: `the group "${group.name}" is there already; want another name` },
      ...rules,
    ];
  });
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function ruleProblems(rule: unknown, { checkTemplate }: RuleLanguages): readonly Problem[] {
  if (!isRecord(rule)) return [];
  const { record, alert } = rule;
  const got = [record, alert].filter((name) => typeof name === 'string' && name !== '').length;
  if (got !== 1) {
    const message = `got ${got === 2 ? 'both' : 'neither'} of record and alert; want exactly one`;
    return [{ path: [], message }, ...templateProblems(rule, checkTemplate)];
  }
  return typeof record === 'string' && record !== ''
    ? recordProblems(rule, record)
    : templateProblems(rule, checkTemplate);
}

function recordProblems(rule: Readonly<Record<string, unknown>>, record: string): readonly Problem[] {
  const { annotations } = rule;
  const alertsOnly = [
    ...['for', 'keep_firing_for'].filter((key) => typeof rule[key] === 'string' && !/^0\w*$/.test(rule[key])),
    ...(isRecord(annotations) && Object.keys(annotations).length > 0 ? ['annotations'] : []),
  ];
  const problems = alertsOnly.map((key) => ({
    path: [key],
    message: `a recording rule has no ${key}; only alerts have`,
  }));
  if (isMetricName(record)) return problems;
  const why = /[{}]/.test(record) ? 'labels stand below labels:' : 'want letters, digits, _ and :';
  return [...problems, { path: ['record'], message: `got the name ${JSON.stringify(record)}; ${why}` }];
}

/** Labels and annotations of alerts are templates; those of a recording rule are plain. */
function templateProblems(
  rule: Readonly<Record<string, unknown>>,
  checkTemplate: RuleLanguages['checkTemplate'],
): readonly Problem[] {
  return ['labels', 'annotations'].flatMap((key) => {
    const templates = rule[key];
    return Object.entries(isRecord(templates) ? templates : {}).flatMap(([name, template]) => {
      try {
        if (typeof template === 'string') checkTemplate(template);
        return [];
      } catch (error) {
        return [{ path: [key, name], message: messageOf(error) }];
      }
    });
  });
}

function groupOf(
  { name, interval, limit = 0, query_offset = ms(0), labels: common, rules }: WrittenGroup,
  file: string,
): RuleGroup {
  return {
    file,
    name,
    limit,
    query_offset,
    ...(interval !== undefined && { interval }),
    rules: rules.map((rule) => ruleOf(rule, common ?? {})),
  };
}

/** A label of the rule beats the one of its group. */
function ruleOf({ record = '', alert = '', expr, labels: own = {}, ...rule }: WrittenRule, common: Labels): Rule {
  const merged = { ...common, ...own };
  if (record !== '') return { kind: 'recording', name: record, expr, labels: merged };
  return {
    kind: 'alerting',
    name: alert,
    expr,
    for: rule.for ?? ms(0),
    keep_firing_for: rule.keep_firing_for ?? ms(0),
    labels: merged,
    annotations: rule.annotations ?? {},
  };
}
