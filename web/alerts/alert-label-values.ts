import { ALERT_TIERS } from '../../server/model/alerts.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';

/** The labels an alert may have, with the values there are, sorted: our own first, then those of the SLOs, then those of alerts of rules. */
export function alertLabelValues(
  slos: readonly SloStatus[],
  rules: readonly RuleAlertStatus[] = [],
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>([
    ['slo', new Set(slos.map(({ id }) => id))],
    ['service', new Set(slos.map(({ service }) => service))],
    ['owner', new Set(slos.map(({ owner }) => owner))],
    ['tier', new Set(ALERT_TIERS)],
  ]);
  for (const { labels } of [...slos, ...rules]) {
    for (const [name, value] of Object.entries(labels)) {
      found.set(name, (found.get(name) ?? new Set()).add(value));
    }
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, [...values].sort()]));
}
