import type { Origin } from './clients.ts';

/** The origins as memory holds them, by name and by id; the table of the same name is their durable side (`clients.ts`). */
export class Origins {
  readonly #byKey = new Map<string, Origin>();
  readonly #byId: Origin[] = [];

  get size(): number {
    return this.#byKey.size;
  }

  /** A live list: what is kept later is in it too. */
  get byId(): readonly Origin[] {
    return this.#byId;
  }

  values(): Iterable<Origin> {
    return this.#byKey.values();
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  find(key: string): Origin | undefined {
    return this.#byKey.get(key);
  }

  /** The newest high-water mark, ms; no series has data after it. -Infinity without any. */
  newestMark(): number {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { highWater } of this.#byId) newest = Math.max(newest, highWater);
    return newest;
  }

  keep(origin: Origin): void {
    this.#byKey.set(originKey(origin.collector, origin.source), origin);
    this.#byId[origin.id] = origin;
  }
}

/** One text per origin, whatever the names hold. */
export function originKey(collector: string, source: string): string {
  return JSON.stringify([collector, source]);
}
