import { type GateAnswer, type GateDecision, SLO_STATES, type SloStatus } from '../server/model/slo.ts';
import type { Ms } from '../server/model/units.ts';
import { gateSentence, type Say } from '../server/model/words/words.ts';
import { policyOf, type WrittenPolicy } from './gate-policy.ts';
import { GATE_DECISIONS, type Verdict, verdictsOf, worstDecision } from './gate-verdict.ts';

/** What the gate goes by beside the statuses. */
export interface GateRules {
  readonly now: Ms;
  readonly policies: readonly WrittenPolicy[];
}

interface Judged {
  readonly status: SloStatus;
  readonly verdicts: readonly Verdict[];
  readonly decision: GateDecision;
}

/**
 * May we ship? The worst decision of the SLOs, each judged by the policy of its service (`policyOf`). Without a policy a spent budget
 * or a page that fires says no, silenced or not; what is not known says unknown; a ticket that fires or too little traffic is a go with
 * its reason as a caution. No SLO at all is unknown. The statuses have their alerts (`withAlert`); `say` makes the sentence, in
 * English by convention.
 */
export function gate(statuses: readonly SloStatus[], { now, policies }: GateRules, say: Say): GateAnswer {
  const ranked = statuses.map((status) => judged(status, policies, now)).sort(worstFirst);
  const reasons = ranked.flatMap(({ status, verdicts }) => verdicts.map((verdict) => ({ ...verdict, slo: status.id })));
  if (ranked.length === 0) reasons.push({ code: 'no_slo', args: {}, slo: '', decision: 'unknown' });
  const decision = ranked[0]?.decision ?? 'unknown';
  return {
    decision,
    time: now,
    sentence: gateSentence({ decision, reasons }, say),
    reasons,
    slos: ranked.map(({ status, decision }) => ({ id: status.id, state: status.state, decision })),
  };
}

function judged(status: SloStatus, policies: readonly WrittenPolicy[], now: Ms): Judged {
  const verdicts = verdictsOf(status, policyOf(status.service, policies), now);
  return { status, verdicts, decision: worstDecision(verdicts) };
}

function worstFirst(a: Judged, b: Judged): number {
  return (
    GATE_DECISIONS.indexOf(a.decision) - GATE_DECISIONS.indexOf(b.decision) ||
    SLO_STATES.indexOf(a.status.state) - SLO_STATES.indexOf(b.status.state) ||
    (a.status.budget.left_ratio ?? 1) - (b.status.budget.left_ratio ?? 1) ||
    (a.status.id < b.status.id ? -1 : 1)
  );
}
