import type { AlertTier } from '../../server/model/alerts.ts';
import type { GateDecision, SloState } from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import type { BudgetLevel } from './budget-policy.ts';
import type { FreezeWindow } from './gate-freeze.ts';

/** The states in which the figures decide nothing. */
const UNDECIDED_STATES = [
  'no_data',
  'no_traffic',
  'too_new',
  'too_little_traffic',
] as const satisfies readonly SloState[];

/** What a policy decides where nothing else does: those states, and that no server answers, which only who asks can notice. */
export const UNDECIDED = [...UNDECIDED_STATES, 'unanswered'] as const;

/** What a service may be released under. */
export interface GatePolicy {
  /** The share of the budget that must be left; `none`: also a spent one stops nothing. */
  readonly minimum_budget: number | 'none';
  /** No release while one of the windows burns faster. */
  readonly maximum_burn: readonly BurnLimit[];
  /** Tiers of firing alerts that stop a release. */
  readonly blocking_alerts: readonly AlertTier[];
  readonly when: Readonly<Record<(typeof UNDECIDED)[number], GateDecision>>;
  readonly freeze: readonly FreezeWindow[];
  readonly error_budget_policy: readonly BudgetLevel[];
}

export interface BurnLimit {
  /** One of the windows every SLO measures its burn over. */
  readonly window: Ms;
  readonly rate: number;
}

/** A policy as a file has it. `*` among its services stands for every service. */
export interface WrittenPolicy extends Partial<Omit<GatePolicy, 'when'>> {
  readonly services: readonly string[];
  readonly when?: Partial<GatePolicy['when']>;
}

export const EVERY_SERVICE = '*';

/** Where nobody has written anything. */
export const DEFAULT_POLICY: GatePolicy = {
  minimum_budget: 0,
  maximum_burn: [],
  blocking_alerts: ['page'],
  when: {
    no_data: 'unknown',
    no_traffic: 'unknown',
    too_new: 'unknown',
    too_little_traffic: 'go',
    unanswered: 'unknown',
  },
  freeze: [],
  error_budget_policy: [],
};

/** Key by key: what the policy of a service does not say, that of `*` says, then the default. Freezes of both hold. */
export function policyOf(service: string, written: readonly WrittenPolicy[]): GatePolicy {
  const every = written.find(({ services }) => services.includes(EVERY_SERVICE));
  const own = written.find(({ services }) => services.includes(service));
  const { services: _, ...said } = { ...every, ...own };
  return {
    ...DEFAULT_POLICY,
    ...said,
    when: { ...DEFAULT_POLICY.when, ...every?.when, ...own?.when },
    freeze: [...new Set([...(every?.freeze ?? []), ...(own?.freeze ?? [])])],
  };
}
