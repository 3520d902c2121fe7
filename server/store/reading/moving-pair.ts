import { WATCHED_NUMBERS } from '../../model/engine.ts';
import type { Pages } from '../pages/pages.ts';
import { SumPage, type SumTotal } from '../pages/sum-page.ts';
import { finest, type Ring, slotOf } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import type { JointCovers } from './joint-covers.ts';
import { addRuns, forEachPage } from './reader.ts';

/** The sums that each of two selectors finds. */
export type Sides = readonly [readonly Series[], readonly Series[]];

/** A window that was counted, as four numbers of a column. */
const [START, END, FIRST_SUM] = [0, 1, 2] as const;

/**
 * Slots that leave a window next, read before they do: where they begin, their width, how many they are, and how many of them hold
 * something; then of each of those its place among them and the sums of both sides.
 */
const [AHEAD_FROM, AHEAD_WIDTH, AHEAD_SLOTS, AHEAD_FILLED, AHEAD_FIRST] = [0, 1, 2, 3, 4] as const;
const MOST_FILLED = 24;
const AHEAD_NUMBERS = AHEAD_FIRST + 3 * MOST_FILLED;
/** Read at once: where little happens, few slots of a long time are kept. */
const SLOTS_READ = 480;

/** Both sides of some slots, one after the other; for a moment. */
const scratch = new Float64Array(2 * SLOTS_READ);

/** The borders of windows, ms. */
interface Columns {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

interface Side {
  /** Increments ever. */
  seen: number;
  /** What lies after the border. */
  after: SumTotal;
  entering: number;
}

/**
 * What two selectors count over windows that move on, without counting them anew. Between two counts
 *
 *     before   (start0 ==================================] border0
 *     now           (start1 =====================================] border1
 *     sum1 = sum0 - sum(start0, start1]  +  sum(border0, border1]
 *
 * 1. That holds when nothing at or before `border0` has changed. A series knows how many increments it ever took, each at least one, and
 *    they are never taken back but by what changes the epoch: all of the difference lies after `border0` or something came late. Then
 *    everything is counted anew.
 * 2. Sums of integers are exact in any order. With fractions the last bits depend on it, so windows that hold some are counted anew.
 * 3. A start moves over slots of the rings that still hold them; where no slots add up to that, the window is counted anew.
 */
export class MovingPair {
  readonly #pages: Pages;
  /** So that not all groups read ahead at once. */
  readonly #stagger: number;
  readonly #sides: readonly [Side, Side] = [newSide(), newSide()];
  #covers: JointCovers | undefined;
  #epoch = Number.NaN;
  #border = Number.NaN;
  #known = new Float64Array(0);
  #ahead = new Float64Array(0);
  readonly #leaving: [number, number] = [0, 0];

  constructor(pages: Pages, stagger: number) {
    this.#pages = pages;
    this.#stagger = stagger;
  }

  /** Counts everything anew the next time. */
  forget(): void {
    this.#epoch = Number.NaN;
  }

