import type { Window } from '../../model/engine.ts';
import type { Ms } from '../../model/units.ts';
import { coverWindow, jointWindow, type SlotRun, type Usable } from '../rings/cover.ts';
import { type Layout, usableOf } from '../rings/layout.ts';
import type { Ring } from '../rings/ring.ts';

/** Windows, and the slots that add up to them, for series of these layouts judged by one mark: worked out once for all who ask. */
export class JointCovers {
  readonly mark: Ms;
  readonly layouts: readonly Layout[];
  readonly #usables: ReadonlyMap<Layout, Usable>;
  readonly #windows = new ByBorders<Window>();
  readonly #runs: ReadonlyMap<Layout, ByBorders<readonly SlotRun[] | undefined>>;

  constructor(layouts: readonly Layout[], mark: Ms) {
    this.mark = mark;
    this.layouts = layouts;
    this.#usables = new Map(layouts.map((layout) => [layout, usableOf(layout, mark)]));
    this.#runs = new Map(layouts.map((layout) => [layout, new ByBorders()]));
  }

  /** The window as it is counted: its borders are those of slots that all series have. */
  window(start: number, end: number): Window {
    return this.#windows.get(start, end, () => jointWindow([...this.#usables.values()], start, end));
  }

  /** Undefined when no slots add up to exactly (start, end]. */
  runs(layout: Layout, start: number, end: number): readonly SlotRun[] | undefined {
    return this.#runs.get(layout)?.get(start, end, () => {
      const usable = this.#usables.get(layout);
      const cover = usable && coverWindow(usable, start, end);
      return cover?.start === start && cover.end === end ? cover.runs : undefined;
    });
  }

  /** Whether the finest rings of all series are complete from a moment on and have a border there. */
  areFineFrom(time: number): boolean {
    for (const { rings, from } of this.#usables.values()) {
      if (time % (rings[0]?.width ?? 1) !== 0 || !(time >= (from[0] ?? Number.POSITIVE_INFINITY))) return false;
    }
    return true;
  }

  /** The finest ring that is complete from a border on; undefined when there is none, or the series are of several layouts. */
  ringFrom(time: number): Ring | undefined {
    const [usable, ...others] = this.#usables.values();
    if (usable === undefined || others.length > 0) return undefined;
    return usable.rings.find(({ width }, i) => time % width === 0 && time >= (usable.from[i] ?? time + 1));
  }
}

/** Most groups ask for the same few windows. */
class ByBorders<T> {
  readonly #byEnd = new Map<number, Map<number, T>>();

  get(start: number, end: number, make: () => T): T {
    let byStart = this.#byEnd.get(end);
    if (byStart === undefined) {
      byStart = new Map();
      this.#byEnd.set(end, byStart);
    }
    const known = byStart.get(start);
    if (known !== undefined || byStart.has(start)) return known as T;
    const made = make();
    byStart.set(start, made);
    return made;
  }
}
