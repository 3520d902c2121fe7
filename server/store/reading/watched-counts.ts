import {
  type Selector,
  WATCHED_NUMBERS,
  type WatchedAnswer,
  type WatchedFacts,
  type WatchedGroup,
  type WatchedWindows,
  type Window,
  type WindowCount,
} from '../../model/engine.ts';
import { VigieError } from '../../model/errors.ts';
import { slotEnd } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';
import { factsOf, type Origin } from '../intake/clients.ts';
import type { Pages } from '../pages/pages.ts';
import type { Layout } from '../rings/layout.ts';
import { finest } from '../rings/ring.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';
import { JointCovers } from './joint-covers.ts';
import { MovingPair } from './moving-pair.ts';

export interface WatchParts {
  readonly index: SeriesIndex;
  readonly pages: Pages;
  /** By id. */
  readonly origins: readonly (Origin | undefined)[];
  readonly select: (selector: Selector) => readonly number[];
  /** Another number: more than increments may have changed, and everything is counted anew. */
  readonly disturbances: () => number;
  /** What the store counts of several selectors when it is asked once. */
  readonly countPair: (ids: readonly (readonly number[])[], window: Window) => readonly WindowCount[];
}

/** A selector, and what it finds while the index stands as it is. */
interface Selection {
  readonly selector: Selector;
  generation: number;
  /** Counts up when it finds others. */
  version: number;
  ids: readonly number[];
  series: readonly Series[];
  sums: readonly Series[];
  hasCounters: boolean;
}

interface Group {
  readonly key: string;
  readonly facts: readonly Selection[];
  readonly counted: readonly [Selection, Selection] | undefined;
  readonly pair: MovingPair;
  /** Of the selections that were counted last. */
  version: number;
}

/** Groups counted in one turn of the thread. */
const GROUPS_PER_TURN = 64;

/**
 * Selectors that are asked about again and again, such as those of SLOs: found once for as long as no series comes or goes, and counted
 * by what has changed (`moving-pair.ts`). All answers are those that the same questions have when they are asked anew.
 */
