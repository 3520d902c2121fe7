import { readAt } from './open-file.ts';

/** The ends of what was read of a file, as bytes: its first `HEAD_BYTES`, and the last `TAIL_BYTES` before `at`. */
export interface ReadEnds {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly at: number;
}

export const HEAD_BYTES = 1024;
const TAIL_BYTES = 64;

export const NOTHING_READ: ReadEnds = { head: Buffer.alloc(0), tail: Buffer.alloc(0), at: 0 };

/** The ends as they are in the file now; shorter than they should be where the file is. */
export function endsAt(fd: number, at: number): ReadEnds {
  const tail = Math.min(TAIL_BYTES, at);
  return { head: readAt(fd, 0, Math.min(HEAD_BYTES, at)), tail: readAt(fd, at - tail, tail), at };
}

/** The ends after `bytes`, the ones that follow at `ends.at`: out of memory, because the file may be another by now. */
export function extendedBy(ends: ReadEnds, bytes: Buffer): ReadEnds {
  if (bytes.length === 0) return ends;
  const missing = HEAD_BYTES - ends.head.length;
  return {
    head: missing > 0 ? Buffer.concat([ends.head, bytes.subarray(0, missing)]) : ends.head,
    tail: Buffer.concat([ends.tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES),
    at: ends.at + bytes.length,
  };
}

/** Whether the file still has both; `later` extends `ends`. Everything read in between is right then. */
export function hasEnds(fd: number, ends: ReadEnds, later: ReadEnds): boolean {
  return (
    readAt(fd, 0, later.head.length).equals(later.head) &&
    readAt(fd, later.at - later.tail.length, later.tail.length).equals(later.tail) &&
    (later === ends || readAt(fd, ends.at - ends.tail.length, ends.tail.length).equals(ends.tail))
  );
}
