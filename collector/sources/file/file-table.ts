import { posix } from 'node:path';
import type { PositionValue } from '../../../server/model/batch.ts';
import type { Census, Found } from './census.ts';
import { endOf, hasSameContent, isCopy, isOlderCopy, versionOf, withFile } from './copies.ts';
import { idKey, sameFile } from './identity.ts';
import { readAt } from './open-file.ts';
import { advanced, type FilePosition, parsePosition, positionKey, positionValue, startOf } from './position.ts';
import { TailedFile } from './tailed-file.ts';

export type PositionChanges = Record<string, PositionValue | null>;

export interface FileTableOptions {
  readonly readFrom: 'beginning' | 'end';
  readonly maxLineBytes: number;
  /** Whether the patterns of today ask for the file written at this path. Positions of others stay as they are. */
  readonly follows: (base: string) => boolean;
  /** Bytes that were there when the file was last looked at, and are nowhere to be found. */
  readonly onLoss: (path: string, bytes: number) => void;
}

/** Positions of files that are gone are kept this long, and this many of them. */
export const FORGET_MS = 86_400_000;
export const MAX_GONE = 1000;

/**
 * Which files are followed, and what became of them since the last look. Every scan decides anew, from what is there:
 *
 *     same inode, content intact ............ resume, under whatever name
 *     same inode, other content ............. truncated: look for the copy, then start at 0 as the next generation
 *     inode gone ............................ look for a copy; read on through an open descriptor; else keep the position a while
 *     new file with the content of a lost one moved or copied: the offset moves over
 *     new file like one still there ......... a copy being made: held until one of the two changes
 *     new rotated sibling, younger than all
 *     we had seen of its live file .......... a whole turn of the rotation was missed: read from 0 once it stopped growing
 *     new matched file ...................... read from 0
 *
 * Decisions come out as changes of positions, committed before anything is read by them; a kill in between repeats the scan.
 */
export class FileTable {
  readonly #options: FileTableOptions;
  readonly #files = new Map<string, TailedFile>();
  readonly #gone = new Map<string, { readonly position: FilePosition; readonly since: number }>();
  /** Strangers compared with the lost files already, so that each is opened once. */
  readonly #compared = new Set<string>();
  #first: boolean;

  constructor(committed: Readonly<Record<string, PositionValue>>, options: FileTableOptions) {
    this.#options = options;
    const positions = Object.values(committed).flatMap((value) => parsePosition(value) ?? []);
    for (const position of positions.filter(({ base }) => options.follows(base))) {
      const rival = this.#files.get(idKey(position));
      if (rival !== undefined && rival.position.generation > position.generation) continue;
      this.#files.set(idKey(position), new TailedFile(position, true));
    }
    this.#first = Object.keys(committed).length === 0;
  }

