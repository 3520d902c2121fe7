import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileCause, VigieError } from '../model/errors.ts';

/**
 * `ingest`: send batches. `read`: pages and queries. `write`: forget sources, silence alerts; it implies `read`. `admin`: keep
 * a proposed SLO, take a backup; it implies `write`.
 */
export const SCOPES = ['ingest', 'read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who may do what. Only digests of tokens are held in memory. */
export interface Tokens {
  allows(token: string | undefined, scope: Scope): 'yes' | 'no' | 'unknown_token';
  /** The one collector that may send with this token; undefined: any may. */
  collectorOf(token: string | undefined): string | undefined;
}

interface Grant {
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<string>;
  readonly collector: string | undefined;
}

const MIN_TOKEN_LENGTH = 16;

/**
 * Reads a token file: `<scope>[,<scope>] <token> [collector: NAME]` a line, `#` starts a comment. A name binds the token to that
 * collector. Throws `bad_config` with every bad line.
 */
export function readTokens(path: string): Tokens {
  try {
    return parseTokens(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof VigieError) throw error;
    throw new VigieError('bad_config', `cannot read token file ${path}: ${fileCause(error)}`, { cause: error });
  }
}

export function parseTokens(text: string, file: string): Tokens {
  const problems: string[] = [];
  const grants: Grant[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const { words, collector } = entryOf(line);
    if (words.length === 0 && collector === undefined) continue;
    const problem = problemOf(words, collector);
    if (problem !== undefined) problems.push(`${file}:${index + 1}:1: ${problem}`);
    else grants.push({ digest: digestOf(words[1] ?? ''), scopes: withImplied((words[0] ?? '').split(',')), collector });
  }
  if (grants.length === 0 && problems.length === 0)
    problems.push(`${file}:1:1: no token; write a line such as "read,ingest <token>"`);
  if (problems.length > 0) throw new VigieError('bad_config', problems.join('\n'));
  return {
    allows: (token, scope) => verdict(grants, token, scope),
    collectorOf: (token) => grantOf(grants, token)?.collector,
  };
}

/** A name may hold anything but "#", spaces inside included, so it comes last. */
function entryOf(line: string): { readonly words: readonly string[]; readonly collector: string | undefined } {
  const [grant = '', collector] = line.replace(/#.*/, '').split(/(?<=\s)collector:(.*)/);
  return { words: grant.trim().split(/\s+/).filter(Boolean), collector: collector?.trim() };
}

/** The token itself is never part of a message. */
function problemOf(
  [scopes = '', token, ...rest]: readonly string[],
  collector: string | undefined,
): string | undefined {
  if (token === undefined || rest.length > 0) return 'want "<scopes> <token>" or "<scopes> <token> collector: NAME"';
  if (collector === '') return 'want the name of a collector behind "collector:"';
  if (token.length < MIN_TOKEN_LENGTH)
    return `the token has ${token.length} characters; want at least ${MIN_TOKEN_LENGTH}`;
  const unknown = scopes.split(',').find((scope) => !SCOPES.includes(scope as Scope));
  return unknown === undefined ? undefined : `unknown scope ${JSON.stringify(unknown)}; want ${SCOPES.join(', ')}`;
}

function withImplied(scopes: readonly string[]): ReadonlySet<string> {
  const implied = scopes.includes('admin') ? ['write', 'read'] : scopes.includes('write') ? ['read'] : [];
  return new Set([...scopes, ...implied]);
}

function verdict(grants: readonly Grant[], token: string | undefined, scope: Scope): 'yes' | 'no' | 'unknown_token' {
  const grant = grantOf(grants, token);
  if (grant === undefined) return 'unknown_token';
  return grant.scopes.has(scope) ? 'yes' : 'no';
}

function grantOf(grants: readonly Grant[], token: string | undefined): Grant | undefined {
  if (token === undefined) return undefined;
  const digest = digestOf(token);
  return grants.filter((candidate) => timingSafeEqual(candidate.digest, digest)).at(0);
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
