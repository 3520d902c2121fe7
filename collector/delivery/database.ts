import { join } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import { makeFolder } from '../../server/runtime/folder.ts';

export type CollectorDatabase = Database.Database;

export const FORMAT = 3;

const TABLES = `
  CREATE TABLE sinks(
    sink TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    acked_sequence INTEGER NOT NULL,
    acked_digest TEXT NOT NULL,
    last_sequence INTEGER NOT NULL,
    collector TEXT NOT NULL DEFAULT '',
    formerly TEXT NOT NULL DEFAULT '[]',
    renamed INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE queue(
    sink TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    source TEXT NOT NULL,
    replayable INTEGER NOT NULL,
    digest TEXT NOT NULL,
    payload BLOB NOT NULL,
    span TEXT NOT NULL DEFAULT '',
    more INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(sink, sequence)
  ) STRICT;
  CREATE TABLE positions(
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(source, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE source_memory(source TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE transform_memory(
    component TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY(component, item)
  ) STRICT, WITHOUT ROWID;
`;

/** From format 1, whose queue did not know which lines a batch was made of, nor its own names; -1 was an epoch not agreed upon. */
const FROM_1 = `
  ALTER TABLE sinks ADD COLUMN collector TEXT NOT NULL DEFAULT '';
  ALTER TABLE sinks ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE sinks ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE queue ADD COLUMN span TEXT NOT NULL DEFAULT '';
  UPDATE sinks SET epoch = 0 WHERE epoch = -1;
`;

/** From format 2, whose batches were applied part by part. */
const FROM_2 = 'ALTER TABLE queue ADD COLUMN more INTEGER NOT NULL DEFAULT 0';

/** What makes today's tables of each format. */
const UPGRADES: readonly (readonly string[])[] = [[TABLES], [FROM_1, FROM_2], [FROM_2]];

/**
 * Opens `collector.sqlite` in `dataDir`, making it when missing. A commit is on disk when it returns (`synchronous=FULL`). The
 * exclusive lock is dropped by the kernel with the process, so a kill leaves nothing to clean up.
 * Throws VigieError `data_dir_locked`, `newer_database` or `internal`.
 */
export function openDatabase(dataDir: string): CollectorDatabase {
  const path = collectorFile(dataDir);
  let database: CollectorDatabase | undefined;
  try {
    makeFolder(dataDir, 0o700);
    database = new Database(path, { timeout: 0 });
    // Exclusive before WAL: then no shared-memory file is needed, and the first lock is never given back.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('journal_size_limit = 16777216');
    database.transaction(prepare).exclusive(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw openError(error, path);
  }
}

function prepare(database: CollectorDatabase, path: string): void {
  const format = Number(database.pragma('user_version', { simple: true }));
  if (format > FORMAT) {
    throw new VigieError(
      'newer_database',
      `cannot open ${path}: it was written by a newer version (got format ${format}; want at most ${FORMAT}); upgrade vigie`,
    );
  }
  if (format === FORMAT) return;
  for (const step of UPGRADES[format] ?? []) database.exec(step);
  database.pragma(`user_version = ${FORMAT}`);
}

export function collectorFile(dataDir: string): string {
  return join(dataDir, 'collector.sqlite');
}

/** Whether another process holds the database. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function openError(error: unknown, path: string): VigieError {
  if (error instanceof VigieError) return error;
  if (isBusy(error)) {
    const message = `cannot open ${path}: another collector uses it; stop that one, or give this one its own data directory`;
    return new VigieError('data_dir_locked', message, { cause: error });
  }
  return new VigieError('internal', `cannot open ${path}: ${messageOf(error)}`, { cause: error });
}

/**
 * Commits `work` without waiting for the disk: after a power cut it may not have happened, though nothing after it has happened then
 * either. For what is done again when it is lost. Not inside a transaction.
 */
export function commitWithoutSync(database: CollectorDatabase, work: () => void): void {
  database.pragma('synchronous = NORMAL');
  try {
    database.transaction(work)();
  } finally {
    database.pragma('synchronous = FULL');
  }
}

/** What a refused commit means to whoever handed the batch over. */
export function commitError(error: unknown): Error {
  const code = codeOf(error);
  const full = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE';
  if (!full) return error instanceof Error ? error : new Error(String(error));
  return new VigieError('disk_full', `cannot commit a batch: ${messageOf(error)}; free space on the data directory`, {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
