import {
  HIT_DIMENSIONS,
  type HitColumns,
  type HitDimension,
  type HitFigures,
  type HitTable,
  WEB_LOG_TABLES,
  type WebLogTableName,
} from '../../model/web-log.ts';
import { fileTypeOf, pathOf, siteOf } from './derived-keys.ts';
import { addFigures, noHits, type Sums } from './figures.ts';
import { HyperLogLog } from './hyper-log-log.ts';
import { KeyCounts, type KeyLimit } from './key-counts.ts';

/** While a day is written to; beyond it the smallest half is folded. */
export const OPEN_DAY: KeyLimit = { rows: 20_000, chars: 4 * 2 ** 20 };
/** What is kept of a day that is over. */
export const CLOSED_DAY: KeyLimit = { rows: 1000, chars: 2 ** 18 };

/** What is counted under which key beside the dimension that travels. */
const DERIVED: Partial<Record<HitDimension, Partial<Record<WebLogTableName, (key: string) => string>>>> = {
  url: { path: pathOf, file_type: (url) => fileTypeOf(pathOf(url)) },
  referrer: { referring_site: siteOf },
};

/** The tables of one day of one virtual host, or of everything that was merged into it. */
export class DayTable {
  readonly hours: Sums[] = Array.from({ length: 24 }, noHits);
  readonly tables: Readonly<Record<WebLogTableName, KeyCounts>>;
  visitors = new HyperLogLog();

  constructor(limit: KeyLimit) {
    const made = WEB_LOG_TABLES.map((name) => [name, new KeyCounts(limit)] as const);
    this.tables = Object.fromEntries(made) as Record<WebLogTableName, KeyCounts>;
  }

  total(): Sums {
    const total = noHits();
    for (const hour of this.hours) addFigures(total, hour);
    return total;
  }

  /** Rows that a collector counted (checked by `wire.ts`). */
  add({ rows, visitors }: HitTable): void {
    for (const dimension of HIT_DIMENSIONS) {
      const columns = rows[dimension];
      if (columns !== undefined) this.#addColumns(dimension, columns);
    }
    for (const hash of visitors) this.visitors.add(hash);
  }

  merge(from: DayTable): void {
    for (const [hour, figures] of from.hours.entries()) this.#addHour(hour, figures);
    for (const name of WEB_LOG_TABLES) this.tables[name].merge(from.tables[name]);
    this.visitors.merge(from.visitors);
  }

  fold(limit: KeyLimit): void {
    for (const name of WEB_LOG_TABLES) this.tables[name].fold(limit);
  }

  /** Rows of all tables: a measure of the memory taken. */
  get size(): number {
    return WEB_LOG_TABLES.reduce((sum, name) => sum + this.tables[name].rows.size, 0);
  }

  #addColumns(dimension: HitDimension, columns: HitColumns): void {
    const derived = Object.entries(DERIVED[dimension] ?? {}) as [WebLogTableName, (key: string) => string][];
    for (const [i, key] of columns.key.entries()) {
      const figures = rowOf(columns, i);
      if (dimension === 'hour') this.#addHour(Number(key), figures);
      else this.tables[dimension].add(key, figures, columns.referrer?.[i], columns.time?.[i]);
      for (const [name, derive] of derived) this.tables[name].add(derive(key), figures);
    }
  }

  #addHour(hour: number, figures: HitFigures): void {
    const sums = this.hours[hour];
    if (sums !== undefined) addFigures(sums, figures);
  }
}

function rowOf(columns: HitColumns, i: number): HitFigures {
  return {
    requests: columns.requests[i] ?? 0,
    ok: columns.ok[i] ?? 0,
    pages: columns.pages[i] ?? 0,
    bytes: columns.bytes[i] ?? 0,
    ok_bytes: columns.ok_bytes[i] ?? 0,
  };
}
