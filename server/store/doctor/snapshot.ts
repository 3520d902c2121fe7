import { closeSync, existsSync, fsyncSync, openSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { fileCause, messageOf, VigieError } from '../../model/errors.ts';
import { removeDatabase } from '../data-dir.ts';
import { SQLITE_PAGE_BYTES, WAL_BYTES } from '../limits.ts';
import { checkFormat } from '../schema.ts';

/**
 * A database as it is at one moment, while another connection, thread or process goes on writing.
 *
 *     writer   --commit--commit--commit--commit-->   vigie.sqlite, vigie.sqlite-wal
 *     here          BEGIN == copies in steps ==>     everything committed before BEGIN, nothing after it
 *
 * 1. A read transaction holds the moment (https://sqlite.org/isolation.html). It needs no lock of ours and stops no commit.
 * 2. What is committed meanwhile stays in the write-ahead log, which grows. Its bound is kept by giving up at half of it.
 * 3. A copy reaches the disk in pieces of 4 MiB. Over 465 MB beside 30 commits a second the slowest commit took 8 to 15 ms, where one
 *    sync at the end held it up for 180 to 280 ms, and copying on the connection of the writer stopped that for 330 ms.
 */
export interface Snapshot {
  readonly db: Database.Database;
  /** Of the database at that moment. */
  readonly bytes: number;
  /** Throws VigieError `unavailable` when the log has grown too much for it to be held any longer. */
  demandShortLog(): void;
  close(): void;
}

export interface CopyOptions {
  /** Bytes copied so far, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (name: 'during_copy' | 'after_copy') => void;
  /** Bytes the write-ahead log may have. */
  readonly maxLogBytes?: number;
}

const STEP_PAGES = 256;
const STEPS_PER_SYNC = 4;

/** Throws VigieError: `bad_request` (no such file), `bad_config` (not ours), `newer_database`, `unavailable` (cannot be read). */
export function openSnapshot(file: string, maxLogBytes = WAL_BYTES / 2): Snapshot {
  const db = openReader(file);
  try {
    checkFormat(db, file);
    db.exec('BEGIN');
    const bytes = Number(db.pragma('page_count', { simple: true })) * SQLITE_PAGE_BYTES;
    return { db, bytes, demandShortLog: () => demandShortLog(file, maxLogBytes), close: () => db.close() };
  } catch (error) {
    db.close();
    throw readError(file, error);
  }
}

/**
 * Copies the database `from`, as it is now, into the new file `to`, and returns its bytes when they are on disk. The copy is one file:
 * it has no log beside it. Rejects with VigieError `disk_full`, `unavailable`, or what `openSnapshot` throws; nothing is left then.
 */
export async function copyDatabase(from: string, to: string, options: CopyOptions = {}): Promise<number> {
  const snapshot = openSnapshot(from, options.maxLogBytes);
  try {
    demandSpace(to, snapshot.bytes);
    // Readable for its owner alone: it holds log lines.
    const descriptor = openSync(to, 'wx', 0o600);
    try {
      await copySteps(snapshot, to, descriptor, options);
      leaveLogMode(to);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    options.onPoint?.('after_copy');
    return statSync(to).size;
  } catch (error) {
    if (!isThere(error)) removeDatabase(to);
    throw writeError(to, error);
  } finally {
    snapshot.close();
  }
}

async function copySteps(
  snapshot: Snapshot,
  to: string,
  descriptor: number,
  { onProgress, onPoint }: CopyOptions,
): Promise<void> {
  let steps = 0;
  const progress = ({ totalPages, remainingPages }: Database.BackupMetadata): number => {
    snapshot.demandShortLog();
    if (++steps % STEPS_PER_SYNC === 0) fsyncSync(descriptor);
    onPoint?.('during_copy');
    onProgress?.((totalPages - remainingPages) * SQLITE_PAGE_BYTES, totalPages * SQLITE_PAGE_BYTES);
    return STEP_PAGES;
  };
  await snapshot.db.backup(to, { progress });
  onProgress?.(snapshot.bytes, snapshot.bytes);
}

/** A copy in log mode could not be read where its reader may not write. */
function leaveLogMode(file: string): void {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

function openReader(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw readError(file, error);
  }
}

function demandShortLog(file: string, maxBytes: number): void {
  const bytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes <= maxBytes) return;
  throw new VigieError(
    'unavailable',
    `cannot go on reading ${file}: ${bytes} bytes wait in its log because of it; want at most ${maxBytes}; try again when less is written`,
  );
}

/** Before anything is written: a disk that fills up disturbs whoever else writes to it. */
function demandSpace(to: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(to));
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new VigieError('disk_full', `cannot write ${to}: it takes ${bytes} bytes, and its disk has ${free} free`);
}

function isThere(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}

function readError(file: string, error: unknown): Error {
  if (error instanceof VigieError) return error;
  const code = codeOf(error);
  const isForeign = /^SQLITE_(?:CANTOPEN|READONLY)/.test(code) && existsSync(file);
  const fix = isForeign ? '; it takes the rights of the user whose server writes it' : '';
  const cause = code === 'SQLITE_NOTADB' ? 'it is not a database of Vigie' : messageOf(error) + fix;
  return new VigieError('bad_request', `cannot read ${file}: ${cause}`, { cause: error });
}

function writeError(to: string, error: unknown): Error {
  if (error instanceof VigieError) return error;
  const code = codeOf(error);
  const isFull =
    code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_WRITE';
  if (isFull) return new VigieError('disk_full', `cannot write ${to}: its disk is full`, { cause: error });
  return new VigieError('unavailable', `cannot write ${to}: ${fileCause(error)}`, { cause: error });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
