import { createHash } from 'node:crypto';
import type { PositionValue } from '../../../server/model/batch.ts';
import type { FileId } from './identity.ts';
import { endsAt, HEAD_BYTES, type ReadEnds } from './read-ends.ts';

/**
 * What makes two looks at a path the same file:
 *
 *      0            head_len                offset - 64      offset            size
 *      |--- head ------|- - - - - - - - - - -|---- marker ----|- - not read - - |
 *
 * inode and birth time say which file it is, head and marker that its content up to the offset is still what was read. The head
 * grows with the offset up to 1024 bytes, the marker is the (up to) 64 bytes before the offset; positions hold their hashes, the
 * head's piece by piece, so that a file shorter than the head can be compared, too.
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
  /** Hashes of the 64-byte pieces of the head, one after the other; the last piece may be shorter. */
  readonly head: string;
  readonly head_len: number;
  readonly marker: string;
  /** Newest modification (ms) in the family when its last file was taken up: what is older was there before. */
  readonly seen_ms: number;
  readonly state: PositionState;
  /** Key of the file that a held one was like when it was last compared. */
  readonly copy_of?: string;
}

/**
 * `held`: may be a copy of a file being read, so wait. `finished`: read to its end after it was rotated away. `old`: there before
 * us and never asked for. `gone`: its content is in no file we know; kept for a copy of it to go on from.
 */
export type PositionState = (typeof STATES)[number];

const STATES = ['reading', 'held', 'finished', 'old', 'gone'] as const;
const PIECE_BYTES = 64;
const PIECE_DIGITS = 8;

/** The name of a position: one per incarnation of a file. */
export function positionKey(id: FileId, generation: number): string {
  return `${id.dev}:${id.ino}:${id.birth}:${generation}`;
}

function hashOf(bytes: Uint8Array, digits: number): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, digits);
}

function markerOf({ tail }: ReadEnds): string {
  return hashOf(tail, 32);
}

/** Hashes of the pieces, in a row. */
export function hashOfHead(head: Buffer): string {
  let pieces = '';
  for (let at = 0; at < head.length; at += PIECE_BYTES) {
    pieces += hashOf(head.subarray(at, at + PIECE_BYTES), PIECE_DIGITS);
  }
  return pieces;
}

/** Head and marker, against any descriptor: the same file later, or a copy of it. */
export function matchesPosition(fd: number, position: FilePosition): boolean {
  return matchesEnds(endsAt(fd, position.offset), position);
}

export function matchesEnds(ends: ReadEnds, position: FilePosition): boolean {
  const head = ends.head.subarray(0, position.head_len);
  return hashOfHead(head) === position.head && markerOf(ends) === position.marker;
}

/** Whether the head of another file agrees as far as both go in whole pieces; undefined when that is nowhere. */
export function headsAgree(length: number, hash: string, position: FilePosition): boolean | undefined {
  const pieces = Math.floor(Math.min(length, position.head_len) / PIECE_BYTES);
  const digits = pieces * PIECE_DIGITS;
  return pieces === 0 ? undefined : hash.slice(0, digits) === position.head.slice(0, digits);
}

const EMPTY_MARKER = hashOf(new Uint8Array(0), 32);

/** The position of a file nothing was read of. */
export function startOf(
  id: FileId,
  at: Pick<FilePosition, 'path' | 'base' | 'generation' | 'size' | 'seen_ms' | 'state'>,
): FilePosition {
  const { dev, ino, birth } = id;
  return { ...at, dev, ino, birth, offset: 0, head: '', head_len: 0, marker: EMPTY_MARKER };
}

/** The position behind what was read. */
export function advanced(from: FilePosition, ends: ReadEnds): FilePosition {
  const head = from.head_len === HEAD_BYTES ? from.head : hashOfHead(ends.head);
  return { ...from, offset: ends.at, head, head_len: ends.head.length, marker: markerOf(ends) };
}

/** A committed position, or undefined for a value of another version or a damaged one. */
export function parsePosition(value: PositionValue): FilePosition | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const from = value as { readonly [key: string]: PositionValue };
  const text = (key: string): string => (typeof from[key] === 'string' ? from[key] : '');
  const count = (key: string): number => (typeof from[key] === 'number' && from[key] >= 0 ? from[key] : -1);
  const state = STATES.find((known) => known === text('state'));
  const head = text('head');
  const required = {
    path: text('path'),
    base: text('base'),
    dev: text('dev'),
    ino: text('ino'),
    birth: text('birth'),
    generation: count('generation'),
    offset: count('offset'),
    size: count('size'),
    head_len: count('head_len'),
    marker: text('marker'),
    seen_ms: count('seen_ms'),
  };
  const whole = Object.values(required).every((field) => field !== '' && field !== -1);
  if (!whole || state === undefined || head.length !== digitsOf(required.head_len)) return undefined;
  const position: FilePosition = { ...required, head, state };
  return text('copy_of') === '' ? position : { ...position, copy_of: text('copy_of') };
}

function digitsOf(headLength: number): number {
  return headLength > HEAD_BYTES ? -1 : Math.ceil(headLength / PIECE_BYTES) * PIECE_DIGITS;
}

export function positionValue(position: FilePosition): PositionValue {
  return { ...position };
}
