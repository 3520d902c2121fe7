import { createHash } from 'node:crypto';
import type { PositionValue } from '../../../server/model/batch.ts';
import type { FileId } from './identity.ts';
import { readAt } from './open-file.ts';

/**
 * What makes two looks at a path the same file:
 *
 *      0            head_len                offset - 64      offset            size
 *      |--- head ------|- - - - - - - - - - -|---- marker ----|- - not read - - |
 *
 * inode and birth time say which file it is, head and marker that its content up to the offset is still what was read. The head
 * grows with the offset up to 1024 bytes, the marker is the (up to) 64 bytes before the offset; positions hold their hashes.
 */
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
  /** Key of the file that a held one was like when it was last compared. */
  readonly copy_of?: string;
}

export const HEAD_BYTES = 1024;
const MARKER_BYTES = 64;

/** The name of a position: one per incarnation of a file. */
export function positionKey(id: FileId, generation: number): string {
  return `${id.dev}:${id.ino}:${id.birth}:${generation}`;
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

function markerLength(offset: number): number {
  return Math.min(MARKER_BYTES, offset);
}

/** Head and marker, against any descriptor: the same file later, or a copy of it. */
export function matchesPosition(fd: number, position: FilePosition): boolean {
  const marker = markerLength(position.offset);
  return (
    hashOf(readAt(fd, 0, position.head_len)) === position.head_hash &&
    hashOf(readAt(fd, position.offset - marker, marker)) === position.marker
  );
}

const EMPTY_HASH = hashOf(new Uint8Array(0));

/** The position of a file nothing was read of. */
export function startOf(
  id: FileId,
  at: Pick<FilePosition, 'path' | 'base' | 'generation' | 'size' | 'seen_ms' | 'state'>,
): FilePosition {
  const { dev, ino, birth } = id;
  return { ...at, dev, ino, birth, offset: 0, head_hash: EMPTY_HASH, head_len: 0, marker: EMPTY_HASH };
}

/** The position behind `offset` bytes of an open file. `fromStart`: the bytes at 0, when they were just read. */
export function advanced(fd: number, from: FilePosition, offset: number, fromStart?: Buffer): FilePosition {
  const headLength = Math.min(HEAD_BYTES, offset);
  const head = fromStart?.subarray(0, headLength) ?? readAt(fd, 0, headLength);
  const marker = readAt(fd, offset - markerLength(offset), markerLength(offset));
  return {
    ...from,
    offset,
    head_hash: hashOf(head),
    head_len: head.length,
    marker: hashOf(marker),
    state: 'reading',
  };
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
  if (!whole || position.head_len > HEAD_BYTES) return undefined;
  return text('copy_of') === '' ? position : { ...position, copy_of: text('copy_of') };
}

export function positionValue(position: FilePosition): PositionValue {
  return { ...position };
}
