import type { CompileMatcher, Window } from '../../server/model/engine.ts';
import type { Exclusion, ExclusionState, ExclusionUndo } from '../../server/model/exclusions.ts';
import type { Labels } from '../../server/model/labels.ts';
import { DAY, type Ms, ms } from '../../server/model/units.ts';
import { silenceMatches } from '../alerts/silence.ts';
import { occurrences, readRecurrence } from './recurrence.ts';
import { clipped, joined } from './spans.ts';

/** What exclusions look at of an SLO. */
export interface ExcludableSlo {
  readonly id: string;
  readonly service: string;
  readonly owner: string;
  readonly labels: Labels;
  readonly group?: { readonly of: string };
}

export function appliesTo(
  exclusion: Pick<Exclusion, 'slos' | 'matchers'>,
  slo: ExcludableSlo,
  compile: CompileMatcher,
) {
  const { slos = [], matchers = [] } = exclusion;
  if (slos.includes(slo.id) || (slo.group !== undefined && slos.includes(slo.group.of))) return true;
  const labels = { ...slo.labels, slo: slo.id, service: slo.service, owner: slo.owner };
  return matchers.length > 0 && silenceMatches({ matchers }, labels, compile);
}

/** The spans of an exclusion that reach into a window, cut at its borders, rising and apart. Events of (start, end] are left out. */
export function spansWithin(
  exclusion: Pick<Exclusion, 'starts' | 'ends' | 'recurrence'>,
  window: Window,
): readonly Window[] {
  const length = exclusion.ends - exclusion.starts;
  const spans = startsFrom(exclusion, ms(window.start - length), window.end).map((start) => ({
    start,
    end: ms(start + length),
  }));
  return clipped(joined(spans), window);
}

function startsFrom({ starts, recurrence }: Pick<Exclusion, 'starts' | 'recurrence'>, from: Ms, to: Ms): readonly Ms[] {
  if (recurrence !== undefined) return occurrences(readRecurrence(recurrence), ms(starts), from, to);
  return starts >= from && starts <= to ? [ms(starts)] : [];
}

/** Rules of leap days have years between them. */
const LOOK_AHEAD = ms(8 * 366 * DAY);

/** The occurrence that runs at `now`, or the next one; undefined when there is none any more. */
export function currentSpan(exclusion: Exclusion, now: Ms): Window | undefined {
  const length = exclusion.ends - exclusion.starts;
  const [start] = startsFrom(exclusion, ms(now - length + 1), ms(now + LOOK_AHEAD));
  return start === undefined ? undefined : { start, end: ms(start + length) };
}

export function exclusionState(exclusion: Exclusion, undone: ExclusionUndo | undefined, now: Ms): ExclusionState {
  if (undone !== undefined) return 'undone';
  const span = currentSpan(exclusion, now);
  if (span === undefined) return 'past';
  return span.start <= now ? 'now' : 'ahead';
}
