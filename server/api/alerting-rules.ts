import { alertLabels } from '../../rules/alerts/silence.ts';
import { english } from '../evaluation/sentences.ts';
import type { Evaluation } from '../evaluation/slo-service.ts';
import { ALERT_NAME, ALERT_TIERS, type Alert, type AlertTier } from '../model/alerts.ts';
import { goExponent } from '../model/go-number.ts';
import { type Labels, quoteLabelValue } from '../model/labels.ts';
import type { BurnAlert, SloStatus } from '../model/slo.ts';
import { formatDuration, ms } from '../model/units.ts';
import { alertSentence } from '../model/words/words.ts';

/** Shapes of Prometheus' `rules` and `alerts` (its docs/querying/api.md). Times are RFC 3339, durations seconds. */
export interface PrometheusAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'firing' | 'pending';
  readonly activeAt: string;
  readonly keepFiringSince?: string;
  readonly value: string;
}

interface EvaluatedRule {
  readonly name: string;
  readonly query: string;
  readonly labels: Labels;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

interface RecordingRule extends EvaluatedRule {
  readonly type: 'recording';
}

interface AlertingRule extends EvaluatedRule {
  readonly type: 'alerting';
  readonly duration: number;
  readonly keepFiringFor: number;
  readonly annotations: Labels;
  readonly alerts: readonly PrometheusAlert[];
  readonly state: 'firing' | 'pending' | 'inactive';
}

export type PrometheusRule = RecordingRule | AlertingRule;

export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly interval: number;
  readonly limit: number;
  readonly rules: readonly PrometheusRule[];
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

/** SLOs are evaluated at least so often. */
const INTERVAL_SECS = 10;

/** Firing and pending, worst first. */
export function prometheusAlerts({ alerts }: Pick<Evaluation, 'alerts'>): readonly PrometheusAlert[] {
  return alerts.flatMap((alert) => (alert.state === 'resolved' ? [] : [prometheusAlert(alert, alert.state)]));
}

function prometheusAlert(alert: Alert, state: PrometheusAlert['state']): PrometheusAlert {
  return {
    labels: { ...alertLabels(alert), alertname: ALERT_NAME, severity: alert.tier },
    annotations: {
      title: alert.title,
      description: alert.sentences.map((sentence) => alertSentence(sentence, english)).join(' '),
    },
    state,
    activeAt: new Date(alert.since).toISOString(),
    value: goExponent(alert.figures.long.rate ?? Number.NaN),
  };
}

/** A group per SLO, and in it a rule per tier that can fire. */
export function ruleGroups({ slos, alerts, time }: Pick<Evaluation, 'slos' | 'alerts' | 'time'>): readonly RuleGroup[] {
  const evaluated = { evaluationTime: 0, lastEvaluation: new Date(time).toISOString() };
  return slos.map((slo) => {
    const tiers = ALERT_TIERS.filter((tier) => slo.alerts.some((pair) => pair.tier === tier));
    const ofSlo = alerts.filter((alert) => alert.slo === slo.id);
    const rules = tiers.map((tier) => ({ ...alertingRule(slo, tier, ofSlo), ...evaluated }));
    return { name: slo.id, file: 'slos', interval: INTERVAL_SECS, limit: 0, rules, ...evaluated };
  });
}

/** An alert stands under the rule of the tier it has now. */
function alertingRule(slo: SloStatus, tier: AlertTier, ofSlo: readonly Alert[]) {
  const alerts = prometheusAlerts({ alerts: ofSlo.filter((alert) => alert.tier === tier) });
  return {
    type: 'alerting',
    name: ALERT_NAME,
    query: slo.alerts
      .filter((pair) => pair.tier === tier)
      .map((pair) => burnQuery(slo, pair))
      .join(' or '),
    duration: 0,
    keepFiringFor: 0,
    labels: { ...alertLabels({ ...slo, slo: slo.id, tier }), severity: tier },
    annotations: { title: slo.title },
    alerts,
    state: alerts[0]?.state ?? 'inactive',
    health: 'ok',
  } as const;
}

/** The condition of a pair of windows, over the gauges on `/metrics`. */
function burnQuery({ id }: SloStatus, { long_secs, short_secs, factor }: BurnAlert): string {
  const burns = (window_secs: number): string => {
    const window = formatDuration(ms(window_secs * 1000));
    return `vigie_slo_burn_rate{slo=${quoteLabelValue(id)},window="${window}"} > ${factor}`;
  };
  return `${burns(long_secs)} and ignoring (window) ${burns(short_secs)}`;
}
