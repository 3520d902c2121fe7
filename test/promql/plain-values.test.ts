import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { plainValues } from '../../server/promql/plain-values.ts';
import { tries } from '../support/long.ts';

test('the values of a pattern that is plain', () => {
  const has = (pattern: string, want: readonly string[] | undefined) =>
    expect(plainValues(pattern), pattern).toEqual(want);
  has('', ['']);
  has('GET', ['GET']);
  has('GET|POST', ['GET', 'POST']);
  has('a|', ['a', '']);
  has('a|a', ['a']);
  has('()', ['']);
  has('(a|b)(?:c|d)', ['ac', 'ad', 'bc', 'bd']);
  has('/(cart|search)/x', ['/cart/x', '/search/x']);
  has('10\\.0\\.0\\.1:\\|', ['10.0.0.1:|']);
  has('^a|b$', ['a', 'b']);
  has('a\\$', ['a$']);
  for (const pattern of ['a.', 'a?', 'a*', 'a+', 'a{2}', '[ab]', '(?i)a', '(?P<n>a)', '\\d', '\\n', 'a^', '$a']) {
    has(pattern, undefined);
  }
  for (const pattern of ['(a', 'a)', '\\', '(?', 'a|(b']) has(pattern, undefined);
  has(
    Array.from({ length: 1000 }, (_, i) => i).join('|'),
    Array.from({ length: 1000 }, (_, i) => String(i)),
  );
  has(Array.from({ length: 1001 }, (_, i) => i).join('|'), undefined);
  has('(a|b|c|d)'.repeat(5), undefined);
});

const TEXTS = ['', 'a', 'b', 'ab', 'ba', 'aab', 'Ab', 'a|b', 'a.b', '(a)', 'abc', 'xabcx', 'a\nb', '$', '^a', 'é'];

test('a matcher accepts what RE2 does, whatever it is spared', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'ab',
    'abc',
    '|',
    '(',
    ')',
    '(?:',
    '(?i)',
    '\\.',
    '.',
    '*',
    '?',
    '$',
    '^',
    '[ab]',
  );
  const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''));
  let compiled = 0;
  fc.assert(
    fc.property(pattern, fc.constantFrom('=~' as const, '!~' as const), (value, op) => {
      const want = compile(value);
      if (want === undefined) {
        expect(() => compileMatcher({ name: 'x', op, value })).toThrow(/cannot read pattern/);
        return;
      }
      compiled++;
      const matcher = compileMatcher({ name: 'x', op, value });
      for (const text of TEXTS) {
        expect([text, matcher.matches(text)]).toEqual([text, want.matches(text) === (op === '=~')]);
        const isApart = matcher.matches(text) !== matcher.matches('');
        if (isApart && matcher.among !== undefined) expect(matcher.among).toContain(text);
      }
    }),
    { seed: 65, numRuns: tries(3000) },
  );
  expect(compiled).toBeGreaterThan(1000);
});

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch {
    // Most patterns thrown together are none.
    return undefined;
  }
}
