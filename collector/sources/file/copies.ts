import { closeSync, fstatSync } from 'node:fs';
import type { Found } from './census.ts';
import { idKey, idOf, sameFile } from './identity.ts';
import { openRegular, readAt } from './open-file.ts';
import { advanced, type FilePosition, HEAD_BYTES, hashOf, matchesPosition } from './position.ts';
import { isSystemError } from './system-error.ts';
import type { TailedFile } from './tailed-file.ts';

/** A version of a file that need not be looked at twice. */
export function versionOf(found: Found): string {
  return `${idKey(found.id)} ${found.size} ${found.modified_ms}`;
}

/**
 * Whether a file holds what was read of a lost one. At the same path a short identical beginning proves nothing: that is a file
 * made anew with the same first line, so there the whole head must agree, as after an editor wrote the file back.
 */
export function isCopy(found: Found, position: FilePosition): boolean {
  if (position.head_len === 0 || (found.base !== position.base && !found.matched)) return false;
  if (found.path === position.path && position.head_len < HEAD_BYTES) return false;
  return withFile(found, false, (fd, size) => size >= position.offset && matchesPosition(fd, position));
}

/** The same head, and shorter than what was read of the original. */
export function isOlderCopy(found: Found, position: FilePosition): boolean {
  if (position.head_len === 0 || found.base !== position.base || found.size >= position.offset) return false;
  return withFile(found, false, (fd) => hashOf(readAt(fd, 0, position.head_len)) === position.head_hash);
}

export function endOf(found: Found, start: FilePosition): FilePosition {
  return withFile(found, start, (fd, size) => advanced(fd, start, size));
}

/** Equal heads, and equal bytes before the end of the shorter one. */
export function hasSameContent(fd: number, size: number, rival: TailedFile): boolean {
  const other = rival.open();
  const length = Math.min(size, Number(fstatSync(other, { bigint: true }).size));
  if (length === 0) return false;
  const tail = Math.max(0, length - HEAD_BYTES);
  return (
    readAt(fd, 0, Math.min(HEAD_BYTES, length)).equals(readAt(other, 0, Math.min(HEAD_BYTES, length))) &&
    readAt(fd, tail, length - tail).equals(readAt(other, tail, length - tail))
  );
}

/** Runs `look` on the open file; `otherwise` when it went away or cannot be read, which the next scan sees. */
export function withFile<T>(found: Found, otherwise: T, look: (fd: number, size: number) => T): T {
  let fd: number | undefined;
  try {
    fd = openRegular(found.path);
    const stats = fstatSync(fd, { bigint: true });
    return sameFile(idOf(stats), found.id) ? look(fd, Number(stats.size)) : otherwise;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return otherwise;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
