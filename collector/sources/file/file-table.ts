import { posix } from 'node:path';
import type { PositionValue } from '../../../server/model/batch.ts';
import type { Census } from './census.ts';
import { idKey } from './identity.ts';
import { type NewcomerOptions, Newcomers } from './newcomers.ts';
import { type FilePosition, parsePosition, positionValue, startOf } from './position.ts';
import { Remnants } from './remnants.ts';
import { type PositionChanges, type Scan, scanOf } from './scan.ts';
import { TailedFile } from './tailed-file.ts';

export interface FileTableOptions extends NewcomerOptions {
  /** Whether the patterns of today ask for the file written at this path. Positions of others stay as they are. */
  readonly follows: (base: string) => boolean;
  /** Bytes that were there when the file was last looked at, and are nowhere to be found. */
  readonly onLoss: (path: string, bytes: number) => void;
}

/**
 * Which files are followed, and what became of them since the last look:
 *
 *     same inode, content intact ... resume, under whatever name
 *     same inode, other content .... truncated: what was read becomes a remnant, the next generation starts at 0
 *     inode gone ................... read on through an open descriptor; else what was read becomes a remnant
 *     inode of a remnant, back ..... resume, if the content is intact
 *     never seen ................... see `Newcomers`: heir of a remnant, copy, or new
 *
 * 1. A family (a live file and its rotated siblings) is decided on by a snapshot, or not at all. What is in the files is read after
 *    it, so contents are only ever compared with what was read of another: that cannot change meanwhile.
 * 2. Nothing read is forgotten before its copy had a time to turn up: a remnant is committed like any position.
 * 3. Decisions come out as changes of positions, committed together before anything is read by them. A kill in between, or a start
 *    from older positions, as after the loss of the database, repeats them: they depend on nothing else.
 *
 * What cannot be known: lines that were written and truncated, or deleted, between two looks, and are in no copy; those that were
 * seen by their size are told as lost. Whether a file that was emptied and filled with the very same first lines again is the one
 * that was read (it is taken for that). Whether a rotated file was asked for that was there at the first scan, or turns up with a
 * time before the last of its family (it is not). Which of two files was read that hold the same lines under one live name.
 */
export class FileTable {
  readonly #options: FileTableOptions;
  readonly #files = new Map<string, TailedFile>();
  readonly #remnants = new Remnants();
  readonly #newcomers: Newcomers;
  #isSettled = false;
  #isFirst: boolean;

