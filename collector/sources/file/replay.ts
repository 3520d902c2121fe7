import { closeSync, fstatSync } from 'node:fs';
import type { ReplayAnswer, ReplayQuestion, Waiting } from '../../component.ts';
import type { Positions } from '../../delivery/span.ts';
import { type Census, createCensus, createPathTest, type Found } from './census.ts';
import { FileTable } from './file-table.ts';
import { idKey, idOf, sameFile } from './identity.ts';
import { openRegular } from './open-file.ts';
import { type FilePosition, matchesPosition, parsePosition, positionValue } from './position.ts';
import { isSystemError } from './system-error.ts';

export interface ReplayOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly readFrom: 'beginning' | 'end';
  readonly maxLineBytes: number;
  /** Bytes that cannot be counted: part of a batch was applied, and what it was made of is gone. */
  readonly onLoss: (path: string, bytes: number) => void;
}

/** A file that a run reads on from `position`. */
interface Planned {
  readonly position: FilePosition;
  readonly found: Found;
}

/**
 * What a run from the server's positions would read, found out as the run itself does it: by a `FileTable` over what is there. A
 * batch that waits was made of one stretch of one file, told by the position at its end:
 *
 *     that stretch is in a planned file, ahead of its position ... read again: not sent
 *     that stretch is in a planned file, behind its position ..... applied: not sent
 *     it is in no planned file, and the server stands before it .. sent again
 *     the same, and the server stands behind it .................. applied: not sent
 *     the server does not know the file .......................... sent again, unless `isApplied`
 *
 * Files that are there and that only we know of, because the run would not ask for them, are read on from where we stand. Of files that
 * are gone the server is not told more than it holds.
 *
 * A source that begins at the end of its files cannot be taken to a beginning: without any position of the server it stays, and
 * everything is sent again. The server is told then that it stands where it holds nothing; what an older backup of the collector
 * still has in its queue will be taken for applied.
 */
export function replayFiles({ server, local, waiting }: ReplayQuestion, options: ReplayOptions): ReplayAnswer {
  const isKnown = Object.values(server).some((value) => parsePosition(value) !== undefined);
  if (!isKnown && options.readFrom === 'end') {
    return { positions: local, resend: waiting.filter(({ isApplied }) => !isApplied) };
  }
  const { planned, census } = plannedFiles(server, local, options);
  const isIn = (position: FilePosition): boolean => planned.some((file) => holds(file, position));
  const resend = waiting.filter((item) => mustResend(item, server, isIn, options.onLoss));
  const moved = new Set(resend.flatMap(({ span }) => Object.keys(span.after)));
  const followed = new Set(planned.map(({ position }) => idKey(position)));
  const others = new Set(census.files.map(({ id }) => idKey(id)).filter((id) => !followed.has(id)));
  const own = Object.entries(local).filter(([key, value]) => {
    const position = parsePosition(value);
    return position !== undefined && (moved.has(key) || others.has(idKey(position)));
  });
  const known = Object.entries(server).filter(([key]) => !moved.has(key));
  return { positions: Object.fromEntries([...known, ...own]), resend };
}

/** Positions of files that these patterns ask for today: by the path they were written at, or by the file itself. */
export function claimFiles(positions: Positions, include: readonly string[], exclude: readonly string[]): Positions {
  const follows = createPathTest(include, exclude);
  const { files } = createCensus(include, exclude)(new Set());
  return Object.fromEntries(
    Object.entries(positions).flatMap(([key, value]) => {
      const position = parsePosition(value);
      if (position === undefined) return [];
      if (follows(position.base)) return [[key, value]];
      const found = files.find(({ id, matched }) => matched && sameFile(id, position));
      return found === undefined ? [] : [[key, positionValue({ ...position, path: found.path, base: found.base })]];
    }),
  );
}

function plannedFiles(
  server: Positions,
  local: Positions,
  options: ReplayOptions,
): { readonly planned: readonly Planned[]; readonly census: Census } {
  const { include, exclude, readFrom, maxLineBytes } = options;
  const follows = createPathTest(include, exclude);
  const table = new FileTable(server, { readFrom, maxLineBytes, follows, onLoss: () => {} });
  const bases = Object.values(local).flatMap((value) => parsePosition(value)?.base ?? []);
  const census = createCensus(include, exclude)(new Set([...table.knownBases(), ...bases]));
  try {
    return { planned: inFiles({ ...server, ...table.reconcile(census, 0) }, census, follows), census };
  } finally {
    table.closeAll();
  }
}

/** The newest incarnation of each file that is there. */
function inFiles(
  positions: FileTablePositions,
  census: Census,
  follows: (base: string) => boolean,
): readonly Planned[] {
  const there = new Map(census.files.map((found) => [idKey(found.id), found]));
  const planned = new Map<string, Planned>();
  for (const value of Object.values(positions)) {
    const position = value === null ? undefined : parsePosition(value);
    const found = position === undefined ? undefined : there.get(idKey(position));
    if (position === undefined || found === undefined || !follows(position.base) || !isRead(position)) continue;
    const rival = planned.get(idKey(position));
    if (rival === undefined || rival.position.generation < position.generation) {
      planned.set(idKey(position), { position, found });
    }
  }
  return [...planned.values()];
}

type FileTablePositions = ConstructorParameters<typeof FileTable>[0];

function isRead({ state }: FilePosition): boolean {
  return state === 'reading' || state === 'held' || state === 'finished';
}

/** Whether a file holds, up to there, what was read: the file itself, or a copy of it. */
function holds({ found }: Planned, position: FilePosition): boolean {
  if (found.size < position.offset) return false;
  if (!sameFile(found.id, position) && found.base !== position.base) return false;
  let fd: number | undefined;
  try {
    fd = openRegular(found.path);
    return sameFile(idOf(fstatSync(fd, { bigint: true })), found.id) && matchesPosition(fd, position);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function mustResend(
  { span, isApplied }: Waiting,
  server: Positions,
  isIn: (position: FilePosition) => boolean,
  onLoss: ReplayOptions['onLoss'],
): boolean {
  return Object.entries(span.after).some(([key, value]) => {
    const end = value === null ? undefined : parsePosition(value);
    if (end === undefined || isIn(end)) return false;
    const stands = offsetIn(server, key);
    if (stands === undefined) return !isApplied;
    if (stands <= (offsetIn(span.before, key) ?? 0)) return true;
    if (stands < end.offset) onLoss(end.path, end.offset - stands);
    return false;
  });
}

function offsetIn(positions: Positions, key: string): number | undefined {
  const value = positions[key];
  return value === undefined ? undefined : parsePosition(value)?.offset;
}
