import { ALERT_TIERS, type Alert } from '../../server/model/alerts.ts';
import type { ColumnValues, TableOrder } from '../frame/table-order.ts';

export const HISTORY_COLUMNS = ['alert', 'tier', 'since', 'ended', 'lasted', 'how'] as const;
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

export const NEWEST_FIRST: TableOrder<HistoryColumn> = { column: 'ended', descending: true };

/** When it ended, ms. */
export function endOf({ since, resolved = since }: Alert): number {
  return resolved;
}

/** How long it burned, ms. */
export function lengthOf(alert: Alert): number {
  return endOf(alert) - alert.since;
}

export const HISTORY_VALUES: ColumnValues<HistoryColumn, Alert> = {
  alert: ({ title }) => title,
  tier: ({ worst_tier }) => ALERT_TIERS.indexOf(worst_tier),
  since: ({ since }) => since,
  ended: endOf,
  lasted: lengthOf,
  how: ({ resolved_by }) => resolved_by ?? 'recovered',
};
