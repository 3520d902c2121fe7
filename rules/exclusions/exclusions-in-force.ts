import type { CompileMatcher, Window } from '../../server/model/engine.ts';
import type { Exclusion } from '../../server/model/exclusions.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { appliesTo, type ExcludableSlo, spansWithin } from './exclusion.ts';
import { clipped, joined } from './spans.ts';

/** What is left out of the figures of SLOs. */
export interface ExclusionsInForce {
  /** Ids of those that leave out some of the window. */
  idsWithin(slo: ExcludableSlo, window: Window): readonly string[];
  /** What all of them leave out of the window: rising, apart, inside of it. */
  spans(slo: ExcludableSlo, window: Window): readonly Window[];
}

export const NO_EXCLUSIONS: ExclusionsInForce = { idsWithin: () => [], spans: () => [] };

/** An evaluation asks for the same days again and again: rules are worked out for all days a window may hold, until a later
 * one is asked for. */
export function exclusionsInForce(exclusions: readonly Exclusion[], compile: CompileMatcher): ExclusionsInForce {
  if (exclusions.length === 0) return NO_EXCLUSIONS;
  const known = exclusions.map((exclusion) => ({ exclusion, spans: rememberedSpans(exclusion) }));
  const of = (slo: ExcludableSlo) => known.filter(({ exclusion }) => appliesTo(exclusion, slo, compile));
  return {
    idsWithin: (slo, window) =>
      of(slo).flatMap(({ exclusion: { id }, spans }) => (spans(window).length > 0 ? [id] : [])),
    spans: (slo, window) => joined(of(slo).flatMap(({ spans }) => spans(window))),
  };
}

/** The days of the longest window before the end of the day that is asked for. */
const REMEMBERED = ms(731 * DAY);

function rememberedSpans(exclusion: Exclusion): (window: Window) => readonly Window[] {
  let known: { readonly within: Window; readonly spans: readonly Window[] } | undefined;
  return (window) => {
    if (known === undefined || window.start < known.within.start || window.end > known.within.end) {
      const end = ms((Math.floor(window.end / DAY) + 1) * DAY);
      const within = { start: ms(Math.min(window.start, end - REMEMBERED)), end };
      known = { within, spans: spansWithin(exclusion, within) };
    }
    return clipped(known.spans, window);
  };
}
