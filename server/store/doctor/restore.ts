import { chmodSync, chownSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { VigieError } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import { databaseFile, restoredFile, settleDataDir, syncFolder } from '../data-dir.ts';
import { lockDataDir } from '../lock.ts';
import { copyDatabase } from './snapshot.ts';

export interface RestoreOptions {
  readonly dataDir: string;
  /** The database to put there. */
  readonly from: string;
  readonly now: Ms;
  readonly onProgress?: (done: number, total: number) => void;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (name: PlacePoint | 'during_copy') => void;
}

export type PlacePoint = 'before_aside' | 'before_place' | 'after_place';

export interface Restored {
  readonly bytes: number;
  /** Where the database before it is kept; absent when there was none. */
  readonly aside?: string;
}

/**
 * Puts a copy of a database in the place of that of a data directory, which is kept aside under another name. The steps are such that a
 * start at any moment finds one whole database, the old one or the new (`settleDataDir`):
 *
 *     1  copy it beside the old one, sync, name it ready      the old one
 *     2  put the log of the old one into it, rename it        the new one, which a start would put in place
 *     3  rename the new one                                   the new one
 *
 * Rejects with VigieError `data_dir_locked` while a process uses the directory, and as `copyDatabase` does, with nothing changed.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const { dataDir, from, now, onPoint } = options;
  const unlock = lockDataDir(dataDir, process.pid);
  try {
    refuseItself(from, databaseFile(dataDir));
    settleDataDir(dataDir);
    const part = `${restoredFile(dataDir)}.part`;
    const bytes = await copyDatabase(from, part, {
      ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
      onPoint: (name) => name === 'during_copy' && onPoint?.(name),
    });
    return { bytes, ...placeDatabase(dataDir, part, asideName('restore', now), onPoint) };
  } finally {
    unlock();
  }
}

/** Steps 2 and 3, under the lock: `ready` is whole, on disk, and on the disk of the data directory. */
export function placeDatabase(
  dataDir: string,
  ready: string,
  aside: string,
  onPoint?: (name: PlacePoint) => void,
): Pick<Restored, 'aside'> {
  giveToOwner(ready, dataDir);
  renameSync(ready, restoredFile(dataDir));
  syncFolder(dataDir);
  onPoint?.('before_aside');
  const kept = putAside(dataDir, aside);
  onPoint?.('before_place');
  settleDataDir(dataDir);
  onPoint?.('after_place');
  return kept === undefined ? {} : { aside: kept };
}

const ASIDE = /^vigie\.sqlite\.before-(?:restore|repair)-/;

export function asideName(why: 'restore' | 'repair', now: Ms): string {
  return `before-${why}-${new Date(now).toISOString().replace(/[-:.]/g, '')}`;
}

/** Removes the databases that restores and repairs have kept; returns their names and bytes. */
export function discardAside(dataDir: string): readonly { readonly name: string; readonly bytes: number }[] {
  const names = readdirSync(dataDir).filter((name) => ASIDE.test(name));
  return names.map((name) => {
    const { size } = statSync(join(dataDir, name));
    rmSync(join(dataDir, name));
    return { name, bytes: size };
  });
}

function putAside(dataDir: string, name: string): string | undefined {
  const database = databaseFile(dataDir);
  if (!existsSync(database)) return undefined;
  const aside = `${database}.${name}`;
  foldLog(database);
  const log = statSync(`${database}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) copyFileSync(`${database}-wal`, `${aside}-wal`);
  renameSync(database, aside);
  syncFolder(dataDir);
  return aside;
}

/** Restored by root, a database is still that of the user whose server reads it. */
function giveToOwner(file: string, dataDir: string): void {
  const before = statSync(databaseFile(dataDir), { throwIfNoEntry: false });
  const { uid, gid } = before ?? statSync(dataDir);
  if (process.getuid?.() === 0) chownSync(file, uid, gid);
  if (before !== undefined) chmodSync(file, before.mode & 0o777);
}

/** A database that cannot even be opened keeps its log beside it. */
function foldLog(database: string): void {
  try {
    const db = new Database(database, { timeout: 1000 });
    try {
      db.pragma('journal_mode = DELETE');
    } finally {
      db.close();
    }
  } catch (error) {
    if (!String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_')) throw error;
  }
}

function refuseItself(from: string, database: string): void {
  const [ours, theirs] = [database, from].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (ours === undefined || ours.ino !== theirs?.ino || ours.dev !== theirs.dev) return;
  throw new VigieError('bad_request', `cannot restore ${from}: it is the database of that directory itself`);
}
