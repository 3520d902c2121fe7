import type { Alert, AlertEvent, AlertTier } from '../../server/model/alerts.ts';
import type { BurnAlert, SloStatus } from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import { figuresOf, newAlert, withEvents, withSentences } from './alert-record.ts';
import type { AlertStanding, AlertStep } from './alert-state.ts';

/** What an evaluation says about the pairs of an alert. */
export interface Finding {
  /** The figures that say it. */
  readonly status: SloStatus;
  /** The pairs that hold the alert. */
  readonly holding: readonly BurnAlert[];
  readonly now: Ms;
}

export function pairKey({ tier, long_secs, short_secs }: BurnAlert): string {
  return `${tier}/${long_secs}/${short_secs}`;
}

export function atRest({ id, as_of }: SloStatus): AlertStep {
  return { standing: { slo: id, as_of, holding: [] }, events: [] };
}

/** Fires, or waits for fresh figures. */
export function begin({ alert: pending }: AlertStanding, silent: boolean, finding: Finding): AlertStep {
  const { status, holding, now } = finding;
  const [pair] = worstFirst(holding);
  if (pair === undefined) return atRest(status);
  const { tier } = pair;
  if (silent && pending?.tier === tier) return keep(pending, [], finding);
  const alert: Alert = {
    ...(pending ?? newAlert(status, tier)),
    state: silent ? 'pending' : 'firing',
    tier,
    worst_tier: tier,
    figures: figuresOf(pair, status),
    ...(!silent && { fired: status.as_of }),
  };
  const happened = silent ? (pending === undefined ? ['pending' as const] : []) : ['fired' as const];
  return keep(alert, eventsOf(happened, tier, now), finding);
}

/** Judges a firing alert by complete figures. */
export function follow(previous: AlertStanding, alert: Alert, finding: Finding): AlertStep {
  const { status, holding, now } = finding;
  const known = notAhead(alert, status);
  const { no_data_since, silent: _, ...withoutGap } = known;
  const back = no_data_since === undefined ? [] : ['data_back' as const];
  const heardAlert = no_data_since === undefined ? known : withoutGap;
  if (holding.length > 0) return move(heardAlert, back, finding);
  const by = status.alerts.length === 0 ? 'withdrawn' : 'recovered';
  const { as_of, budget, exhaustion } = status;
  const fresh = withEvents(
    { ...heardAlert, figures: { ...heardAlert.figures, as_of, budget, exhaustion } },
    eventsOf(back, alert.tier, now),
  );
  return close({ ...previous, as_of, holding: [] }, fresh, { as_of, by, now });
}

/** The alert under the pairs that hold it now: as it was, escalated or eased. `before`: what happened first. */
export function move(alert: Alert, before: readonly AlertEvent['kind'][], finding: Finding): AlertStep {
  const { status, holding, now } = finding;
  const [pair] = worstFirst(holding);
  if (pair === undefined || pair.tier === alert.tier) return keep(alert, eventsOf(before, alert.tier, now), finding);
  const { tier } = pair;
  const change = tier === 'page' ? 'escalated' : 'eased';
  const worst_tier = tier === 'page' ? tier : alert.worst_tier;
  const moved = { ...alert, tier, worst_tier, figures: figuresOf(pair, status) };
  return keep(moved, eventsOf([...before, change], tier, now), finding);
}

/** An alert for want of data becomes that of a burn when a page is seen in what is heard. */
export function burnInstead({ cause: _, ...alert }: Alert, finding: Finding): AlertStep | undefined {
  const page = finding.holding.find(({ tier }) => tier === 'page');
  if (page === undefined) return undefined;
  const burning = { ...alert, figures: figuresOf(page, finding.status) };
  return move(burning, alert.tier === 'page' ? ['fired'] : [], finding);
}

/** An alert of a clock that was ahead began, as far as anybody knows now, with these figures. */
function notAhead(alert: Alert, { as_of }: SloStatus): Alert {
  if (alert.since <= as_of) return alert;
  return withSentences({ ...alert, since: as_of, fired: as_of, figures: { ...alert.figures, as_of } });
}

interface Ending {
  readonly as_of: number;
  readonly by: NonNullable<Alert['resolved_by']>;
  readonly now: Ms;
}

export function close(standing: AlertStanding, alert: Alert, { as_of, by, now }: Ending): AlertStep {
  const events = eventsOf([by === 'recovered' ? 'resolved' : 'withdrawn'], alert.tier, now);
  const resolved: Alert = { ...alert, state: 'resolved', resolved: as_of, resolved_by: by, silenced_by: [] };
  const { alert: _, ...inactive } = standing;
  return { standing: inactive, events, alert: withEvents(resolved, events) };
}

function keep(alert: Alert, events: readonly AlertEvent[], { status: { id, as_of }, holding }: Finding): AlertStep {
  const kept = withEvents(alert, events);
  return { standing: { slo: id, as_of, alert: kept, holding: holding.map(pairKey) }, events, alert: kept };
}

export function eventsOf(kinds: readonly AlertEvent['kind'][], tier: AlertTier, now: Ms): readonly AlertEvent[] {
  return kinds.map((kind) => ({ kind, time: now, tier }));
}

/** Page before ticket; within a tier in the order of the definition, fastest first. */
function worstFirst(pairs: readonly BurnAlert[]): readonly BurnAlert[] {
  return [...pairs.filter(({ tier }) => tier === 'page'), ...pairs.filter(({ tier }) => tier !== 'page')];
}
