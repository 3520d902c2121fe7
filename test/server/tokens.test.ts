import { describe, expect, test } from 'vitest';
import { parseTokens } from '../../server/api/tokens.ts';

const TEXT = `
# who may ask
ingest a-token-for-collectors
read,ingest b-token-for-both-uses   # trailing comment
admin c-token-for-the-admin
write d-token-for-the-write
ingest e-token-for-one-alone collector: web 1/é  # bound
`;

test.each([
  ['a-token-for-collectors', 'ingest', 'yes'],
  ['a-token-for-collectors', 'read', 'no'],
  ['b-token-for-both-uses', 'read', 'yes'],
  ['c-token-for-the-admin', 'read', 'yes'],
  ['c-token-for-the-admin', 'write', 'yes'],
  ['d-token-for-the-write', 'read', 'yes'],
  ['d-token-for-the-write', 'admin', 'no'],
  ['b-token-for-both-uses', 'write', 'no'],
  ['e-token-for-one-alone', 'ingest', 'yes'],
  ['c-token-for-the-admin', 'ingest', 'no'],
  ['a-token-for-collector', 'ingest', 'unknown_token'],
  [undefined, 'read', 'unknown_token'],
] as const)('%s asking for %s: %s', (token, scope, want) => {
  expect(parseTokens(TEXT, 'tokens').allows(token, scope)).toBe(want);
});

test.each([
  ['e-token-for-one-alone', 'web 1/é'],
  ['a-token-for-collectors', undefined],
  ['unknown-token-of-nobody', undefined],
])('%s is for the collector %s', (token, want) => {
  expect(parseTokens(TEXT, 'tokens').collectorOf(token)).toBe(want);
});

describe('a bad file is refused with every bad line, never with the token', () => {
  test.each([
    ['', 'tokens:1:1: no token'],
    ['read', 'tokens:1:1: want "<scopes> <token>"'],
    ['read short', 'tokens:1:1: the token has 5 characters; want at least 16'],
    ['root a-token-long-enough', 'tokens:1:1: unknown scope "root"; want ingest, read, write, admin'],
    ['ingest a-token-long-enough collector: ', 'tokens:1:1: want the name of a collector'],
    ['ingest collector: web-1', 'tokens:1:1: want "<scopes> <token>"'],
    ['read a-token-long-enough more', 'tokens:1:1: want'],
    ['x\ny', 'tokens:2:1: want'],
  ])('%j', (text, want) => {
    expect(() => parseTokens(text, 'tokens')).toThrow(want);
    expect(() => parseTokens(text, 'tokens')).not.toThrow('a-token-long-enough');
  });
});
