import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CONSOLIDATIONS, type DataSource, type DataSourceType } from '../../../server/model/data-source.ts';
import { appendSample, emptySlot, type RollupSlot } from '../../../server/store/pages/rollup.ts';
import { consolidated } from '../../../server/store/rrd/cdp.ts';
import { isUpdateValue, openPdp, type PdpRun, updatePdp } from '../../../server/store/rrd/pdp.ts';
import { tries } from '../../support/long.ts';
import { seededOfRun } from '../../support/random.ts';
import { type Archive, askRrdtool, hasRrdtool, type Update } from '../../support/rrdtool.ts';
import { isEqual, madeTrial, START, type Trial } from './trials.ts';

/** Every PDP that updates close, by the second of its end, in the order of time. */
function pdpsOf(source: DataSource, step: number, updates: readonly Update[], start = START): Map<number, number> {
  let open = openPdp(start * 1000, step * 1000);
  const pdps = new Map<number, number>();
  for (const { time, text } of updates) {
    expect(isUpdateValue(source, text)).toBe(true);
    const update = updatePdp(source, step * 1000, open, Math.round(time * 1000), text);
    open = update.open;
    for (const [end, value] of update.closed.flatMap((run) => [...endsOf(run, step)])) pdps.set(end, value);
  }
  return pdps;
}

function* endsOf({ end, count, value }: PdpRun, step: number): Generator<[number, number]> {
  for (let i = 0; i < count; i++) yield [end / 1000 + i * step, value];
}

/** The slots of a ring as the store fills it: known PDPs are samples, the first unknown one after them a stale marker. */
function slotsOf(pdps: ReadonlyMap<number, number>, width: number): Map<number, RollupSlot> {
  const slots = new Map<number, RollupSlot>();
  let isUnknown = true;
  for (const [end, value] of pdps) {
    const slot = slots.get(Math.ceil(end / width) * width) ?? emptySlot();
    slots.set(Math.ceil(end / width) * width, slot);
    const wasUnknown = isUnknown;
    isUnknown = Number.isNaN(value);
    if (isUnknown && wasUnknown) continue;
    appendSample(slot, { time: end * 1000, value: isUnknown ? 0 : value, stale: isUnknown });
  }
  return slots;
}

const folder = mkdtempSync(join(tmpdir(), 'vigie-rrd-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasRrdtool)('as the real rrdtool', () => {
  test('random updates: every row of every archive', () => {
    const { random } = seededOfRun('rrd arithmetic');
    const found: Found = { cells: 0, known: 0, wrong: [] };
    for (let i = 0; i < tries(20); i++) {
      const archives = [1, 3, 12].map((pdps) => ({ pdps, rows: 2000, xff: random.pick([0, 0.3, 0.5, 0.99]) }));
      compare(madeTrial(random), archives, found);
    }
    console.log(`rrd arithmetic: ${found.cells} cells, ${found.known} known, ${found.wrong.length} wrong`);
    expect(found.wrong.slice(0, 10)).toEqual([]);
    expect(found.known).toBeGreaterThan(tries(20) * 100);
  });
});

interface Found {
  cells: number;
  known: number;
  readonly wrong: string[];
}

function compare({ source, step, updates }: Trial, archives: readonly Archive[], found: Found): void {
  const end = Math.floor(updates.at(-1)!.time);
  const pdps = pdpsOf(source, step, updates);
  const asked = archives.flatMap((archive) => CONSOLIDATIONS.map((how) => ({ archive, how })));
  const fetches = asked.map(({ archive, how }) => ({ how, start: START, end, resolution: archive.pdps * step }));
  const database = { file: join(folder, 'a.rrd'), source, start: START, step, archives };
  for (const [a, rows] of askRrdtool(database, updates, fetches).entries()) {
    const { archive, how } = asked[a]!;
    const slots = slotsOf(pdps, archive.pdps * step);
    for (const [time, want] of rows) {
      if (time > end - (end % (archive.pdps * step))) continue;
      const [slot, pdp] = [slots.get(time), pdps.get(time) ?? Number.NaN];
      const got = archive.pdps === 1 ? pdp : consolidated(slot, archive.pdps, how, archive.xff);
      found.cells++;
      if (!Number.isNaN(want)) found.known++;
      const where = `${source.type} step ${step} heartbeat ${source.heartbeat_secs} ${how} of ${archive.pdps}`;
      if (!isEqual(got, want)) found.wrong.push(`${where}, xff ${archive.xff}, at ${time}: got ${got}; want ${want}`);
    }
  }
}

