import type { Labels } from '../server/model/labels.ts';
import type { AlertPair } from './alerts/windows.ts';
import type { Grouping, SloGroup } from './grouping.ts';
import type { Indicator } from './indicator.ts';
import type { MissingPolicy } from './missing-policy.ts';
import type { SloWindow } from './slo-window.ts';

/** What a service level objective promises, read from a file or proposed. */
export interface SloDefinition {
  /** `[a-z0-9-]`, unique among all definitions. */
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly owner: string;
  readonly labels: Labels;
  /** 0 < objective < 1. */
  readonly objective: number;
  /** 1 h to 730 d. */
  readonly window: SloWindow;
  /** With fewer events in the window the figures are shown, not judged. */
  readonly minimum_events: number;
  readonly indicator: Indicator;
  /** Pairs of windows that alert; absent: the usual ones, as far as they fit and can fire. None: no alerts. */
  readonly alerts?: readonly AlertPair[];
  /** The tier of the alert when nobody has told for long how the service is; absent: DEFAULT_NO_DATA. */
  readonly no_data?: NoDataTier;
  /** What silence counts as; absent: nothing is known. */
  readonly missing?: MissingPolicy;
  /** It is an SLO for each of its groups; while there is none, one for itself. */
  readonly group_by?: Grouping;
  /** It is one of the SLOs that another definition makes. */
  readonly group?: SloGroup;
  /** Found by Vigie, not yet kept by a person. */
  readonly proposed: boolean;
}

export type NoDataTier = AlertPair['tier'] | 'none';

/** Silence is not health: somebody must look, not at once. */
export const DEFAULT_NO_DATA: NoDataTier = 'ticket';

/**
 * The share of events that may fail: 1 - objective, to twelve decimals, so that 90 % leaves 0.1 and not 0.09999999999999998.
 */
export function errorBudgetShare(objective: number): number {
  return Math.round((1 - objective) * 1e12) / 1e12;
}

/** The number of events below which a single failure overspends the budget: ceil(1 / (1 - objective)). */
export function defaultMinimumEvents(objective: number): number {
  return Math.ceil(1 / errorBudgetShare(objective) - 1e-6);
}
