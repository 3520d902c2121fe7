import { closeSync, fstatSync } from 'node:fs';
import { idOf, modifiedMs, sameFile } from './identity.ts';
import { type LineRanges, skipNul, splitLines } from './lines.ts';
import { openRegular, readAt } from './open-file.ts';
import { advanced, type FilePosition, matchesPosition, positionKey } from './position.ts';
import { causeOf, isRotation, isSystemError } from './system-error.ts';

/** What one read found. Nothing counts as read before `commit`. */
export interface Block {
  readonly bytes: Buffer;
  readonly lines: LineRanges;
  readonly position: FilePosition;
  readonly nulBytes: number;
  readonly tooLong: number;
}

export type ReadResult =
  | { readonly kind: 'block'; readonly block: Block }
  /** Inside a line that is too long, or a run of NULs: more to skip. */
  | { readonly kind: 'skipping' }
  | { readonly kind: 'idle' }
  /** The content before the offset is not what was read: truncated, or another file. */
  | { readonly kind: 'changed' };

export interface ReadLimits {
  readonly blockBytes: number;
  readonly maxLineBytes: number;
}

/**
 * One incarnation of a file, read through a descriptor of our own, so that a rename or an unlink does not matter.
 *
 * 1. The committed offset is just behind a line end (or the end of a finished file); a waiting partial line is read again.
 * 2. Every read proves afterwards that head and marker are still those of the position; bytes read before a truncation are right,
 *    bytes read after one are thrown away.
 * 3. Memory is one block, whatever the length of a line: the scan runs ahead of the offset while skipping.
 */
export class TailedFile {
  path: string;
  /** No path leads to it any more: unlinked or moved away, and still read through the descriptor. */
  deleted = false;
  /** Set when content must be compared before anything else is done with the file. */
  suspect: boolean;
  /** Whether a scan saw another size than the last read did: how a file without a descriptor is noticed. */
  stirred = true;
  /** Why the file cannot be read, for people. */
  problem: string | undefined;
  size: number;
  /** Everything that was there at this moment has been handed over. */
  completeTo: number | undefined;
  #position: FilePosition;
  #fd: number | undefined;
  #mode: 'lines' | 'skip_line' | 'skip_nul';
  /** Where the next read starts: the offset, or ahead of it while skipping. */
  #scanFrom: number;
  #checked: { readonly size: number; readonly modified: number; readonly atEnd: boolean } | undefined;

  constructor(position: FilePosition, suspect: boolean) {
    this.#position = position;
    this.path = position.path;
    this.suspect = suspect;
    this.size = position.size;
    this.#scanFrom = position.offset;
    this.#mode = position.offset === 0 ? 'skip_nul' : 'lines';
  }

  get position(): FilePosition {
    return this.#position;
  }

