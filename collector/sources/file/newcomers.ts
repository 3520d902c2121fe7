import { fstatSync } from 'node:fs';
import type { Found } from './census.ts';
import { idKey } from './identity.ts';
import { openedAs } from './likeness.ts';
import { readAt } from './open-file.ts';
import { advanced, type FilePosition, positionValue, startOf } from './position.ts';
import { endsAt } from './read-ends.ts';
import type { Remnants } from './remnants.ts';
import type { Scan } from './scan.ts';
import { TailedFile } from './tailed-file.ts';
import { isLive, judge, type Known } from './verdict.ts';

export interface NewcomerOptions {
  /** Where files start that are there in the first scan ever. */
  readonly readFrom: 'beginning' | 'end';
  readonly maxLineBytes: number;
}

/** A file in the making does not rest for longer. */
const QUIET_MS = 1000;

/**
 * Files never seen before. They are taken up at once, `held`, so that no later scan takes them for newer than they are; what they are
 * shows by their content, now or later:
 *
 *     holds what was read of a file that is gone ... heir: its offset moves over
 *     begins like a file that is followed .......... copy: held until one of the two changes
 *     shorter than what was read of a gone one ..... an older copy, or being unpacked: held, and set aside when that is forgotten
 *     rotated, not asked for by the patterns, and
 *       older than all we had seen of its family ... there before us: set aside
 *       younger .................................... a whole turn of the rotation was missed: read from 0 once it is quiet
 *     any other .................................... read from 0
 */
export class Newcomers {
  readonly #files: Map<string, TailedFile>;
  readonly #remnants: Remnants;
  readonly #options: NewcomerOptions;
  /** What held files look like, and since when (monotonic ms). */
  readonly #looks = new WeakMap<TailedFile, { readonly look: string; readonly since: number }>();

  constructor(files: Map<string, TailedFile>, remnants: Remnants, options: NewcomerOptions) {
    this.#files = files;
    this.#remnants = remnants;
    this.#options = options;
  }

  settle(scan: Scan): void {
    for (const found of scan.there.values()) if (!this.#files.has(idKey(found.id))) this.#takeUp(found, scan);
    const newcomers = [...scan.there.values()].filter((found) => this.#isHeld(found)).sort(inPrecedence);
    if (newcomers.length === 0) return;
    const families = this.#families();
    for (const found of newcomers) {
      const family = families.get(found.base) ?? [];
      this.#settle(found, [...family, ...this.#remnants.entries()], scan);
      const file = this.#files.get(idKey(found.id));
      if (file !== undefined && !this.#isHeld(found)) families.set(found.base, [...family, asKnown(file)]);
    }
  }

  #isHeld({ id }: Found): boolean {
    return this.#files.get(idKey(id))?.position.state === 'held';
  }

  /** The files that are followed, by live path. */
  #families(): Map<string, readonly Known[]> {
    const families = new Map<string, Known[]>();
    for (const file of this.#files.values()) {
      const family = families.get(file.position.base) ?? [];
      if (file.position.state !== 'held') family.push(asKnown(file));
      families.set(file.position.base, family);
    }
    return families;
  }

  /** Of a copy whose original is forgotten, nobody can tell any more what was read: all of it, as long as it did not change. */
  setAsideCopiesOf(originals: readonly string[], scan: Scan): void {
    if (originals.length === 0) return;
    for (const file of [...this.#files.values()]) {
      const { state, copy_of = '' } = file.position;
      const found = scan.there.get(idKey(file.position));
      if (state === 'held' && found !== undefined && originals.includes(copy_of)) {
        this.#startAtEnd(file, found, 'old', scan);
      }
    }
  }

  #takeUp({ id, path, base, size }: Found, { seen, newest, changes }: Scan): void {
    const seen_ms = seen.get(base) ?? newest.get(base) ?? 0;
    const file = new TailedFile(startOf(id, { path, base, generation: 0, size, seen_ms, state: 'held' }), false);
    this.#files.set(idKey(id), file);
    changes[file.key] = positionValue(file.position);
  }

  #settle(found: Found, known: readonly Known[], scan: Scan): void {
    const held = this.#files.get(idKey(found.id));
    if (held === undefined) return;
    const isQuiet = this.#isQuiet(held, found, scan.now);
    held.size = found.size;
    const verdict = judge(found, known);
    if (verdict.kind === 'unknown') scan.open.add(found.base);
    else if (verdict.kind === 'heir') this.#inherit(held, found, verdict.of, scan);
    else if (isLive(found) || (verdict.kind === 'unreadable' && found.matched)) this.#begin(held, found, scan);
    else if (verdict.kind === 'new') this.#settleUnlike(held, found, isQuiet, scan);
    else if (verdict.kind === 'copy') this.#holdAsCopy(held, verdict.of, scan);
  }

