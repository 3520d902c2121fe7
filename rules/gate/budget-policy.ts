import type { BudgetPolicyLevel, SloStatus } from '../../server/model/slo.ts';

/** What a team has agreed to do once so little of an error budget is left (SRE workbook, "Example Error Budget Policy"). */
export interface BudgetLevel {
  /** In force at this share of the budget left or less. */
  readonly left: number;
  readonly action: string;
  readonly who?: string;
  /** Whether it stops releases as well. */
  readonly freeze: boolean;
}

/** The level in force: the lowest one that is reached. None while the figures cannot be judged. */
export function levelInForce(levels: readonly BudgetLevel[], status: SloStatus): BudgetLevel | undefined {
  const left = judgedBudget(status);
  if (left === undefined) return undefined;
  const reached = levels.filter((level) => left <= level.left);
  return reached.reduce<BudgetLevel | undefined>(
    (lowest, level) => (lowest === undefined || level.left < lowest.left ? level : lowest),
    undefined,
  );
}

/** All levels as people are shown them, fullest budget first. */
export function policyLevels(levels: readonly BudgetLevel[], status: SloStatus): readonly BudgetPolicyLevel[] {
  const current = levelInForce(levels, status);
  return levels
    .toSorted((a, b) => b.left - a.left)
    .map((level) => {
      const { left: left_ratio, ...rest } = level;
      return { left_ratio, ...rest, in_force: level === current };
    });
}

/** The share of the budget left where it may decide something: not while the figures are old, young or few. */
export function judgedBudget({ state, budget }: SloStatus): number | undefined {
  return state === 'ok' || state === 'burning' || state === 'exhausted' ? budget.left_ratio : undefined;
}
