import { ALERT_TIERS } from '../../server/model/alerts.ts';
import type { SelectorFacts } from '../../server/model/engine.ts';
import type { Burn, BurnAlert, Reason, SloSource, SloState } from '../../server/model/slo.ts';
import { formatDuration, HOUR, type Ms, ms } from '../../server/model/units.ts';
import { burnOver } from '../alerts/alert-condition.ts';
import { burnReason } from '../alerts/burn-reason.ts';
import { countedUnit, measuredText } from '../indicator.ts';
import { passedOver } from '../missing-policy.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { nominalLength } from '../slo-window.ts';
import type { Boundary } from './boundary.ts';
import { type Budget, type EventCounts, isSurelySpent, surestBudget } from './budget.ts';
import { ageArgs, windowArgs } from './durations.ts';
import { isBroken, isStale, livingSources } from './sources.ts';

/** Everything a verdict may look at. */
export interface Evidence {
  readonly definition: SloDefinition;
  readonly boundary?: Boundary | undefined;
  /** Why its query has no answer. */
  readonly unanswered?: string | undefined;
  readonly facts: SelectorFacts;
  readonly sources: readonly SloSource[];
  /** The newest event any of the sources saw. */
  readonly newest_event?: number | undefined;
  readonly events: EventCounts;
  /** What exclusions leave out of the window. */
  readonly excluded?: EventCounts | undefined;
  /** Events the budget is a share of. */
  readonly traffic: number;
  readonly budget: Budget;
  readonly burns: readonly Burn[];
  readonly alerts: readonly BurnAlert[];
  readonly asOf: Ms;
  readonly now: Ms;
  /** Of a composite: its parts, without those whose silence it passes over. */
  readonly parts?: readonly DataEvidence[] | undefined;
  /** Worth knowing, whatever the state. */
  readonly remarks?: readonly Reason[] | undefined;
}

/** What tells whether there are data. */
type DataEvidence = Pick<
  Evidence,
  'definition' | 'boundary' | 'unanswered' | 'sources' | 'newest_event' | 'now' | 'parts'
>;

export interface Judgement {
  readonly state: SloState;
  readonly reasons: readonly Reason[];
}

type Verdict = (evidence: Evidence) => readonly Reason[];

/**
 * In order of precedence: the first with reasons is the state. What is not known comes before what is bad, and what is bad before what
 * is not much: a budget that is surely spent and a pair that fires have minimums of their own.
 */
const VERDICTS: readonly (readonly [SloState, Verdict])[] = [
  ['no_data', missingData],
  ['no_traffic', missingTraffic],
  ['exhausted', spentBudget],
  ['burning', firingAlerts],
  ['too_little_traffic', littleTraffic],
  ['too_new', shortHistory],
];

export function judge(evidence: Evidence): Judgement {
  const passed: Reason[] = [...(evidence.remarks ?? [])];
  for (const [state, verdict] of VERDICTS) {
    const reasons = verdict(evidence);
    if (reasons.length === 0) continue;
    const over = passedOver(state, reasons, evidence.definition);
    if (over === undefined) return { state, reasons: [...reasons, ...passed] };
    passed.push(...over);
    // Of nothing there is never enough.
    if (state === 'no_traffic') break;
  }
  return { state: 'ok', reasons: passed };
}

function missingData(evidence: DataEvidence): readonly Reason[] {
  const { definition, parts } = evidence;
  if (parts !== undefined) return parts.flatMap(missingData);
  const sources = livingSources(evidence.sources);
  const removed = evidence.sources.at(0);
  if (sources.length === 0 && removed !== undefined) {
    return [{ code: 'source_removed', args: { service: definition.service, origin: removed.origin } }];
  }
  if (sources.every(({ complete_to }) => complete_to === undefined) && !sources.some(isBroken)) {
    return [{ code: 'never_heard', args: { service: definition.service } }];
  }
  return [...sources.flatMap((source) => silenceOf(source, evidence)), ...unmeasured(evidence)];
}

/** Why nothing can be said while this source is as it is; a broken one is not reported as stale as well. */
function silenceOf(source: SloSource, { definition: { service }, now }: DataEvidence): readonly Reason[] {
  const { origin, complete_to } = source;
  if (isBroken(source)) {
    const args = { service, origin, state: source.state ?? '', note: source.note ?? 'none' };
    return [{ code: 'source_broken', args }];
  }
  if (complete_to === undefined) return [{ code: 'never_heard', args: { service } }];
  if (!isStale(source, now)) return [];
  return [{ code: 'watermark_stale', args: { service, origin, ...ageArgs(ms(now - complete_to)) } }];
}

