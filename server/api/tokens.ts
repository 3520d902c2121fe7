import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf, VigieError } from '../model/errors.ts';

/** `ingest`: send batches. `read`: pages and queries. `admin`: keep a proposed SLO; it implies `read`. */
export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who may do what. Only digests of tokens are held in memory. */
export interface Tokens {
  allows(token: string | undefined, scope: Scope): 'yes' | 'no' | 'unknown_token';
}

interface Grant {
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<string>;
}

const MIN_TOKEN_LENGTH = 16;

/** Reads a token file: `<scope>[,<scope>] <token>` a line, `#` starts a comment. Throws `bad_config` with every bad line. */
export function readTokens(path: string): Tokens {
  try {
    return parseTokens(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof VigieError) throw error;
    throw new VigieError('bad_config', `cannot read token file ${path}: ${messageOf(error)}`, { cause: error });
  }
}

export function parseTokens(text: string, file: string): Tokens {
  const problems: string[] = [];
  const grants: Grant[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) continue;
    const problem = problemOf(words);
    if (problem !== undefined) problems.push(`${file}:${index + 1}:1: ${problem}`);
    else grants.push({ digest: digestOf(words[1] ?? ''), scopes: withImplied((words[0] ?? '').split(',')) });
  }
  if (grants.length === 0 && problems.length === 0)
    problems.push(`${file}:1:1: no token; write a line such as "read,ingest <token>"`);
  if (problems.length > 0) throw new VigieError('bad_config', problems.join('\n'));
  return { allows: (token, scope) => verdict(grants, token, scope) };
}

/** The token itself is never part of a message. */
function problemOf([scopes = '', token, ...rest]: readonly string[]): string | undefined {
  if (token === undefined || rest.length > 0) return 'want "<scopes> <token>"';
  if (token.length < MIN_TOKEN_LENGTH)
    return `the token has ${token.length} characters; want at least ${MIN_TOKEN_LENGTH}`;
  const unknown = scopes.split(',').find((scope) => !SCOPES.includes(scope as Scope));
  return unknown === undefined ? undefined : `unknown scope ${JSON.stringify(unknown)}; want ${SCOPES.join(', ')}`;
}

function withImplied(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.includes('admin') ? [...scopes, 'read'] : scopes);
}

function verdict(grants: readonly Grant[], token: string | undefined, scope: Scope): 'yes' | 'no' | 'unknown_token' {
  if (token === undefined) return 'unknown_token';
  const digest = digestOf(token);
  const grant = grants.filter((candidate) => timingSafeEqual(candidate.digest, digest)).at(0);
  if (grant === undefined) return 'unknown_token';
  return grant.scopes.has(scope) ? 'yes' : 'no';
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
