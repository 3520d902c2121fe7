import type { Request } from 'express';
import type { RuleService } from '../evaluation/rule-service.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import { type PrometheusRule, prometheusAlerts, type RuleGroup, ruleGroups } from './alerting-rules.ts';
import { invalid, listParam, param } from './params.ts';
import type { PrometheusDoor } from './prometheus-door.ts';
import { fileAlerts, fileGroups } from './rule-file-groups.ts';

/** The alerts of the SLOs and the groups of the rule files, as Prometheus tells its own: `rules`, `alerts`. */
export function ruleEndpoints(
  { get }: PrometheusDoor,
  slos: Pick<SloService, 'current'>,
  rules: Pick<RuleService, 'groups'>,
): void {
  get('/rules', async (request) => {
    const groups = [...fileGroups(rules.groups()), ...ruleGroups(await slos.current())];
    return { data: { groups: askedGroups(request, groups) } };
  });
  get('/alerts', async () => ({
    data: { alerts: [...fileAlerts(rules.groups()), ...prometheusAlerts(await slos.current())] },
  }));
}

const TYPES: Readonly<Record<string, PrometheusRule['type']>> = { alert: 'alerting', record: 'recording' };

function askedGroups(request: Request, groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const type = param(request, 'type');
  if (type !== undefined && !Object.hasOwn(TYPES, type)) {
    throw invalid('type', `not supported value ${JSON.stringify(type)}`);
  }
  const asked = (name: string, value: string): boolean => {
    const values = listParam(request, name);
    return values.length === 0 || values.includes(value);
  };
  const isAsked = (rule: PrometheusRule): boolean =>
    asked('rule_name[]', rule.name) && (type === undefined || rule.type === TYPES[type]);
  const withoutAlerts = param(request, 'exclude_alerts') === 'true';
  return groups
    .filter(({ name, file }) => asked('rule_group[]', name) && asked('file[]', file))
    .map((group) => ({
      ...group,
      rules: group.rules
        .filter(isAsked)
        .map((rule) => (withoutAlerts && rule.type === 'alerting' ? { ...rule, alerts: [] } : rule)),
    }))
    .filter(({ rules }) => rules.length > 0);
}
