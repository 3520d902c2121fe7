import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { compileGlob, type Glob, namesOneFile } from './glob.ts';
import { type FileId, idKey, idOf, modifiedMs } from './identity.ts';
import { basesOf, isCompressed } from './rotated-name.ts';
import { causeOf, causeOfCode, codeOf } from './system-error.ts';

/** A file that is there: matched by a pattern, or a rotated sibling of one that is or was. */
export interface Found {
  readonly id: FileId;
  readonly path: string;
  /** The path it had when it was written. */
  readonly base: string;
  readonly matched: boolean;
  readonly size: number;
  readonly modified_ms: number;
}

export interface Problem {
  readonly path: string;
  readonly note: string;
}

export interface Census {
  /** One entry per file, whatever its links; live files before rotated ones. */
  readonly files: readonly Found[];
  /** What was matched but cannot be read. */
  readonly problems: readonly Problem[];
  /** Live paths of families that did not stand still: where their files are is not known. */
  readonly moving: ReadonlySet<string>;
}

/** What one look saw, before anybody knows whether it stood still. */
interface Look {
  /** Every name with its file, so that a file seen twice on its way through the names is two entries. */
  readonly names: readonly Found[];
  readonly problems: readonly Problem[];
}

/** `known`: live paths of files already followed, so that their siblings are found, too. */
export type TakeCensus = (known: ReadonlySet<string>) => Census;

/** Looks at one folder in a row. A rotation takes a few ms, so this is more than a rotation without end would need. */
const MAX_LOOKS = 10;

/**
 * A snapshot of names and files, though a rotation may be under way while they are listed one by one: two looks in a row that
 * agree prove that everything was so in the moment between them, because no rotation gives a file a name back (the double collect
 * of Afek et al., "Atomic snapshots of shared memory", J. ACM 40(4), 1993). A family is a live file with its rotated siblings; one
 * that does not agree within `MAX_LOOKS` is `moving`.
 *
 *     look 1: a, b.1, b.2      look 2: a, b, b.1, b.2      look 3: as look 2
 *                      `b` moved              the snapshot: ^
 */
export function createCensus(include: readonly string[], exclude: readonly string[]): TakeCensus {
  const look = createLook(include, exclude);
  return (known) => {
    let first = look(known);
    for (let looks = 2; ; looks++) {
      const second = look(known);
      const moving = differences(first.names, second.names);
      if (moving.size === 0 || looks === MAX_LOOKS) return censusOf(first, moving);
      first = second;
    }
  };
}

/** Sizes and times are of the first of two looks: what is written later is younger than all of them. */
function censusOf({ names, problems }: Look, moving: ReadonlySet<string>): Census {
  const files = new Map<string, Found>();
  for (const found of names) if (!files.has(idKey(found.id))) files.set(idKey(found.id), found);
  return { files: [...files.values()], problems, moving };
}

/** Families with a name that only one of the looks saw, or saw leading to another file. */
function differences(first: readonly Found[], second: readonly Found[]): ReadonlySet<string> {
  const before = new Map(first.map((found) => [nameOf(found), found]));
  const after = new Map(second.map((found) => [nameOf(found), found]));
  const gone = first.filter((found) => !after.has(nameOf(found)));
  const come = second.filter((found) => !before.has(nameOf(found)));
  return new Set([...gone, ...come].map(({ base }) => base));
}

function nameOf({ path, base, id }: Found): string {
  return `${idKey(id)} ${base} ${path}`;
}

function createLook(include: readonly string[], exclude: readonly string[]): (known: ReadonlySet<string>) => Look {
  const globs = include.map((pattern) => ({ glob: compileGlob(pattern), literal: namesOneFile(pattern) }));
  const excluded = exclude.map(compileGlob);
  return (known) => {
    const problems: Problem[] = [];
    const matched = matchedPaths(globs, excluded, problems);
    const bases = new Map([...matched.keys()].map((path) => [path, liveBase(path, matched, known)]));
    const inOrder = [...bases].sort(([a, baseOfA], [b, baseOfB]) => Number(a !== baseOfA) - Number(b !== baseOfB));
    const named = inOrder.flatMap(([path, base]) => lookAt(path, base, matched.get(path) ?? false, problems));
    return { names: [...named, ...siblings(new Set([...bases.values(), ...known]), matched)], problems };
  };
}

/** Whether the patterns ask for a path. */
export function createPathTest(include: readonly string[], exclude: readonly string[]): (path: string) => boolean {
  const included = include.map(compileGlob);
  const excluded = exclude.map(compileGlob);
  return (path) => included.some((glob) => glob.matches(path)) && !excluded.some((glob) => glob.matches(path));
}

/** Paths by whether they were named literally. */
function matchedPaths(
  globs: readonly { readonly glob: Glob; readonly literal: boolean }[],
  excluded: readonly Glob[],
  problems: Problem[],
): ReadonlyMap<string, boolean> {
  const matched = new Map<string, boolean>();
  for (const { glob, literal } of globs) {
    const result = glob.expand();
    problems.push(...result.problems.map(({ path, cause }) => ({ path, note: causeOfCode(cause) })));
    for (const path of result.paths) {
      if (isCompressed(path) || excluded.some((pattern) => pattern.matches(path))) continue;
      matched.set(path, literal || (matched.get(path) ?? false));
    }
  }
  return matched;
}

function liveBase(path: string, matched: ReadonlyMap<string, boolean>, known: ReadonlySet<string>): string {
  return basesOf(path).find((base) => known.has(base) || (matched.has(base) && existsSync(base))) ?? path;
}

function lookAt(path: string, base: string, literal: boolean, problems: Problem[]): readonly Found[] {
  try {
    const stats = statSync(path, { bigint: true });
    if (stats.isFile()) return [foundOf(path, base, true, stats)];
    if (literal)
      problems.push({ path, note: stats.isDirectory() ? 'is a directory, want a file' : 'is no regular file' });
  } catch (error) {
    // A literal path that is not there is missing, which is told as such; a name just listed but not there is a dangling link.
    const gone = ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
    if (!gone || isLink(path)) problems.push({ path, note: causeOf(error) });
  }
  return [];
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Not even a link is there: the path is missing, which is told as such.
    return false;
  }
}

function foundOf(path: string, base: string, matched: boolean, stats: Parameters<typeof idOf>[0]): Found {
  return { id: idOf(stats), path, base, matched, size: Number(stats.size), modified_ms: modifiedMs(stats) };
}

function siblings(bases: ReadonlySet<string>, matched: ReadonlyMap<string, boolean>): readonly Found[] {
  const directories = new Set([...bases].map((base) => posix.dirname(base)));
  return [...directories].flatMap((directory) =>
    readNames(directory).flatMap((name) => {
      const path = posix.join(directory, name);
      if (matched.has(path) || isCompressed(path)) return [];
      const base = bases.has(path) ? path : basesOf(path).find((candidate) => bases.has(candidate));
      return base === undefined ? [] : lookAtSibling(path, base);
    }),
  );
}

function lookAtSibling(path: string, base: string): readonly Found[] {
  try {
    const stats = statSync(path, { bigint: true });
    return stats.isFile() ? [foundOf(path, base, false, stats)] : [];
  } catch {
    // Gone between listing and looking, or not ours to read: it was not asked for, and the next scan looks again.
    return [];
  }
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // The patterns report a directory that cannot be listed; without a listing there are no siblings.
    return [];
  }
}
