import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../collector/delivery/database.ts';
import { examineCollector } from '../../collector/delivery/examination.ts';
import { digestOf } from '../../server/runtime/digest.ts';

function queueOf(sequences: readonly number[]): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-examination-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const database = openDatabase(dataDir);
  const insert = database.prepare(
    "INSERT INTO queue (sink, sequence, source, replayable, digest, payload) VALUES ('vigie', ?, 's', 1, ?, ?)",
  );
  for (const sequence of sequences) {
    const payload = Buffer.from(`payload ${sequence}`);
    insert.run(sequence, digestOf(payload), payload);
  }
  database.exec("INSERT INTO positions VALUES ('s', 'f', '42')");
  database.close();
  return dataDir;
}

function changed(dataDir: string, sql: string): void {
  const database = new Database(join(dataDir, 'collector.sqlite'));
  database.exec(sql);
  database.close();
}

test('the queues of a collector are sound, not there, in use, or of an earlier version', () => {
  const dataDir = queueOf([3, 4, 5]);
  expect(examineCollector(dataDir)).toEqual({ batches: 3, bytes: 27, positions: 1, findings: [] });
  const open = openDatabase(dataDir);
  expect(examineCollector(dataDir)).toBe('in_use');
  open.close();
  expect(examineCollector(join(dataDir, 'nowhere'))).toBe('none');
  changed(dataDir, 'PRAGMA user_version = 2');
  expect(examineCollector(dataDir)).toBe('older');
  changed(dataDir, 'PRAGMA user_version = 99');
  expect(() => examineCollector(dataDir)).toThrow('a newer version wrote it');
});

test('what is damaged is named', () => {
  const findings = (sql: string): readonly string[] => {
    const dataDir = queueOf([3, 4, 5]);
    changed(dataDir, sql);
    const found = examineCollector(dataDir);
    return typeof found === 'string' ? [found] : found.findings;
  };
  expect(findings("UPDATE queue SET payload = x'00' WHERE sequence = 4")).toEqual([
    'batch 4 of sink vigie is not what its digest names: no server takes it',
  ]);
  expect(findings('DELETE FROM queue WHERE sequence = 4')).toEqual([
    'batch 5 of sink vigie follows 3: those between are lost',
  ]);
  expect(findings('DELETE FROM queue WHERE sequence = 3')).toEqual([]);
  expect(findings("UPDATE positions SET value = '{'")).toEqual(['a position of source s cannot be read']);
});

test('a file that is no database, or is cut short, is told', () => {
  const dataDir = queueOf([1]);
  truncateSync(join(dataDir, 'collector.sqlite'), 4096);
  expect(() => examineCollector(dataDir)).toThrow(/cannot read .*collector\.sqlite/);
  writeFileSync(join(dataDir, 'collector.sqlite'), 'no database at all, but text');
  expect(() => examineCollector(dataDir)).toThrow(/cannot read .*collector\.sqlite/);
});
