import { describe, expect, test } from 'vitest';
import { hashOf, viewOf } from '../../collector/transforms/byte-keys.ts';
import { HyperLogLog } from '../../server/store/web-log/hyper-log-log.ts';
import { seeded } from '../support/random.ts';
import { hitsOf, lineOf } from './requests.ts';

/** Three standard errors hold 997 of 1000; the seeds are fixed. */
const BOUND = 3 * 0.0081;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

function hashes(seed: number, count: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => random.below(2 ** 26) * 2 ** 26 + random.below(2 ** 26));
}

function of(all: readonly number[]): HyperLogLog {
  const made = new HyperLogLog();
  for (const hash of all) made.add(hash);
  return made;
}

describe('distinct visitors', () => {
  test.each([0, 1, 2, 1000, 2048])('%i are counted exactly', (count) => {
    const all = hashes(count + 1, count);
    expect(of([...all, ...all]).estimate()).toEqual({ estimate: count, standard_error: 0 });
  });

  test.each([2049, 5000, 20_000, 50_000, 100_000, 400_000])(
    '%i are estimated within three standard errors',
    (count) => {
      const errors = SEEDS.map((seed) => of(hashes(seed * count, count)).estimate().estimate / count - 1);
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(BOUND);
      const bias = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      expect(Math.abs(bias)).toBeLessThan(BOUND / Math.sqrt(SEEDS.length));
    },
  );

  test('merging in any order is adding in any order', () => {
    for (const seed of SEEDS) {
      const all = hashes(seed, 9000);
      const parts = [all.slice(0, 100), all.slice(50, 1500), all.slice(1000, 6000), all.slice(5000)];
      const forth = new HyperLogLog();
      for (const part of parts) forth.merge(of(part));
      const back = new HyperLogLog();
      for (const part of parts.toReversed())
        back.merge(HyperLogLog.decode(JSON.parse(JSON.stringify(of(part).encode()))));
      expect(forth.estimate()).toEqual(of(all).estimate());
      expect(back.encode()).toEqual(of(all).encode());
    }
  });

  test('registers that are none are refused', () => {
    expect(() => HyperLogLog.decode('AAAA')).toThrow(RangeError);
  });

  test('the hashes of real lines are as good as random', () => {
    const lines = Array.from({ length: 30_000 }, (_, i) =>
      lineOf({
        vhost: '',
        host: `10.${i >> 12}.${(i >> 6) & 63}.${i & 63}`,
        time: Date.UTC(2015, 4, 17),
        method: 'GET',
        url: '/',
        status: 200,
        bytes: 1,
        referrer: '',
        agent: `Mozilla/5.0 (${i % 3})`,
      }),
    );
    const [table] = hitsOf(lines);
    expect(new Set(table!.visitors).size).toBe(30_000);
    expect(Math.abs(of(table!.visitors).estimate().estimate / 30_000 - 1)).toBeLessThan(BOUND);
  });

  test.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['test', 0, 0xba6bd213],
    ['Hello, world!', 0, 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('MurmurHash3 of %j with seed %i', (text, seed, want) => {
    const bytes = Buffer.from(`..${text}..`);
    expect(hashOf(viewOf(bytes), 2, bytes.length - 2, seed) >>> 0).toBe(want);
  });
});
