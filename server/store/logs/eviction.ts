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

/** Blocks all of whose lines are too old. */
export function evictForAge(
  heads: Iterable<BlockHead>,
  newestOf: ReadonlyMap<string, number>,
  maxAge: number,
): BlockHead[] {
  const isOld = (head: BlockHead): boolean => head.newest < (newestOf.get(head.origin) ?? head.newest) - maxAge;
  return [...heads].filter(isOld);
}
