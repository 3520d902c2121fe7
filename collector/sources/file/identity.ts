import type { BigIntStats } from 'node:fs';

/** Which file it is, whatever its name: what the system says. Its content is compared by its position. */
export interface FileId {
  readonly dev: string;
  readonly ino: string;
  /** Nanoseconds since the epoch; `0` where the file system has no birth time. */
  readonly birth: string;
}

export function idOf(stats: BigIntStats): FileId {
  return { dev: String(stats.dev), ino: String(stats.ino), birth: String(stats.birthtimeNs) };
}

/** Device numbers change over a reboot; an inode with the same birth time to the nanosecond does not exist twice. */
export function sameFile(a: FileId, b: FileId): boolean {
  return a.ino === b.ino && a.birth === b.birth && (a.dev === b.dev || a.birth !== '0');
}

/** Index of files such that `sameFile` ones share an entry. */
export function idKey(id: FileId): string {
  return id.birth === '0' ? `${id.dev}:${id.ino}` : `${id.ino}@${id.birth}`;
}

/** Milliseconds with their fraction. */
export function modifiedMs(stats: BigIntStats): number {
  return Number(stats.mtimeNs) / 1e6;
}
