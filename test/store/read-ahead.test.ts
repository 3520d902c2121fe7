import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadAhead, type RowsBetween } from '../../server/store/pages/read-ahead.ts';

const STORED = [0, 1, 2, 3, 5, 8, 13, 21, 34, 2 ** 45, 2 ** 45 + 1];

/** Rows that hold their own number; notes what is asked for. */
function tableOf(stored: readonly number[], damaged = Number.NaN) {
  const asked: (readonly [number, number])[] = [];
  const rows: RowsBetween = (first, last) => {
    asked.push([first, last]);
    if (first <= damaged && damaged <= last) throw new Error('damaged');
    return stored.filter((id) => first <= id && id <= last).map((id) => [id, Buffer.from(String(id))]);
  };
  return { ahead: new ReadAhead(rows), asked };
}

test('every row is what the table holds, in whatever order rows are asked for', () => {
  const row = fc.constantFrom(...STORED, 4, 6, 7, 20, 22, 300, 2 ** 45 - 1, 2 ** 45 + 2);
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const { ahead } = tableOf(STORED);
      for (const one of rows) expect(ahead.body(one)?.toString()).toBe(STORED.includes(one) ? `${one}` : undefined);
    }),
    { seed: 1 },
  );
});

test('what is read grows while rows follow each other, and is one row after a jump', () => {
  const lengths = (rows: readonly number[]) => {
    const { ahead, asked } = tableOf([]);
    for (const row of rows) ahead.body(row);
    return asked.map(([first, last]) => last - first + 1);
  };
  const run = Array.from({ length: 1000 }, (_, i) => 10 + i);
  expect(lengths([...run, 5000])).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 1]);
  expect(lengths([10, 11, 13, 12])).toEqual([1, 2, 4, 1]);
  expect(lengths([10, 11, 14])).toEqual([1, 2, 4]);
  expect(lengths([10, 11, 15])).toEqual([1, 2, 1]);
  expect(lengths([10, 9])).toEqual([1, 1]);
});

test('a damaged row costs no row beside it', () => {
  const { ahead } = tableOf([1, 2, 3, 4], 3);
  expect([1, 2].map((row) => ahead.body(row)?.toString())).toEqual(['1', '2']);
  expect(() => ahead.body(3)).toThrow('damaged');
  expect([4, 2].map((row) => ahead.body(row)?.toString())).toEqual(['4', '2']);
});
