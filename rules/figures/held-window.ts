import type { CompileMatcher, RingConfig, Selector } from '../../server/model/engine.ts';
import { labelEquals } from '../../server/model/labels.ts';
import { DEFAULT_RINGS, type RingProfile } from '../../server/model/rings.ts';
import { formatDuration, type Ms } from '../../server/model/units.ts';
import type { CompositeIndicator } from '../composite/composite.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { longestLength } from '../slo-window.ts';
import { factsSelectors } from './requirements.ts';
import { sliceProblem } from './slices.ts';

/** Why the series of an SLO do not hold its window; undefined: they do. */
export type HeldProblem = (slo: SloDefinition) => string | undefined;

/**
 * Holds windows against the rings of a configuration. Series that a profile surely finds, by labels that the SLO asks for by equality,
 * have its rings; where that is open they have those of the store, for only they are sure to be somebody's.
 */
export function heldProblems(config: RingConfig, compile: CompileMatcher): HeldProblem {
  const problemOf: HeldProblem = (slo) => {
    const window = longestLength(slo.window);
    if (slo.indicator.kind === 'composite') return partProblem(slo.indicator, problemOf);
    for (const selector of factsSelectors(slo)) {
      const { match, rings } = profileOf(selector, config, compile);
      const widest = widestOf(rings);
      if (widest !== undefined && window > widest.span) {
        const whose = match === undefined ? '' : `of the profile ${match} `;
        const held = `the ring ${whose}that reaches back furthest has steps of ${formatDuration(widest.width)}`;
        const keeps = `${held} and keeps ${formatDuration(widest.span)}`;
        return `got ${lengthText(slo, window)}; want at most ${formatDuration(widest.span)}: ${keeps}`;
      }
      const { slices } = slo.indicator;
      const merged = slices && sliceProblem(slices, window, rings);
      if (merged !== undefined) return merged;
    }
    return undefined;
  };
  return problemOf;
}

/** Its parts are counted over its own window. */
function partProblem({ parts }: CompositeIndicator, problemOf: HeldProblem): string | undefined {
  for (const { slo, definition } of parts) {
    const cause = problemOf(definition);
    if (cause !== undefined) return `of its part ${slo}: ${cause}`;
  }
  return undefined;
}

/** By the rings a store has unless it is told otherwise: without profiles no matcher is compiled. */
export const heldByDefault: HeldProblem = heldProblems({ rings: DEFAULT_RINGS, rules: [] }, ({ name, value }) =>
  labelEquals(name, value),
);

/** The rings that the series of an SLO have, by selector. */
export function ringsOf(
  slo: SloDefinition,
  config: RingConfig,
  compile: CompileMatcher,
): readonly (readonly RingProfile[])[] {
  return factsSelectors(slo).map((selector) => profileOf(selector, config, compile).rings);
}

function profileOf(selector: Selector, { rings, rules }: RingConfig, compile: CompileMatcher) {
  const sure = rules.find((rule) => isSurelyFound(selector, rule.selector, compile));
  return sure === undefined ? { match: undefined, rings } : { match: sure.match, rings: sure.rings };
}

function isSurelyFound(selector: Selector, rule: Selector, compile: CompileMatcher): boolean {
  return rule.every((matcher) => {
    const asked = selector.find(({ name, op }) => name === matcher.name && op === '=');
    return asked !== undefined && compile(matcher).matches(asked.value);
  });
}

function widestOf(rings: readonly RingProfile[]): RingProfile | undefined {
  return rings.reduce<RingProfile | undefined>(
    (best, ring) => (ring.span > (best?.span ?? 0) ? ring : best),
    undefined,
  );
}

function lengthText({ window }: SloDefinition, longest: Ms): string {
  return `${window.kind === 'rolling' ? 'a window of' : 'periods of up to'} ${formatDuration(longest)}`;
}