  /** Files being read, in no particular order. */
  files(): readonly TailedFile[] {
    return [...this.#files.values()].filter((file) => file.position.state !== 'held');
  }

  closeAll(): void {
    for (const file of this.#files.values()) file.close();
  }

  /** Compares with what is there; returns the positions to commit. `now`: monotonic ms. */
  reconcile(census: Census, now: number): PositionChanges {
    const changes: PositionChanges = {};
    const there = new Map(census.files.map((found) => [idKey(found.id), found]));
    const seen = this.#newestSeen();
    this.#revive(there);
    const unlisted = new Set(census.problems.map(({ path }) => path));
    const lost = [...this.#files.values()].flatMap((file) => {
      const found = there.get(idKey(file.position));
      // A directory that cannot be listed now says nothing about what is in it.
      return found === undefined && unlisted.has(posix.dirname(file.path)) ? [] : this.#locate(file, found, changes);
    });
    this.#carry(lost, census.files, now, changes);
    this.#release(there, changes);
    for (const found of census.files) {
      if (!this.#files.has(idKey(found.id))) this.#admit(found, census.files, seen, changes);
    }
    this.#forget(now, changes);
    this.#first = false;
    return changes;
  }

  /** A file read to its end, after it was rotated away. */
  finish(file: TailedFile, now: number): PositionChanges {
    file.amend({ state: 'finished', size: file.size });
    file.close();
    if (file.deleted) {
      this.#files.delete(idKey(file.position));
      this.#gone.set(file.key, { position: file.position, since: now });
    }
    return { [file.key]: positionValue(file.position) };
  }

  knownBases(): ReadonlySet<string> {
    const positions = [...this.#files.values()].map((file) => file.position);
    return new Set([...positions, ...[...this.#gone.values()].map((gone) => gone.position)].map(({ base }) => base));
  }

  #newestSeen(): ReadonlyMap<string, number> {
    const seen = new Map<string, number>();
    const positions = [...this.#files.values()].map((file) => file.position);
    for (const { base, seen_ms } of [...positions, ...[...this.#gone.values()].map((gone) => gone.position)]) {
      seen.set(base, Math.max(seen_ms, seen.get(base) ?? 0));
    }
    return seen;
  }

  #revive(there: ReadonlyMap<string, Found>): void {
    for (const [key, { position }] of this.#gone) {
      if (!there.has(idKey(position)) || this.#files.has(idKey(position))) continue;
      this.#gone.delete(key);
      this.#files.set(idKey(position), new TailedFile(position, true));
    }
  }

  /** Follows a file to its path of today; returns its position when its content is lost. */
  #locate(file: TailedFile, found: Found | undefined, changes: PositionChanges): readonly FilePosition[] {
    file.deleted = found === undefined;
    if (found !== undefined) file.meet(found.path, found.size);
    else if (!file.isOpen) return this.#lose(file, changes);
    if (!file.suspect) return [];
    try {
      file.problem = undefined;
      file.suspect = false;
      return file.isIntact() ? [] : this.#restart(file, changes);
    } catch (error) {
      file.suspect = true;
      file.fail(error);
      return [];
    }
  }

  #lose(file: TailedFile, changes: PositionChanges): readonly FilePosition[] {
    this.#files.delete(idKey(file.position));
    if (file.position.state !== 'held') return [{ ...file.position, size: file.size }];
    changes[file.key] = null;
    return [];
  }

  /** Same inode, other content: the next generation starts at 0. */
  #restart(file: TailedFile, changes: PositionChanges): readonly FilePosition[] {
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
    changes[file.key] = null;
    changes[next.key] = positionValue(next.position);
    return [{ ...position, size }];
  }

  /** Gives the offsets of lost files to the copies of them. What finds none is kept among the gone. */
  #carry(lost: readonly FilePosition[], found: readonly Found[], now: number, changes: PositionChanges): void {
    if (lost.length > 0) this.#compared.clear();
    const strangers = found
      .filter((candidate) => this.#isStranger(candidate) && !this.#compared.has(versionOf(candidate)))
      .sort((a, b) => b.modified_ms - a.modified_ms);
    const orphans = new Map([...this.#gone].map(([key, gone]) => [key, gone.position]));
    for (const position of lost) orphans.set(positionKey(position, position.generation), position);
    const inOrder = [...orphans].sort(([, a], [, b]) => b.offset - a.offset);
    for (const [key, position] of strangers.length > 0 ? inOrder : []) {
      const heir = strangers.find((candidate) => this.#isStranger(candidate) && isCopy(candidate, position));
      if (heir === undefined) continue;
      this.#inherit(heir, position, changes);
      changes[key] = null;
      orphans.delete(key);
      this.#gone.delete(key);
    }
    this.#retireOlderCopies(lost, strangers, changes);
    for (const candidate of strangers) this.#compared.add(versionOf(candidate));
    for (const position of lost) {
      const key = positionKey(position, position.generation);
      if (orphans.has(key)) this.#mourn(key, position, now, changes);
    }
  }

  /** Not followed, or followed only as a possible copy. */
  #isStranger(found: Found): boolean {
    const file = this.#files.get(idKey(found.id));
    return file === undefined || file.position.state === 'held';
  }

  #inherit(heir: Found, position: FilePosition, changes: PositionChanges): void {
    const held = this.#files.get(idKey(heir.id));
    const generation = held?.position.generation ?? 0;
    const { path, base, id, size } = heir;
    const file = new TailedFile({ ...position, ...id, path, base, generation, size, state: 'reading' }, false);
    this.#files.set(idKey(id), file);
    changes[file.key] = positionValue(file.position);
  }

  /** A copy made before its original grew on holds nothing new: it starts at its own end. */
  #retireOlderCopies(lost: readonly FilePosition[], found: readonly Found[], changes: PositionChanges): void {
    for (const candidate of found) {
      const held = this.#files.get(idKey(candidate.id));
      const original = lost.find((position) => held?.position.copy_of === positionKey(position, position.generation));
      if (held?.position.state !== 'held' || original === undefined || candidate.size >= original.offset) continue;
      const file = new TailedFile({ ...endOf(candidate, held.position), state: 'finished' }, false);
      this.#files.set(idKey(candidate.id), file);
      changes[file.key] = positionValue(file.position);
    }
  }

  #mourn(key: string, position: FilePosition, now: number, changes: PositionChanges): void {
    if (position.size > position.offset) this.#options.onLoss(position.path, position.size - position.offset);
    // Told once: from now on the position knows of no more bytes than were read.
    const settled: FilePosition = { ...position, size: position.offset, state: 'finished' };
    if (changes[key] === null) return;
    this.#gone.set(key, { position: settled, since: now });
    changes[key] = positionValue(settled);
  }

  /** A held file that stopped growing and is like no other is no copy: it is read. */
  #release(there: ReadonlyMap<string, Found>, changes: PositionChanges): void {
    for (const [id, file] of this.#files) {
      const found = there.get(id);
      if (file.position.state !== 'held' || found === undefined) continue;
      const isStable = found.size === file.size;
      file.size = found.size;
      const original = this.#originalOf(found);
      if (original !== undefined && original !== file.position.copy_of) {
        file.amend({ copy_of: original });
        changes[file.key] = positionValue(file.position);
      }
      if (original !== undefined || !isStable || found.size === 0 || this.#mayHaveHadOriginal(found)) continue;
      file.amend({ state: 'reading', path: found.path });
      changes[file.key] = positionValue(file.position);
    }
  }

  #admit(found: Found, all: readonly Found[], seen: ReadonlyMap<string, number>, changes: PositionChanges): void {
    const isRotated = found.path !== found.base;
    const since = seen.get(found.base);
    if (!found.matched && (since === undefined || found.modified_ms <= since)) return;
    const hold = !found.matched || (isRotated && (this.#isCopyOfLive(found) || this.#isPartOfGone(found)));
    const seenMs = all.reduce((max, f) => (f.base === found.base ? Math.max(max, f.modified_ms) : max), 0);
    const { path, base, size } = found;
    const start = startOf(found.id, {
      path,
      base,
      generation: 0,
      size,
      seen_ms: seenMs,
      state: hold ? 'held' : 'reading',
    });
    const position = this.#first && this.#options.readFrom === 'end' ? this.#atLastLine(found, start) : start;
    const file = new TailedFile(position, false);
    this.#files.set(idKey(found.id), file);
    changes[file.key] = positionValue(position);
  }

  /** Behind the last line end; a line still being written belongs to what comes. */
  #atLastLine(found: Found, start: FilePosition): FilePosition {
    return withFile(found, start, (fd, size) => {
      const window = Math.min(size, this.#options.maxLineBytes);
      const lf = readAt(fd, size - window, window).lastIndexOf(10);
      return advanced(fd, start, lf < 0 ? size : size - window + lf + 1);
    });
  }

  #isCopyOfLive(found: Found): boolean {
    return this.#originalOf(found) !== undefined || this.#mayHaveHadOriginal(found);
  }

  /** Key of the file being read that this one is like, as far as both go. */
  #originalOf(found: Found): string | undefined {
    return this.#rivalsOf(found).find((rival) => withFile(found, false, (fd, size) => hasSameContent(fd, size, rival)))
      ?.key;
  }

  #rivalsOf(found: Found): readonly TailedFile[] {
    return [...this.#files.values()].filter(
      ({ position }) => position.base === found.base && position.state !== 'held' && !sameFile(position, found.id),
    );
  }

  /** A rotated file that may be coming back piece by piece, as when it is unpacked. */
  #isPartOfGone(found: Found): boolean {
    return [...this.#gone.values()].some(
      ({ position }) =>
        isOlderCopy(found, position) || (found.base === position.base && found.size < position.head_len),
    );
  }

  /**
   * Asked after the comparison: an original truncated a moment ago is like no copy any more, and the copy would be read twice. It
   * is settled with the next scan, as is what cannot be compared now.
   */
  #mayHaveHadOriginal(found: Found): boolean {
    for (const rival of this.#rivalsOf(found)) rival.suspect ||= !rival.isKnownIntact();
    return this.#rivalsOf(found).some((rival) => rival.suspect);
  }

  #forget(now: number, changes: PositionChanges): void {
    let surplus = this.#gone.size - MAX_GONE;
    for (const [key, { since }] of this.#gone) {
      if (now - since < FORGET_MS && surplus <= 0) break;
      this.#gone.delete(key);
      changes[key] = null;
      surplus--;
    }
  }
}
