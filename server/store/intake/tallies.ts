import type Database from 'better-sqlite3';

/** Durable counts by name: what was applied, and what was dropped or refused, by reason. */
export class Tallies {
  readonly #add: Database.Statement<[string, number]>;
  readonly #counts: Map<string, number>;

  constructor(db: Database.Database) {
    this.#add = db.prepare(
      'INSERT INTO tally (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    );
    const rows = db.prepare('SELECT name, value FROM tally').all() as { name: string; value: number }[];
    this.#counts = new Map(rows.map(({ name, value }) => [name, value]));
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Every count whose name starts with the prefix, without it. */
  withPrefix(prefix: string): Readonly<Record<string, number>> {
    const found = [...this.#counts].filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
  }

  /** Adds in the caller's transaction. */
  save(counts: ReadonlyMap<string, number>): void {
    for (const [name, value] of counts) this.#add.run(name, value);
  }

  /** After that transaction is committed. */
  saved(counts: ReadonlyMap<string, number>): void {
    for (const [name, value] of counts) this.#counts.set(name, this.get(name) + value);
  }
}
