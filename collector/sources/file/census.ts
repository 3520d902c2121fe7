import { existsSync, readdirSync, statSync } from 'node:fs';
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
}

/** Looks at the file system once. `known`: live paths of files already followed, so that their siblings are found, too. */
export type TakeCensus = (known: ReadonlySet<string>) => Census;

export function createCensus(include: readonly string[], exclude: readonly string[]): TakeCensus {
  const globs = include.map((pattern) => ({ glob: compileGlob(pattern), literal: namesOneFile(pattern) }));
  const excluded = exclude.map(compileGlob);
  return (known) => {
    const problems: Problem[] = [];
    const matched = matchedPaths(globs, excluded, problems);
    const bases = new Map([...matched.keys()].map((path) => [path, liveBase(path, matched, known)]));
    const files = new Map<string, Found>();
    const inOrder = [...bases].sort(([a, baseOfA], [b, baseOfB]) => Number(a !== baseOfA) - Number(b !== baseOfB));
    for (const [path, base] of inOrder) {
      const found = look(path, base, matched.get(path) ?? false, problems);
      if (found !== undefined && !files.has(idKey(found.id))) files.set(idKey(found.id), found);
    }
    for (const found of siblings(new Set([...bases.values(), ...known]), matched)) {
      if (!files.has(idKey(found.id))) files.set(idKey(found.id), found);
    }
    return { files: [...files.values()], problems };
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

function look(path: string, base: string, literal: boolean, problems: Problem[]): Found | undefined {
  try {
    const stats = statSync(path, { bigint: true });
    if (stats.isFile()) return foundOf(path, base, true, stats);
    if (literal)
      problems.push({ path, note: stats.isDirectory() ? 'is a directory, want a file' : 'is no regular file' });
  } catch (error) {
    // A literal path that is not there is missing, which is told as such; a name just listed but not there is a dangling link.
    const gone = ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
    if (!gone || isLink(path)) problems.push({ path, note: causeOf(error) });
  }
  return undefined;
}

function isLink(path: string): boolean {
  const names = readNames(posix.dirname(path));
  return names.includes(posix.basename(path));
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
