import type { Request } from 'express';
import type { SloService } from '../evaluation/slo-service.ts';
import { prometheusAlerts, type RuleGroup, ruleGroups } from './alerting-rules.ts';
import { invalid, listParam, param } from './params.ts';
import type { PrometheusDoor } from './prometheus-door.ts';

/** The alerts of the SLOs, as Prometheus tells its own: `rules`, `alerts`. */
export function ruleEndpoints({ get }: PrometheusDoor, slos: Pick<SloService, 'current'>): void {
  get('/rules', async (request) => ({ data: { groups: askedGroups(request, ruleGroups(await slos.current())) } }));
  get('/alerts', async () => ({ data: { alerts: prometheusAlerts(await slos.current()) } }));
}

/** There are alerting rules only: asked for recording rules, there is nothing. */
function askedGroups(request: Request, groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const type = param(request, 'type') ?? 'alert';
  if (type !== 'alert' && type !== 'record') throw invalid('type', `not supported value ${JSON.stringify(type)}`);
  if (type === 'record') return [];
  const asked = (name: string, value: string): boolean => {
    const values = listParam(request, name);
    return values.length === 0 || values.includes(value);
  };
  const withoutAlerts = param(request, 'exclude_alerts') === 'true';
  return groups
    .filter(({ name, file }) => asked('rule_group[]', name) && asked('file[]', file))
    .map((group) => ({
      ...group,
      rules: group.rules
        .filter(({ name }) => asked('rule_name[]', name))
        .map((rule) => (withoutAlerts ? { ...rule, alerts: [] } : rule)),
    }))
    .filter(({ rules }) => rules.length > 0);
}
