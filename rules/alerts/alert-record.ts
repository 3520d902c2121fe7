import type { Alert, AlertEvent, AlertFigures, AlertTier } from '../../server/model/alerts.ts';
import type { Labels } from '../../server/model/labels.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { HOUR } from '../../server/model/units.ts';
import { burnOver } from './alert-condition.ts';
import { alertSentences } from './alert-sentences.ts';

const TIMELINE_EVENTS = 50;
const FIRST_EVENTS = 10;

/** The alert with what happened on its timeline, and its sentences made anew. */
export function withEvents(alert: Alert, events: readonly AlertEvent[]): Alert {
  if (events.length === 0) return alert;
  const all = [...alert.timeline, ...events];
  const timeline =
    all.length <= TIMELINE_EVENTS ? all : [...all.slice(0, FIRST_EVENTS), ...all.slice(FIRST_EVENTS - TIMELINE_EVENTS)];
  return withSentences({ ...alert, timeline });
}

export function withSentences(alert: Alert): Alert {
  return { ...alert, sentences: alertSentences(alert) };
}

/** The alert of a status, before anything happened to it. */
export function newAlert(status: SloStatus, tier: AlertTier): Omit<Alert, 'figures'> {
  const { id, title, made_title, service, owner, unit, labels, as_of } = status;
  return {
    id: `${id}-${compactTime(as_of)}`,
    slo: id,
    title,
    ...(made_title && { made_title }),
    service,
    owner,
    unit,
    labels: shortLabels(labels),
    state: 'pending',
    tier,
    worst_tier: tier,
    since: as_of,
    silenced_by: [],
    timeline: [],
    sentences: [],
  };
}

/** 20261121T030400Z, which sorts as text. */
function compactTime(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

const LABEL_CHARACTERS = 2048;

/** An alert must always fit into its document; labels are the one part of a definition without a bound, and those too many are left out. */
function shortLabels(labels: Labels): Labels {
  let room = LABEL_CHARACTERS;
  return Object.fromEntries(
    Object.entries(labels).filter(([name, value]) => {
      const length = name.length + value.length;
      if (length > room) return false;
      room -= length;
      return true;
    }),
  );
}

/** What was known last, of an alert that no pair of windows has fired: over the last hour, beside the allowance. */
export function lastFigures(status: SloStatus, tier: AlertTier): AlertFigures {
  const budget_share = HOUR / 1000 / status.window.duration_secs;
  return figuresOf({ tier, long_secs: HOUR / 1000, short_secs: HOUR / 1000, factor: 1, budget_share }, status);
}

/** The arithmetic of the pair that decided. */
export function figuresOf(pair: AlertFigures['pair'], status: SloStatus): AlertFigures {
  const { tier, long_secs, short_secs, factor, budget_share } = pair;
  const { as_of, objective, burns, budget, exhaustion } = status;
  const window_secs = status.window.duration_secs;
  const long = burnOver(burns, long_secs);
  return {
    as_of,
    objective,
    window_secs,
    pair: { tier, long_secs, short_secs, factor, budget_share },
    long,
    short: burnOver(burns, short_secs),
    spent_ratio: ((long.rate ?? 0) * long_secs) / window_secs,
    budget,
    exhaustion,
  };
}
