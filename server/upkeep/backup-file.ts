import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, VigieError } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import { databaseFile, removeDatabase, syncFolder } from '../store/data-dir.ts';
import { copyDatabase } from '../store/doctor/snapshot.ts';
import { examineFile, type Finding, type OnStep } from './examine-file.ts';
import { digestOfFile } from './file-digest.ts';

/** A backup on disk. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in lower-case hex; `<file>.sha256` holds it as `sha256sum -c` reads it. */
  readonly digest: string;
  /** What is damaged in it, when it was examined: it is as damaged as the database it was made of. */
  readonly findings: readonly Finding[];
}

export interface BackupTarget {
  /** A file to make, or a folder to make one in. */
  readonly path: string;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  readonly now: Ms;
  /** Told of the examination of what was written; absent: it is not examined. */
  readonly onStep?: OnStep;
  /** For crash tests: called at named moments. */
  readonly onPoint?: (name: 'before_rename' | 'after_rename') => void;
}

/** The checksum file beside a backup. */
export function digestFile(file: string): string {
  return `${file}.sha256`;
}

/**
 * Makes a backup appear under its name whole and on disk, or not at all. `write` makes the file it is given, which is not there yet. Rejects
 * with VigieError `conflict` (there is such a file), `bad_request` (no such folder), or with what `write` rejects with.
 */
export async function makeBackup(target: BackupTarget, write: (part: string) => Promise<void>): Promise<Backup> {
  const file = fileOf(target);
  refuseOverwrite(file, target.force);
  removeStaleParts(file);
  const part = `${file}.${process.pid}.part`;
  try {
    await write(part);
    const examined = target.onStep === undefined ? 'older' : examineFile(part, target.onStep);
    const digest = await digestOfFile(part);
    target.onPoint?.('before_rename');
    const bytes = statSync(part).size;
    // A checksum of the file before would make the new one look damaged.
    rmSync(digestFile(file), { force: true });
    renameSync(part, file);
    target.onPoint?.('after_rename');
    writeSynced(digestFile(file), `${digest}  ${basename(file)}\n`);
    syncFolder(dirname(file));
    return { file, bytes, digest, findings: examined === 'older' ? [] : examined.findings };
  } catch (error) {
    removeDatabase(part);
    throw error instanceof VigieError ? error : writeError(file, error);
  }
}

/** Backs up the database of a data directory, whether or not a process uses it. Rejects as `makeBackup` and `copyDatabase` do. */
export function backUp(
  dataDir: string,
  target: BackupTarget,
  onProgress: (done: number, total: number) => void,
): Promise<Backup> {
  return makeBackup(target, async (part) => {
    await copyDatabase(databaseFile(dataDir), part, { onProgress });
  });
}

function fileOf({ path, now }: BackupTarget): string {
  const given = resolve(path);
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) return join(given, `vigie-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}.sqlite`);
  if (existsSync(dirname(given))) return given;
  throw new VigieError('bad_request', `cannot write ${given}: there is no folder ${dirname(given)}`);
}

function refuseOverwrite(file: string, force: boolean): void {
  if (force || !existsSync(file)) return;
  throw new VigieError('conflict', `cannot write ${file}: it is there already; --force replaces it`);
}

/** What killed processes left of this backup. */
function removeStaleParts(file: string): void {
  const name = basename(file);
  for (const entry of readdirSync(dirname(file))) {
    const pid = entry.startsWith(`${name}.`) ? /^(\d+)\.part$/.exec(entry.slice(name.length + 1))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) removeDatabase(join(dirname(file), entry));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

function writeSynced(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeError(file: string, error: unknown): VigieError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const cause = isFull ? 'its disk is full' : messageOf(error);
  return new VigieError(isFull ? 'disk_full' : 'unavailable', `cannot write ${file}: ${cause}`, { cause: error });
}
