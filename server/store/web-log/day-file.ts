import type Database from 'better-sqlite3';
import type { DayEntry, Departure } from './day-index.ts';

/** The rows of the web log in the file. Writing is done in the caller's transaction. */
export class DayFile {
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  entries(): readonly (Omit<DayEntry, 'bytes'> & { readonly bodyBytes: number })[] {
    return this.#statements.entries.all();
  }

  floors(): readonly { readonly service: string; readonly day: string }[] {
    return this.#statements.floors.all();
  }

  body({ id }: DayEntry): Buffer | undefined {
    return this.#statements.body.get(id)?.body;
  }

  /** @param lsn the last commit whose changes are in the body */
  put({ id, service, vhost, zone, day }: DayEntry, lsn: number, body: Buffer): void {
    this.#statements.put.run(id, service, vhost, zone, day, lsn, body);
  }

  depart(departures: readonly Departure[]): void {
    for (const { service, day, entries } of departures) {
      for (const { id } of entries) this.#statements.delete.run(id);
      this.#statements.floor.run(service, day);
    }
  }

  journal(): readonly { readonly lsn: number; readonly body: Buffer }[] {
    return this.#statements.journal.all();
  }

  appendJournal(lsn: number, body: Buffer): void {
    this.#statements.append.run(lsn, body);
  }

  /** Drops the commits before `lsn`; returns the bytes that are left. */
  trimJournal(lsn: number): number {
    this.#statements.trim.run(lsn);
    return Number(this.#statements.journalBytes.get()?.bytes);
  }
}

function prepare(db: Database.Database) {
  return {
    entries: db.prepare<[], Omit<DayEntry, 'bytes'> & { bodyBytes: number }>(
      'SELECT id, service, vhost, zone, day, lsn, length(body) AS bodyBytes FROM web_log_day',
    ),
    body: db.prepare<[number], { body: Buffer }>('SELECT body FROM web_log_day WHERE id = ?'),
    put: db.prepare(
      'INSERT OR REPLACE INTO web_log_day (id, service, vhost, zone, day, lsn, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    delete: db.prepare('DELETE FROM web_log_day WHERE id = ?'),
    floors: db.prepare<[], { service: string; day: string }>('SELECT service, day FROM web_log_floor'),
    floor: db.prepare('INSERT OR REPLACE INTO web_log_floor (service, day) VALUES (?, ?)'),
    journal: db.prepare<[], { lsn: number; body: Buffer }>('SELECT lsn, body FROM web_log_journal ORDER BY lsn'),
    append: db.prepare('INSERT INTO web_log_journal (lsn, body) VALUES (?, ?)'),
    trim: db.prepare('DELETE FROM web_log_journal WHERE lsn < ?'),
    journalBytes: db.prepare<[], { bytes: number }>(
      'SELECT coalesce(sum(length(body)), 0) AS bytes FROM web_log_journal',
    ),
  };
}
