import {
  HIT_DIMENSIONS,
  type HitColumns,
  type HitDimension,
  type HitTable,
  WEB_LOG_TABLES,
  type WebLogTableName,
} from '../../model/web-log.ts';
import { fileTypeOf, pathOf, siteOf } from './derived-keys.ts';
import { addFigures, addRow, noHits, type Sums } from './figures.ts';
import { HyperLogLog } from './hyper-log-log.ts';
import { KeyCounts, type KeyLimit } from './key-counts.ts';

/** While a day is written to; beyond it the smallest half is folded. */
export const OPEN_DAY: KeyLimit = { rows: 20_000, chars: 4 * 2 ** 20 };
/** What is kept of a day that is over. */
export const CLOSED_DAY: KeyLimit = { rows: 1000, chars: 2 ** 18 };

interface Derived {
  readonly name: WebLogTableName;
  readonly derive: (key: string) => string;
}

/** What is counted under which key beside the dimension that travels. */
const DERIVED: Partial<Record<HitDimension, readonly Derived[]>> = {
  url: [
    { name: 'path', derive: pathOf },
    { name: 'file_type', derive: (url) => fileTypeOf(pathOf(url)) },
  ],
  referrer: [{ name: 'referring_site', derive: siteOf }],
};

/** The tables of one day of one virtual host, or of everything that was merged into it. */
export class DayTable {
  readonly hours: Sums[] = Array.from({ length: 24 }, noHits);
  readonly tables: Readonly<Record<WebLogTableName, KeyCounts>>;
  readonly visitors = new HyperLogLog();

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
    for (const [hour, figures] of from.hours.entries()) addFigures(this.hours[hour] ?? noHits(), figures);
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
    const derived = DERIVED[dimension] ?? [];
    const table = dimension === 'hour' ? undefined : this.tables[dimension];
    for (const [i, key] of columns.key.entries()) {
      if (table === undefined) addRow(this.hours[Number(key)] ?? noHits(), columns, i);
      else table.addRow(key, columns, i);
      for (const { name, derive } of derived) this.tables[name].addRow(derive(key), columns, i);
    }
  }
}
