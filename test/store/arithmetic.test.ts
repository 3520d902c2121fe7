import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RINGS } from '../../server/model/rings.ts';
import { DAY, HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { ByteReader, ByteWriter, MAX_SIGNED } from '../../server/store/encoding/bytes.ts';
import { decodeRecord, encodeRecord } from '../../server/store/journal/journal.ts';
import { pageBodyBytes } from '../../server/store/limits.ts';
import { createPage, decodePage, encodePage } from '../../server/store/pages/page.ts';
import type { RollupPage } from '../../server/store/pages/rollup-page.ts';
import { SampleColumns } from '../../server/store/pages/sample-columns.ts';
import type { SamplePage } from '../../server/store/pages/sample-page.ts';
import { SumColumns } from '../../server/store/pages/sum-columns.ts';
import type { SumPage } from '../../server/store/pages/sum-page.ts';
import { borderAfter, borderBefore, coverWindow, usableRings } from '../../server/store/rings/cover.ts';
import {
  checkRings,
  pageOfSlot,
  type Ring,
  ringFloor,
  ringHasPage,
  ringsOfKind,
  slotOf,
  slotStart,
} from '../../server/store/rings/ring.ts';

const RUNS = { seed: 20, numRuns: 500 };
const PAGE_RUNS = { seed: 20, numRuns: 100 };
const SUM = ringsOfKind(DEFAULT_RINGS, 'sum');
const GAUGE = ringsOfKind(DEFAULT_RINGS, 'gauge');
const FINE = SUM[0]!;

test('a slot is left-open and right-closed', () => {
  const slot = (time: number, want: number) => expect(slotOf(FINE, time)).toBe(want);
  slot(0, 0);
  slot(1, 1);
  slot(10_000, 1);
  slot(10_001, 2);
  const start = (time: number, want: number) => expect(slotStart(time, FINE.width)).toBe(want);
  start(1, 0);
  start(10_000, 0);
  start(10_001, 10_000);
});

test('a ring holds the pages of its span and one more, and no older one', () => {
  const newest = 1000 * FINE.slotsPerPage * FINE.width;
  const held = (page: number, want: boolean) => expect(ringHasPage(FINE, page, newest)).toBe(want);
  expect(FINE.rows).toBe(25);
  held(1000, true);
  held(1000 - 24, true);
  held(1000 - 25, false);
  expect(pageOfSlot(FINE, slotOf(FINE, ringFloor(FINE, newest) + 1))).toBe(1000 - 24);
  expect(ringFloor(FINE, newest)).toBeLessThanOrEqual(newest - FINE.span);
});

test('rings that cannot work are refused with the reason', () => {
  const refused = (rings: readonly (readonly [number, number])[], want: RegExp) =>
    expect(() => checkRings(rings.map(([width, span]) => ({ width: ms(width), span: ms(span) })))).toThrow(want);
  refused([[10_000, 60_000]], /got 1 rings; want 2/);
  refused(
    [
      [10_000, 60_000],
      [15_000, 60_000],
    ],
    /divide/,
  );
  refused(
    [
      [10_000, 60_000],
      [10_000, 60_000],
    ],
    /divide/,
  );
  refused(
    [
      [10_000, 600_000],
      [60_000, 300_000],
    ],
    /grow/,
  );
  refused(
    [
      [10_500, 105_000],
      [21_000, 210_000],
    ],
    /whole seconds/,
  );
  refused(
    [
      [10_000, 65_000],
      [60_000, 600_000],
    ],
    /multiple/,
  );
  refused(
    [
      [1000, 20 * DAY],
      [60_000, 30 * DAY],
    ],
    /too long/,
  );
  expect(() => checkRings(DEFAULT_RINGS)).not.toThrow();
});

test('borders move outward to the finest ring that is complete', () => {
  const newest = 800 * DAY;
  const usable = usableRings(SUM, newest);
  const borders = (age: number, want: readonly [number, number]) =>
    expect([borderBefore(usable, newest - age), borderAfter(usable, newest - age)].map((at) => newest - at)).toEqual(
      want,
    );
  borders(0, [0, 0]);
  borders(3, [10_000, 0]);
  borders(2 * DAY, [2 * DAY, 2 * DAY]);
  borders(2 * DAY + 3, [2 * DAY + MINUTE, 2 * DAY]);
  borders(14 * DAY + 3, [14 * DAY + 5 * MINUTE, 14 * DAY]);
  borders(100 * DAY + 3, [100 * DAY + HOUR, 100 * DAY]);
  borders(730 * DAY + 3, [730 * DAY, 730 * DAY]);
});

test('a cover is gapless, inside its borders, and only uses complete rings', () => {
  const anywhere = fc.integer({ min: 0, max: 800 * DAY });
  const nearSpan = fc.tuple(fc.constantFrom(...SUM), fc.integer({ min: -HOUR, max: HOUR }));
  const age = fc.oneof(
    anywhere,
    nearSpan.map(([ring, by]) => ring.span + by),
  );
  fc.assert(
    fc.property(fc.integer({ min: 700 * DAY, max: 900 * DAY }), age, age, (newest, ageA, ageB) => {
      const [a, b] = [newest - ageA, newest - ageB];
      const usable = usableRings(SUM, newest);
      const cover = coverWindow(usable, Math.min(a, b), Math.max(a, b));
      let at: number = cover.start;
      for (const { ring, first, last } of cover.runs) {
        expect((first - 1) * ring.width).toBe(at);
        expect(at).toBeGreaterThanOrEqual(usable.from[ring.index]!);
        at = last * ring.width;
      }
      expect(at).toBe(cover.end);
    }),
    RUNS,
  );
});

test('varints keep every integer within their bounds', () => {
  const same = (value: number) => {
    const out = new ByteWriter(1);
    out.writeSigned(value);
    expect(new ByteReader(out.finish()).readSigned()).toBe(value);
  };
  for (const value of [0, 1, -1, 63, 64, -64, -65, 2 ** 31, -(2 ** 31), MAX_SIGNED, -MAX_SIGNED]) same(value);
  fc.assert(fc.property(fc.integer({ min: -MAX_SIGNED, max: MAX_SIGNED }), same), RUNS);
});

const value = fc.oneof(fc.integer(), fc.double(), fc.constant(-0));

test('a page of sums survives its coding bit by bit and fits its row', () => {
  const slot = fc.tuple(fc.integer({ min: 0, max: 719 }), fc.integer({ min: 1, max: 2 ** 50 }), value);
  fc.assert(
    fc.property(
      fc.array(slot, { size: 'max', maxLength: 1500 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (rows, number) => {
        const page = createPage(FINE, number) as SumPage;
        for (const row of rows) page.add(...row);
        const body = encodePage(page, FINE);
        expect(body.length).toBeLessThanOrEqual(pageBodyBytes(FINE));
        const read = decodePage(FINE, body) as SumPage;
        expect(read.number).toBe(number);
        expect(slotsOf(read)).toEqual(slotsOf(page));
      },
    ),
    PAGE_RUNS,
  );
});

function slotsOf(page: SumPage): unknown[] {
  const slots: unknown[] = [];
  page.forEach(0, 719, (...slot) => slots.push(slot));
  return slots;
}

test('pages of samples and roll-ups survive their coding', () => {
  const [raw, rollup] = [GAUGE[0]!, GAUGE[3]!];
  const sample = fc.record({ time: fc.integer({ min: 1, max: 14_400_000 }), value, stale: fc.boolean() });
  fc.assert(
    fc.property(fc.array(sample, { size: 'max', maxLength: 300 }), fc.integer({ min: 0, max: 1e6 }), (rows, number) => {
      const page = createPage(raw, number) as SamplePage;
      const base = (number * raw.slotsPerPage - 1) * raw.width;
      for (const row of rows) {
        const at = { ...row, time: base + row.time, value: row.stale ? 0 : row.value };
        if (page.judge(at) === 'new') page.insert(at);
      }
      expect((decodePage(raw, encodePage(page, raw)) as SamplePage).samples).toEqual(page.samples);
    }),
    PAGE_RUNS,
  );
  const slot = fc.tuple(
    fc.integer({ min: 0, max: 239 }),
    fc.array(value, { minLength: 9, maxLength: 9 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(slot, { maxLength: 200 }), fc.integer({ min: 0, max: 1e6 }), (rows, number) => {
      const page = createPage(rollup, number) as RollupPage;
      for (const [offset, [first, last, adj, sum, min, max], endsStale] of rows) {
        const lastTime = (number * rollup.slotsPerPage + offset) * rollup.width;
        const figures = { first: first!, last: last!, adj: adj!, sum: sum!, min: min!, max: max! };
        page.replace(offset, { n: 3, resets: 1, firstTime: lastTime - 1, lastTime, endsStale, ...figures });
      }
      const body = encodePage(page, rollup);
      expect(body.length).toBeLessThanOrEqual(pageBodyBytes(rollup));
      const read = decodePage(rollup, body) as RollupPage;
      for (let i = 0; i < rollup.slotsPerPage; i++) expect(read.slot(i)).toEqual(page.slot(i));
    }),
    PAGE_RUNS,
  );
});

test('the fullest pages of worst values still fit a row', () => {
  const random = (i: number) => Math.sin(i + 1) * 10 ** (300 * Math.sin(7 * i));
  const count = (i: number) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);
  const fits = (page: SumPage | SamplePage | RollupPage, ring: Ring) => {
    expect(encodePage(page, ring).length).toBeLessThanOrEqual(pageBodyBytes(ring));
    expect(encodePage(page, ring).length).toBeGreaterThan(0.75 * pageBodyBytes(ring));
  };
  const sums = createPage(FINE, 2 ** 40) as SumPage;
  for (let i = 0; i < FINE.slotsPerPage; i++) if (i !== 7) sums.add(i, random(i), random(i + 1));
  fits(sums, FINE);
  const [raw, rollup] = [GAUGE[0]!, GAUGE[3]!];
  const samples = createPage(raw, 4000) as SamplePage;
  const start = (4000 * raw.slotsPerPage - 1) * raw.width;
  for (let i = 0; i < 5760; i++) {
    samples.insert({ time: start + 1 + i * 2500 + (count(i) % 2499), value: random(i), stale: i % 2 === 0 });
  }
  expect(samples.judge({ time: start, value: 0, stale: false })).toBe('too_dense');
  fits(samples, raw);
  const slots = createPage(rollup, 4000) as RollupPage;
  for (let i = 0; i < rollup.slotsPerPage; i++) {
    const end = (4000 * rollup.slotsPerPage + i) * HOUR;
    const times = { firstTime: end - (count(i) % HOUR), lastTime: end - (count(i + 5) % HOUR) };
    const counts = { n: count(i), resets: count(i + 1), endsStale: i % 2 === 0 };
    const values = { first: random(i), last: random(i + 100), adj: random(i + 200), sum: random(i + 300) };
    if (i !== 7) slots.replace(i, { ...times, ...counts, ...values, min: random(i + 400), max: random(i + 500) });
  }
  fits(slots, rollup);
});

test('a damaged, torn or foreign body is refused', () => {
  const page = createPage(FINE, 7) as SumPage;
  page.add(3, 5, 5);
  const body = encodePage(page, FINE);
  for (let i = 0; i < body.length; i++) {
    const flipped = Buffer.from(body);
    flipped[i]! ^= 1;
    expect(() => decodePage(FINE, flipped)).toThrow(RangeError);
    expect(() => decodePage(FINE, body.subarray(0, i))).toThrow(RangeError);
  }
  expect(() => decodePage(GAUGE[0]!, body)).toThrow(/shape/);
});

test('a journal record survives its coding', () => {
  const sum = fc.record({
    series: fc.integer({ min: 1, max: 1e6 }),
    slot: fc.integer({ min: 0, max: 2e8 }),
    rings: fc.integer({ min: 1, max: 255 }),
    n: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    sum: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  });
  const sample = fc.tuple(
    fc.integer({ min: 1, max: 1e6 }),
    fc.integer({ min: 0, max: 2e12 }),
    fc.oneof(value, fc.integer()),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(sum), fc.array(sample), (increments, rows) => {
      const sums = new SumColumns();
      for (const { series, slot, rings, n, sum } of increments) sums.push(series, slot, rings, n, sum);
      const samples = new SampleColumns();
      for (const [series, time, number, stale] of rows) samples.push(series, time, stale ? 0 : number, stale);
      const decoded = decodeRecord(encodeRecord({ sums, samples }));
      expect(incrementsOf(decoded.sums)).toEqual(incrementsOf(sums));
      expect(rowsOf(decoded.samples)).toEqual(rowsOf(samples));
    }),
    RUNS,
  );
});

test('a journal record of the first version is read', () => {
  const out = new ByteWriter();
  for (const number of [1, 0, 2]) out.writeByte(number);
  for (const [series, time, stale, number] of [
    [7, 1000, 0, 2.5],
    [1, 15_000, 1, 0],
  ] as const) {
    out.writeSigned(series);
    out.writeSigned(time);
    out.writeByte(stale);
    out.writeDouble(number);
  }
  const { samples } = decodeRecord(out.finish());
  expect(rowsOf(samples)).toEqual([
    [7, 1000, 2.5, 0],
    [8, 16_000, 0, 1],
  ]);
});

function incrementsOf({ length, series, slots, rings, n, sums }: SumColumns) {
  return Array.from({ length }, (_, row) => [series[row], slots[row], rings[row], n[row], sums[row]]);
}

function rowsOf({ length, series, times, values, stale }: SampleColumns) {
  return Array.from({ length }, (_, row) => [series[row], times[row], values[row], stale[row]]);
}
