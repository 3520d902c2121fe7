import type { AlertTier } from '../../server/model/alerts.ts';
import type { Burn, GateDecision, Reason, SloStatus } from '../../server/model/slo.ts';
import { HOUR, type Ms, ms } from '../../server/model/units.ts';
import { DEFAULT_MIN_EVENTS } from '../alerts/windows.ts';
import { MIN_BAD_EVENTS } from '../figures/budget.ts';
import { rateOver } from '../figures/burn.ts';
import { durationArgs } from '../figures/durations.ts';
import { judgedBudget, levelInForce } from './budget-policy.ts';
import { frozenUntil } from './gate-freeze.ts';
import type { GatePolicy } from './gate-policy.ts';

/** Worst first: one no-go is a no-go; otherwise one unknown is an unknown. */
export const GATE_DECISIONS: readonly GateDecision[] = ['no_go', 'unknown', 'go'];

/** A reason and what it says by itself. */
export type Verdict = Reason & { readonly decision: GateDecision };

/** Everything a policy has to say about one SLO at `now`, what decides first. There is always one. */
export function verdictsOf(status: SloStatus, policy: GatePolicy, now: Ms): readonly Verdict[] {
  const all = [
    ...lowBudget(status, policy),
    ...budgetPolicy(status, policy),
    ...stateVerdicts(status, policy),
    ...fastBurn(status, policy),
    ...freezes(status, policy, now),
  ];
  // That the budget is low says how much is left.
  const isDouble = ({ code }: Verdict): boolean =>
    code === 'budget_left' && all.some((other) => other.code === 'budget_low');
  return all
    .filter((verdict) => !isDouble(verdict))
    .sort((a, b) => GATE_DECISIONS.indexOf(a.decision) - GATE_DECISIONS.indexOf(b.decision));
}

export function worstDecision(verdicts: readonly Verdict[]): GateDecision {
  return GATE_DECISIONS.find((decision) => verdicts.some((verdict) => verdict.decision === decision)) ?? 'unknown';
}

/** The reasons of the state; an SLO that is ok has its budget left as one. */
function stateVerdicts(status: SloStatus, policy: GatePolicy): readonly Verdict[] {
  // What is passed over comes first: a go with care.
  const reasons = status.state === 'ok' ? [...status.reasons, budgetLeft(status)] : status.reasons;
  return reasons.map((reason) => ({ ...reason, decision: decisionOf(reason, status, policy) }));
}

/** A burn is for the tiers to judge, in every state; the rest is what the policy says of the state. */
function decisionOf({ code }: Reason, { state, bad_silence }: SloStatus, policy: GatePolicy): GateDecision {
  const blocks = (tier: AlertTier): GateDecision => (policy.blocking_alerts.includes(tier) ? 'no_go' : 'go');
  if (code === 'burning_fast') return blocks('page');
  if (code === 'burning_slow') return blocks('ticket');
  switch (state) {
    case 'exhausted':
      return policy.minimum_budget === 'none' ? 'go' : 'no_go';
    case 'no_data':
    case 'no_traffic':
      return bad_silence?.includes(state) ? 'no_go' : policy.when[state];
    case 'too_new':
    case 'too_little_traffic':
      return policy.when[state];
    case 'burning':
    case 'ok':
      return 'go';
  }
}

function budgetLeft({ service, unit, budget, burns }: SloStatus): Reason {
  const rate = rateOver(burns, HOUR);
  const args = {
    service,
    what: unit,
    left_ratio: budget.left_ratio ?? 1,
    rate: rate ?? 0,
    recent: rate === undefined ? 'no' : 'yes',
  };
  return { code: 'budget_left', args };
}

/** A budget that is spent has its own reason. */
function lowBudget(status: SloStatus, { minimum_budget }: GatePolicy): readonly Verdict[] {
  const left_ratio = judgedBudget(status);
  if (left_ratio === undefined || minimum_budget === 'none' || minimum_budget === 0) return [];
  if (status.state === 'exhausted' || left_ratio >= minimum_budget) return [];
  const args = { service: status.service, ...restArgs(left_ratio), minimum: minimum_budget };
  return [{ code: 'budget_low', args, decision: 'no_go' }];
}

/** Few events, or a single bad one, are no rate; nor is one over a window the SLO does not have. */
function fastBurn({ service, burns }: SloStatus, { maximum_burn }: GatePolicy): readonly Verdict[] {
  return maximum_burn.flatMap(({ window, rate: limit }): readonly Verdict[] => {
    const burn = burns.find(({ window_secs }) => window_secs * 1000 === window);
    if (burn?.rate === undefined || burn.rate <= limit || !isRate(burn)) return [];
    const args = { service, rate: burn.rate, factor: limit, ...durationArgs(ms(window)) };
    return [{ code: 'burn_high', args, decision: 'no_go' }];
  });
}

/** What is left, or by how much it is overspent: nobody has a rest of less than nothing. */
function restArgs(left_ratio: number) {
  return { left_ratio, rest: left_ratio < 0 ? 'over' : 'left', over_ratio: Math.max(0, -left_ratio) };
}

function isRate({ total, bad }: Burn): boolean {
  return total >= DEFAULT_MIN_EVENTS && bad >= MIN_BAD_EVENTS;
}

function freezes({ service }: SloStatus, { freeze }: GatePolicy, now: Ms): readonly Verdict[] {
  return freeze.flatMap((span): readonly Verdict[] => {
    const until = frozenUntil(span, now);
    if (until === undefined) return [];
    return [{ code: 'frozen', args: { service, until, reason: span.reason }, decision: 'no_go' }];
  });
}

function budgetPolicy(status: SloStatus, { error_budget_policy }: GatePolicy): readonly Verdict[] {
  const level = levelInForce(error_budget_policy, status);
  if (level === undefined) return [];
  const { left: from, action, who = '', freeze } = level;
  const rest = restArgs(status.budget.left_ratio ?? 0);
  const args = { service: status.service, ...rest, from, action, who, named_who: who === '' ? 'no' : 'yes' };
  return [{ code: 'budget_policy', args, decision: freeze ? 'no_go' : 'go' }];
}
