import type { HitColumns, HitFigures, WebLogTable } from '../../model/web-log.ts';
import { addFigures, addRow, figuresOf, noHits, type Sums } from './figures.ts';

export interface CountedRow extends Sums {
  /** Of URLs that were not found: the referrer of the newest request that had one, and its time in ms. */
  referrer?: string;
  time?: number;
}

export interface KeyLimit {
  readonly rows: number;
  /** UTF-16 units of all keys and referrers together. */
  readonly chars: number;
}

/**
 * Figures by key, with a bound. At the bound the half with the fewest requests is folded into `other`, where it still counts:
 * rows and `other` always add up to everything that was added. A key that comes again after it was folded starts a new row.
 */
export class KeyCounts {
  readonly rows = new Map<string, CountedRow>();
  readonly other: Sums & { rows: number } = { rows: 0, ...noHits() };
  readonly #limit: KeyLimit;
  #chars = 0;

  constructor(limit: KeyLimit) {
    this.#limit = limit;
  }

  /** Row `i` of columns, under another key when it is derived from theirs. */
  addRow(key: string, columns: HitColumns, i: number): void {
    const row = this.#open(key);
    addRow(row, columns, i);
    this.#refer(row, columns.referrer?.[i] ?? '', columns.time?.[i] ?? 0);
    this.#bound();
  }

  /** The last referrer of a key, when it has a row. */
  refer(key: string, referrer: string, time: number): void {
    const row = this.rows.get(key);
    if (row !== undefined) this.#refer(row, referrer, time);
  }

  add(key: string, figures: HitFigures, referrer = '', time = 0): void {
    const row = this.#open(key);
    addFigures(row, figures);
    this.#refer(row, referrer, time);
    this.#bound();
  }

  merge(from: KeyCounts): void {
    for (const [key, row] of from.rows) this.add(key, row, row.referrer, row.time);
    this.addOther(from.other);
  }

  addOther(other: HitFigures & { readonly rows: number }): void {
    addFigures(this.other, other);
    this.other.rows += other.rows;
  }

  /** Keeps the rows with the most requests, as many as fit; of equal ones the first that came. */
  fold(limit: KeyLimit): void {
    if (this.rows.size <= limit.rows && this.#chars <= limit.chars) return;
    const ranked = [...this.rows].sort(([, x], [, y]) => y.requests - x.requests);
    let [rows, chars] = [0, 0];
    for (const [key, row] of ranked) {
      chars += charsOf(key, row);
      if (++rows <= limit.rows && chars <= limit.chars) continue;
      this.rows.delete(key);
      this.#chars -= charsOf(key, row);
      addFigures(this.other, row);
      this.other.rows++;
    }
  }

  /** The first rows by requests, then by key. */
  table(limit: number): WebLogTable {
    const ranked = [...this.rows].sort(([a, x], [b, y]) => y.requests - x.requests || (a < b ? -1 : 1));
    const other = { ...this.other };
    for (const [, row] of ranked.slice(limit)) addFigures(other, row);
    other.rows += Math.max(0, ranked.length - limit);
    const rows = ranked.slice(0, limit).map(([key, row]) => ({
      key,
      ...figuresOf(row),
      ...(row.referrer === undefined ? {} : { referrer: row.referrer }),
    }));
    return { rows, other, bounded: this.other.rows > 0 };
  }

  #open(key: string): CountedRow {
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const row = noHits();
    this.rows.set(key, row);
    this.#chars += key.length;
    return row;
  }

  #bound(): void {
    const { rows, chars } = this.#limit;
    if (this.rows.size > rows || this.#chars > chars) this.fold({ rows: rows >> 1, chars: chars >> 1 });
  }

  /** Of two referrers the later one stays, of two of one time the greater text: any order gives the same. */
  #refer(row: CountedRow, referrer: string, time: number): void {
    if (referrer === '') return;
    const known = row.time ?? Number.NEGATIVE_INFINITY;
    if (time < known || (time === known && referrer <= (row.referrer ?? ''))) return;
    this.#chars += referrer.length - (row.referrer?.length ?? 0);
    row.referrer = referrer;
    row.time = time;
  }
}

function charsOf(key: string, { referrer }: CountedRow): number {
  return key.length + (referrer?.length ?? 0);
}
