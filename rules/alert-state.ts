import type { Alert, AlertEvent, AlertTier } from '../server/model/alerts.ts';
import { MAX_AHEAD_MS } from '../server/model/batch.ts';
import type { BurnAlert, SloStatus } from '../server/model/slo.ts';
import type { Ms } from '../server/model/units.ts';
import { type PairVerdict, pairVerdict } from './alert-condition.ts';
import { figuresOf, newAlert, withEvents, withSentences } from './alert-record.ts';

/**
 * The alert of one SLO as a state machine: what stood, the latest status and now make what stands and what happened. Pure, so it
 * runs along past time as well as live.
 *
 *   inactive ---- a pair above -----------------------> firing --- no pair holds it any more ---> resolved
 *       \                                              ^  |  \
 *        \-- a pair above, but the sources are silent  |  |   silent: nothing moves, "no data since"
 *            --> pending -- fresh figures agree -------/  a page pair: escalated; only ticket pairs left: eased
 *                   \------ they do not: inactive again, nobody was told
 *
 * There is no `for`: the workbook advises against it (outages of five minutes every ten would never fire), the short window does its
 * work. Pending has one meaning: the condition is true for figures too old to wake anybody, as after a long catch-up.
 *
 * A pair that was above and now cannot tell (no event in its short window) holds a firing alert, until its long window has
 * forgotten. Figures older than those already judged change nothing: a clock set back resolves no alert. Only what was judged far
 * ahead of the clock is judged again.
 */
export interface AlertStanding {
  readonly slo: string;
  /** The moment of the newest figures judged; absent before the first. */
  readonly as_of?: number;
  /** Pending or firing. */
  readonly alert?: Alert;
  /** The pairs of windows that hold it, as `pairKey` names them. */
  readonly holding: readonly string[];
}

export interface AlertStep {
  readonly standing: AlertStanding;
  /** What happened, oldest first; empty when nothing did. */
  readonly events: readonly AlertEvent[];
  /** The alert as the step left it, a resolved one too. */
  readonly alert?: Alert;
}

export function inactiveAlert(slo: string): AlertStanding {
  return { slo, holding: [] };
}

export function nextAlert(previous: AlertStanding, status: SloStatus, now: Ms): AlertStep {
  const { alert } = previous;
  const silent = status.state === 'no_data';
  if (alert?.state === 'firing' && silent) return silence(previous, alert, status, now);
  if (isOld(previous, status, now)) return { standing: previous, events: [], ...(alert && { alert }) };
  const holding = holdingPairs(previous, status);
  if (alert?.state === 'firing') return follow(previous, alert, holding, status, now);
  return holding.length === 0 ? atRest(status) : begin(previous, holding, silent, status, now);
}

/** Its SLO, or all its pairs, are gone from the definitions: there is nothing left to judge it by. */
export function withdrawAlert({ slo, as_of, alert }: AlertStanding, now: Ms): AlertStep {
  const standing = inactiveAlert(slo);
  if (alert?.state !== 'firing') return { standing, events: [] };
  return close(standing, alert, { as_of: as_of ?? now, by: 'withdrawn', now });
}

/** A standing from far ahead of the clock was a mistake of the clock then: today's figures judge anew. */
function isOld({ as_of }: AlertStanding, status: SloStatus, now: Ms): boolean {
  return as_of !== undefined && status.as_of < as_of && as_of <= now + MAX_AHEAD_MS;
}

function holdingPairs({ holding }: AlertStanding, { alerts, burns }: SloStatus): readonly BurnAlert[] {
  const holds = (pair: BurnAlert, verdict: PairVerdict): boolean =>
    verdict === 'above' || (verdict === 'unknown' && holding.includes(pairKey(pair)));
  return alerts.filter((pair) => holds(pair, pairVerdict(pair, burns)));
}

function pairKey({ tier, long_secs, short_secs }: BurnAlert): string {
  return `${tier}/${long_secs}/${short_secs}`;
}

function atRest({ id, as_of }: SloStatus): AlertStep {
  return { standing: { slo: id, as_of, holding: [] }, events: [] };
}

