import { type GateAnswer, type GateDecision, type Reason, SLO_STATES, type SloStatus } from '../server/model/slo.ts';
import { HOUR, type Ms } from '../server/model/units.ts';
import { gateSentence, type Say } from '../server/model/words/words.ts';
import { rateOver } from './burn.ts';

/** Worst first: one no-go is a no-go; otherwise one unknown is an unknown. */
const DECISIONS: readonly GateDecision[] = ['no_go', 'unknown', 'go'];

/**
 * May we ship? A spent budget or a page that fires says no, silenced or not; what is not known says unknown; a ticket that fires or
 * too little traffic is a go with its reason as a caution. No SLO at all is unknown. The statuses have their alerts (`withAlert`);
 * `say` makes the sentence, in English by convention.
 */
export function gate(statuses: readonly SloStatus[], now: Ms, say: Say): GateAnswer {
  const ranked = [...statuses].sort(worstFirst);
  const reasons = ranked.flatMap((status) =>
    reasonsOf(status).map((reason) => ({ ...reason, slo: status.id, decision: decisionOf(status) })),
  );
  if (ranked.length === 0) reasons.push({ code: 'no_slo', args: {}, slo: '', decision: 'unknown' });
  const decision = ranked[0] === undefined ? 'unknown' : decisionOf(ranked[0]);
  return {
    decision,
    time: now,
    sentence: gateSentence({ decision, reasons }, say),
    reasons,
    slos: ranked.map((status) => ({ id: status.id, state: status.state, decision: decisionOf(status) })),
  };
}

function decisionOf(status: SloStatus): GateDecision {
  if (isPaging(status)) return 'no_go';
  switch (status.state) {
    case 'exhausted':
      return 'no_go';
    case 'no_data':
    case 'no_traffic':
    case 'too_new':
      return 'unknown';
    case 'burning':
    case 'too_little_traffic':
    case 'ok':
      return 'go';
  }
}

/** The alert says so; its pairs do where nothing alerts. What is not known is no page by pairs alone: their figures are old. */
function isPaging({ alert, alerts, state }: SloStatus): boolean {
  return (
    alert?.tier === 'page' || (state === 'burning' && alerts.some(({ tier, firing }) => tier === 'page' && firing))
  );
}

function worstFirst(a: SloStatus, b: SloStatus): number {
  return (
    DECISIONS.indexOf(decisionOf(a)) - DECISIONS.indexOf(decisionOf(b)) ||
    SLO_STATES.indexOf(a.state) - SLO_STATES.indexOf(b.state) ||
    (a.budget.left_ratio ?? 1) - (b.budget.left_ratio ?? 1) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** What decides comes first: that a page fires is more than that its data is late. */
function reasonsOf(status: SloStatus): readonly Reason[] {
  if (status.state === 'ok') return [budgetLeft(status)];
  if (status.state === 'exhausted' || !isPaging(status)) return status.reasons;
  const isBurn = ({ code }: Reason): boolean => code === 'burning_fast';
  return [...status.reasons.filter(isBurn), ...status.reasons.filter((reason) => !isBurn(reason))];
}

function budgetLeft({ service, budget, burns }: SloStatus): Reason {
  const rate = rateOver(burns, HOUR);
  const args = {
    service,
    left_ratio: budget.left_ratio ?? 1,
    rate: rate ?? 0,
    recent: rate === undefined ? 'no' : 'yes',
  };
  return { code: 'budget_left', args };
}
