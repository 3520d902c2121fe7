import { MINUTE } from '../../server/model/units.ts';
import { type AlertPair, alertPairs, burnFactor } from '../alerts/windows.ts';
import { isRecord } from '../files/yaml-file.ts';
import { noDataTierOf } from '../missing-policy.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { nominalLength } from '../slo-window.ts';
import { number } from './burn-expression.ts';
import { ANNOTATION_PREFIX } from './openslo-schema.ts';
import { printOpenDuration } from './openslo-window.ts';

/** Marks what is made of `alerts`, which the annotations of its SLO say better. */
const MADE_OF = `${ANNOTATION_PREFIX}made-of`;

export interface ExportedPolicies {
  readonly policies: readonly unknown[];
  readonly losses: readonly string[];
}

/**
 * A policy for each pair of windows: its burn over its long window alone, for a condition of OpenSLO has one window. It begins no
 * later than ours and is over later, since the short window is what ends ours.
 */
export function alertPolicies(slo: SloDefinition): ExportedPolicies {
  const pairs = alertPairs(nominalLength(slo.window), errorBudgetShare(slo.objective), slo.alerts);
  const sayable = pairs.filter(({ long }) => long % MINUTE === 0);
  return {
    policies: sayable.map((pair) => policyOf(pair, slo)),
    losses: [
      ...(sayable.length > 0 ? ['alerts: a policy there has one window, the long one, and no number of events'] : []),
      ...(sayable.length < pairs.length
        ? ['alerts: OpenSLO has no windows below a minute; those are in no policy']
        : []),
    ],
  };
}

function policyOf(pair: AlertPair, slo: SloDefinition) {
  const lookbackWindow = printOpenDuration(pair.long);
  const metadata = { name: `${pair.tier}-${lookbackWindow}` };
  const threshold = Number(number(burnFactor(pair, nominalLength(slo.window))));
  const condition = { kind: 'burnrate', op: 'gt', threshold, lookbackWindow, alertAfter: '0m' };
  return {
    kind: 'AlertPolicy',
    metadata: { ...metadata, annotations: { [MADE_OF]: 'alerts' } },
    spec: {
      alertWhenBreaching: true,
      alertWhenResolved: true,
      alertWhenNoData: noDataTierOf(slo) === pair.tier,
      conditions: [{ kind: 'AlertCondition', metadata, spec: { severity: pair.tier, condition } }],
      notificationTargets: [
        { kind: 'AlertNotificationTarget', metadata: { name: pair.tier }, spec: { target: pair.tier } },
      ],
    },
  };
}

/** Whether a policy is one of those above. */
export function isMadeOfAlerts(policy: unknown): boolean {
  const annotations = isRecord(policy) && isRecord(policy.metadata) ? policy.metadata.annotations : undefined;
  return isRecord(annotations) && annotations[MADE_OF] === 'alerts';
}