  constructor(committed: Readonly<Record<string, PositionValue>>, options: FileTableOptions) {
    this.#options = options;
    this.#newcomers = new Newcomers(this.#files, this.#remnants, options);
    const positions = Object.values(committed)
      .flatMap((value) => parsePosition(value) ?? [])
      .filter(({ base }) => options.follows(base))
      .sort((a, b) => b.generation - a.generation);
    for (const position of positions) {
      if (position.state === 'gone' || this.#files.has(idKey(position))) this.#remnants.add(position, 0);
      else this.#files.set(idKey(position), new TailedFile(position, true));
    }
    this.#isFirst = Object.keys(committed).length === 0;
  }

  /** Files being read, in no particular order. */
  files(): readonly TailedFile[] {
    return [...this.#files.values()].filter(({ position }) => position.state !== 'held' && position.state !== 'old');
  }

  /** Whether the last scan left no question open: no file holds lines that nobody reads yet. */
  get isSettled(): boolean {
    return this.#isSettled && !this.#remnants.isSearching;
  }

  closeAll(): void {
    for (const file of this.#files.values()) file.close();
  }

  /** Compares with what is there; returns the positions to commit. `now`: monotonic ms. */
  reconcile(census: Census, now: number): PositionChanges {
    const scan = scanOf(census, this.#positions(), this.#isFirst, now);
    this.#revive(scan);
    for (const file of [...this.#files.values()]) if (wasLookedFor(file, scan)) this.#locate(file, scan);
    this.#newcomers.settle(scan);
    this.#remnants.tellLosses(scan, this.#options.onLoss);
    this.#newcomers.setAsideCopiesOf(this.#remnants.forget(scan), scan);
    this.#isSettled = scan.open.size === 0;
    if (census.moving.size === 0) this.#isFirst = false;
    return scan.changes;
  }

  /** A file read to its end, after it was rotated away. */
  finish(file: TailedFile, now: number): PositionChanges {
    file.amend({ state: 'finished', size: file.size });
    file.close();
    if (!file.deleted) return { [file.key]: positionValue(file.position) };
    this.#files.delete(idKey(file.position));
    return { [file.key]: positionValue(this.#remnants.add(file.position, now)) };
  }

  knownBases(): ReadonlySet<string> {
    return new Set(this.#positions().map(({ base }) => base));
  }

  #positions(): readonly FilePosition[] {
    return [...this.#files.values(), ...this.#remnants.entries()].map(({ position }) => position);
  }

  #revive({ there }: Scan): void {
    for (const { key, position } of this.#remnants.entries()) {
      if (!there.has(idKey(position)) || this.#files.has(idKey(position))) continue;
      this.#remnants.remove(key);
      const state = position.offset === 0 ? 'held' : 'reading';
      this.#files.set(idKey(position), new TailedFile({ ...position, state }, true));
    }
  }

  /** Follows a file to its path of today, and notices that its content is another. */
  #locate(file: TailedFile, scan: Scan): void {
    const found = scan.there.get(idKey(file.position));
    file.deleted = found === undefined;
    if (found !== undefined) file.meet(found.path, found.size);
    if (found === undefined && !file.isOpen) this.#lose(file, scan);
    else if (file.position.state === 'old') this.#wake(file, scan);
    else if (file.position.state !== 'held' && file.suspect) this.#compare(file, scan);
  }

  #compare(file: TailedFile, scan: Scan): void {
    try {
      file.problem = undefined;
      file.suspect = false;
      if (!file.isIntact()) this.#restart(file, scan);
    } catch (error) {
      file.suspect = true;
      file.fail(error);
      if (file.problem === undefined) scan.open.add(file.position.base);
    }
  }

  #lose(file: TailedFile, { now, changes }: Scan): void {
    this.#files.delete(idKey(file.position));
    const { state, copy_of } = file.position;
    const isNobodys = state === 'held' && (copy_of !== undefined || file.size === 0);
    const size = state === 'old' ? file.position.offset : file.size;
    const remnant = isNobodys ? undefined : this.#remnants.add({ ...file.position, size }, now);
    changes[file.key] = remnant === undefined ? null : positionValue(remnant);
  }

  /** Same inode, other content: the next generation starts at 0. */
  #restart(file: TailedFile, { now, changes }: Scan): void {
    const { position, path, size } = file;
    const { base, seen_ms } = position;
    const generation = position.generation + 1;
    const next = new TailedFile(
      startOf(position, { path, base, generation, size: 0, seen_ms, state: 'reading' }),
      false,
    );
    next.deleted = file.deleted;
    file.handOverTo(next);
    this.#files.set(idKey(position), next);
    changes[file.key] = positionValue(this.#remnants.add({ ...position, size }, now));
    changes[next.key] = positionValue(next.position);
  }

  /** A file set aside that is written to: what comes from now on is after us. */
  #wake(file: TailedFile, scan: Scan): void {
    const found = scan.there.get(idKey(file.position));
    if (found === undefined || found.size === file.size) return;
    file.amend({ state: 'reading' });
    scan.changes[file.key] = positionValue(file.position);
    this.#compare(file, scan);
  }
}

/** A folder that cannot be listed, or a family on the move, says nothing about the files in it. */
function wasLookedFor({ position, path }: TailedFile, { census, everywhere }: Scan): boolean {
  const { moving, problems } = census;
  const base = everywhere.get(idKey(position))?.base;
  if (base !== undefined) return !moving.has(base);
  return !moving.has(position.base) && problems.every((problem) => problem.path !== posix.dirname(path));
}
