import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The database of a data directory. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'vigie.sqlite');
}

/** A copy made for somebody who asked the server for it; its name is gone as soon as it is open. */
export function snapshotFile(dataDir: string): string {
  return `${databaseFile(dataDir)}.snapshot`;
}

/** A restored database, whole and on disk, that waits for its place. While it is copied it has `.part` behind its name. */
export function restoredFile(dataDir: string): string {
  return `${databaseFile(dataDir)}.restored`;
}

/** Where a copy of the database is repaired: a data directory of its own. */
export function repairFolder(dataDir: string): string {
  return `${databaseFile(dataDir)}.repair`;
}

/** SQLite's own files beside a database. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/** Removes a database with what SQLite has put beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(file + suffix, { force: true });
}

/** Makes a rename in the folder of `file` outlast a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * What a killed process left in a data directory, brought to an end; call it under the lock.
 *
 *     vigie.sqlite   vigie.sqlite.restored
 *     there          there                    the restore did not come as far as to set it aside: as if it had not begun
 *     gone           there                    it was set aside: the restored one takes its place
 *
 * A log beside a database that was set aside is not that of the restored one, which SQLite could not tell.
 */
export function settleDataDir(dataDir: string): void {
  const database = databaseFile(dataDir);
  const restored = restoredFile(dataDir);
  removeDatabase(snapshotFile(dataDir));
  removeDatabase(`${restored}.part`);
  rmSync(repairFolder(dataDir), { recursive: true, force: true });
  if (!existsSync(restored)) return;
  if (existsSync(database)) {
    removeDatabase(restored);
    return;
  }
  for (const suffix of COMPANIONS) rmSync(database + suffix, { force: true });
  renameSync(restored, database);
  syncFolder(dataDir);
}
