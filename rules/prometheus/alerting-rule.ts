import { VigieError } from '../../server/model/errors.ts';
import type { Labels } from '../../server/model/labels.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { type LabelledValue, labelsKey, overlaid } from './labelled-value.ts';
import type { AlertingRule } from './rule-file.ts';

/**
 * An alerting rule of Prometheus has an alert per label set of its results, each with a life of its own
 * (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/):
 *
 *                 result                 there for >= `for`               gone for >= `keep_firing_for`
 *     (nothing) ----------> pending ----------------------> firing -------------------------> inactive --15 min--> (nothing)
 *                              |                             ^ |  back: it never was gone         |
 *                              +--gone--> (nothing)          +-+                                  +--result--> pending
 *
 * With `for: 0s` an alert fires at once. A query that fails changes nothing.
 */
export interface RuleAlert {
  /** Those of the result and the rule, and `alertname`. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing' | 'inactive';
  readonly value: number;
  readonly active_at: Ms;
  readonly fired_at?: Ms;
  readonly resolved_at?: Ms;
  /** The first evaluation without it, while it fires on. */
  readonly gone_since?: Ms;
}

/** By label set. */
export type RuleAlerts = ReadonlyMap<string, RuleAlert>;

/** Fills the templates of a rule in for one result. */
export type ExpandTemplate = (template: string, result: LabelledValue) => string;

/** How long a resolved alert is kept, so that it can be told again. */
const RESOLVED_FOR = ms(15 * MINUTE);

/** What one evaluation makes of the alerts of the one before; `problem` when it failed, and then there are none. */
export interface AlertEvaluation {
  readonly alerts: RuleAlerts;
  readonly problem?: VigieError;
}

/**
 * Moves the alerts of a rule on to `now`. Throws VigieError `execution` when two results get the same labels: the alerts then stay
 * as they were. More than `limit` alerts (0: any number) clear all of them and are a problem.
 */
export function evaluateAlerts(
  { rule, limit, expand }: { readonly rule: AlertingRule; readonly limit: number; readonly expand: ExpandTemplate },
  before: RuleAlerts,
  results: readonly LabelledValue[],
  now: Ms,
): AlertEvaluation {
  const there = alertsOf(rule, results, expand, now);
  const alerts = new Map<string, RuleAlert>();
  for (const key of new Set([...before.keys(), ...there.keys()])) {
    const next = nextAlert(rule, before.get(key), there.get(key), now);
    if (next !== undefined) alerts.set(key, next);
  }
  const active = [...alerts.values()].filter(({ state }) => state !== 'inactive').length;
  if (limit === 0 || active <= limit) return { alerts };
  return {
    alerts: new Map(),
    problem: new VigieError('execution', `exceeded limit of ${limit} with ${active} alerts`),
  };
}

/** The series that tell of the alerts: ALERTS, and ALERTS_FOR_STATE with the second each became active. */
export function alertSeries(alerts: RuleAlerts): readonly LabelledValue[] {
  return [...alerts.values()].flatMap(({ labels, state, active_at }) =>
    state === 'inactive'
      ? []
      : [
          { labels: overlaid(labels, { __name__: 'ALERTS', alertstate: state }), value: 1 },
          { labels: overlaid(labels, { __name__: 'ALERTS_FOR_STATE' }), value: Math.floor(active_at / 1000) },
        ],
  );
}

function alertsOf(rule: AlertingRule, results: readonly LabelledValue[], expand: ExpandTemplate, now: Ms): RuleAlerts {
  const alerts = new Map<string, RuleAlert>();
  for (const result of results) {
    const filledIn = (templates: Labels): Labels =>
      Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, expand(template, result)]));
    const labels = overlaid(result.labels, { ...filledIn(rule.labels), alertname: rule.name, __name__: '' });
    const key = labelsKey(labels);
    if (alerts.has(key)) {
      throw new VigieError('execution', 'vector contains metrics with the same labelset after applying alert labels');
    }
    const annotations = filledIn(rule.annotations);
    alerts.set(key, { labels, annotations, state: 'pending', value: result.value, active_at: now });
  }
  return alerts;
}

function nextAlert(rule: AlertingRule, before: RuleAlert | undefined, there: RuleAlert | undefined, now: Ms) {
  if (there === undefined) return before && withoutResult(rule, before, now);
  const { gone_since: _back, ...known } = before === undefined || before.state === 'inactive' ? there : before;
  const alert = { ...known, value: there.value, annotations: there.annotations };
  return alert.state === 'pending' && now - alert.active_at >= rule.for ? fired(alert, now) : alert;
}

function fired(alert: RuleAlert, now: Ms): RuleAlert {
  return { ...alert, state: 'firing', fired_at: now };
}

function withoutResult({ keep_firing_for }: AlertingRule, alert: RuleAlert, now: Ms): RuleAlert | undefined {
  if (alert.state === 'pending') return undefined;
  if (alert.state === 'inactive') return now - (alert.resolved_at ?? now) > RESOLVED_FOR ? undefined : alert;
  const gone_since = alert.gone_since ?? now;
  if (now - gone_since < keep_firing_for) return { ...alert, gone_since };
  return { ...alert, state: 'inactive', resolved_at: now };
}
