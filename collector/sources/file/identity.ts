import { createHash } from 'node:crypto';
import { type BigIntStats, readSync } from 'node:fs';
import type { PositionValue } from '../../../server/model/batch.ts';

/**
 * What makes two looks at a path the same file:
 *
 *      0            head_len                offset - 64      offset            size
 *      |--- head ------|- - - - - - - - - - -|---- marker ----|- - not read - - |
 *
 * inode and birth time say which file it is, head and marker that its content up to the offset is still what was read. The head
 * grows with the offset up to 1024 bytes, the marker is the (up to) 64 bytes before the offset; positions hold their hashes.
 */
export interface FileId {
  readonly dev: string;
  readonly ino: string;
  /** Nanoseconds since the epoch; `0` where the file system has no birth time. */
  readonly birth: string;
}

export interface FilePosition extends FileId {
  readonly path: string;
  /** The path the file had while it was written: `path` without the marks of rotation. */
  readonly base: string;
  /** How often this inode started anew. */
  readonly generation: number;
  /** Just behind the last line that was committed. */
  readonly offset: number;
  /** Size when the position was taken: what is lost when the file disappears is told by it. */
  readonly size: number;
  readonly head_hash: string;
  readonly head_len: number;
  readonly marker: string;
  /** Newest modification (ms) of the file and its rotated siblings known when the position was taken. */
  readonly seen_ms: number;
  /** `held`: may be a copy of a file being read, so wait. `finished`: read to its end after it was rotated away. */
  readonly state: 'reading' | 'held' | 'finished';
}

export const HEAD_BYTES = 1024;
export const MARKER_BYTES = 64;

export function idOf(stats: BigIntStats): FileId {
  return { dev: String(stats.dev), ino: String(stats.ino), birth: String(stats.birthtimeNs) };
}

/** Device numbers change over a reboot; an inode with the same birth time to the nanosecond does not exist twice. */
export function sameFile(a: FileId, b: FileId): boolean {
  return a.ino === b.ino && a.birth === b.birth && (a.dev === b.dev || a.birth !== '0');
}

/** Index of files such that `sameFile` ones share an entry. */
export function idKey(id: FileId): string {
  return id.birth === '0' ? `${id.dev}:${id.ino}` : `${id.ino}@${id.birth}`;
}

/** The name of a position: one per incarnation of a file. */
export function positionKey(id: FileId, generation: number): string {
  return `${id.dev}:${id.ino}:${id.birth}:${generation}`;
}

/** Milliseconds with their fraction. */
export function modifiedMs(stats: BigIntStats): number {
  return Number(stats.mtimeNs) / 1e6;
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

export function markerLength(offset: number): number {
  return Math.min(MARKER_BYTES, offset);
}

/** Up to `length` bytes at `position`; fewer only at the end of the file. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** A committed position, or undefined for a value of another version or a damaged one. */
export function parsePosition(value: PositionValue): FilePosition | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const from = value as { readonly [key: string]: PositionValue };
  const text = (key: string): string => (typeof from[key] === 'string' ? from[key] : '');
  const count = (key: string): number => (typeof from[key] === 'number' && from[key] >= 0 ? from[key] : -1);
  const state = text('state');
  const position: FilePosition = {
    path: text('path'),
    base: text('base'),
    dev: text('dev'),
    ino: text('ino'),
    birth: text('birth'),
    generation: count('generation'),
    offset: count('offset'),
    size: count('size'),
    head_hash: text('head_hash'),
    head_len: count('head_len'),
    marker: text('marker'),
    seen_ms: count('seen_ms'),
    state: state === 'held' || state === 'finished' ? state : 'reading',
  };
  const whole = Object.values(position).every((field) => field !== '' && field !== -1);
  return whole && position.head_len <= HEAD_BYTES ? position : undefined;
}

export function positionValue(position: FilePosition): PositionValue {
  return { ...position };
}
