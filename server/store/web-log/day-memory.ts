import type { Ms } from '../../model/units.ts';
import { type DayEntry, type Departure, dayKey } from './day-index.ts';
import type { DayTable } from './day-table.ts';
import { CLEAN_ROWS } from './limits.ts';

/** A day that differs from the file: since which commit, and since when. */
export interface DirtyDay {
  readonly entry: DayEntry;
  readonly table: DayTable;
  readonly sinceLsn: number;
  readonly since: Ms;
}

/** The days in memory: the dirty ones until they are written, in the order they became so; the clean ones while there is room. */
export class DayMemory {
  readonly #dirty = new Map<string, DirtyDay>();
  readonly #clean = new Map<string, DayTable>();

  find(entry: DayEntry): DayTable | undefined {
    const key = dayKey(entry);
    return this.#dirty.get(key)?.table ?? this.#clean.get(key);
  }

  get oldestDirty(): DirtyDay | undefined {
    return this.#dirty.values().next().value;
  }

  dirtyRows(): number {
    return rowsOf([...this.#dirty.values()].map(({ table }) => table));
  }

  /** The first commit that some day but this one is waiting for. */
  neededBeside(written: DayEntry): number | undefined {
    for (const { entry, sinceLsn } of this.#dirty.values()) if (entry !== written) return sinceLsn;
    return undefined;
  }

  soil(entry: DayEntry, table: DayTable, sinceLsn: number, since: Ms): void {
    const key = dayKey(entry);
    if (this.#dirty.has(key)) return;
    this.#clean.delete(key);
    this.#dirty.set(key, { entry, table, sinceLsn, since });
  }

  /** The day is in the file now. */
  written(entry: DayEntry, table: DayTable): void {
    const key = dayKey(entry);
    this.#dirty.delete(key);
    this.#clean.set(key, table);
    let rows = rowsOf([...this.#clean.values()]);
    for (const [candidate, { size }] of this.#clean) {
      if (rows <= CLEAN_ROWS) return;
      this.#clean.delete(candidate);
      rows -= size;
    }
  }

  forget(departures: readonly Departure[]): void {
    for (const key of departures.flatMap(({ entries }) => entries.map(dayKey))) {
      this.#dirty.delete(key);
      this.#clean.delete(key);
    }
  }
}

function rowsOf(tables: readonly DayTable[]): number {
  return tables.reduce((sum, { size }) => sum + size, 0);
}
