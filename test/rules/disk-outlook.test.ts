import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diskOutlook, diskStep } from '../../rules/reports/disk-outlook.ts';
import { type DiskUse, nodeDisks } from '../../rules/reports/disk-use.ts';
import type { SeriesSlots } from '../../server/model/engine.ts';
import type { Labels } from '../../server/model/labels.ts';
import { DAY, HOUR, ms } from '../../server/model/units.ts';
import { tries } from '../support/long.ts';

const NOW = ms(1_800_000_000_000);

/** Hourly values up to now. */
function disk(used: readonly number[], mountpoint = '/'): DiskUse {
  return { host: 'web-1', mountpoint, time: hoursTo(used.length), used };
}
function hoursTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => NOW - (count - 1 - i) * HOUR);
}
const line = (hours: number, from: number, perHour: number): readonly number[] =>
  Array.from({ length: hours }, (_, i) => from + i * perHour);
const outlook = (values: readonly number[]) => diskOutlook([disk(values)], NOW);

describe('a disk is told', () => {
  const told = (name: string, values: readonly number[], want: number) =>
    test(name, () => expect(outlook(values)?.filling.length).toBe(want));
  told('that grows for two days', line(49, 0.5, 0.001), 1);
  told('not below two days', line(48, 0.5, 0.001), 0);
  told('not when it is full later than in a year', line(101, 0.5, 0.4 / (365 * 24)), 0);
  told('on the eve of a year', line(101, 0.5, 0.5 / (365 * 24)), 1);
  told('not when it shrinks', line(100, 0.9, -0.001), 0);
  told('not at rest', line(100, 0.9, 0), 0);
  told(
    'not when it is emptied each day',
    line(100, 0, 1).map((i) => 0.3 + 0.02 * (i % 24)),
    0,
  );
  told(
    'not when it jumped once',
    line(100, 0, 1).map((i) => (i < 95 ? 0.3 : 0.9)),
    0,
  );
  told(
    'with some noise',
    line(100, 0, 1).map((i) => 0.3 + 0.002 * i + 0.005 * (i % 3)),
    1,
  );
  told('not when it should be full already', [...line(100, 0.5, 0.006).map((ratio) => Math.min(ratio, 0.97))], 0);
  test('not without values, and where no host reports one there is nothing to say', () => {
    expect(diskOutlook([], NOW)).toBeUndefined();
    expect(outlook([])).toBeUndefined();
    expect(outlook([0.5])).toEqual({ reported: 1, filling: [], left_out: 0 });
  });
});

test('the line is that of least squares, and reaches 1 on its day', () => {
  const straight = fc.record({
    from: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
    perHour: fc.double({ min: 1.2e-4, max: 1e-3, noNaN: true }),
    hours: fc.integer({ min: 49, max: 200 }),
  });
  const property = fc.property(straight, ({ from, perHour, hours }) => {
    const [found] = outlook(line(hours, from, perHour))!.filling;
    const last = from + (hours - 1) * perHour;
    expect(found!.used_ratio).toBeCloseTo(last, 12);
    expect((found!.full_at - NOW) / HOUR).toBeCloseTo((1 - last) / perHour, 3);
    expect(found!.growth_per_day).toBeCloseTo(24 * perHour, 9);
    expect(found!.r_squared).toBeCloseTo(1, 6);
  });
  fc.assert(property, { seed: 5, numRuns: tries(50) });
});

test('soonest first, twenty at most, the rest counted', () => {
  const disks = Array.from({ length: 23 }, (_, i) => disk(line(100, 0.2 + i * 0.01, 0.001), `/${i}`));
  const { reported, filling, left_out } = diskOutlook(disks, NOW)!;
  expect([reported, filling.length, left_out]).toEqual([23, 20, 3]);
  expect(filling.map(({ mountpoint }) => mountpoint).slice(0, 2)).toEqual(['/22', '/21']);
});

test.each([
  [7, HOUR],
  [31, 6 * HOUR],
  [92, DAY],
])('a period of %i days is a line of at most two hundred values', (days, want) =>
  expect(diskStep({ start: ms(NOW - days * DAY), end: NOW })).toBe(want),
);

describe('file systems of node_exporter', () => {
  const series = (values: readonly number[], labels: Labels): SeriesSlots => {
    const lastTime = hoursTo(values.length);
    const none = values.map(() => 0);
    const slots = { n: none, firstTime: lastTime, first: values, lastTime, last: values, adj: none, resets: none };
    return {
      name: '',
      labels: { instance: 'web-1:9100', job: 'node', device: '/dev/sda1', fstype: 'ext4', ...labels },
      ...slots,
    };
  };
  const GIB = 2 ** 30;
  const sizes = line(100, 100 * GIB, 0);
  const free = line(100, 50 * GIB, -0.1 * GIB);

  test('one that fills is told as one of our own hosts is', () => {
    const found = diskOutlook(
      nodeDisks([series(free, { mountpoint: '/' })], [series(sizes, { mountpoint: '/' })]),
      NOW,
    );
    const used = disk(free.map((bytes) => 1 - bytes / (100 * GIB)));
    expect(found).toEqual(diskOutlook([{ ...used, host: 'web-1:9100' }], NOW));
    expect((found!.filling[0]!.full_at - NOW) / HOUR).toBeCloseTo(free.at(-1)! / (0.1 * GIB), 3);
  });
  const left = (name: string, labels: Labels, sizeLabels: Labels = labels) =>
    test(`not ${name}`, () => expect(nodeDisks([series(free, labels)], [series(sizes, sizeLabels)])).toEqual([]));
  left('one in memory', { mountpoint: '/run', fstype: 'tmpfs' });
  left('one whose size nobody told', { mountpoint: '/' }, { mountpoint: '/other' });
  test('a device is told once, by its shortest name, however often it is mounted', () => {
    const at = (values: readonly number[]) =>
      ['/var/lib/docker', '/', '/srv'].map((mountpoint) => series(values, { mountpoint }));
    expect(nodeDisks(at(free), at(sizes)).map(({ mountpoint }) => mountpoint)).toEqual(['/']);
  });
  test('a step with one of both values, or without a size, is none', () => {
    const [found] = nodeDisks(
      [series(free, {})],
      [
        series(
          sizes.slice(1).map((bytes, i) => (i === 5 ? 0 : bytes)),
          {},
        ),
      ],
    );
    expect(found!.used).toHaveLength(98);
    expect(Math.max(...found!.used)).toBeLessThan(1);
  });
});
