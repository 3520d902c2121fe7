import type Database from 'better-sqlite3';

export interface JournalRow {
  readonly lsn: number;
  readonly body: Buffer;
}

/** The table of commits that are not yet in pages, one row each, and its size. Failures of SQLite are the caller's to tell. */
export class JournalLog {
  readonly #append: Database.Statement<[number, Buffer]>;
  readonly #trim: Database.Statement<[number]>;
  readonly #rows: Database.Statement<[], JournalRow>;
  readonly #measure: Database.Statement<[], { records: number; bytes: number }>;
  #size = { records: 0, bytes: 0 };

  constructor(db: Database.Database) {
    this.#append = db.prepare('INSERT INTO journal (lsn, body) VALUES (?, ?)');
    this.#trim = db.prepare('DELETE FROM journal WHERE lsn < ?');
    this.#rows = db.prepare('SELECT lsn, body FROM journal ORDER BY lsn');
    this.#measure = db.prepare('SELECT count(*) AS records, ifnull(sum(length(body)), 0) AS bytes FROM journal');
    this.measure();
  }

  get records(): number {
    return this.#size.records;
  }

  get bytes(): number {
    return this.#size.bytes;
  }

  /** Inside a transaction; `appended` follows once it is committed. */
  append(lsn: number, body: Buffer): void {
    this.#append.run(lsn, body);
  }

  appended(bytes: number): void {
    this.#size = { records: this.records + 1, bytes: this.bytes + bytes };
  }

  /** Drops the rows before `lsn`. */
  trim(lsn: number): void {
    this.#trim.run(lsn);
    this.measure();
  }

  /** Every row, in the order of the commits. */
  rows(): readonly JournalRow[] {
    return this.#rows.all();
  }

  measure(): void {
    this.#size = this.#measure.get() ?? { records: 0, bytes: 0 };
  }
}
