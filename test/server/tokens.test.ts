import { describe, expect, test } from 'vitest';
import { parseTokens } from '../../server/api/tokens.ts';

const TEXT = `
# who may ask
ingest a-token-for-collectors
read,ingest b-token-for-both-uses   # trailing comment
admin c-token-for-the-admin
`;

test.each([
  ['a-token-for-collectors', 'ingest', 'yes'],
  ['a-token-for-collectors', 'read', 'no'],
  ['b-token-for-both-uses', 'read', 'yes'],
  ['c-token-for-the-admin', 'read', 'yes'],
  ['c-token-for-the-admin', 'ingest', 'no'],
  ['a-token-for-collector', 'ingest', 'unknown_token'],
  [undefined, 'read', 'unknown_token'],
] as const)('%s asking for %s: %s', (token, scope, want) => {
  expect(parseTokens(TEXT, 'tokens').allows(token, scope)).toBe(want);
});

describe('a bad file is refused with every bad line, never with the token', () => {
  test.each([
    ['', 'tokens:1:1: no token'],
    ['read', 'tokens:1:1: want "<scopes> <token>"'],
    ['read short', 'tokens:1:1: the token has 5 characters; want at least 16'],
    ['write a-token-long-enough', 'tokens:1:1: unknown scope "write"; want ingest, read, admin'],
    ['read a-token-long-enough more', 'tokens:1:1: want'],
    ['x\ny', 'tokens:2:1: want'],
  ])('%j', (text, want) => {
    expect(() => parseTokens(text, 'tokens')).toThrow(want);
    expect(() => parseTokens(text, 'tokens')).not.toThrow('a-token-long-enough');
  });
});