export class WatchedCounts {
  readonly #parts: WatchParts;
  #selections = new Map<string, Selection>();
  #groups: readonly Group[] = [];
  readonly #layouts = new Map<Layout, number>();
  #watch = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Takes the place of what was watched; what goes on being watched is not counted anew. Returns a number to ask by. */
  watch(groups: readonly WatchedGroup[]): number {
    const before = new Map(this.#groups.map((group) => [group.key, group]));
    const selections = new Map<string, Selection>();
    const find = (selector: Selector): Selection => {
      const key = JSON.stringify(selector);
      const found = selections.get(key) ?? this.#selections.get(key) ?? newSelection(selector);
      selections.set(key, found);
      return found;
    };
    this.#groups = groups.map(({ facts, counted }, i) => {
      const key = JSON.stringify([facts, counted]);
      const sides = counted && ([find(counted[0]), find(counted[1])] as const);
      const found = { key, facts: facts.map(find), counted: sides };
      const group = before.get(key) ?? { ...found, pair: new MovingPair(this.#parts.pages, i), version: -1 };
      // Two groups that are alike move on by themselves.
      before.delete(key);
      return group;
    });
    this.#selections = selections;
    return ++this.#watch;
  }

  /** Throws `conflict` when others are watched by now. */
  facts(watch: number): WatchedFacts {
    this.#check(watch);
    const length = this.#groups.length;
    const columns = {
      series: new Float64Array(length),
      oldest: new Float64Array(length),
      newest: new Float64Array(length),
      versions: new Float64Array(length),
      damaged: new Uint8Array(length),
      originsAt: new Uint32Array(length),
    };
    const lists = new OriginLists(this.#parts.origins);
    for (const [i, { facts }] of this.#groups.entries()) {
      const [first] = facts.map((selection) => this.#current(selection));
      const span = spanOf(first?.series ?? []);
      columns.series[i] = first?.series.length ?? 0;
      columns.oldest[i] = span.oldest;
      columns.newest[i] = span.newest;
      columns.damaged[i] = facts.some(({ series }) => this.#parts.pages.haveLost(series)) ? 1 : 0;
      columns.versions[i] = facts.reduce((sum, { version }) => sum + version, 0);
      columns.originsAt[i] = lists.placeOf(facts);
    }
    return { ...columns, origins: lists.all };
  }

  /** The windows of every group. Between groups others may have their turn. Throws `conflict` when others are watched by now. */
  *count({ watch, first, starts, ends }: WatchedWindows): Generator<undefined, WatchedAnswer> {
    this.#check(watch);
    const answer = new Float64Array(starts.length * WATCHED_NUMBERS);
    const covers = new Map<string, JointCovers>();
    for (const [i, group] of this.#groups.entries()) {
      const [from, to] = [first[i] ?? 0, first[i + 1] ?? 0];
      const windows = { starts: starts.subarray(from, to), ends: ends.subarray(from, to) };
      if (to > from) answer.set(this.#countGroup(group, windows, covers), from * WATCHED_NUMBERS);
      if (i % GROUPS_PER_TURN === GROUPS_PER_TURN - 1) yield;
    }
    return answer;
  }

  #check(watch: number): void {
    if (watch !== this.#watch) throw new VigieError('conflict', 'cannot count: others are watched by now');
  }

  #countGroup(group: Group, windows: Columns, known: Map<string, JointCovers>): ArrayLike<number> {
    const { counted, pair } = group;
    if (counted === undefined) return [];
    const sides = [this.#current(counted[0]), this.#current(counted[1])] as const;
    const version = sides[0].version + sides[1].version;
    if (version !== group.version) pair.forget();
    group.version = version;
    const covers = sides.some(({ hasCounters }) => hasCounters) ? undefined : this.#coversOf(sides, known);
    if (covers === undefined) return this.#countAnew(sides, windows);
    return pair.count([sides[0].sums, sides[1].sums], covers, this.#parts.disturbances(), windows);
  }

  /** As every question that is asked once. */
  #countAnew(sides: readonly Selection[], { starts, ends }: Columns): ArrayLike<number> {
    const ids = sides.map((side) => side.ids);
    return Array.from(starts, (start, i) => {
      const counts = this.#parts.countPair(ids, { start: ms(start), end: ms(ends[i] ?? 0) });
      const { window } = counts[0] ?? { window: { start, end: start } };
      return [window.start, window.end, counts[0]?.sum ?? 0, counts[1]?.sum ?? 0];
    }).flat();
  }

  /** Undefined without data: then nothing says what is old. */
  #coversOf(sides: readonly Selection[], known: Map<string, JointCovers>): JointCovers | undefined {
    let mark = Number.NEGATIVE_INFINITY;
    let origins: ReadonlySet<number> | undefined;
    const layouts: Layout[] = [];
    for (const { sums, series } of sides) {
      for (const one of series) {
        if (one.origins === origins) continue;
        origins = one.origins;
        for (const origin of origins) mark = Math.max(mark, this.#parts.origins[origin]?.highWater ?? mark);
      }
      for (const { layout } of sums) if (!layouts.includes(layout)) layouts.push(layout);
    }
    if (!Number.isFinite(mark) || layouts.length === 0) return undefined;
    const key = `${mark} ${layouts.map((layout) => this.#placeOf(layout)).join()}`;
    const covers = known.get(key) ?? new JointCovers(layouts, ms(mark));
    known.set(key, covers);
    return covers;
  }

  #placeOf(layout: Layout): number {
    const place = this.#layouts.get(layout) ?? this.#layouts.size;
    this.#layouts.set(layout, place);
    return place;
  }

  #current(selection: Selection): Selection {
    const { index, select } = this.#parts;
    if (selection.generation === index.generation) return selection;
    selection.generation = index.generation;
    const ids = select(selection.selector);
    const isSame = ids.length === selection.ids.length && ids.every((id, i) => id === selection.ids[i]);
    if (isSame && selection.series.every(({ removed }) => !removed)) return selection;
    const series = ids.map((id) => index.get(id));
    const sums = series.filter(({ kind }) => kind === 'sum');
    const hasCounters = series.some(({ kind }) => kind === 'counter');
    return Object.assign(selection, { ids, series, sums, hasCounters, version: selection.version + 1 });
  }
}

/** Windows of one group. */
interface Columns {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

function newSelection(selector: Selector): Selection {
  return { selector, generation: -1, version: 0, ids: [], series: [], sums: [], hasCounters: false };
}

/** Ends of the oldest and the newest slot with data; NaN without any. */
function spanOf(all: readonly Series[]): { readonly oldest: number; readonly newest: number } {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { newest: last, oldest: first, layout } of all) {
    if (!Number.isFinite(last)) continue;
    const { width } = finest(layout.rings);
    oldest = Math.min(oldest, slotEnd(ms(first), width));
    newest = Math.max(newest, slotEnd(ms(last), width));
  }
  return oldest > newest ? { oldest: Number.NaN, newest: Number.NaN } : { oldest, newest };
}

/** Names of origins, one list for all groups that have the same. */
class OriginLists {
  readonly all: (readonly string[])[] = [];
  readonly #origins: WatchParts['origins'];
  readonly #byText = new Map<string, number>();
  readonly #bySet = new Map<ReadonlySet<number>, number>();

  constructor(origins: WatchParts['origins']) {
    this.#origins = origins;
  }

  /** Where the list of those that ever wrote to what the selections find is among all. */
  placeOf(selections: readonly Selection[]): number {
    const sets = new Set(selections.flatMap(({ series }) => series.map(({ origins }) => origins)));
    const [only] = sets;
    if (sets.size !== 1 || only === undefined) return this.#place(selections);
    const known = this.#bySet.get(only) ?? this.#place(selections);
    this.#bySet.set(only, known);
    return known;
  }

  #place(selections: readonly Selection[]): number {
    const names = [...new Set(selections.flatMap(({ series }) => factsOf(series, this.#origins).origins))];
    const text = JSON.stringify(names);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.all.length);
    return this.all.push(names) - 1;
  }
}
