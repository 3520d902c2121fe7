import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileCause, VigieError } from '../model/errors.ts';

/**
 * Makes a folder and those it lies in, each missing one by itself: where the system says that a folder cannot be, though the one it
 * would lie in is there, `recursive` of Node 20 asks again for ever (below /proc it does).
 * @param mode of the folder itself, when it is made
 * Throws VigieError `unavailable`.
 */
export function makeFolder(path: string, mode?: number): void {
  for (const folder of missing(resolve(path))) make(folder, path, folder === resolve(path) ? mode : undefined);
  // Also where a link leads nowhere.
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new VigieError('unavailable', `cannot create ${path}: what has this name is no folder`);
  }
}

/** The folders that are not there, the outermost first. */
function missing(path: string): string[] {
  const found: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) found.unshift(folder);
  return found;
}

function make(folder: string, wanted: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw new VigieError('unavailable', `cannot create ${wanted}: ${cause(folder, error)}`, { cause: error });
  }
}

function cause(folder: string, error: unknown): string {
  return codeOf(error) === 'ENOENT' ? `${dirname(folder)} takes no folders` : fileCause(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
