import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileId, idOf, sameFile } from './identity.ts';

/** Opens without waiting for the other end of a pipe, and refuses what is no regular file. */
export function openRegular(path: string): number {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = fstatSync(fd);
  if (stats.isFile()) return fd;
  closeSync(fd);
  const code = stats.isDirectory() ? 'EISDIR' : 'ENOTSUP';
  throw Object.assign(new Error(stats.isDirectory() ? 'is a directory' : 'is no regular file'), { code });
}

/** Opens the path when this file is still there. Throws what the system says, or ESTALE when it is another file. */
export function openFile(path: string, id: FileId): number {
  const fd = openRegular(path);
  if (sameFile(idOf(fstatSync(fd, { bigint: true })), id)) return fd;
  closeSync(fd);
  throw Object.assign(new Error('another file has taken the path'), { code: 'ESTALE' });
}

/** Up to `length` bytes at `position`; fewer only at the end of the file. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
