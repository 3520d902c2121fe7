import { Counter, Gauge, Registry } from 'prom-client';
import type { RuleService } from '../evaluation/rule-service.ts';
import type { Evaluation } from '../evaluation/slo-service.ts';
import type { EvaluationStatus } from '../model/status.ts';

type Groups = ReturnType<RuleService['groups']>;
type Latest = Pick<Evaluation, 'slos' | 'groups' | 'took'>;

/** How the rules keep up: figures of the latest evaluation of the SLOs, and of every group of the rule files. */
export function evaluationMetrics({ took }: Latest, groups: Groups): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const counter = (name: string, help: string): Counter =>
    new Counter({ name, help, labelNames: ['rule_group'], registers: [registry] });
  const lag = gauge('vigie_evaluation_lag_seconds', 'How long after its moment the latest evaluation was done.', [
    'of',
  ]);
  if (took !== undefined) lag.set({ of: 'slos' }, took / 1000);
  if (groups.length === 0) return registry;
  const lags = gauge('vigie_rule_group_lag_seconds', 'The same of a group of rules.', ['rule_group']);
  const durations = gauge('vigie_rule_group_last_duration_seconds', 'What the latest evaluation took.', ['rule_group']);
  const evaluations = counter('vigie_rule_group_iterations_total', 'Evaluations of a group.');
  const missed = counter(
    'vigie_rule_group_iterations_missed_total',
    'Evaluations left out because they came too late.',
  );
  const failures = counter('vigie_rule_evaluation_failures_total', 'Evaluations of single rules that failed.');
  for (const { key: rule_group, counts, pace } of groups) {
    lags.set({ rule_group }, pace.lag / 1000);
    durations.set({ rule_group }, pace.took / 1000);
    evaluations.inc({ rule_group }, counts.evaluations);
    missed.inc({ rule_group }, counts.missed);
    failures.inc({ rule_group }, counts.failures);
  }
  lag.set({ of: 'rules' }, slowest(groups));
  return registry;
}

/** The same for the status page. */
export function evaluationStatus({ slos, groups: sloGroups = [], took }: Latest, groups: Groups): EvaluationStatus {
  const total = (of: (group: Groups[number]) => number): number => groups.reduce((sum, group) => sum + of(group), 0);
  const left_out = sloGroups.reduce((sum, one) => sum + one.left_out, 0);
  return {
    slos: slos.length,
    ...(left_out > 0 && { groups_left_out: left_out }),
    rule_groups: groups.length,
    rules: total(({ rules }) => rules.length),
    missed: total(({ counts }) => counts.missed),
    failures: total(({ counts }) => counts.failures),
    failing: groups
      .flatMap(({ key, rules }) =>
        rules.flatMap(({ rule, lastError }) =>
          lastError === undefined ? [] : [{ group: key, rule: rule.name, error: lastError }],
        ),
      )
      .slice(0, SHOWN),
    ...(took !== undefined && { slo_lag_secs: took / 1000 }),
    ...(groups.length > 0 && { rule_lag_secs: slowest(groups) }),
  };
}

/** Rules that fail, at most: a page is no log. */
const SHOWN = 20;

function slowest(groups: Groups): number {
  return Math.max(0, ...groups.map(({ pace }) => pace.lag)) / 1000;
}
