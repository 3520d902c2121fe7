import { alignDown, slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { coarsest, type Ring } from './ring.ts';

/**
 * Which slots add up to a window, judged once for all series of a request.
 *
 * `newest` is the newest high-water mark of the request. Ring r is used from the border `from[r]` on:
 *
 *     time        from[3]            from[2]          from[1]    from[0]      newest
 *     1 h         |==================|================|==========|============|
 *     5 min                          |================|==========|============|
 *     1 min                                           |==========|============|
 *     10 s                                                       |============|
 *
 * `from[r]` is newest - span(r), moved down to a border of ring r (its slot still ends after newest - span) and then up to a
 * border of ring r+1, so that a coarse slot is either whole in the finer ring or not used there at all. Everything an origin
 * sent for a slot at or after `from[r]` was accepted by ring r and is still held: marks only rise, so the slot was inside the
 * span at every earlier moment too.
 */
export interface Usable {
  readonly rings: readonly Ring[];
  /** Per ring, the border from which on it is complete. Falls from fine to coarse. */
  readonly from: readonly Ms[];
}

/** A run of slots of one ring, both ends included. */
export interface SlotRun {
  readonly ring: Ring;
  readonly first: number;
  readonly last: number;
}

export interface Cover {
  /** The window the runs cover exactly; empty (start = end) when no ring holds any of it. */
  readonly start: Ms;
  readonly end: Ms;
  readonly runs: readonly SlotRun[];
}

/** @param since per ring, a moment before which it holds nothing, ms; see `Layout`. */
export function usableRings(rings: readonly Ring[], newest: number, since?: readonly number[]): Usable {
  const from: Ms[] = [];
  for (let i = rings.length - 1; i >= 0; i--) {
    const ring = rings[i];
    const coarser = rings[i + 1];
    if (ring === undefined) continue;
    const border = ms(Math.max(alignDown(ms(newest - ring.span), ring.width), sinceBorder(since?.[i], ring)));
    from[i] = coarser === undefined ? border : ms(Math.max(slotEnd(border, coarser.width), from[i + 1] ?? border));
  }
  return { rings, from };
}

/** A ring that is filled since a moment is complete from the border after it on. */
function sinceBorder(since: number | undefined, { width }: Ring): number {
  return since === undefined || since === Number.NEGATIVE_INFINITY
    ? Number.NEGATIVE_INFINITY
    : slotEnd(ms(since), width);
}

/** The border at or before `time` of the finest ring that is complete there; the oldest border of all when none is. */
export function borderBefore({ rings, from }: Usable, time: number): Ms {
  for (const [i, ring] of rings.entries()) {
    const border = alignDown(ms(time), ring.width);
    if (border >= (from[i] ?? Number.POSITIVE_INFINITY)) return border;
  }
  return from.at(-1) ?? ms(0);
}

/** The border at or after `time` of the finest ring that is complete there; the oldest border of all when none is. */
export function borderAfter({ rings, from }: Usable, time: number): Ms {
  for (const [i, ring] of rings.entries()) {
    const border = slotEnd(ms(time), ring.width);
    if (border - ring.width >= (from[i] ?? Number.POSITIVE_INFINITY)) return border;
  }
  return from.at(-1) ?? ms(0);
}

/**
 * The window that all of them cover exactly, for a question about series of different rings: the borders move outward to the next that
 * every one has, and the start no further back than to where each still reaches. Empty (start = end) when some reach none of it.
 */
export function jointWindow(usables: readonly Usable[], start: number, end: number): { start: Ms; end: Ms } {
  const grid = widestSlot(usables.map(({ rings }) => rings));
  const oldest = slotEnd(ms(Math.max(...usables.map(({ from }) => from.at(-1) ?? 0))), grid);
  const settle = (border: typeof borderBefore, time: number): Ms => {
    for (let at = time; ; ) {
      const moved = usables.reduce((moving, usable) => border(usable, moving), at);
      if (moved === at) return ms(moved);
      at = moved;
    }
  };
  const from = settle(borderBefore, Math.max(start, oldest));
  return { start: from, end: end <= from ? from : settle(borderAfter, end) };
}

/** The shortest time that is a whole number of slots of every ring: each width divides the next. */
export function widestSlot(all: readonly (readonly Pick<Ring, 'width'>[])[]): Ms {
  return ms(all.reduce((common, rings) => leastCommonMultiple(common, rings.at(-1)?.width ?? 1), 1));
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** Covers (start, end] by the coarsest slots inside and finer ones at the edges; the borders move outward where they must. */
export function coverWindow(usable: Usable, start: number, end: number): Cover {
  const from = borderBefore(usable, start);
  const to = ms(Math.max(from, borderAfter(usable, end)));
  const runs: SlotRun[] = [];
  for (let at = from as number; at < to; ) {
    const ring = coarsestStep(usable, at, to);
    const slots = Math.max(1, slotsToNextChoice(usable, ring, at, to));
    runs.push({ ring, first: at / ring.width + 1, last: at / ring.width + slots });
    at += slots * ring.width;
  }
  return { start: from, end: to, runs };
}

/** The coarsest complete ring with a slot that starts at `at` and ends by `to`; the finest complete one when every slot is longer. */
function coarsestStep({ rings, from }: Usable, at: number, to: number): Ring {
  let found: Ring | undefined;
  for (const [i, ring] of rings.entries()) {
    if (at % ring.width !== 0 || at < (from[i] ?? 0)) continue;
    if (found === undefined || at + ring.width <= to) found = ring;
  }
  return found ?? coarsest(rings);
}

/** How many slots of `ring` may be taken before a coarser one becomes possible or the window ends. */
function slotsToNextChoice({ rings }: Usable, ring: Ring, at: number, to: number): number {
  const inside = Math.floor((to - at) / ring.width);
  const coarser = rings[ring.index + 1 - (rings[0]?.index ?? 0)];
  if (coarser === undefined) return inside;
  const border = alignDown(ms(at), coarser.width) + coarser.width;
  return Math.min(inside, (border - at) / ring.width);
}
