import type { Alert, AlertEvent, AlertTier } from '../../server/model/alerts.ts';
import { MAX_AHEAD_MS } from '../../server/model/batch.ts';
import type { BurnAlert, SloStatus } from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import { type PairVerdict, pairVerdict } from './alert-condition.ts';
import { begin, burnInstead, close, follow, move, pairKey } from './alert-moves.ts';
import { callForSilence, endSilence, holdStill, silenceTier, watch } from './alert-silence.ts';

/**
 * The alert of one SLO as a state machine: what stood, the latest status and now make what stands and what happened. Pure, so it
 * runs along past time as well as live.
 *
 *   inactive ---- a pair above -----------------------> firing --- no pair holds it any more ---> resolved
 *       \                                              ^  |  \
 *        \-- a pair above, but the sources are silent  |  |   silent: nothing moves, "no data since"
 *            --> pending -- fresh figures agree -------/  a page pair: escalated; only ticket pairs left: eased
 *                   \------ they do not: inactive again, nobody was told
 *   inactive or pending -- silent for long --> firing, its cause is no_data -- heard again --> resolved (`alert-silence.ts`)
 *
 * There is no `for`: the workbook advises against it (outages of five minutes every ten would never fire), the short window does its
 * work. Pending has one meaning: the condition is true for figures too old to wake anybody, as after a long catch-up.
 *
 * A pair that was above and now cannot tell (no event in its short window) holds a firing alert, until its long window has
 * forgotten. Figures older than those already judged change nothing: a clock set back resolves no alert. Only what was judged far
 * ahead of the clock is judged again.
 *
 * While some sources are silent and others heard, the figures of those that are heard fire and escalate as well: their bad events are
 * real. They end nothing, for nobody knows what the others have seen; from then on only figures complete beyond them do.
 */
export interface AlertStanding {
  readonly slo: string;
  /** The moment of the newest figures judged; absent before the first. */
  readonly as_of?: number;
  /** Pending or firing. */
  readonly alert?: Alert;
  /** The pairs of windows that hold it, as `pairKey` names them. */
  readonly holding: readonly string[];
  /** The first evaluation of the present silence. */
  readonly silent_since?: number;
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
  const watched = watch(previous, status, now);
  const raised = raise(watched, status, now);
  const settled = settle(raised.standing, silenceTier(watched, status, now), status, now);
  const { silent_since } = watched;
  const standing = { ...settled.standing, ...(silent_since !== undefined && { silent_since }) };
  return { ...settled, standing, events: [...raised.events, ...settled.events] };
}

/** What the sources say that are heard, while others are silent. */
function raise(previous: AlertStanding, told: SloStatus, now: Ms): AlertStep {
  const unmoved = { standing: previous, events: [] };
  const above = told.heard?.alerts.filter(({ firing }) => firing) ?? [];
  if (above.length === 0) return unmoved;
  const { heard, ...complete } = told;
  const status = { ...complete, ...heard };
  if (isOld(previous, status, now)) return unmoved;
  const { alert, holding } = previous;
  if (alert?.state !== 'firing') return begin(previous, false, { status, holding: above, now });
  const held = status.alerts.filter((pair) => pair.firing || holding.includes(pairKey(pair)));
  const finding = { status, holding: held, now };
  return alert.cause === undefined ? move(alert, [], finding) : (burnInstead(alert, finding) ?? unmoved);
}

/** What all sources say together. `calls`: the tier that their silence calls for. */
function settle(previous: AlertStanding, calls: AlertTier | undefined, status: SloStatus, now: Ms): AlertStep {
  const { alert } = previous;
  const silent = status.state === 'no_data';
  const fires = alert?.state === 'firing';
  if (fires && alert.cause === 'no_data' && !(silent && status.no_data_tier !== undefined)) {
    return endSilence(previous, alert, status, now);
  }
  if (fires && silent) return holdStill(previous, alert, calls, status, now);
  if (calls !== undefined) return callForSilence(previous, calls, status, now);
  if (isOld(previous, status, now)) return { standing: previous, events: [], ...(alert && { alert }) };
  const finding = { status, holding: holdingPairs(previous, status), now };
  return fires ? follow(previous, alert, finding) : begin(previous, silent, finding);
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
