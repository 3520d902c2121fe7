import type { AlertState, AlertTier } from '../../server/model/alerts.ts';
import { goNumber } from '../../server/model/go-number.ts';
import type { Labels } from '../../server/model/labels.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { RuleAlert } from './alerting-rule.ts';

/** The rule of an alert, and where it stands. */
export type RulePlace = Pick<RuleAlertStatus, 'rule' | 'group' | 'file'>;

const STATES: Readonly<Record<RuleAlert['state'], AlertState>> = {
  pending: 'pending',
  firing: 'firing',
  inactive: 'resolved',
};

/** What people and receivers are told of an alert of a rule. */
export function ruleAlertStatus(id: string, place: RulePlace, alert: RuleAlert): RuleAlertStatus {
  const { labels, annotations, state, value, active_at, fired_at, resolved_at } = alert;
  return {
    id,
    ...place,
    state: STATES[state],
    tier: tierOf(labels),
    labels: shortTexts(labels),
    annotations: shortTexts(annotations),
    value: goNumber(value),
    since: active_at,
    ...(fired_at !== undefined && { fired: fired_at }),
    ...(resolved_at !== undefined && { resolved: resolved_at }),
    silenced_by: [],
  };
}

const PAGING: readonly string[] = ['page', 'critical', ''];

/** `severity: page` and `critical` call for a person now, and so does an alert that does not say; whatever else is a ticket. */
export function tierOf({ severity = '' }: Labels): AlertTier {
  return PAGING.includes(severity) ? 'page' : 'ticket';
}

const CHARACTERS = 2048;

/** A message must always fit into its document, and what a template makes has no bound: what is too much is cut off. */
export function shortTexts(texts: Labels): Labels {
  let room = CHARACTERS;
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      room -= name.length;
      if (room <= 0) return [];
      const kept = text.length <= room ? text : `${text.slice(0, room - 1)}…`;
      room -= text.length;
      return [[name, kept]];
    }),
  );
}
