import type { SourceState } from '../../server/model/batch.ts';
import type { OriginStatus, SelectorFacts } from '../../server/model/engine.ts';
import { alignDown } from '../../server/model/rings.ts';
import type { SloSource } from '../../server/model/slo.ts';
import { SILENT_AFTER } from '../../server/model/source-silence.ts';
import { MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { sliceGrid } from './slices.ts';

/** A source tells how far it is every ten seconds; one that is further behind holds back no alarm of the others. */
const LATE_AFTER: Ms = MINUTE;

/** Figures are true for whole slots of the finest ring, or for whole slices. */
const FIGURE_GRID: Ms = ms(10 * SECOND);

function figureGrid({ indicator }: SloDefinition): Ms {
  return sliceGrid(indicator) ?? FIGURE_GRID;
}

const BROKEN: readonly (SourceState | undefined)[] = ['missing', 'unreadable', 'unparseable'];

/** A source, and the newest event it saw. */
export interface FedSource extends SloSource {
  readonly newest_event?: number;
}

/**
 * The origins behind an SLO: those that ever wrote its series, and those that say they report its service. One that wrote and is
 * not known any more stays in the list without a watermark.
 */
export function feedingOrigins(
  { service }: SloDefinition,
  facts: SelectorFacts,
  origins: readonly OriginStatus[],
): readonly FedSource[] {
  const known = origins.filter((origin) => facts.origins.includes(origin.origin) || origin.service === service);
  const unknown = facts.origins.filter((name) => !origins.some(({ origin }) => origin === name));
  return [...known.map(sourceOf), ...unknown.map((origin) => ({ origin }))];
}

function sourceOf({ origin, completeTo, heardFrom, newestEvent, state, note, retired }: OriginStatus) {
  return {
    origin,
    ...(completeTo !== undefined && { complete_to: completeTo }),
    ...(heardFrom !== undefined && { heard_from: heardFrom }),
    ...(state !== undefined && { state }),
    ...(note !== undefined && { note }),
    ...(newestEvent !== undefined && { newest_event: newestEvent }),
    ...(retired !== undefined && { retired }),
  };
}

/** Those that figures wait for. A retired one has said everything it will. */
export function livingSources<T extends SloSource>(sources: readonly T[]): readonly T[] {
  return sources.filter(({ retired }) => retired === undefined);
}

/**
 * The moment figures are true for: the slowest watermark of the living sources (of all, when none lives), never after `now`, down
 * to the grid. Without any watermark it is now, and the state says that there is no data.
 */
function asOf(sources: readonly SloSource[], now: Ms, grid: Ms): Ms {
  const living = livingSources(sources);
  const watermarks = (living.length > 0 ? living : sources).flatMap(({ complete_to }) =>
    complete_to === undefined ? [] : [complete_to],
  );
  return alignDown(ms(Math.min(now, ...watermarks)), grid);
}

/** The moments an evaluation counts up to. */
export interface FigureTimes {
  /** All figures are complete and true for it. */
  readonly asOf: Ms;
  /** What is heard while others are silent is complete up to it. */
  readonly heard?: Ms | undefined;
}

export function figureTimes(sources: readonly SloSource[], now: Ms, slo: SloDefinition): FigureTimes {
  const grid = figureGrid(slo);
  const waited = slo.missing?.no_data === 'good' ? sources.filter((source) => !isSilent(source, now)) : sources;
  return { asOf: asOf(waited, now, grid), heard: heardTo(sources, now, grid) };
}

/**
 * How far those are complete that are heard, when others are late, broken or were never heard. Undefined while all are heard, or none.
 */
function heardTo(sources: readonly SloSource[], now: Ms, grid: Ms): Ms | undefined {
  const living = livingSources(sources);
  const watermarks = living.flatMap((source) => (isHeard(source, now) ? (source.complete_to ?? []) : []));
  if (watermarks.length === 0 || watermarks.length === living.length) return undefined;
  return alignDown(ms(Math.min(now, ...watermarks)), grid);
}

function isHeard(source: SloSource, now: Ms): boolean {
  const { complete_to } = source;
  return complete_to !== undefined && now - complete_to <= LATE_AFTER && !isBroken(source);
}

/** The sources that are the reason why there is no data: silent, broken or never heard. */
export function silentOrigins(sources: readonly SloSource[], now: Ms): readonly string[] {
  return livingSources(sources)
    .filter((source) => isSilent(source, now))
    .map(({ origin }) => origin);
}

export function isSilent(source: SloSource, now: Ms): boolean {
  return source.complete_to === undefined || isBroken(source) || isStale(source, now);
}

export function isBroken({ state }: SloSource): boolean {
  return BROKEN.includes(state);
}

export function isStale({ complete_to }: SloSource, now: Ms): boolean {
  return complete_to !== undefined && now - complete_to > SILENT_AFTER;
}
