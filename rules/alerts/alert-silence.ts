import type { Alert, AlertTier } from '../../server/model/alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { silentOrigins } from '../figures/sources.ts';
import { close, eventsOf } from './alert-moves.ts';
import { lastFigures, newAlert, withEvents } from './alert-record.ts';
import type { AlertStanding, AlertStep } from './alert-state.ts';

/**
 * What silence does to the alert of an SLO. It keeps one that fires from ending, and after a while it is an alert of its own:
 *
 *   last word --- 5 min: the state is no_data --- 5 min that we watched it --> fires, with the tier that the definition has for it
 *
 * Watched, because a server that comes back after hours finds every source silent for ten seconds.
 */
const TELL_AFTER: Ms = ms(5 * MINUTE);

/** The standing with the moment since which there is no data, as far as it was watched. */
export function watch({ silent_since, ...standing }: AlertStanding, { state }: SloStatus, now: Ms): AlertStanding {
  return state === 'no_data' ? { ...standing, silent_since: Math.min(silent_since ?? now, now) } : standing;
}

/** The tier that a silence of this length calls for, when it calls for one. */
export function silenceTier(
  { silent_since }: AlertStanding,
  { no_data_tier }: SloStatus,
  now: Ms,
): AlertTier | undefined {
  return silent_since !== undefined && now - silent_since >= TELL_AFTER ? no_data_tier : undefined;
}

/** An alert that fires goes on without figures. It is worse only when silence itself calls for a page. */
export function holdStill(
  previous: AlertStanding,
  alert: Alert,
  calls: AlertTier | undefined,
  status: SloStatus,
  now: Ms,
): AlertStep {
  const isNew = alert.no_data_since === undefined;
  const isWorse = calls === 'page' && alert.tier !== 'page';
  if (!isNew && !isWorse) return { standing: previous, events: [], alert };
  const tier = isWorse ? 'page' : alert.tier;
  const happened = [...(isNew ? ['no_data' as const] : []), ...(isWorse ? ['escalated' as const] : [])];
  const gap = isNew ? gapOf(previous, status, now) : {};
  const worse = isWorse ? { tier, worst_tier: tier } : {};
  const events = eventsOf(happened, tier, now);
  const held = withEvents({ ...alert, ...gap, ...worse }, events);
  return { standing: { ...previous, alert: held }, events, alert: held };
}

/** Fires because of the silence itself. What was only suspected goes into it: nobody could tell it apart now. */
export function callForSilence(previous: AlertStanding, tier: AlertTier, status: SloStatus, now: Ms): AlertStep {
  const gap = gapOf(previous, status, now);
  const events = eventsOf(['fired'], tier, now);
  const alert: Alert = {
    ...newAlert({ ...status, as_of: gap.no_data_since }, tier),
    ...gap,
    state: 'firing',
    cause: 'no_data',
    figures: lastFigures(status, tier),
    fired: now,
  };
  const told = withEvents(alert, events);
  return { standing: { ...previous, as_of: status.as_of, alert: told, holding: [] }, events, alert: told };
}

/** Data is back, which ends it: what the data says is for an alert of its own to tell. */
export function endSilence(previous: AlertStanding, alert: Alert, status: SloStatus, now: Ms): AlertStep {
  const { no_data_since: _, silent: __, ...heard } = alert;
  const events = eventsOf(['data_back'], alert.tier, now);
  const by = status.no_data_tier === undefined ? 'withdrawn' : 'recovered';
  const back = withEvents({ ...heard, figures: lastFigures(status, alert.tier) }, events);
  return close({ ...previous, as_of: status.as_of, holding: [] }, back, { as_of: now, by, now });
}

function gapOf(previous: AlertStanding, status: SloStatus, now: Ms) {
  return {
    no_data_since: lastHeard(previous, status, now),
    silent: shortList(silentOrigins(status.sources, now)),
  };
}

/** Up to when figures are true. Where no source says how far it is, as of those that were judged last. */
function lastHeard({ as_of, alert, silent_since }: AlertStanding, status: SloStatus, now: Ms): number {
  const known = status.sources.some(({ complete_to }) => complete_to !== undefined);
  return known ? Math.min(status.as_of, now) : (as_of ?? alert?.since ?? silent_since ?? now);
}

const MOST_NAMES = 5;
const NAME_CHARACTERS = 100;

/** An alert must always fit into its document. */
function shortList(names: readonly string[]): readonly string[] {
  return names.slice(0, MOST_NAMES).map((name) => name.slice(0, NAME_CHARACTERS));
}