/** A histogram can only be missed once events were seen: before that, its service merely had no request. */
function unmeasured({ definition, boundary, newest_event, unanswered }: DataEvidence): readonly Reason[] {
  const { indicator, service } = definition;
  if (unanswered !== undefined) {
    return [{ code: 'not_measurable', args: { service, cause: 'query', note: unanswered } }];
  }
  if (indicator.kind !== 'latency' || boundary === undefined || boundary.kind === 'found') return [];
  if (boundary.kind === 'no_boundary') {
    const threshold = formatDuration(indicator.threshold);
    const choices = boundary.choices.join(', ');
    return [{ code: 'not_measurable', args: { service, cause: 'no_boundary', threshold, choices } }];
  }
  if (newest_event === undefined) return [];
  return [{ code: 'not_measurable', args: { service, cause: 'no_histogram', threshold: '', choices: '' } }];
}

function missingTraffic({ definition, facts, traffic, excluded, asOf }: Evidence): readonly Reason[] {
  if (traffic > 0) return [];
  const { service, window, indicator, proposed } = definition;
  const what = countedUnit(indicator);
  if (excluded !== undefined && excluded.total > 0) {
    return [{ code: 'all_excluded', args: { service, what, excluded: excluded.total, ...windowArgs(window) } }];
  }
  if (facts.series === 0) {
    // What Vigie asks for is what its own transform counts: the first request will be there.
    if (proposed) return [{ code: 'no_request_yet', args: { service } }];
    return [{ code: 'no_series', args: { service, what, selector: measuredText(indicator) } }];
  }
  if (facts.newest !== undefined && facts.newest <= asOf - nominalLength(window)) {
    return [{ code: 'data_elsewhere', args: { service, what, newest: facts.newest } }];
  }
  return [{ code: 'no_traffic', args: { service, what, ...windowArgs(window) } }];
}

function littleTraffic({ definition, traffic }: Evidence): readonly Reason[] {
  const { service, window, minimum_events } = definition;
  if (traffic >= minimum_events) return [];
  const args = {
    service,
    what: countedUnit(definition.indicator),
    total: traffic,
    minimum: minimum_events,
    ...aloneArgs(traffic, definition),
    ...windowArgs(window),
  };
  return [{ code: 'too_little_traffic', args }];
}

/** What a single failure would be of so many events, beside what may fail. */
function aloneArgs(total: number, { objective }: SloDefinition) {
  const allowed_ratio = errorBudgetShare(objective);
  const alone = total > 0 ? 1 / total : 1;
  return { alone, allowed_ratio, decides: alone > allowed_ratio ? 'yes' : 'no' };
}

function spentBudget({ definition, events, traffic, budget }: Evidence): readonly Reason[] {
  const counted = { ...events, total: traffic };
  if (!isSurelySpent(counted, definition)) return [];
  const { service, window, indicator, minimum_events } = definition;
  const lacking = Math.max(0, minimum_events - traffic);
  return [
    {
      code: 'budget_spent',
      args: {
        service,
        what: countedUnit(indicator),
        bad: budget.spent,
        allowed: lacking > 0 ? surestBudget(counted, definition).allowed : budget.allowed,
        lacking,
        ...windowArgs(window),
      },
    },
  ];
}

function shortHistory({ definition: { service }, facts, asOf }: Evidence): readonly Reason[] {
  if (facts.oldest === undefined || asOf - facts.oldest >= HOUR) return [];
  return [{ code: 'too_new', args: { service, ...ageArgs(ms(asOf - facts.oldest)) } }];
}

/** One reason per tier, told by its fastest pair: the tiers of one fire are one incident. In the first hour only a page is one. */
function firingAlerts(evidence: Evidence): readonly Reason[] {
  const { definition, burns, alerts } = evidence;
  const firing = alerts.filter((pair) => pair.firing);
  if (!firing.some(({ tier }) => tier === 'page') && shortHistory(evidence).length > 0) return [];
  return ALERT_TIERS.flatMap((tier) => {
    const pair = firing.find((candidate) => candidate.tier === tier);
    return pair === undefined ? [] : burnReason(definition.service, pair, burnOver(burns, pair.long_secs));
  });
}
