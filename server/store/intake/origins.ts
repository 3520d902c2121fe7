import type { Origin } from './clients.ts';

/**
 * The origins as memory holds them, by name and by id; the table of the same name is their durable side (`clients.ts`). Ids are
 * below CLIENT_LIMITS.origins; one that was removed leaves its id to the next.
 */
export class Origins {
  readonly #byKey = new Map<string, Origin>();
  readonly #byId: (Origin | undefined)[] = [];

  /** A live list: what is kept later is in it too. Holes are ids that are free. */
  get byId(): readonly (Origin | undefined)[] {
    return this.#byId;
  }

  values(): Iterable<Origin> {
    return this.#byKey.values();
  }

  find(key: string): Origin | undefined {
    return this.#byKey.get(key);
  }

  /** The newest high-water mark, ms; no series has data after it. -Infinity without any. */
  newestMark(): number {
    let newest = Number.NEGATIVE_INFINITY;
    for (const { highWater } of this.#byKey.values()) newest = Math.max(newest, highWater);
    return newest;
  }

  keep(origin: Origin): void {
    this.#byKey.set(originKey(origin.collector, origin.source), origin);
    this.#byId[origin.id] = origin;
  }

  remove({ id, collector, source }: Origin): void {
    this.#byKey.delete(originKey(collector, source));
    this.#byId[id] = undefined;
  }

  /** The smallest id that nobody has, here or among `pending`. */
  freeId(pending: Iterable<Origin>): number {
    const taken = new Set([...pending].map(({ id }) => id));
    let id = 0;
    while (this.#byId[id] !== undefined || taken.has(id)) id++;
    return id;
  }
}

/** One text per origin, whatever the names hold. */
export function originKey(collector: string, source: string): string {
  return JSON.stringify([collector, source]);
}
