import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allRows, skipNul, splitLines } from '../../collector/sources/file/lines.ts';

const linesIn = (bytes: Buffer, from = 0, to = bytes.length, max = 1000) => {
  const { start, end, next, tooLong } = splitLines(bytes, from, to, max);
  return { lines: [...start].map((s, i) => bytes.toString('latin1', s, end[i])), next, tooLong };
};

test('complete lines of a block', () => {
  const f = (text: string, lines: string[], next: number): void =>
    expect(linesIn(Buffer.from(text, 'latin1'))).toEqual({ lines, next, tooLong: 0 });
  f('', [], 0);
  f('a', [], 0);
  f('a\n', ['a'], 2);
  f('a\nb', ['a'], 2);
  f('\n', [''], 1);
  f('\r\n', [''], 2);
  f('a\r\n', ['a'], 3);
  f('a\r', [], 0);
  f('a\r\r\n', ['a\r'], 4);
});

test('the range is kept to, on both sides', () => {
  expect(linesIn(Buffer.from('a\nb\nc\n'), 2, 4)).toEqual({ lines: ['b'], next: 4, tooLong: 0 });
  expect(linesIn(Buffer.from('a\nb\nc\n'), 2, 3)).toEqual({ lines: [], next: 2, tooLong: 0 });
});

test('longer lines than allowed are counted and left out', () => {
  expect(linesIn(Buffer.from('123\n1234\n123\r\n1234\r\n'), 0, 21, 3)).toEqual({
    lines: ['123', '123'],
    next: 20,
    tooLong: 2,
  });
});

test('splits as String.split does, however many lines', () => {
  const line = fc.stringMatching(/^[a-z\r\0]{0,6}$/);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 200 }), line, (lines, rest) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join('') + rest);
      expect(linesIn(bytes)).toEqual({
        lines: lines.map((text) => text.replace(/\r$/, '')),
        next: bytes.length - rest.length,
        tooLong: 0,
      });
    }),
    { seed: 11 },
  );
});

test('NULs and rows', () => {
  expect(skipNul(Buffer.from('\0\0a\0'), 0, 4)).toBe(2);
  expect(skipNul(Buffer.from('\0\0'), 0, 2)).toBe(2);
  expect(skipNul(Buffer.from('a'), 0, 1)).toBe(0);
  expect([...allRows(3)]).toEqual([0, 1, 2]);
});
