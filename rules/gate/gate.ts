import type { GateOverride } from '../../server/model/gate.ts';
import {
  type GateAnswer,
  type GateDecision,
  type GateReason,
  SLO_STATES,
  type SloGroups,
  type SloStatus,
} from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import { gateSentence, type Say } from '../../server/model/words/words.ts';
import { groupName } from '../grouping.ts';
import { overrideVerdict } from './gate-override.ts';
import { policyOf, type WrittenPolicy } from './gate-policy.ts';
import { GATE_DECISIONS, type Verdict, verdictsOf, worstDecision } from './gate-verdict.ts';

/** What the gate goes by beside the statuses. */
export interface GateRules {
  readonly now: Ms;
  readonly policies: readonly WrittenPolicy[];
  /** Those in force at `now`. */
  readonly overrides?: readonly GateOverride[];
  /** Of the definitions that are several. */
  readonly groups?: readonly SloGroups[];
}

interface Judged {
  readonly status: SloStatus;
  readonly verdicts: readonly Verdict[];
  readonly decision: GateDecision;
}

/**
 * May we ship? The worst decision of the SLOs, each judged by the policy of its service (`policyOf`). Without a policy a spent budget
 * or a page that fires says no, silenced or not; what is not known says unknown; a ticket that fires or too little traffic is a go with
 * its reason as a caution. An override makes a go of anything, the reasons against it after its own. No SLO at all is unknown. The statuses have their alerts (`withAlert`); `say` makes the sentence, in
 * English by convention.
 */
export function gate(statuses: readonly SloStatus[], rules: GateRules, say: Say): GateAnswer {
  const ranked = statuses.map((status) => judged(status, rules)).sort(worstFirst);
  const reasons = freezesOnce(
    ranked.flatMap(({ status, verdicts }) =>
      verdicts.map(
        (verdict): GateReason => ({
          ...named(verdict, status),
          slo: status.id,
          service: status.service,
        }),
      ),
    ),
  );
  reasons.push(...leftOut(statuses, rules.groups));
  if (ranked.length === 0) reasons.push({ code: 'no_slo', args: {}, slo: '', decision: 'unknown' });
  const decision = ranked[0]?.decision ?? 'unknown';
  const overrides = rules.overrides?.filter((one) => statuses.some(({ service }) => service === one.service)) ?? [];
  return {
    decision,
    time: rules.now,
    sentence: gateSentence({ decision, reasons }, say),
    reasons,
    slos: ranked.map(({ status, decision }) => ({ id: status.id, state: status.state, decision })),
    ...(overrides.length > 0 && { overrides }),
  };
}

/** A freeze is one of a service, however many SLOs it has: the first of them says it. */
function freezesOnce(reasons: readonly GateReason[]): GateReason[] {
  const told = new Set<string>();
  return reasons.filter(({ code, args }) => {
    const key = JSON.stringify([args.service, args.until, args.reason]);
    if (code !== 'frozen') return true;
    return !told.has(key) && told.add(key);
  });
}

/** What nobody looks at decides nothing: who makes up values in a log would stop every release. It is told. */
function leftOut(statuses: readonly SloStatus[], groups: readonly SloGroups[] = []): readonly GateReason[] {
  return groups
    .filter(({ slo, left_out }) => left_out > 0 && statuses.some(({ group }) => group?.of === slo))
    .map(({ slo, service, left_out, max_groups }) => {
      return { code: 'groups_left_out', args: { service, left_out, max_groups }, slo, service, decision: 'go' };
    });
}

/** What stands against a release says of which group of its service it is. */
function named(verdict: Verdict, { service, group }: SloStatus): Verdict {
  if (group === undefined || verdict.decision === 'go' || verdict.code === 'frozen') return verdict;
  return { ...verdict, args: { ...verdict.args, service: `${service} (${groupName(group.labels)})` } };
}

function judged(status: SloStatus, { now, policies, overrides = [] }: GateRules): Judged {
  const verdicts = verdictsOf(status, policyOf(status.service, policies), now);
  const decision = worstDecision(verdicts);
  const override = decision === 'go' ? undefined : overrideVerdict(status.service, overrides, now);
  if (override === undefined) return { status, verdicts, decision };
  return { status, verdicts: [override, ...verdicts], decision: override.decision };
}

function worstFirst(a: Judged, b: Judged): number {
  return (
    GATE_DECISIONS.indexOf(a.decision) - GATE_DECISIONS.indexOf(b.decision) ||
    SLO_STATES.indexOf(a.status.state) - SLO_STATES.indexOf(b.status.state) ||
    (a.status.budget.left_ratio ?? 1) - (b.status.budget.left_ratio ?? 1) ||
    (a.status.id < b.status.id ? -1 : 1)
  );
}
