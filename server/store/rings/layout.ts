import type { SeriesKind } from '../../model/labels.ts';
import { DEFAULT_RINGS } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { type Usable, usableRings } from './cover.ts';
import { finest, type Ring, ringFloor, ringsOfKind } from './ring.ts';

/** How the data of a series lie. One object serves all series that have the same. */
export interface Layout {
  /** The profile that the rings are of (`ring-plan.ts`). */
  readonly profile: number;
  /** Those of the kind of the series, finest first. */
  readonly rings: readonly Ring[];
  /**
   * Per ring, ms: up to here it holds nothing, because other rings were there then (`conversion.ts`); -Infinity: it holds all that it
   * reaches back to. Absent: so do all.
   */
  readonly since?: readonly number[];
}

/** The default rings of a store that knows no others. */
export function defaultLayout({ kind }: { readonly kind: SeriesKind }): Layout {
  return DEFAULT_LAYOUTS[kind];
}

const DEFAULT_LAYOUTS: Readonly<Record<SeriesKind, Layout>> = {
  sum: { profile: 1, rings: ringsOfKind(DEFAULT_RINGS, 'sum') },
  counter: { profile: 1, rings: ringsOfKind(DEFAULT_RINGS, 'counter') },
  gauge: { profile: 1, rings: ringsOfKind(DEFAULT_RINGS, 'gauge') },
  rrd: { profile: 1, rings: ringsOfKind(DEFAULT_RINGS, 'rrd') },
};

/** The oldest moment that the ring knows of: every sample after it that was accepted is there. @param newest of the series. */
export function floorOf({ since }: Layout, ring: Ring, newest: number): Ms {
  return ms(Math.max(ringFloor(ring, newest), since?.[ring.index] ?? Number.NEGATIVE_INFINITY));
}

/** The same of the raw samples of a counter or gauge. */
export function rawFloor({ layout, newest }: { readonly layout: Layout; readonly newest: number }): Ms {
  return floorOf(layout, finest(layout.rings), newest);
}

/** From where on each ring is complete. @param newest the mark that ages are judged by, ms. */
export function usableOf({ rings, since }: Layout, newest: number): Usable {
  return usableRings(rings, newest, since);
}

/** The same of the roll-ups of a counter or gauge. */
export function usableRollups({ rings, since }: Layout, newest: number): Usable {
  return usableRings(rings.slice(1), newest, since?.slice(1));
}