/** Updates as `seconds:value` after a round moment, of a step of ten seconds; NaN: unknown. */
function pdps(type: DataSourceType, text: string, want: readonly number[], bounds: Partial<DataSource> = {}): void {
  const updates = text.split(' ').map((one) => {
    const [time, value = ''] = one.split(':');
    return { time: START + Number(time), text: value };
  });
  const got = [...pdpsOf({ type, heartbeat_secs: 100, ...bounds }, 10, updates).values()];
  expect(got.map((value) => Number(value.toPrecision(12)))).toEqual(want);
}

const U = Number.NaN;

test('the open PDP is closed for itself, and those after it have one value', () => {
  pdps('GAUGE', '10:5', [5]);
  pdps('GAUGE', '4:1 10:3', [2.2]);
  pdps('GAUGE', '4:1 32:8', [(4 + 6 * 8) / 10, 8, 8]);
  pdps('ABSOLUTE', '5:10 25:40', [2, 2]);
  pdps('GAUGE', '0.5:4 10.5:6', [5.9]);
});

test('counters wrap one short of 2^32, then of 2^64', () => {
  pdps('COUNTER', '10:4294967285 20:5', [U, 1.5]);
  pdps('COUNTER', '10:18446744073709551605 20:5', [U, 0]);
  pdps('COUNTER', '10:9007199254740993 20:9007199254740998', [U, 0.5]);
  pdps('DERIVE', '10:7 20:5', [U, -0.2]);
  pdps('DERIVE', '10:-5 20:5', [U, U]);
  pdps('DERIVE', '10:0 20:-5', [U, U]);
});

test('unknown time at the end of a PDP does not count as unknown; at its beginning it does', () => {
  pdps('GAUGE', '1:7 10:U', [7]);
  pdps('GAUGE', '9:U 10:7', [U]);
  pdps('GAUGE', '5:U 10:7', [7]);
  pdps('GAUGE', '6:U 10:7', [U]);
});

test('the heartbeat and the bounds are inclusive', () => {
  pdps('GAUGE', '10:1 30:3', [1, 3, 3], { heartbeat_secs: 20 });
  pdps('GAUGE', '10:1 31:3', [1, U, U], { heartbeat_secs: 20 });
  pdps('COUNTER', '10:0 20:100 30:201 40:301', [U, 10, U, 10], { max: 10 });
  pdps('DERIVE', '10:-1 20:-11 30:-22', [U, -1, U], { min: -1 });
});

test('DCOUNTER takes what falls for a reset, whatever its sign was', () => {
  pdps('DCOUNTER', '10:100 20:90 30:95.5', [U, U, 0.55]);
  pdps('DCOUNTER', '10:-100 20:-90 30:-95', [U, U, -0.5]);
  pdps('DDERIVE', '10:100 20:90 30:80.5', [U, -1, -0.95]);
});

test('a value that is none for its type is no update', () => {
  const takes = (type: DataSourceType, text: string, want: boolean) =>
    expect(isUpdateValue({ type, heartbeat_secs: 1 }, text)).toBe(want);
  takes('COUNTER', '12', true);
  takes('COUNTER', '-12', false);
  takes('COUNTER', '12.5', false);
  takes('COUNTER', 'U', true);
  takes('DERIVE', '-12', true);
  takes('DERIVE', '1e+21', false);
  takes('DCOUNTER', '12.5', true);
  takes('GAUGE', '', false);
  takes('GAUGE', 'x', false);
});

test('a row is unknown when more of it is than xff allows; its last PDP counts even when it is', () => {
  const slot = (text: string): RollupSlot => {
    const known = text.split(' ').map((value, i) => [10 * (i + 1), value === 'U' ? U : Number(value)] as const);
    return slotsOf(new Map(known), 10 * known.length)
      .values()
      .next().value!;
  };
  const rows = (text: string, xff: number, want: readonly number[]) =>
    expect(CONSOLIDATIONS.map((how) => consolidated(slot(text), text.split(' ').length, how, xff))).toEqual(want);
  rows('1 2 6 3', 0, [3, 1, 6, 3]);
  rows('1 2 6 U', 0.5, [3, 1, 6, U]);
  rows('U 2 6 U', 0.5, [4, 2, 6, U]);
  rows('U 2 U 6', 0.5, [4, 2, 6, 6]);
  rows('U 2 U U', 0.5, [U, U, U, U]);
  rows('1 2 6 U', 0.2, [U, U, U, U]);
  rows('1 2 6 U', 0.25, [3, 1, 6, U]);
  expect(consolidated(undefined, 4, 'LAST', 0.9)).toBeNaN();
});
