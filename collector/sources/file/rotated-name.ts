import { posix } from 'node:path';

/** What log rotation puts behind a name, or in front of its extension: a number, a date, or a word for "old". */
const MARK = String.raw`(?:\d[\dT:_.-]*|old|bak|prev|save|orig)`;
const BEHIND = new RegExp(`^(.+?)[._-]${MARK}$`, 'i');
const BEFORE_EXTENSION = new RegExp(String.raw`^(.+?)[._-]${MARK}(\.[A-Za-z]+)$`, 'i');

const COMPRESSED = /\.(?:gz|bz2|xz|zst|Z|lz4)$/;

/** Packed files are finished files: they are never read. */
export function isCompressed(path: string): boolean {
  return COMPRESSED.test(path);
}

/**
 * The live paths a rotated file may have had: `/v/access.log.1` and `/v/access-20260101.log` were `/v/access.log`. Empty for
 * names without a mark of rotation. Whether such a file exists or existed decides the caller.
 */
export function basesOf(path: string): readonly string[] {
  const directory = posix.dirname(path);
  const name = posix.basename(path);
  const bases: string[] = [];
  const behind = BEHIND.exec(name);
  if (behind?.[1]) bases.push(posix.join(directory, behind[1]));
  const before = BEFORE_EXTENSION.exec(name);
  if (before?.[1]) bases.push(posix.join(directory, `${before[1]}${before[2]}`));
  return bases;
}
