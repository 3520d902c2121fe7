import type { HitTable, WebLogQuery, WebLogService } from '../../model/web-log.ts';

/** A day of a virtual host, wherever its table lies. */
export interface DayEntry extends Pick<HitTable, 'service' | 'vhost' | 'zone' | 'day'> {
  readonly id: number;
  /** What it takes in the file; 0 before it is there. */
  bytes: number;
  /** The last commit whose changes are in the file. */
  lsn: number;
}

export function dayKey({ service, vhost, zone, day }: Pick<HitTable, 'service' | 'vhost' | 'zone' | 'day'>): string {
  return JSON.stringify([service, day, vhost, zone]);
}

/** A day of a service that left, with all its virtual hosts. */
export interface Departure {
  readonly service: string;
  readonly day: string;
  readonly entries: readonly DayEntry[];
  readonly floorBefore: string;
}

/**
 * Which days there are: of every service, with those of its virtual hosts. A day that left does not come back, or it would be told
 * without what it had: days up to the floor of a service are too old.
 */
export class DayIndex {
  #bytes = 0;
  #nextId = 1;
  readonly #entries = new Map<string, DayEntry>();
  readonly #services = new Map<string, Map<string, Set<DayEntry>>>();
  readonly #floors = new Map<string, string>();

  /** In the file, all together. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get nextId(): number {
    return this.#nextId;
  }

  get serviceCount(): number {
    return this.#services.size;
  }

  find(key: string): DayEntry | undefined {
    return this.#entries.get(key);
  }

  add(entry: DayEntry): void {
    const days = this.#services.get(entry.service) ?? new Map<string, Set<DayEntry>>();
    const tables = days.get(entry.day) ?? new Set();
    this.#services.set(entry.service, days.set(entry.day, tables.add(entry)));
    this.#entries.set(dayKey(entry), entry);
    this.#bytes += entry.bytes;
    this.#nextId = Math.max(this.#nextId, entry.id + 1);
  }

  remove(entry: DayEntry): void {
    const days = this.#services.get(entry.service);
    const tables = days?.get(entry.day);
    if (!this.#entries.delete(dayKey(entry)) || tables === undefined) return;
    tables.delete(entry);
    if (tables.size === 0) days?.delete(entry.day);
    if (days?.size === 0) this.#services.delete(entry.service);
    this.#bytes -= entry.bytes;
  }

  /** The last day of a service that left, '' when none did. */
  floor(service: string): string {
    return this.#floors.get(service) ?? '';
  }

  setFloor(service: string, day: string): void {
    this.#floors.set(service, day);
  }

  leave(service: string, day: string): Departure {
    const entries = this.tablesOf(service, day);
    for (const entry of entries) this.remove(entry);
    const floorBefore = this.floor(service);
    this.setFloor(service, day);
    return { service, day, entries, floorBefore };
  }

  comeBack({ service, entries, floorBefore }: Departure): void {
    for (const entry of entries) this.add(entry);
    this.setFloor(service, floorBefore);
  }

  resize(entry: DayEntry, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  hasService(service: string): boolean {
    return this.#services.has(service);
  }

  /** Days of a service, ascending. */
  days(service: string): readonly string[] {
    return [...(this.#services.get(service)?.keys() ?? [])].sort();
  }

  tablesOf(service: string, day: string): readonly DayEntry[] {
    return [...(this.#services.get(service)?.get(day) ?? [])];
  }

  /** Over all services. */
  oldestDay(): { readonly service: string; readonly day: string } | undefined {
    let oldest: { service: string; day: string } | undefined;
    for (const [service, days] of this.#services) {
      for (const day of days.keys()) if (oldest === undefined || day < oldest.day) oldest = { service, day };
    }
    return oldest;
  }

  /** What a query asks for, by day. */
  select({ service, vhost, from = '', to = '~' }: WebLogQuery): readonly DayEntry[] {
    const found = [...this.#entries.values()].filter(
      (entry) =>
        (service === undefined || entry.service === service) &&
        (vhost === undefined || entry.vhost === vhost) &&
        entry.day >= from &&
        entry.day <= to,
    );
    return found.sort((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
  }

  services(): readonly WebLogService[] {
    return [...this.#services.keys()].sort().map((service) => {
      const days = this.days(service);
      const tables = days.flatMap((day) => this.tablesOf(service, day));
      return {
        service,
        vhosts: [...new Set(tables.map(({ vhost }) => vhost))].sort(),
        zones: [...new Set(tables.map(({ zone }) => zone))].sort(),
        first_day: days[0] ?? '',
        last_day: days.at(-1) ?? '',
        days: days.length,
      };
    });
  }
}
