import type { PositionValue } from '../../../server/model/batch.ts';
import type { Census, Found } from './census.ts';
import { idKey } from './identity.ts';
import type { FilePosition } from './position.ts';

export type PositionChanges = Record<string, PositionValue | null>;

/** What one comparison with the file system works on. Times of modification are by live path, in ms. */
export interface Scan {
  readonly census: Census;
  /** All files of the census. */
  readonly everywhere: ReadonlyMap<string, Found>;
  /** The files of the families that stood still. */
  readonly there: ReadonlyMap<string, Found>;
  /** Newest modification in the family when its last file was taken up, before this scan. */
  readonly seen: ReadonlyMap<string, number>;
  /** Newest modification in the family now. */
  readonly newest: ReadonlyMap<string, number>;
  /** Nothing was ever committed. */
  readonly isFirst: boolean;
  /** Monotonic ms. */
  readonly now: number;
  /** Live paths of families in which a file may hold lines that nobody reads yet. */
  readonly open: Set<string>;
  /** Collects the positions to commit. */
  readonly changes: PositionChanges;
}

export function scanOf(census: Census, known: readonly FilePosition[], isFirst: boolean, now: number): Scan {
  const settled = census.files.filter((found) => !census.moving.has(found.base));
  return {
    census,
    everywhere: new Map(census.files.map((found) => [idKey(found.id), found])),
    there: new Map(settled.map((found) => [idKey(found.id), found])),
    seen: latest(known.map(({ base, seen_ms }) => [base, seen_ms])),
    newest: latest(settled.map(({ base, modified_ms }) => [base, modified_ms])),
    isFirst,
    now,
    open: new Set(census.moving),
    changes: {},
  };
}

function latest(times: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const [base, time] of times) newest.set(base, Math.max(time, newest.get(base) ?? 0));
  return newest;
}