  #isQuiet(held: TailedFile, { size, modified_ms }: Found, now: number): boolean {
    const look = `${size} ${modified_ms}`;
    const last = this.#looks.get(held);
    if (last?.look !== look) this.#looks.set(held, { look, since: now });
    return last?.look === look && now - last.since >= QUIET_MS;
  }

  #holdAsCopy(held: TailedFile, copy_of: string, { changes }: Scan): void {
    if (copy_of === held.position.copy_of) return;
    held.amend({ copy_of });
    changes[held.key] = positionValue(held.position);
  }

  #inherit(held: TailedFile, found: Found, { key, position }: Known, scan: Scan): void {
    const { generation, seen_ms } = held.position;
    this.#remnants.remove(key);
    scan.changes[key] = null;
    this.#become({ ...position, generation, seen_ms, state: 'reading' }, found, scan);
  }

  /** Like no other. It may be in the making, to be given the time of long ago at its end, as when it is unpacked. */
  #settleUnlike(held: TailedFile, found: Found, isQuiet: boolean, scan: Scan): void {
    const isYoung = scan.seen.has(found.base) && found.modified_ms >= held.position.seen_ms;
    if (found.matched || (isYoung && isQuiet)) this.#begin(held, found, scan);
    else if (isYoung) scan.open.add(found.base);
    else this.#startAtEnd(held, found, 'old', scan);
  }

  #begin(held: TailedFile, found: Found, scan: Scan): void {
    if (!isLive(found)) this.#remnants.removeUnread(found, scan.changes);
    if (scan.isFirst && this.#options.readFrom === 'end') this.#startAtEnd(held, found, 'reading', scan);
    else this.#become({ ...held.position, state: 'reading' }, found, scan);
  }

  /** Behind the last line end; a line still being written belongs to what comes. */
  #startAtEnd(held: TailedFile, found: Found, state: FilePosition['state'], scan: Scan): void {
    try {
      const position = openedAs(found, (fd) => {
        const size = Number(fstatSync(fd, { bigint: true }).size);
        const window = Math.min(size, this.#options.maxLineBytes);
        const lf = readAt(fd, size - window, window).lastIndexOf(10);
        return advanced(held.position, endsAt(fd, lf < 0 ? size : size - window + lf + 1));
      });
      this.#become({ ...position, state }, found, scan);
    } catch (error) {
      held.fail(error);
      scan.open.add(found.base);
    }
  }

  #become(position: FilePosition, { id, path, base, size }: Found, { newest, changes }: Scan): void {
    const seen_ms = Math.max(position.seen_ms, newest.get(base) ?? 0);
    const file = new TailedFile({ ...position, ...id, path, base, size, seen_ms }, false);
    this.#files.set(idKey(id), file);
    changes[file.key] = positionValue(file.position);
  }
}

/** Its bytes are read once for all that it is compared with. */
function asKnown(file: TailedFile): Known {
  let head: Buffer | undefined;
  const read = (): Buffer => {
    head ??= file.head();
    return head;
  };
  return { key: file.key, position: file.position, file, head: read };
}

/** Live files first, so that copies find their originals; then the longest, which is the original of those it is like. */
function inPrecedence(a: Found, b: Found): number {
  return Number(isLive(b)) - Number(isLive(a)) || b.size - a.size || b.modified_ms - a.modified_ms;
}
