import type Database from 'better-sqlite3';
import type { Labels } from '../../model/labels.ts';
import type { BlockBody } from './block.ts';
import type { BlockHead } from './block-head.ts';

interface HeadRow {
  readonly id: number;
  readonly origin: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly lines: number;
  readonly oldest: number;
  readonly newest: number;
  readonly raw_bytes: number;
  readonly bytes: number;
  readonly levels: string;
}

const HEAD = 'id, origin, first_seq, last_seq, lines, oldest, newest, raw_bytes, bytes, levels';

/** The rows of blocks. Writes belong into the caller's transaction; failures of SQLite are the caller's to tell. */
export class BlockTable {
  readonly #statements;

  constructor(db: Database.Database) {
    const part = (name: keyof BlockBody) =>
      db.prepare<[number], { part: Buffer }>(`SELECT ${name} AS part FROM log_body WHERE id = ?`);
    this.#statements = {
      heads: db.prepare<[], HeadRow>(`SELECT ${HEAD} FROM log_block WHERE replaced = 0 ORDER BY id`),
      lastId: db.prepare<[], { id: number }>('SELECT ifnull(max(id), 0) AS id FROM log_block'),
      insertHead: db.prepare(`INSERT INTO log_block (${HEAD}, streams) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      insertBody: db.prepare('INSERT INTO log_body (id, filter, columns, text) VALUES (?, ?, ?, ?)'),
      replace: db.prepare<[number]>('UPDATE log_block SET replaced = 1 WHERE id = ?'),
      deleteHead: db.prepare<[number]>('DELETE FROM log_block WHERE id = ?'),
      deleteBody: db.prepare<[number]>('DELETE FROM log_body WHERE id = ?'),
      dropReplacedBodies: db.prepare('DELETE FROM log_body WHERE id IN (SELECT id FROM log_block WHERE replaced = 1)'),
      dropReplaced: db.prepare('DELETE FROM log_block WHERE replaced = 1'),
      streams: db.prepare<[number], { streams: string }>('SELECT streams FROM log_block WHERE id = ?'),
      filter: part('filter'),
      columns: part('columns'),
      text: part('text'),
    };
  }

  /** Every block that was not merged into another, in the order of ids. */
  heads(): BlockHead[] {
    return this.#statements.heads.all().map(headOf);
  }

  lastId(): number {
    return this.#statements.lastId.get()?.id ?? 0;
  }

  insert(head: BlockHead, streams: string, body: BlockBody): void {
    const { id, origin, firstSeq, lastSeq, lines, oldest, newest, rawBytes, bytes, levels } = head;
    const counts = JSON.stringify(levels);
    this.#statements.insertHead.run(
      ...[id, origin, firstSeq, lastSeq, lines, oldest, newest, rawBytes, bytes, counts, streams],
    );
    this.#statements.insertBody.run(id, body.filter, body.columns, body.text);
  }

  /** Kept for its readers until it is deleted; a start does not know it any more. */
  replace(id: number): void {
    this.#statements.replace.run(id);
  }

  delete(id: number): void {
    this.#statements.deleteHead.run(id);
    this.#statements.deleteBody.run(id);
  }

  /** What a killed process left for its readers. */
  dropReplaced(): void {
    this.#statements.dropReplacedBodies.run();
    this.#statements.dropReplaced.run();
  }

  /** Undefined: the block is gone. */
  part(id: number, name: keyof BlockBody): Buffer | undefined {
    return this.#statements[name].get(id)?.part;
  }

  streams(id: number): readonly Labels[] | undefined {
    const text = this.#statements.streams.get(id)?.streams;
    return text === undefined ? undefined : (JSON.parse(text) as Labels[]);
  }
}

function headOf(row: HeadRow): BlockHead {
  const { id, origin, lines, oldest, newest, bytes } = row;
  const levels = JSON.parse(row.levels) as number[];
  return {
    id,
    origin,
    firstSeq: row.first_seq,
    lastSeq: row.last_seq,
    lines,
    oldest,
    newest,
    rawBytes: row.raw_bytes,
    bytes,
    levels,
  };
}
