import { describe, expect, test } from 'vitest';
import { nameLines } from '../../web/charts/line-names.ts';

const line = (...values: (number | null)[]) => values.map((y, x) => ({ x, y }));
const flat = (y: number) => line(y, y, y, y, y);

/** `want`: where each name stands and which side of it touches its line, "x,y side". */
const names = (what: string, real: readonly (number | null)[], ideal: number, wide: boolean, want: string) =>
  test(what, () => {
    const places = nameLines(line(...real), flat(ideal), { min: -1, max: 1 }, wide) ?? [];
    expect(places.map(({ at, position }) => `${at.x},${at.y} ${position.x} ${position.y}`).join('; ')).toBe(want);
  });

describe('beside a wide plot', () => {
  names('at the ends', [1, 1, 1, -1, -1], 0, true, '4,-1 start center; 4,0 start center');
  names('at the last value', [1, 1, 1, 1, null], 0, true, '3,1 start center; 4,0 start center');
  names('apart by just enough', [0, 0, 0, 0, 0.32], 0, true, '4,0.32 start center; 4,0 start center');
  names('too close, above', [0, 0, 0, 0, 0.31], 0, true, '4,0.31 start end; 4,0 start start');
  names('too close, below', [0, 0, 0, 0, -0.31], 0, true, '4,-0.31 start start; 4,0 start end');
  names(
    'at one point',
    flat(0).map(({ y }) => y),
    0,
    true,
    '4,0 start end; 4,0 start start',
  );
});

describe('inside a narrow plot', () => {
  names('below the line', [1, 1, 1, -1, -1], 0, false, '4,-1 end end; 2,0 start start');
  names('not among the times', [1, 1, 1, 1, 1], -0.7, false, '4,1 end end; 2,-0.7 start end');
  names('above the line', [1, 1, -1, -1, -1], 0, false, '4,-1 end end; 2,0 start end');
});

test('no line, no names', () => expect(nameLines(line(null, null), flat(0), { min: 0, max: 1 }, true)).toBeUndefined());
