import type { RuleAlert } from '../../rules/prometheus/alerting-rule.ts';
import type { RuleRun } from '../evaluation/rule-group-run.ts';
import type { RuleService } from '../evaluation/rule-service.ts';
import { goExponent } from '../model/go-number.ts';
import type { PrometheusAlert, PrometheusRule, RuleGroup } from './alerting-rules.ts';

type Groups = ReturnType<RuleService['groups']>;

/** What Prometheus says of an evaluation that was not yet. */
const NEVER = '0001-01-01T00:00:00Z';

/** The groups of the rule files in Prometheus' shape. */
export function fileGroups(groups: Groups): readonly RuleGroup[] {
  return groups.map(({ group, interval, rules, pace }) => ({
    name: group.name,
    file: group.file,
    interval: interval / 1000,
    limit: group.limit,
    rules: rules.map(ruleOf),
    evaluationTime: pace.took / 1000,
    lastEvaluation: momentText(pace.time),
  }));
}

export function fileAlerts(groups: Groups): readonly PrometheusAlert[] {
  return groups.flatMap(({ rules }) => rules.flatMap(alertsOf));
}

function ruleOf(run: RuleRun): PrometheusRule {
  const { rule, health, lastError, lastEvaluation, took } = run;
  const said = {
    name: rule.name,
    query: rule.expr,
    labels: rule.labels,
    health,
    ...(lastError !== undefined && { lastError }),
    evaluationTime: took / 1000,
    lastEvaluation: momentText(lastEvaluation),
  };
  if (rule.kind === 'recording') return { type: 'recording', ...said };
  const alerts = alertsOf(run);
  return {
    type: 'alerting',
    ...said,
    duration: rule.for / 1000,
    keepFiringFor: rule.keep_firing_for / 1000,
    annotations: rule.annotations,
    alerts,
    state:
      (['firing', 'pending'] as const).find((state) => alerts.some((alert) => alert.state === state)) ?? 'inactive',
  };
}

function alertsOf({ memory }: RuleRun): readonly PrometheusAlert[] {
  return [...memory.alerts.values()].flatMap((alert) =>
    alert.state === 'inactive' ? [] : [alertOf(alert, alert.state)],
  );
}

function alertOf({ labels, annotations, active_at, gone_since, value }: RuleAlert, state: PrometheusAlert['state']) {
  return {
    labels,
    annotations,
    state,
    activeAt: new Date(active_at).toISOString(),
    ...(gone_since !== undefined && { keepFiringSince: new Date(gone_since).toISOString() }),
    value: goExponent(value),
  };
}

function momentText(time: number | undefined): string {
  return time === undefined ? NEVER : new Date(time).toISOString();
}
