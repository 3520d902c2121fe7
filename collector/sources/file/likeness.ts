import { closeSync, fstatSync } from 'node:fs';
import type { Found } from './census.ts';
import { openFile, readAt } from './open-file.ts';
import { type FilePosition, hashOfHead, headsAgree, matchesPosition } from './position.ts';
import { HEAD_BYTES } from './read-ends.ts';

/** How a file compares with what was read of another: it holds all of it, a beginning of it, something else, or too little to tell. */
export type Likeness = 'whole' | 'part' | 'other' | 'unclear';

/** The beginning of a file that is compared with many: read once. */
export interface Sample {
  readonly fd: number;
  /** When the comparison began. */
  readonly size: number;
  readonly head: Buffer;
  readonly headHash: string;
}

export function sampleOf(fd: number): Sample {
  const size = Number(fstatSync(fd, { bigint: true }).size);
  const head = readAt(fd, 0, Math.min(size, HEAD_BYTES));
  return { fd, size, head, headHash: hashOfHead(head) };
}

/**
 * Asks for what was read, not for what the other file holds now, so that a truncation at this very moment makes no difference.
 */
export function likenessOf({ fd, size, head, headHash }: Sample, position: FilePosition): Likeness {
  if (position.offset === 0) return 'unclear';
  const alike = headsAgree(head.length, headHash, position);
  if (alike === false) return 'other';
  if (size >= position.offset) return matchesPosition(fd, position) ? 'whole' : 'other';
  return alike === undefined ? 'unclear' : 'part';
}

/** Whether both files begin with the same bytes, as far as the shorter goes, and a kilobyte at most. */
export function beginsAlike({ head }: Sample, other: Buffer): boolean {
  const length = Math.min(head.length, other.length);
  return length > 0 && head.subarray(0, length).equals(other.subarray(0, length));
}

/** Runs `look` on the file, open. Throws system errors, ESTALE when another file is at its path by now. */
export function openedAs<T>(found: Found, look: (fd: number) => T): T {
  const fd = openFile(found.path, found.id);
  try {
    return look(fd);
  } finally {
    closeSync(fd);
  }
}
