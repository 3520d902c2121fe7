import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { requiredLiterals } from '../../../server/promql/regex-literals.ts';
import type { BlockHead } from '../../../server/store/logs/block-head.ts';
import { gramFilter, mayHold } from '../../../server/store/logs/gram-filter.ts';
import { bucketsOf } from '../../../server/store/logs/histogram.ts';
import { chooseMerge, isFull } from '../../../server/store/logs/merging.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

test('a filter never rules out what the text holds, and rules out almost everything else', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '漢', ' ', '1', '\0', '😀'), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.nat(200), fc.nat(20), (whole, from, length) => {
      const lower = whole.toLowerCase();
      expect(mayHold(gramFilter(bytes(lower)), bytes(lower.slice(from, from + length)))).toBe(true);
    }),
    { seed: 3 },
  );
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} get /article/${i % 997} ${(i * 7919) % 65_536}`).join(
    '\n',
  );
  const filter = gramFilter(bytes(lines));
  expect(filter.length).toBeLessThanOrEqual(16_384);
  const absent = Array.from({ length: 500 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}zq${i}`);
  expect(absent.filter((needle) => mayHold(filter, bytes(needle))).length).toBeLessThan(25);
  expect(gramFilter(bytes('')).length).toBe(8);
});

test('literals of a pattern: what every match must hold', () => {
  const has = (pattern: string, want: readonly string[]) => expect(requiredLiterals(pattern), pattern).toEqual(want);
  has('timeout', ['timeout']);
  has('GET /cart.* 50[03]', ['get /cart', ' 50']);
  has('time ?out', ['time', 'out']);
  has('abcd?efg', ['abc', 'efg']);
  has('abcd*', ['abc']);
  has('abcd+efg', ['abcd', 'efg']);
  has('abcd{2,3}e', ['abc']);
  has('abc{x}', ['abc{x}']);
  has('refused|timeout', []);
  has('(refused|timeout) by', [' by']);
  has('(a(b[)]c)\\)d)? peer', [' peer']);
  has('[[:alpha:]]]abc', [']abc']);
  has('[]a]bcd', ['bcd']);
  has('[^]a]bcd', ['bcd']);
  has('\\bword\\b', ['word']);
  has('a\\.b\\.c', ['a.b.c']);
  has('\\Qa.b\\E', []);
  has('\\x41bcd', []);
  has('\\pLabc', []);
  has(
    '(?i)disk full',
    ['di', ' full'].filter((text) => text.length > 2),
  );
  has('(?i:Disk) Full', [' full']);
  has('disk(?i)? full', []);
  has('disk(?i) full', [' full']);
  has('naïve text', ['ve text']);
  has('[unclosed', []);
  has('(unclosed', []);
});

test('a line that a pattern finds holds its literals, whatever the pattern', () => {
  const atom = fc.constantFrom(
    'a',
    'B',
    'k',
    'S',
    ' ',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\.',
    '\\b',
    '(ab|c)',
    '(?:k+)',
    'é',
    '^',
    '$',
    '|',
    '(?i)',
  );
  const piece = fc.tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '*?'));
  const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.flat().join(''));
  const line = fc.string({
    unit: fc.constantFrom('a', 'b', 'B', 'k', 'K', '\u212a', 's', 'S', '\u017f', ' ', '.', '1', 'é', 'c'),
    maxLength: 30,
  });
  let found = 0;
  fc.assert(
    fc.property(pattern, fc.array(line, { minLength: 20, maxLength: 20 }), (source, lines) => {
      const compiled = compile(source);
      for (const text of compiled === undefined ? [] : lines.filter((candidate) => compiled.test(candidate))) {
        found++;
        for (const literal of requiredLiterals(source)) expect(text.toLowerCase(), source).toContain(literal);
      }
    }),
    { seed: 5, numRuns: 3000 },
  );
  expect(found).toBeGreaterThan(1000);
});

function compile(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    // Half of what chance writes is no pattern.
    return undefined;
  }
}

test('buckets cover the range, lie on round steps, and are no more than asked for', () => {
  const time = fc.integer({ min: 0, max: 2e12 });
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 4e11 }), fc.integer({ min: 2, max: 200 }), (start, length, max) => {
      const end = start + length;
      const { firstEnd, step, count } = bucketsOf(start, end, max);
      expect(firstEnd % step).toBe(0);
      expect(firstEnd).toBeGreaterThan(start);
      expect(firstEnd - step).toBeLessThanOrEqual(start);
      const last = firstEnd + (count - 1) * step;
      expect(last).toBeGreaterThanOrEqual(end);
      expect(count === 1 || last - step < end).toBe(true);
      expect(count).toBeLessThanOrEqual(max);
    }),
    { seed: 6, numRuns: 500 },
  );
  expect(bucketsOf(0, 3_600_000, 60)).toEqual({ firstEnd: 60_000, step: 60_000, count: 60 });
  expect(bucketsOf(1, 3_600_000, 60)).toEqual({ firstEnd: 60_000, step: 60_000, count: 60 });
  expect(bucketsOf(0, 3_600_001, 60)).toEqual({ firstEnd: 120_000, step: 120_000, count: 31 });
});

/** Merges whatever is due after each of 20,000 lines of 200 bytes that come one by one. */
function mergeAll(newestAt: (seq: number) => number) {
  let id = 0;
  const head = (rawBytes: number, seq: number): BlockHead => ({
    ...{ id: ++id, origin: 'c/s', firstSeq: seq, lastSeq: seq, lines: 1, oldest: seq, newest: seq, rawBytes },
    ...{ bytes: rawBytes, levels: [] },
  });
  let open: BlockHead[] = [];
  let [written, merged, full, most] = [0, 0, 0, 0];
  for (let seq = 1; seq <= 20_000; seq++) {
    open.push(head(200, seq));
    const newest = new Map([['c/s', newestAt(seq)]]);
    written += 200;
    for (let chosen = chooseMerge(open, newest); chosen !== undefined; chosen = chooseMerge(open, newest)) {
      const parts = chosen;
      const bytes = parts.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
      merged += bytes;
      const whole = head(bytes, parts[0]!.firstSeq);
      open = open.filter((candidate) => !parts.includes(candidate));
      if (isFull(whole)) full++;
      else open.push(whole);
    }
    most = Math.max(most, open.length);
  }
  return { rewrites: merged / written, full, most };
}

test('a line is written again a few times at most, and few blocks stay small', () => {
  const live = mergeAll((seq) => seq);
  expect(live.rewrites).toBeLessThan(6);
  expect(live.most).toBeLessThan(40);
  expect(live.full).toBeGreaterThanOrEqual(3);
});

test('lines that trickle in for a day that is over do not rewrite its blocks again and again', () => {
  const late = mergeAll(() => 86_400_000 * 2);
  expect(late.rewrites).toBeLessThan(30);
  expect(late.most).toBeLessThan(700);
  expect(late.full).toBeGreaterThanOrEqual(3);
});
