import { readdirSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * Path patterns as in a shell: `*` and `?` stay within one name, `[a-z]` and `[!a-z]` are classes, `{a,b}` alternatives, and `**`
 * as a whole name means any number of directories. A leading dot must be written out. `\` takes the next character literally.
 */
export interface Glob {
  readonly pattern: string;
  matches(path: string): boolean;
  /** Walks only the directories the pattern can reach; a directory that cannot be listed is a problem, one not there is not. */
  expand(): GlobResult;
}

export interface GlobResult {
  readonly paths: readonly string[];
  readonly problems: readonly GlobProblem[];
}

export interface GlobProblem {
  readonly path: string;
  readonly cause: string;
}

/** One name of a pattern: fixed text, a test, or `**`. */
type Segment =
  | { readonly kind: 'fixed'; readonly name: string }
  | { readonly kind: 'wild'; readonly test: RegExp }
  | { readonly kind: 'deep' };

/** Deeper trees than this are not walked: `**` must end in a loop of links, too. */
const MAX_DEPTH = 32;
/** Alternatives multiply; a pattern with more is refused by cutting here. */
const MAX_ALTERNATIVES = 1000;

/** Whether the last name of the pattern is fixed text, so that the user means this very file. */
export function namesOneFile(pattern: string): boolean {
  return expandBraces(pattern).every((plain) => segmentOf(posix.basename(plain)).kind === 'fixed');
}

/** `pattern` is an absolute path. */
export function compileGlob(pattern: string): Glob {
  const alternatives = expandBraces(pattern).map((plain) => plain.split('/').filter(Boolean).map(segmentOf));
  return {
    pattern,
    matches: (path) => {
      const names = path.split('/').filter(Boolean);
      return alternatives.some((segments) => matchSegments(segments, 0, names, 0));
    },
    expand: () => {
      const paths = new Set<string>();
      const problems: GlobProblem[] = [];
      for (const segments of alternatives) walk('/', segments, 0, 0, paths, problems);
      return { paths: [...paths].sort(), problems };
    },
  };
}

function matchSegments(segments: readonly Segment[], s: number, names: readonly string[], n: number): boolean {
  const segment = segments[s];
  if (segment === undefined) return n === names.length;
  const name = names[n];
  if (segment.kind === 'deep') {
    if (matchSegments(segments, s + 1, names, n)) return true;
    return name !== undefined && !name.startsWith('.') && matchSegments(segments, s, names, n + 1);
  }
  return name !== undefined && matchName(segment, name) && matchSegments(segments, s + 1, names, n + 1);
}

function matchName(segment: Segment, name: string): boolean {
  if (segment.kind === 'fixed') return segment.name === name;
  return segment.kind === 'deep' || segment.test.test(name);
}

function walk(
  directory: string,
  segments: readonly Segment[],
  at: number,
  depth: number,
  paths: Set<string>,
  problems: GlobProblem[],
): void {
  const segment = segments[at];
  if (segment === undefined || depth > MAX_DEPTH) return;
  const last = at === segments.length - 1;
  if (segment.kind === 'fixed') {
    const path = posix.join(directory, segment.name);
    if (last) paths.add(path);
    else walk(path, segments, at + 1, depth + 1, paths, problems);
    return;
  }
  if (segment.kind === 'deep' && !last) walk(directory, segments, at + 1, depth, paths, problems);
  for (const entry of list(directory, problems)) {
    const path = posix.join(directory, entry.name);
    // A link to a directory is followed where the pattern names it, never below `**`, where it could lead back up.
    if (segment.kind === 'deep') {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) walk(path, segments, at, depth + 1, paths, problems);
      else if (last) paths.add(path);
    } else if (matchName(segment, entry.name)) {
      if (last) paths.add(path);
      else if (entry.isDirectory() || entry.isSymbolicLink()) walk(path, segments, at + 1, depth + 1, paths, problems);
    }
  }
}

function list(directory: string, problems: GlobProblem[]) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (cause !== 'ENOENT' && cause !== 'ENOTDIR') problems.push({ path: directory, cause });
    return [];
  }
}

function segmentOf(name: string): Segment {
  if (name === '**') return { kind: 'deep' };
  if (!/[*?[\\]/.test(name)) return { kind: 'fixed', name };
  return { kind: 'wild', test: new RegExp(`^${name.startsWith('.') ? '' : '(?!\\.)'}${nameSource(name)}$`, 'su') };
}

/** Turns one name of a pattern into the source of a regular expression; every other character is escaped. */
function nameSource(name: string): string {
  let source = '';
  for (let i = 0; i < name.length; i++) {
    const c = name.charAt(i);
    const classEnd = c === '[' ? name.indexOf(']', i + 2 + (/[!^]/.test(name.charAt(i + 1)) ? 1 : 0)) : -1;
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (c === '\\' && i + 1 < name.length) source += literal(name.charAt(++i));
    else if (classEnd > 0) {
      source += classSource(name.slice(i + 1, classEnd));
      i = classEnd;
    } else source += literal(c);
  }
  return source.replace(/(\.\*)+/g, '.*');
}

function classSource(body: string): string {
  const negated = /^[!^]/.test(body);
  const members = (negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&').replace(/^-|-$/g, '\\-');
  return `[${negated ? '^' : ''}${isClass(members) ? members : members.replace(/(?<!\\)-/g, '\\-')}]`;
}

/** `[z-a]` is no range; its members are taken as they stand. */
function isClass(members: string): boolean {
  try {
    new RegExp(`[${members}]`, 'u');
    return true;
  } catch {
    return false;
  }
}

function literal(c: string): string {
  return c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** `a{b,c}d` is `abd` and `acd`; braces nest; a brace without a comma or a partner stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const open = findBraces(pattern);
  if (open === undefined) return [pattern];
  const { start, end, parts } = open;
  const head = pattern.slice(0, start);
  const tails = expandBraces(pattern.slice(end + 1));
  return parts
    .flatMap((part) => expandBraces(part))
    .flatMap((part) => tails.map((tail) => head + part + tail))
    .slice(0, MAX_ALTERNATIVES);
}

/** The first balanced `{...,...}`. */
function findBraces(pattern: string): { start: number; end: number; parts: string[] } | undefined {
  for (let start = pattern.indexOf('{'); start >= 0; start = pattern.indexOf('{', start + 1)) {
    let depth = 0;
    let from = start + 1;
    const parts: string[] = [];
    for (let i = start; i < pattern.length; i++) {
      const c = pattern.charAt(i);
      if (c === '{') depth++;
      else if (c === '}') depth--;
      if (depth === 1 && c === ',') {
        parts.push(pattern.slice(from, i));
        from = i + 1;
      }
      if (depth === 0) {
        if (parts.length === 0) break;
        return { start, end: i, parts: [...parts, pattern.slice(from, i)] };
      }
    }
  }
  return undefined;
}
