import type { BlockHead } from './block-head.ts';

/** The ring is bounded twice. */
export interface LogLimits {
  /** Of everything stored for lines. */
  readonly maxBytes: number;
  /** Against the newest line of the same origin, ms: a log of long ago is as young as its own newest line. */
  readonly maxAge: number;
}

/** The blocks whose newest line is oldest, as many as free `excess` bytes. */
export function evictForRoom(heads: Iterable<BlockHead>, excess: number): BlockHead[] {
  const evicted: BlockHead[] = [];
  let left = excess;
  for (const head of [...heads].sort((a, b) => a.newest - b.newest || a.id - b.id)) {
    if (left <= 0) break;
    evicted.push(head);
    left -= head.bytes;
  }
  return evicted;
}

/**
 * Blocks all of whose lines are too old.
 * @param believed lines of a later time are not taken for the newest: a wrong clock wrote them.
 */
export function evictForAge(heads: Iterable<BlockHead>, believed: number, maxAge: number): BlockHead[] {
  const all = [...heads];
  const newest = new Map<string, number>();
  for (const head of all) {
    if (head.newest <= believed) newest.set(head.origin, Math.max(head.newest, newest.get(head.origin) ?? 0));
  }
  return all.filter((head) => head.newest < (newest.get(head.origin) ?? head.newest) - maxAge);
}
