import type { Ms } from '../../model/units.ts';
import { widen } from '../intake/sum-draft.ts';
import { SampleColumns } from '../pages/sample-columns.ts';
import { RINGS } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { applySamples, type ChangeTarget } from './changes.ts';
import type { JournalRecord } from './journal.ts';
import { applyToHead, applyToRing, type Since } from './sample-changes.ts';
import { applySums } from './sum-changes.ts';

/** Some tens of milliseconds of the thread. */
const MOST_ROWS = 131_072;

/**
 * Samples that are committed and in no page yet. They wait so that a series is gone to once for many samples and not once for each,
 * which is what samples of many series cost.
 *
 *     commits    7: a b c   8: a b c   9: a b c        each row after all of its series, nothing but samples
 *     settle     a 7 8 9   b 7 8 9   c 7 8 9           pages are dirty since 7
 *
 * - A late row, an increment, a look at a page of samples and every flush settle first. So a page that became dirty before the backlog
 *   began is before those of the backlog in the order they are flushed, and one that becomes dirty afterwards behind them.
 * - What a series knows of its times is true at once; the pages are, when anybody looks.
 */
export class Backlog {
  readonly #target: ChangeTarget;
  readonly #mostRows: number;
  readonly #rows = new SampleColumns();
  /** By row: its commit. */
  #lsns = new Float64Array(16);
  #since: Since | undefined;

  /** @param mostRows settled when it is so long. */
  constructor(target: ChangeTarget, mostRows = MOST_ROWS) {
    this.#target = target;
    this.#mostRows = mostRows;
  }

  /** Applies a committed record, at once or later. */
  apply({ sums, samples }: JournalRecord, lsn: number, now: Ms): void {
    if (sums.length > 0) {
      this.settle();
      applySums(this.#target, sums, lsn, now);
    }
    const late = this.#defer(samples, lsn, now);
    if (late === samples.length) return;
    this.settle();
    applySamples(this.#target, samples, late, lsn, now);
  }

  /** Takes the rows of a commit up to the first that is not after all of its series, and returns which that is. */
  #defer(samples: SampleColumns, lsn: number, now: Ms): number {
    const { index } = this.#target;
    const { length, series: ids, times, values, stale } = samples;
    let row = 0;
    for (; row < length; row++) {
      const id = ids[row] ?? 0;
      const time = times[row] ?? 0;
      const series = index.get(id);
      if (time <= series.newest) break;
      widen(series, time);
      if (lsn > series.storedLsn) series.lsn = lsn;
      const at = this.#rows.push(id, time, values[row] ?? 0, stale[row] === 1);
      if (at >= this.#lsns.length) this.#grow();
      this.#lsns[at] = lsn;
    }
    if (row > 0) this.#since ??= { lsn, now };
    if (this.#rows.length >= this.#mostRows) this.settle();
    return row;
  }

  /** Puts everything into pages, ring by ring, as pages lie in the file. What a failing disk kept from its page stays. */
  settle(): void {
    const since = this.#since;
    if (since === undefined) return;
    const [rows, lsns] = [this.#rows, this.#lsns];
    // Pages are looked at while they are changed: by then nothing waits.
    this.#since = undefined;
    try {
      this.#apply(rows, lsns, since);
      rows.cut(0);
    } catch (error) {
      // Begun anew it changes nothing twice: a sample that is there stays, and its slots are made again from raw.
      this.#since = since;
      throw error;
    }
  }

  #apply(rows: SampleColumns, lsns: Float64Array, since: Since): void {
    const target = this.#target;
    const order = bySeries(rows);
    const runs: { readonly series: Series; readonly run: RunRows }[] = [];
    for (let from = 0; from < order.length; ) {
      const to = endOfRun(rows, order, from);
      runs.push({ series: target.index.get(rows.series[order[from] ?? 0] ?? 0), run: { rows, lsns, order, from, to } });
      from = to;
    }
    target.pages.inOrder(() => {
      for (let i = 0; i < RINGS; i++) {
        for (const { series, run } of runs) {
          const ring = series.layout.rings[i];
          if (ring !== undefined) applyToRing(target, series, ring, run, since);
        }
      }
    });
    for (const { series, run } of runs) applyToHead(target, series, run, since);
  }

  #grow(): void {
    const grown = new Float64Array(this.#lsns.length * 2);
    grown.set(this.#lsns);
    this.#lsns = grown;
  }
}

export interface RunRows {
  readonly rows: SampleColumns;
  readonly lsns: Float64Array;
  /** Numbers of rows; the run is those from `from` to before `to`. */
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** The rows of each series one after the other, each series' in the order they came: a counting sort. */
function bySeries({ length, series }: SampleColumns): Int32Array {
  let most = 0;
  for (let row = 0; row < length; row++) most = Math.max(most, series[row] ?? 0);
  const starts = new Int32Array(most + 2);
  for (let row = 0; row < length; row++) starts[(series[row] ?? 0) + 1] = (starts[(series[row] ?? 0) + 1] ?? 0) + 1;
  for (let id = 1; id < starts.length; id++) starts[id] = (starts[id] ?? 0) + (starts[id - 1] ?? 0);
  const order = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const id = series[row] ?? 0;
    const at = starts[id] ?? 0;
    order[at] = row;
    starts[id] = at + 1;
  }
  return order;
}

function endOfRun({ series }: SampleColumns, order: Int32Array, from: number): number {
  const id = series[order[from] ?? 0];
  let to = from + 1;
  while (to < order.length && series[order[to] ?? 0] === id) to++;
  return to;
}
