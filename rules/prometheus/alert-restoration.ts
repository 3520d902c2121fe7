import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import type { RuleAlert } from './alerting-rule.ts';
import type { AlertingRule } from './rule-file.ts';

/** After a longer outage what was pending begins anew. */
const OUTAGE_TOLERANCE = HOUR;
/** What was pending does not fire earlier after a start: first data must come in. */
const GRACE = ms(10 * MINUTE);

/** Between which moments nobody evaluated. */
export interface Outage {
  /** The last evaluation before; absent when it is not known. */
  readonly start?: Ms | undefined;
  readonly end: Ms;
}

/**
 * How an alert goes on after an outage. What was pending is pending on: the outage counts for nothing of its `for`, and of that ten
 * minutes remain at least (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/, flags
 * `rules.alert.for-outage-tolerance` and `rules.alert.for-grace-period`); a shorter `for` begins anew. What fired fires on however long it
 * was, so that those who were told hear of its end.
 */
export function restoredAlert(rule: AlertingRule, alert: RuleAlert, { start, end }: Outage): RuleAlert | undefined {
  if (alert.state !== 'pending') return alert;
  if (start === undefined || end - start > OUTAGE_TOLERANCE || rule.for < GRACE) return undefined;
  const remaining = rule.for - (start - alert.active_at);
  if (remaining <= 0) return alert;
  const active_at = remaining < GRACE ? end + GRACE - rule.for : alert.active_at + (end - start);
  return { ...alert, active_at: ms(active_at) };
}