  /**
   * Counts the windows of `starts` and `ends`, the one whose end moves with time first. Four numbers per window: as it was counted, and
   * the sums of both sides; good until the next call.
   * @param epoch another one: more than increments may have changed.
   */
  count(series: Sides, covers: JointCovers, epoch: number, { starts, ends }: Columns): Float64Array {
    const border = covers.window(starts[0] ?? 0, ends[0] ?? 0).end;
    const isQuiet = this.#advance(series, covers, epoch, border);
    const before = this.#known;
    if (before.length !== starts.length * WATCHED_NUMBERS) {
      this.#known = new Float64Array(starts.length * WATCHED_NUMBERS);
      this.#known.set(before.subarray(0, this.#known.length));
    }
    if (!isQuiet) this.#ahead = new Float64Array(0);
    const moved = isQuiet ? before.length / WATCHED_NUMBERS : 0;
    const rest: number[] = [];
    for (let i = 0; i < starts.length; i++) {
      const { start, end } = covers.window(starts[i] ?? 0, ends[i] ?? 0);
      if (i >= moved || !this.#move(series, covers, i, start, end, border)) rest.push(i);
      this.#known[i * WATCHED_NUMBERS + START] = start;
      this.#known[i * WATCHED_NUMBERS + END] = end;
    }
    if (rest.length > 0) this.#found(series, covers, rest);
    this.#border = border;
    return this.#known;
  }

  /** Takes up what came since the last count; whether all of it lies after the border of then. */
  #advance(series: Sides, covers: JointCovers, epoch: number, border: number): boolean {
    const known = this.#covers;
    const isFine = covers.areFineFrom(border);
    let isQuiet =
      this.#epoch === epoch &&
      known !== undefined &&
      isSame(known.layouts, covers.layouts) &&
      covers.mark >= known.mark &&
      border >= this.#border &&
      covers.areFineFrom(this.#border);
    for (let s = 0; s < 2; s++) {
      const [side, all] = [this.#sides[s as 0 | 1], series[s as 0 | 1]];
      const seen = all.reduce((sum, { n }) => sum + n, 0);
      const news = seen === side.seen || !isQuiet ? side.after : this.#after(all, this.#border);
      isQuiet &&= news.n - side.after.n === seen - side.seen;
      const after = isQuiet && border === this.#border ? news : isFine ? this.#after(all, border) : { n: 0, sum: 0 };
      side.entering = news.sum - after.sum;
      side.seen = seen;
      side.after = after;
    }
    this.#covers = covers;
    this.#epoch = isFine ? epoch : Number.NaN;
    return isQuiet;
  }

  /** What lies after a border, where the finest ring is complete. */
  #after(all: readonly Series[], border: number): SumTotal {
    const total = { n: 0, sum: 0 };
    for (const series of all) {
      if (!(series.newest > border)) continue;
      const ring = finest(series.layout.rings);
      addRuns(
        this.#pages,
        series,
        [{ ring, first: border / ring.width + 1, last: slotOf(ring, series.newest) }],
        total,
      );
    }
    return total;
  }

  /** Moves a window on; false when that cannot be done exactly. */
  #move(series: Sides, covers: JointCovers, i: number, start: number, end: number, border: number): boolean {
    const known = this.#known;
    const at = i * WATCHED_NUMBERS;
    const [start0, end0] = [known[at + START] ?? 0, known[at + END] ?? 0];
    const isLive = end0 === this.#border && end === border;
    if (!isLive && !(end === end0 && end0 <= this.#border)) return false;
    if (start < start0 || start > Math.min(end0, this.#border)) return false;
    if (!this.#leave(series, covers, i, start0, start)) return false;
    for (const s of [0, 1] as const) {
      const entering = isLive ? this.#sides[s].entering : 0;
      const leaving = this.#leaving[s];
      const before = known[at + FIRST_SUM + s] ?? 0;
      if (!Number.isSafeInteger(before) || !Number.isSafeInteger(entering) || !Number.isSafeInteger(leaving))
        return false;
      known[at + FIRST_SUM + s] = before + entering - leaving;
    }
    return true;
  }

  /** Sums up what leaves a window; false when no slots add up to it. */
  #leave(series: Sides, covers: JointCovers, i: number, from: number, to: number): boolean {
    this.#leaving[0] = 0;
    this.#leaving[1] = 0;
    if (from === to) return true;
    if (this.#takeAhead(i, from, to)) return true;
    if (this.#readAhead(series, covers, i, from) && this.#takeAhead(i, from, to)) return true;
    for (const s of [0, 1] as const) {
      const total = this.#between(series[s], covers, from, to);
      if (total === undefined) return false;
      this.#leaving[s] = total;
    }
    return true;
  }

  #takeAhead(i: number, from: number, to: number): boolean {
    const [ahead, at] = [this.#ahead, i * AHEAD_NUMBERS];
    const width = ahead[at + AHEAD_WIDTH] ?? 0;
    if (!(width > 0)) return false;
    const first = (from - (ahead[at + AHEAD_FROM] ?? 0)) / width;
    const last = (to - (ahead[at + AHEAD_FROM] ?? 0)) / width;
    const isThere =
      Number.isInteger(first) && Number.isInteger(last) && first >= 0 && last <= (ahead[at + AHEAD_SLOTS] ?? 0);
    if (!isThere) return false;
    const entries = at + AHEAD_FIRST;
    for (let entry = entries, end = entries + 3 * (ahead[at + AHEAD_FILLED] ?? 0); entry < end; entry += 3) {
      const slot = ahead[entry] ?? 0;
      if (slot < first || slot >= last) continue;
      this.#leaving[0] += ahead[entry + 1] ?? 0;
      this.#leaving[1] += ahead[entry + 2] ?? 0;
    }
    return true;
  }

  /** Reads the slots after `from`: a page is looked up and decoded once for all of them. */
  #readAhead(series: Sides, covers: JointCovers, i: number, from: number): boolean {
    const ring = covers.ringFrom(from);
    if (ring === undefined) return false;
    const needed = (this.#known.length / WATCHED_NUMBERS) * AHEAD_NUMBERS;
    if (this.#ahead.length !== needed) this.#ahead = new Float64Array(needed);
    const [ahead, at] = [this.#ahead, i * AHEAD_NUMBERS];
    const isFirst = !((ahead[at + AHEAD_WIDTH] ?? 0) > 0);
    const share = isFirst ? ((this.#stagger * 31 + i * 5) % SLOTS_READ) / SLOTS_READ : 1;
    const slots = Math.min(Math.floor((this.#border - from) / ring.width), Math.ceil(SLOTS_READ * share));
    ahead[at + AHEAD_FROM] = from;
    ahead[at + AHEAD_WIDTH] = ring.width;
    this.#read(series, ring, from, slots);
    this.#keepAhead(at, slots, Math.ceil(MOST_FILLED * share));
    return true;
  }

  /** Both sides of the slots after `from`, in `scratch`. */
  #read(series: Sides, ring: Ring, from: number, slots: number): void {
    scratch.fill(0, 0, slots);
    scratch.fill(0, SLOTS_READ, SLOTS_READ + slots);
    const before = from / ring.width;
    const run = { ring, first: before + 1, last: before + slots };
    for (const s of [0, 1] as const) {
      for (const one of series[s]) {
        forEachPage(this.#pages, one, [run], (page, first, last) => {
          if (!(page instanceof SumPage)) return;
          const base = s * SLOTS_READ + page.number * ring.slotsPerPage - before - 1;
          page.forEach(first, last, (offset, _n, sum) => {
            scratch[base + offset] = (scratch[base + offset] ?? 0) + sum;
          });
        });
      }
    }
  }

  #keepAhead(at: number, slots: number, most: number): void {
    const ahead = this.#ahead;
    let filled = 0;
    let slot = 0;
    for (; slot < slots; slot++) {
      const [total, part] = [scratch[slot] ?? 0, scratch[SLOTS_READ + slot] ?? 0];
      if (total === 0 && part === 0) continue;
      if (filled >= most) break;
      ahead.set([slot, total, part], at + AHEAD_FIRST + 3 * filled++);
    }
    ahead[at + AHEAD_SLOTS] = slot;
    ahead[at + AHEAD_FILLED] = filled;
  }

  /** Counts windows from their slots. */
  #found(series: Sides, covers: JointCovers, windows: readonly number[]): void {
    const known = this.#known;
    for (const i of windows) {
      const at = i * WATCHED_NUMBERS;
      for (const s of [0, 1] as const) {
        known[at + FIRST_SUM + s] = this.#between(series[s], covers, known[at + START] ?? 0, known[at + END] ?? 0) ?? 0;
      }
    }
  }

  /** Undefined when no slots add up to exactly (start, end]. */
  #between(all: readonly Series[], covers: JointCovers, start: number, end: number): number | undefined {
    const total = { n: 0, sum: 0 };
    for (const series of all) {
      const runs = covers.runs(series.layout, start, end);
      if (runs === undefined) return undefined;
      addRuns(this.#pages, series, runs, total);
    }
    return total.sum;
  }
}

function newSide(): Side {
  return { seen: 0, after: { n: 0, sum: 0 }, entering: 0 };
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
