import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../server/store/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-database-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A WAL file begins with 32 bytes; a frame is 24 and a page of the file (https://sqlite.org/fileformat2.html#walformat). */
const WAL_HEAD = 32;
const FRAME = 24 + 4096;
/** What fits into a row of a leaf page without an overflow page. */
const LARGEST_BODY = 4032;

test('a commit is on disk when it is told, and a file opened for a test alone does not wait', () => {
  const synchronous = (durable: boolean) => {
    const db = openDatabase(join(folder, `durable-${durable}.sqlite`), durable);
    const modes = [db.pragma('synchronous', { simple: true }), db.pragma('journal_mode', { simple: true })];
    db.close();
    return modes;
  };
  expect(synchronous(true)).toEqual([2, 'wal']);
  expect(synchronous(false)).toEqual([0, 'wal']);
});

test('a page that is written again is one frame of the journal of the file', () => {
  const file = join(folder, 'page.sqlite');
  const db = openDatabase(file);
  const write = db.prepare('INSERT OR REPLACE INTO page (id, body) VALUES (?, ?)');
  for (let id = 1; id <= 100; id++) write.run(id, Buffer.alloc(LARGEST_BODY, id));
  const framesOf = (body: Buffer): number => {
    db.pragma('wal_checkpoint(TRUNCATE)');
    write.run(50, body);
    return (statSync(`${file}-wal`).size - WAL_HEAD) / FRAME;
  };
  expect(framesOf(Buffer.alloc(LARGEST_BODY, 7))).toBe(1);
  expect(framesOf(Buffer.alloc(LARGEST_BODY + 100, 7))).toBeGreaterThan(1);
  db.close();
});
