import type { RingConfig, Selector } from '../model/engine.ts';
import type { RingProfile } from '../model/rings.ts';
import type { Ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { parseSelector } from '../promql/parse.ts';
import { widestSlot } from '../store/rings/cover.ts';
import { type RingFault, ringFault } from '../store/rings/ring.ts';
import type { RingChoice } from '../store/rings/ring-plan.ts';
import type { StoreOptions } from '../store/store-options.ts';

/** Rings as a configuration says them, for the store. Throws VigieError `bad_query` on a bad pattern. */
export function ringChoice({ rings, rules }: RingConfig): RingChoice {
  return {
    rings,
    rules: rules.map((rule) => ({ match: rule.match, rings: rule.rings, matchers: rule.selector.map(compileMatcher) })),
  };
}

/** The same as options of a store. */
export function storeRings(config: RingConfig): Required<Pick<StoreOptions, 'rings' | 'ringRules'>> {
  const { rings, rules } = ringChoice(config);
  return { rings, ringRules: rules };
}

/** A selector as it is written, and as data. Throws VigieError `bad_query`. */
export function readMatch(match: string): { readonly match: string; readonly selector: Selector } {
  return { match, selector: parseSelector(match) };
}

/** Why there cannot be such rings; undefined: there can. */
export function faultOfRings(rings: readonly RingProfile[]): RingFault | undefined {
  return ringFault(rings);
}

/** The shortest time that is a whole number of slots of every ring. */
export function commonSlot({ rings, rules }: RingConfig): Ms {
  return widestSlot([rings, ...rules.map((rule) => rule.rings)]);
}
