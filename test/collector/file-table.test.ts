import { copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCensus } from '../../collector/sources/file/census.ts';
import { FileTable } from '../../collector/sources/file/file-table.ts';
import { advanced, positionKey, positionValue, startOf } from '../../collector/sources/file/position.ts';
import { extendedBy, NOTHING_READ } from '../../collector/sources/file/read-ends.ts';
import { FORGET_MS, MAX_GONE } from '../../collector/sources/file/remnants.ts';
import type { PositionChanges } from '../../collector/sources/file/scan.ts';
import type { PositionValue } from '../../server/model/batch.ts';

const NOTHING = { files: [], problems: [], moving: new Set<string>() };

/** A table that followed files which are not there any more, 10 bytes read of the 15 seen. */
function bereft(count: number) {
  const positions = Array.from({ length: count }, (_, i) => {
    const id = { dev: '1', ino: String(i), birth: '7' };
    const path = `/nowhere/${i}.log`;
    const start = startOf(id, { path, base: path, generation: 0, size: 15, seen_ms: 0, state: 'reading' });
    return advanced(start, extendedBy(NOTHING_READ, Buffer.alloc(10, 'x')));
  });
  const keys = positions.map((position) => positionKey(position, 0));
  const losses: number[] = [];
  const table = new FileTable(Object.fromEntries(positions.map((position, i) => [keys[i], positionValue(position)])), {
    readFrom: 'beginning',
    maxLineBytes: 100,
    follows: () => true,
    onLoss: (_, bytes) => losses.push(bytes),
  });
  return { table, keys, losses };
}

test('a file that is gone is told once, kept for its time and then forgotten', () => {
  const { table, keys, losses } = bereft(1);
  const key = keys[0] as string;
  expect(table.reconcile(NOTHING, 0)[key]).toMatchObject({ offset: 10, size: 15, state: 'gone' });
  expect(losses).toEqual([]);
  expect(table.reconcile(NOTHING, 1)[key]).toMatchObject({ offset: 10, size: 10, state: 'gone' });
  expect(table.reconcile(NOTHING, FORGET_MS - 1)).toEqual({});
  expect(table.reconcile(NOTHING, FORGET_MS)).toEqual({ [key]: null });
  expect(table.reconcile(NOTHING, FORGET_MS + 1)).toEqual({});
  expect(losses).toEqual([5]);
});

test('no more files that are gone are kept than the bound, the oldest go first', () => {
  const { table, keys } = bereft(MAX_GONE + 2);
  const changes = table.reconcile(NOTHING, 0);
  expect(keys.filter((key) => changes[key] === null)).toEqual(keys.slice(0, 2));
});

test('a directory that cannot be listed says nothing about its files', () => {
  const { table, losses } = bereft(1);
  const unlisted = {
    files: [],
    problems: [{ path: '/nowhere', note: 'permission denied' }],
    moving: new Set<string>(),
  };
  expect(table.reconcile(unlisted, 0)).toEqual({});
  expect(table.files()).toHaveLength(1);
  expect(losses).toEqual([]);
});

test('a copy that turns up after a truncation and a kill goes on where its original was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-table-'));
  const log = join(folder, 'access.log');
  const committed: Record<string, PositionValue> = {};
  const commit = (changes: PositionChanges): void => {
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete committed[key];
      else committed[key] = value;
    }
  };
  const losses: number[] = [];
  const open = () =>
    new FileTable(committed, {
      readFrom: 'beginning',
      maxLineBytes: 100,
      follows: () => true,
      onLoss: (_, bytes) => losses.push(bytes),
    });
  const scan = (table: FileTable, now: number): void =>
    commit(table.reconcile(createCensus([log], [])(table.knownBases()), now));
  const read = (table: FileTable) =>
    table.files().flatMap((file) => {
      const result = file.read({ blockBytes: 1000, maxLineBytes: 100 }, false);
      if (result.kind === 'changed') file.suspect = true;
      if (result.kind !== 'block') return [];
      commit({ [file.key]: positionValue(result.block.position) });
      file.commit(result.block);
      return [...result.block.lines.start].map((from, i) =>
        result.block.bytes.toString('latin1', from, result.block.lines.end[i]),
      );
    });

  writeFileSync(log, 'a\n');
  const before = open();
  scan(before, 0);
  expect(read(before)).toEqual(['a']);
  writeFileSync(log, 'a\nb\n');
  copyFileSync(log, join(folder, 'hidden'));
  truncateSync(log);
  expect(read(before)).toEqual([]);
  scan(before, 1000);
  before.closeAll();

  const after = open();
  renameSync(join(folder, 'hidden'), `${log}.1`);
  writeFileSync(log, 'c\n');
  scan(after, 2000);
  expect(read(after).sort()).toEqual(['b', 'c']);
  scan(after, 4000);
  expect(read(after)).toEqual([]);
  expect(losses).toEqual([]);
  after.closeAll();
  rmSync(folder, { recursive: true });
});
