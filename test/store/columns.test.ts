import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../server/store/encoding/bytes.ts';
import { planFrames, readFrames, writeFrames } from '../../server/store/encoding/frames.ts';
import { readPacked, skipPacked, writePacked } from '../../server/store/encoding/packed-column.ts';
import { readPlaces, writePlaces } from '../../server/store/encoding/place-set.ts';

const RUNS = { seed: 31, numRuns: 300 };

function packed(values: readonly number[], width: 4 | 8 = 8): Buffer {
  const out = new ByteWriter();
  writePacked(out, Float64Array.from(values), width);
  return out.finish();
}

/** A column of each kind that a coding is made for, and of all mixed. */
const column = fc
  .tuple(
    fc.constantFrom('counter', 'clock', 'decimal', 'memory', 'float', 'anything'),
    fc.array(fc.tuple(fc.nat(1000), fc.double({ noNaN: true, min: 0, max: 1 }), fc.nat(40)), { maxLength: 400 }),
    fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, 2 ** 52, -(2 ** 52), 2 ** 53, Number.NaN)),
  )
  .map(([kind, steps, odd]) => {
    let at = 0;
    const list = steps.map(([step, real, rare]) => {
      if (kind === 'counter') at = rare === 0 ? step : at + step;
      if (kind === 'clock') at += rare === 0 ? step * 15_000 : 15_000;
      if (kind === 'decimal') at = step / 100;
      if (kind === 'memory') at = (step - 500) * 2 ** (rare % 40);
      if (kind === 'float') at = 20 + real;
      return at;
    });
    return kind === 'anything' ? [...list, odd, -odd, odd] : list;
  });

test('a column survives its coding bit by bit, in no more bytes than its plainest coding', () => {
  fc.assert(
    fc.property(column, (values) => {
      const body = packed(values);
      expect(body.length).toBeLessThanOrEqual(1 + 8 * values.length);
      const input = new ByteReader(body);
      expect([...readPacked(input, values.length)]).toEqual(values);
      expect(input.remaining).toBe(0);
    }),
    RUNS,
  );
});

test('a column is passed over to where it ends; one like the column before it is read there', () => {
  fc.assert(
    fc.property(column, column, (one, other) => {
      const out = new ByteWriter();
      const first = Float64Array.from(one);
      writePacked(out, first, 8);
      writePacked(out, first, 8, first);
      writePacked(out, Float64Array.from(other), 8);
      const input = new ByteReader(out.finish());
      const places = [skipPacked(input, one.length)];
      places.push(skipPacked(input, one.length, places[0]), skipPacked(input, other.length));
      expect(input.remaining).toBe(0);
      const read = (i: number, count: number): number[] => [...readPacked(input.from(places[i]!), count)];
      expect([read(0, one.length), read(1, one.length), read(2, other.length)]).toEqual([one, one, other]);
    }),
    RUNS,
  );
});

test('a column of offsets takes at most four bytes each', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 400 }), (values) => {
      const body = packed(values, 4);
      expect(body.length).toBeLessThanOrEqual(1 + 4 * values.length);
      expect([...readPacked(new ByteReader(body), values.length)]).toEqual(values);
    }),
    RUNS,
  );
});

test('what is usual is short', () => {
  const ten = (make: (i: number) => number) => Array.from({ length: 1000 }, (_, i) => make(i));
  const random = (i: number) => Math.abs(Math.sin(i * 12.9898) * 43_758.5453) % 1;
  const takes = (values: readonly number[], bytes: number) => expect(packed(values).length).toBeLessThanOrEqual(bytes);
  let total = 0;
  takes(
    ten((i) => 1_000_000 + i * 15_000),
    7,
  );
  takes(
    ten(() => 42),
    3,
  );
  takes(
    ten(() => 0.1 + 0.2),
    9,
  );
  // Seven bits for each increment below 128, and a few bytes for each block.
  takes(
    ten((i) => (total += Math.floor(random(i) * 128))),
    875 + 8 * 5,
  );
  // Scrapes that come up to 3 ms late: the differences take three bits.
  takes(
    ten((i) => i * 15_000 + Math.floor(random(i) * 4)),
    375 + 8 * 6,
  );
  // A reset and a leap cost themselves.
  takes(
    ten((i) => (i === 300 ? 9e12 : i < 500 ? i * 7 : i)),
    100,
  );
  // Multiples of 4096 below 4096 * 128.
  takes(
    ten((i) => 4096 * Math.floor(random(i) * 128)),
    875 + 8 * 3,
  );
  // Hundredths below one.
  takes(
    ten((i) => Math.floor(random(i) * 100) / 100),
    875 + 8 * 3,
  );
});

test('bytes that are no column are refused, whatever they are', () => {
  const refused = (bytes: readonly number[], count: number) => {
    expect(() => readPacked(new ByteReader(Buffer.from(bytes)), count)).toThrow(RangeError);
    expect(() => skipPacked(new ByteReader(Buffer.from(bytes)), count)).toThrow(RangeError);
  };
  refused([], 1);
  refused([9], 1);
  refused([3], 1);
  refused([0, 1, 2], 1);
  refused([5, 3, 0], 1);
  refused([5, 0, 10], 1);
  refused([5, 0, 16], 1);
  refused([5, 0, 49], 1);
  refused([5, 0, 0, 54, 0], 2);
  refused([5, 0, 0, 7, 0, 1], 3);
  refused([5, 0, 0, 128, 0], 2);
  refused([5, 0, 0, 64, 0, 1, 2, 0], 2);
  refused([6, 33, 0, 0], 1);
  refused([6, 8, 0, 0], 2);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(300), (bytes, count) => {
      try {
        expect(readPacked(new ByteReader(Buffer.from(bytes)), count)).toHaveLength(count);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    RUNS,
  );
});

test('frames never take more bytes than was computed', () => {
  const spiky = fc.oneof({ weight: 20, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.integer() });
  fc.assert(
    fc.property(fc.array(spiky, { maxLength: 300 }), fc.nat(2), (list, from) => {
      const values = Float64Array.from(list);
      const out = new ByteWriter();
      const plan = planFrames(values, from, values.length)!;
      writeFrames(out, values, from, plan);
      expect(out.length).toBeLessThanOrEqual(plan.bytes);
      const read = Float64Array.from(list.slice(0, from).concat(list.slice(from).fill(0)));
      readFrames(new ByteReader(out.finish()), read, from, values.length);
      expect(read).toEqual(values);
    }),
    RUNS,
  );
  expect(planFrames(Float64Array.of(-(2 ** 52) + 1, 2 ** 52 - 1), 0, 2)).toBeUndefined();
});

test('places survive their coding, in a bit each at most', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(239), { maxLength: 240 }), fc.nat(239), (some, run) => {
      for (const places of [some.toSorted((a, b) => a - b), Array.from({ length: 240 - run }, (_, i) => run + i)]) {
        const out = new ByteWriter();
        writePlaces(out, places, 240);
        expect(out.length).toBeLessThanOrEqual(31);
        expect([...readPlaces(new ByteReader(out.finish()), 240)]).toEqual(places);
      }
    }),
    RUNS,
  );
  const refused = (...bytes: number[]) =>
    expect(() => readPlaces(new ByteReader(Buffer.from(bytes)), 240)).toThrow(RangeError);
  refused(3);
  refused(1, 240, 1);
  refused(1, 200, 1, 41);
  refused(2, 1, 1);
});