  get key(): string {
    return positionKey(this.#position, this.#position.generation);
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /** Rotated away: nobody is going to start a new line in it for long. */
  get isRotated(): boolean {
    return this.deleted || this.path !== this.#position.base;
  }

  get isAtEnd(): boolean {
    return this.#checked?.atEnd ?? false;
  }

  /** `isIntact`, where not knowing counts as no. */
  isKnownIntact(): boolean {
    try {
      return this.isIntact();
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** Notes why the file cannot be read; a rotation a moment ago is no reason. Throws what is a mistake of our own. */
  fail(error: unknown): void {
    if (!isSystemError(error)) throw error;
    if (!isRotation(error)) this.problem = causeOf(error);
  }

  /** Asks the system. Throws its errors. */
  hasBytes(): boolean {
    return fstatSync(this.open()).size > 0;
  }

  /** Sets fields of the position that a scan decides on; the content read so far stays. */
  amend(change: Partial<Pick<FilePosition, 'path' | 'state' | 'size' | 'copy_of'>>): void {
    this.#position = { ...this.#position, ...change };
    if (change.path !== undefined) this.path = change.path;
  }

  /** A scan found the file at `path`. */
  meet(path: string, size: number): void {
    this.path = path;
    if (size !== this.size) this.stirred = true;
  }

  /** Opens the path when it is still this file. Throws what the system says, or ESTALE when it is another file. */
  open(): number {
    if (this.#fd !== undefined) return this.#fd;
    const fd = openRegular(this.path);
    if (!sameFile(idOf(fstatSync(fd, { bigint: true })), this.#position)) {
      closeSync(fd);
      throw Object.assign(new Error('another file has taken the path'), { code: 'ESTALE' });
    }
    this.#fd = fd;
    return fd;
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Gives the descriptor away, to the next incarnation of the same inode. */
  handOverTo(next: TailedFile): void {
    next.#fd = this.#fd;
    this.#fd = undefined;
  }

  /** Whether the content before the offset is what was read. */
  isIntact(): boolean {
    const fd = this.open();
    const size = Number(fstatSync(fd, { bigint: true }).size);
    return size >= this.#position.offset && matchesPosition(fd, this.#position);
  }

  /** Reads the next block. `finish`: no more is coming, so the rest of the file is its last line. Throws system errors. */
  read(limits: ReadLimits, finish: boolean): ReadResult {
    const fd = this.open();
    const stats = fstatSync(fd, { bigint: true });
    const size = Number(stats.size);
    const modified = modifiedMs(stats);
    const seen = this.#checked;
    if (seen?.atEnd && !finish && seen.size === size && seen.modified === modified) return { kind: 'idle' };
    if (size < this.#scanFrom) return { kind: 'changed' };
    const bytes = readAt(fd, this.#scanFrom, Math.min(limits.blockBytes, size - this.#scanFrom));
    const atEnd = this.#scanFrom + bytes.length >= size;
    const seenMs = Math.max(this.#position.seen_ms, modified);
    const result = this.#take(fd, bytes, limits, finish && atEnd, { ...this.#position, size, seen_ms: seenMs });
    if (!matchesPosition(fd, this.#position)) return { kind: 'changed' };
    this.size = size;
    this.stirred = false;
    this.#checked = { size, modified, atEnd };
    return result;
  }

  commit(block: Block): void {
    this.#position = { ...block.position, path: this.path };
    this.#scanFrom = block.position.offset;
    this.#mode = 'lines';
  }

  #take(fd: number, bytes: Buffer, limits: ReadLimits, finish: boolean, now: FilePosition): ReadResult {
    const start = this.#scanFrom;
    const skippedTo = this.#skip(bytes);
    if (skippedTo === undefined && !finish) {
      this.#scanFrom += bytes.length;
      return { kind: bytes.length > 0 ? 'skipping' : 'idle' };
    }
    const from = skippedTo ?? bytes.length;
    const lines = splitLines(bytes, from, bytes.length, limits.maxLineBytes);
    const endedLongLine = this.#mode === 'skip_line';
    const nothing = lines.next === from && !endedLongLine;
    if (nothing && !finish) return this.#wait(start + from, bytes.length - from, limits);
    if (nothing && from === bytes.length && start + from === this.#position.offset) return { kind: 'idle' };
    const taken = finish ? withRemainder(lines, bytes.length, limits.maxLineBytes) : lines;
    const offset = start + taken.next;
    return {
      kind: 'block',
      block: {
        bytes,
        lines: taken,
        position: advanced(fd, { ...now, path: this.path }, offset, start === 0 ? bytes : undefined),
        nulBytes: this.#position.offset === 0 && !endedLongLine ? start + from : 0,
        tooLong: taken.tooLong + (endedLongLine ? 1 : 0),
      },
    };
  }

  /** Where the next line starts in the block; undefined when all of it is skipped. */
  #skip(bytes: Buffer): number | undefined {
    if (this.#mode === 'lines') return 0;
    if (this.#mode === 'skip_line') {
      const lf = bytes.indexOf(10);
      return lf < 0 ? undefined : lf + 1;
    }
    const from = skipNul(bytes, 0, bytes.length);
    return from === bytes.length ? undefined : from;
  }

  /** No line end in sight: a partial line waits for it, a line already too long is skipped from here on. */
  #wait(lineStart: number, length: number, limits: ReadLimits): ReadResult {
    if (this.#mode === 'skip_nul' && lineStart > this.#scanFrom) {
      this.#mode = 'lines';
      this.#scanFrom = lineStart;
      return { kind: 'skipping' };
    }
    if (length <= limits.maxLineBytes + 1) return { kind: 'idle' };
    this.#mode = 'skip_line';
    this.#scanFrom = lineStart + length;
    return { kind: 'skipping' };
  }
}

function withRemainder(lines: LineRanges, to: number, maxLineBytes: number): LineRanges {
  const from = Math.max(lines.next, 0);
  if (from >= to) return lines;
  if (to - from > maxLineBytes) return { ...lines, next: to, tooLong: lines.tooLong + 1 };
  const start = new Int32Array(lines.start.length + 1);
  const end = new Int32Array(start.length);
  start.set(lines.start);
  end.set(lines.end);
  start[start.length - 1] = from;
  end[end.length - 1] = to;
  return { start, end, next: to, tooLong: lines.tooLong };
}
