import type { PositionValue } from '../../server/model/batch.ts';
import type { Positions } from './span.ts';

/** A source that may follow what another one followed. */
export interface Claimant {
  readonly id: string;
  /** Its own positions. */
  readonly positions: Positions;
  /** Those of somebody else's positions that name what it follows, as they are to it. */
  claim(positions: Positions): Positions;
}

/** A position that moves from a source that is no longer configured to one that follows the same. */
export interface Inheritance {
  readonly heir: string;
  readonly from: string;
  readonly key: string;
  readonly value: PositionValue;
}

/**
 * Who takes over the positions left by sources that are no longer configured: a source that was given another id reads nothing twice
 * and misses nothing. A claimant that stands at a key already keeps its own; of several claimants the first takes it. Pure but for
 * `claim`.
 */
export function inheritances(left: ReadonlyMap<string, Positions>, claimants: readonly Claimant[]): Inheritance[] {
  const taken = new Set<string>();
  return claimants.flatMap((claimant) =>
    [...left].flatMap(([from, positions]) => {
      const free = Object.entries(positions).filter(
        ([key]) => !Object.hasOwn(claimant.positions, key) && !taken.has(`${from}/${key}`),
      );
      const claimed = free.length === 0 ? {} : claimant.claim(Object.fromEntries(free));
      return Object.entries(claimed).map(([key, value]) => {
        taken.add(`${from}/${key}`);
        return { heir: claimant.id, from, key, value };
      });
    }),
  );
}
