import type { Found } from './census.ts';
import { type FilePosition, positionKey, positionValue } from './position.ts';
import type { PositionChanges, Scan } from './scan.ts';

/** Positions of files that are gone are kept this long, and this many of them. */
export const FORGET_MS = 86_400_000;
export const MAX_GONE = 1000;

interface Remnant {
  position: FilePosition;
  /** Monotonic ms. */
  readonly since: number;
  /** Scans that looked for it, the one that missed it included. */
  looks: number;
}

/**
 * What was read of files whose content is in no file we know: they were truncated or deleted. A copy of one that turns up inherits
 * its offset. A truncation is noticed after the scan's look at the folder, which may have been too early to see the copy: only
 * the next look can tell that there is none, and that bytes not read are lost.
 */
export class Remnants {
  readonly #remnants = new Map<string, Remnant>();

  add(position: FilePosition, now: number): FilePosition {
    const gone: FilePosition = { ...position, state: 'gone' };
    this.#remnants.set(positionKey(gone, gone.generation), { position: gone, since: now, looks: 0 });
    return gone;
  }

  remove(key: string): void {
    this.#remnants.delete(key);
  }

  entries(): readonly { readonly key: string; readonly position: FilePosition }[] {
    return [...this.#remnants].map(([key, { position }]) => ({ key, position }));
  }

  /** Drops the largest remnant that nothing was read of and that `found`, a rotated file to be read from 0, may be the copy of. */
  removeUnread({ base, size }: Found, changes: PositionChanges): void {
    const [largest] = this.entries()
      .filter(({ position }) => position.base === base && position.offset === 0 && position.size <= size)
      .sort((a, b) => b.position.size - a.position.size);
    if (largest === undefined) return;
    this.remove(largest.key);
    changes[largest.key] = null;
  }

  /** Whether a copy may still turn up that was there all the time. */
  get isSearching(): boolean {
    return [...this.#remnants.values()].some(({ looks }) => looks < 2);
  }

  /** Ends a scan. Every loss is told once: a remnant kept after that knows of no more bytes than were read. */
  tellLosses({ census, open, changes }: Scan, onLoss: (path: string, bytes: number) => void): void {
    for (const [key, remnant] of this.#remnants) {
      const { position } = remnant;
      if (census.moving.has(position.base)) continue;
      remnant.looks++;
      if (open.has(position.base) || remnant.looks < 2 || position.size <= position.offset) continue;
      onLoss(position.path, position.size - position.offset);
      remnant.position = { ...position, size: position.offset };
      changes[key] = positionValue(remnant.position);
    }
  }

  /** Forgets those that are too old or too many, the oldest first; returns their keys. */
  forget({ now, changes }: Scan): readonly string[] {
    const keys: string[] = [];
    for (const [key, { since }] of this.#remnants) {
      if (now - since < FORGET_MS && this.#remnants.size <= MAX_GONE) break;
      this.#remnants.delete(key);
      changes[key] = null;
      keys.push(key);
    }
    return keys;
  }
}
