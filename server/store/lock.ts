import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, VigieError } from '../model/errors.ts';

/**
 * One process per data directory. The lock is an exclusive transaction in a database of its own: the kernel drops it with the
 * process, however that ends, and a reused process id means nothing. `vigie.pid` only serves the message.
 */
export function lockDataDir(dataDir: string, pid: number): () => void {
  const pidFile = join(dataDir, 'vigie.pid');
  const lock = openLock(dataDir);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) {
      throw new VigieError('unavailable', `cannot lock ${dataDir}: ${messageOf(error)}`, { cause: error });
    }
    throw new VigieError(
      'data_dir_locked',
      `cannot open ${dataDir}: process ${holder(pidFile)} is using it; stop that process or choose another --data-dir`,
    );
  }
  writeFileSync(pidFile, `${pid}\n`);
  return () => lock.close();
}

/** Makes the directory when it is not there. */
function openLock(dataDir: string): Database.Database {
  try {
    mkdirSync(dataDir, { recursive: true });
    return new Database(join(dataDir, 'vigie.lock'), { timeout: 0 });
  } catch (error) {
    throw new VigieError('unavailable', `cannot use data directory ${dataDir}: ${messageOf(error)}`, { cause: error });
  }
}

function holder(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return 'of unknown id';
  }
}
