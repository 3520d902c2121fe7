import type { OriginStatus, SelectorFacts } from '../../server/model/engine.ts';
import type { SloSource } from '../../server/model/slo.ts';
import { HOUR, type Ms, ms } from '../../server/model/units.ts';
import type { Boundary } from '../figures/boundary.ts';
import {
  type FedSource,
  type FigureTimes,
  feedingOrigins,
  figureTimes,
  isBroken,
  isSilent,
  livingSources,
} from '../figures/sources.ts';
import type { SloDefinition } from '../slo-definition.ts';
import type { CompositePart, PartStanding } from './composite.ts';

/** What is known of one part before anything is counted. */
export interface PartFacts {
  readonly facts: SelectorFacts;
  readonly boundary?: Boundary | undefined;
  readonly unanswered?: string | undefined;
}

/** Of all parts together. */
export function mergedFacts(parts: readonly SelectorFacts[]): SelectorFacts {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const times = (of: 'oldest' | 'newest') => parts.flatMap((facts) => facts[of] ?? []);
  const [oldest, newest] = [times('oldest'), times('newest')];
  return {
    series: parts.reduce((sum, { series }) => sum + series, 0),
    origins: [...new Set(parts.flatMap(({ origins }) => origins))],
    ...(oldest.length > 0 && { oldest: ms(Math.min(...oldest)) }),
    ...(newest.length > 0 && { newest: ms(Math.max(...newest)) }),
  };
}

/** What times and sources are made of. */
export interface Known {
  readonly definition: SloDefinition;
  readonly facts: SelectorFacts;
  readonly origins: readonly OriginStatus[];
  /** Of a composite, by part. */
  readonly parts?: readonly PartFacts[] | undefined;
  readonly now: Ms;
}

/** The sources behind an SLO, and the moments that its figures are for. */
export interface KnownSources {
  readonly sources: readonly FedSource[];
  /** Of a composite, by part. */
  readonly byPart: readonly (readonly FedSource[])[];
  readonly times: FigureTimes;
}

/** A composite waits for the parts that are not late: their slowest watermark is its own. */
export function knownSources({ definition, facts, origins, parts, now }: Known): KnownSources {
  const { indicator } = definition;
  if (indicator.kind !== 'composite') {
    const sources = feedingOrigins(definition, facts, origins);
    return { sources, byPart: [], times: figureTimes(sources, now, definition) };
  }
  const byPart = indicator.parts.map((part, i) => partSources(part, parts?.[i], origins));
  const waited = byPart.filter((_, i) => indicator.parts[i]?.standing?.kind !== 'late');
  return { sources: once(byPart.flat()), byPart, times: figureTimes(once(waited.flat()), now, definition) };
}

/**
 * A composite as it stands: which of its parts are late, and which too new to be weighed against others. While nobody is heard all wait,
 * and where all are new none is.
 */
export function settled(known: Known): SloDefinition {
  const { definition, origins, parts: facts, now } = known;
  const { indicator } = definition;
  if (indicator.kind !== 'composite') return definition;
  const late = lateParts(indicator.parts, facts, origins, now);
  const waiting = withParts(definition, indicator.parts, late);
  const { asOf } = knownSources({ ...known, definition: waiting }).times;
  const isNew = indicator.parts.map((_, i) => late[i] === undefined && isTooNew(facts?.[i], asOf));
  const isOld = indicator.parts.some((_, i) => late[i] === undefined && isNew[i] !== true && facts?.[i]?.facts.oldest);
  if (!isOld) return waiting;
  return withParts(
    definition,
    indicator.parts,
    indicator.parts.map((_, i) => late[i] ?? (isNew[i] === true ? { kind: 'too_new' } : undefined)),
  );
}

function withParts(
  definition: SloDefinition,
  parts: readonly CompositePart[],
  standings: readonly (PartStanding | undefined)[],
): SloDefinition {
  const settledParts = parts.map(({ standing: _, ...part }, i) => {
    const standing = standings[i];
    return { ...part, ...(standing !== undefined && { standing }) };
  });
  return { ...definition, indicator: { kind: 'composite', parts: settledParts } };
}

function lateParts(
  parts: readonly CompositePart[],
  facts: readonly PartFacts[] | undefined,
  origins: readonly OriginStatus[],
  now: Ms,
): readonly (PartStanding | undefined)[] {
  const sources = parts.map((part, i) => livingSources(partSources(part, facts?.[i], origins)));
  const isHeard = sources.some((own) => own.length > 0 && !own.some((source) => isSilent(source, now)));
  return parts.map(({ late }, i) => {
    const silent = (sources[i] ?? []).filter((source) => isSilent(source, now));
    // What was never heard nobody can pass over: it may be a mistake.
    if (late === 'wait' || !isHeard || silent.length === 0 || silent.some(isUnheard)) return undefined;
    return { kind: 'late', as: late, since: ms(Math.min(...silent.map(({ complete_to = 0 }) => complete_to))) };
  });
}

function isUnheard(source: SloSource): boolean {
  return source.complete_to === undefined && !isBroken(source);
}

function isTooNew(part: PartFacts | undefined, asOf: Ms): boolean {
  const oldest = part?.facts.oldest;
  return oldest !== undefined && asOf - oldest < HOUR;
}

function partSources(
  { definition }: CompositePart,
  part: PartFacts | undefined,
  origins: readonly OriginStatus[],
): readonly FedSource[] {
  return part === undefined ? [] : feedingOrigins(definition, part.facts, origins);
}

function once(sources: readonly FedSource[]): readonly FedSource[] {
  return [...new Map(sources.map((source) => [source.origin, source])).values()];
}
