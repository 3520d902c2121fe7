import { closeSync, fstatSync } from 'node:fs';
import { modifiedMs } from './identity.ts';
import { type LineRanges, skipNul, splitLines } from './lines.ts';
import { openFile, readAt } from './open-file.ts';
import { advanced, type FilePosition, matchesEnds, matchesPosition, positionKey } from './position.ts';
import { endsAt, extendedBy, HEAD_BYTES, hasEnds, type ReadEnds } from './read-ends.ts';
import { causeOf, isRotation, isSystemError } from './system-error.ts';

/** What one read found. Nothing counts as read before `commit`. */
export interface Block {
  readonly bytes: Buffer;
  readonly lines: LineRanges;
  readonly position: FilePosition;
  readonly ends: ReadEnds;
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

/** What a read would do to the file, decided before it is known whether the bytes are right. */
interface Step {
  readonly result: ReadResult;
  readonly ends: ReadEnds;
  readonly mode: Mode;
}

type Mode = 'lines' | 'skip_line' | 'skip_nul';

/**
 * One incarnation of a file, read through a descriptor of our own, so that a rename or an unlink does not matter.
 *
 * 1. The committed offset is just behind a line end (or the end of a finished file); a waiting partial line is read again.
 * 2. A block counts when, after it was read, the file still begins and ends at the block's edges as it was read. Its position is
 *    made of those very bytes, never of a second look, which could find the next incarnation. What does not count was truncated
 *    meanwhile: it is in a copy, or gone as if it had been truncated before.
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
  #mode: Mode;
  /** Where the next read starts: the offset, or ahead of it while skipping. Undefined until the file is read. */
  #ends: ReadEnds | undefined;
  #checked: { readonly size: number; readonly modified: number; readonly atEnd: boolean } | undefined;

  constructor(position: FilePosition, suspect: boolean) {
    this.#position = position;
    this.path = position.path;
    this.suspect = suspect;
    this.size = position.size;
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

  /** Notes why the file cannot be read; a rotation a moment ago is no reason. Throws what is a mistake of our own. */
  fail(error: unknown): void {
    if (!isSystemError(error)) throw error;
    if (!isRotation(error)) this.problem = causeOf(error);
  }

  /** Sets fields of the position that a scan decides on; the content read so far stays. */
  amend(change: Partial<Pick<FilePosition, 'path' | 'state' | 'size' | 'copy_of'>>): void {
    this.#position = { ...this.#position, ...change };
    if (change.path !== undefined) this.path = change.path;
  }

  /** A scan found the file at `path`. */
  meet(path: string, size: number): void {
    this.path = path;
    if (this.#position.offset === 0 && size < this.size) this.suspect = true;
    if (size !== this.size) this.stirred = true;
  }

  /** Opens the path when it is still this file. Throws what the system says, or ESTALE when it is another file. */
  open(): number {
    if (this.#fd !== undefined) return this.#fd;
    this.#fd = openFile(this.path, this.#position);
    return this.#fd;
  }

  /** The first bytes, as they are now. Throws as `open`; leaves the file open only when it was. */
  head(): Buffer {
    const wasOpen = this.isOpen;
    try {
      return readAt(this.open(), 0, HEAD_BYTES);
    } finally {
      if (!wasOpen) this.close();
    }
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

  /** Whether the content before the offset is what was read; of a file nothing was read of, whether it did not shrink. */
  isIntact(): boolean {
    const fd = this.open();
    const size = Number(fstatSync(fd, { bigint: true }).size);
    if (this.#position.offset === 0) return size >= this.size;
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
    const from = this.#reached(fd);
    if (from === undefined || size < (from.at === 0 ? this.size : from.at)) return this.#changed();
    const bytes = readAt(fd, from.at, Math.min(limits.blockBytes, size - from.at));
    const atEnd = from.at + bytes.length >= size;
    const step = this.#take(bytes, from, limits, finish && atEnd, { ...this.#position, path: this.path, size });
    if (!hasEnds(fd, from, step.ends)) return this.#changed();
    return this.#keep(step, { size, modified, atEnd });
  }

  commit(block: Block): void {
    this.#position = { ...block.position, path: this.path };
    this.#ends = block.ends;
    this.#mode = 'lines';
  }

  /** The ends at which the next read starts; undefined when the file is not the one that was read. */
  #reached(fd: number): ReadEnds | undefined {
    if (this.#ends !== undefined) return this.#ends;
    const ends = endsAt(fd, this.#position.offset);
    return matchesEnds(ends, this.#position) ? ends : undefined;
  }

  #changed(): ReadResult {
    this.#ends = undefined;
    this.#checked = undefined;
    this.#mode = this.#position.offset === 0 ? 'skip_nul' : 'lines';
    return { kind: 'changed' };
  }

  #keep(
    step: Step,
    checked: { readonly size: number; readonly modified: number; readonly atEnd: boolean },
  ): ReadResult {
    this.size = checked.size;
    this.stirred = false;
    this.#checked = checked;
    if (step.result.kind === 'block') return step.result;
    this.#ends = step.ends;
    this.#mode = step.mode;
    return step.result;
  }

  #take(bytes: Buffer, ends: ReadEnds, limits: ReadLimits, finish: boolean, now: FilePosition): Step {
    const skippedTo = this.#skip(bytes);
    if (skippedTo === undefined && !finish) {
      const result: ReadResult = { kind: bytes.length > 0 ? 'skipping' : 'idle' };
      return { result, ends: extendedBy(ends, bytes), mode: this.#mode };
    }
    const from = skippedTo ?? bytes.length;
    const lines = splitLines(bytes, from, bytes.length, limits.maxLineBytes);
    const endedLongLine = this.#mode === 'skip_line';
    const nothing = lines.next === from && !endedLongLine;
    if (nothing && !finish) return this.#wait(bytes, from, ends, limits);
    if (nothing && from === bytes.length && ends.at + from === this.#position.offset) {
      return { result: { kind: 'idle' }, ends, mode: this.#mode };
    }
    const taken = finish ? withRemainder(lines, bytes.length, limits.maxLineBytes) : lines;
    const reached = extendedBy(ends, bytes.subarray(0, taken.next));
    const block: Block = {
      bytes,
      lines: taken,
      position: { ...advanced(now, reached), state: 'reading' },
      ends: reached,
      nulBytes: this.#position.offset === 0 && !endedLongLine ? ends.at + from : 0,
      tooLong: taken.tooLong + (endedLongLine ? 1 : 0),
    };
    return { result: { kind: 'block', block }, ends: reached, mode: 'lines' };
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
  #wait(bytes: Buffer, lineStart: number, ends: ReadEnds, limits: ReadLimits): Step {
    if (this.#mode === 'skip_nul' && lineStart > 0) {
      return { result: { kind: 'skipping' }, ends: extendedBy(ends, bytes.subarray(0, lineStart)), mode: 'lines' };
    }
    if (bytes.length - lineStart <= limits.maxLineBytes + 1)
      return { result: { kind: 'idle' }, ends, mode: this.#mode };
    return { result: { kind: 'skipping' }, ends: extendedBy(ends, bytes), mode: 'skip_line' };
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
