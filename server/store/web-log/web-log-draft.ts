import { MAX_AHEAD_MS } from '../../model/batch.ts';
import type { Ms } from '../../model/units.ts';
import type { HitTable } from '../../model/web-log.ts';
import { type DayEntry, type DayIndex, type Departure, dayKey } from './day-index.ts';
import { LONGEST_OFFSET, MAX_SERVICES, MAX_VHOSTS, type WebLogLimits } from './limits.ts';

const OTHER = '(other)';

export type HitDrop = (reason: 'too_old' | 'web_log_limit' | 'ahead_of_time', requests: number) => void;

/**
 * Decides about the tables of one commit: which are taken, and which old days leave for them. The index knows of it at once; `undo`
 * takes that back.
 */
export class WebLogDraft {
  readonly taken: HitTable[] = [];
  readonly departures: Departure[] = [];
  /** Of its row in the journal, once that is written. */
  journalBytes = 0;
  readonly #index: DayIndex;
  readonly #limits: WebLogLimits;
  readonly #added: DayEntry[] = [];

  constructor(index: DayIndex, limits: WebLogLimits) {
    this.#index = index;
    this.#limits = limits;
  }

  add(tables: readonly HitTable[], now: Ms, drop: HitDrop): void {
    const dated = tables.map((table) => this.#date(table, now, drop));
    this.place(dated, drop);
  }

  /** `add` for what the journal holds: its days are decided. */
  place(tables: readonly HitTable[], drop: HitDrop): void {
    for (const table of tables) {
      const placed = this.#index.find(dayKey(table)) === undefined ? this.#admit(table, drop) : table;
      if (placed !== undefined) this.taken.push(placed);
    }
  }

  /** Requests in what was taken. */
  get requests(): number {
    return this.taken.reduce((sum, table) => sum + requestsOf(table), 0);
  }

  undo(): void {
    for (const entry of this.#added) this.#index.remove(entry);
    for (const departure of this.departures.toReversed()) this.#index.comeBack(departure);
  }

  /** A day that cannot have begun anywhere becomes the present one. */
  #date(table: HitTable, now: Ms, drop: HitDrop): HitTable {
    const latest = new Date(now + MAX_AHEAD_MS + LONGEST_OFFSET).toISOString().slice(0, 10);
    if (table.day <= latest) return table;
    drop('ahead_of_time', requestsOf(table));
    return { ...table, day: new Date(now).toISOString().slice(0, 10) };
  }

  #admit(table: HitTable, drop: HitDrop): HitTable | undefined {
    const index = this.#index;
    const { service, day } = table;
    if (!index.hasService(service) && index.serviceCount >= MAX_SERVICES) {
      drop('web_log_limit', requestsOf(table));
      return undefined;
    }
    const tables = index.tablesOf(service, day);
    if (tables.length === 0 && !this.#makeRoom(service, day)) {
      drop('too_old', requestsOf(table));
      return undefined;
    }
    const placed = tables.length >= MAX_VHOSTS ? { ...table, vhost: OTHER } : table;
    if (index.find(dayKey(placed)) === undefined) this.#open(placed);
    return placed;
  }

  /** Whether a service may have this day: always while it has few, else when an older one can leave. */
  #makeRoom(service: string, day: string): boolean {
    if (day <= this.#index.floor(service)) return false;
    const days = this.#index.days(service);
    const leaving = days.slice(0, Math.max(0, days.length - this.#limits.maxDays + 1));
    if (leaving.some((oldest) => day < oldest)) return false;
    for (const oldest of leaving) this.departures.push(this.#index.leave(service, oldest));
    return true;
  }

  #open({ service, vhost, zone, day }: HitTable): void {
    const entry = { id: this.#index.nextId, service, vhost, zone, day, bytes: 0, lsn: 0 };
    this.#index.add(entry);
    this.#added.push(entry);
  }
}

function requestsOf({ rows }: HitTable): number {
  return rows.hour?.requests.reduce((sum, requests) => sum + requests, 0) ?? 0;
}