/** Fires, or waits for fresh figures. */
function begin(
  { alert: pending }: AlertStanding,
  holding: readonly BurnAlert[],
  silent: boolean,
  status: SloStatus,
  now: Ms,
): AlertStep {
  const [pair] = worstFirst(holding);
  if (pair === undefined) return atRest(status);
  const { tier } = pair;
  if (silent && pending?.tier === tier) return keep(pending, holding, status, []);
  const alert: Alert = {
    ...(pending ?? newAlert(status, tier)),
    state: silent ? 'pending' : 'firing',
    tier,
    worst_tier: tier,
    figures: figuresOf(pair, status),
    ...(!silent && { fired: status.as_of }),
  };
  const happened = silent ? (pending === undefined ? ['pending' as const] : []) : ['fired' as const];
  return keep(alert, holding, status, eventsOf(happened, tier, now));
}

function silence(previous: AlertStanding, alert: Alert, status: SloStatus, now: Ms): AlertStep {
  if (alert.no_data_since !== undefined) return { standing: previous, events: [], alert };
  const events = eventsOf(['no_data'], alert.tier, now);
  const silent = withEvents({ ...alert, no_data_since: lastHeard(previous, alert, status, now) }, events);
  return { standing: { ...previous, alert: silent }, events, alert: silent };
}

/** Up to when figures are true. Where no source says how far it is, as of those that were judged last. */
function lastHeard({ as_of }: AlertStanding, { since }: Alert, status: SloStatus, now: Ms): number {
  const known = status.sources.some(({ complete_to }) => complete_to !== undefined);
  return known ? Math.min(status.as_of, now) : (as_of ?? since);
}

function follow(
  previous: AlertStanding,
  alert: Alert,
  holding: readonly BurnAlert[],
  status: SloStatus,
  now: Ms,
): AlertStep {
  const known = notAhead(alert, status);
  const { no_data_since, ...withoutGap } = known;
  const back = no_data_since === undefined ? [] : ['data_back' as const];
  const heardAlert = no_data_since === undefined ? known : withoutGap;
  const [pair] = worstFirst(holding);
  if (pair === undefined) {
    const by = status.alerts.length === 0 ? 'withdrawn' : 'recovered';
    const { as_of, budget, exhaustion } = status;
    const fresh = withEvents(
      { ...heardAlert, figures: { ...heardAlert.figures, as_of, budget, exhaustion } },
      eventsOf(back, alert.tier, now),
    );
    return close({ ...previous, as_of: status.as_of, holding: [] }, fresh, { as_of: status.as_of, by, now });
  }
  const { tier } = pair;
  if (tier === alert.tier) return keep(heardAlert, holding, status, eventsOf(back, tier, now));
  const change = tier === 'page' ? 'escalated' : 'eased';
  const worst_tier = tier === 'page' ? tier : alert.worst_tier;
  const moved = { ...heardAlert, tier, worst_tier, figures: figuresOf(pair, status) };
  return keep(moved, holding, status, eventsOf([...back, change], tier, now));
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

function close(standing: AlertStanding, alert: Alert, { as_of, by, now }: Ending): AlertStep {
  const events = eventsOf([by === 'recovered' ? 'resolved' : 'withdrawn'], alert.tier, now);
  const resolved: Alert = { ...alert, state: 'resolved', resolved: as_of, resolved_by: by, silenced_by: [] };
  const { alert: _, ...inactive } = standing;
  return { standing: inactive, events, alert: withEvents(resolved, events) };
}

function keep(
  alert: Alert,
  holding: readonly BurnAlert[],
  { id, as_of }: SloStatus,
  events: readonly AlertEvent[],
): AlertStep {
  const kept = withEvents(alert, events);
  return { standing: { slo: id, as_of, alert: kept, holding: holding.map(pairKey) }, events, alert: kept };
}

function eventsOf(kinds: readonly AlertEvent['kind'][], tier: AlertTier, now: Ms): readonly AlertEvent[] {
  return kinds.map((kind) => ({ kind, time: now, tier }));
}

/** Page before ticket; within a tier in the order of the definition, fastest first. */
function worstFirst(pairs: readonly BurnAlert[]): readonly BurnAlert[] {
  return [...pairs.filter(({ tier }) => tier === 'page'), ...pairs.filter(({ tier }) => tier !== 'page')];
}
