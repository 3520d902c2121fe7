import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { ByteReader, ByteWriter } from '../../server/store/encoding/bytes.ts';
import { DecodedColumns } from '../../server/store/pages/decoded-columns.ts';
import { PageRows, type RowCoding } from '../../server/store/pages/page-rows.ts';
import { RollupPage } from '../../server/store/pages/rollup-page.ts';
import { SampleColumns } from '../../server/store/pages/sample-columns.ts';
import { SamplePage } from '../../server/store/pages/sample-page.ts';
import { ringsOfKind } from '../../server/store/rings/ring.ts';

const coding: RowCoding = {
  width: 3,
  write: (out, columns) => {
    out.writeUnsigned(columns[0]?.length ?? 0);
    for (const column of columns) for (const value of column) out.writeDouble(value);
  },
  read: (input) => {
    const count = input.readUnsigned();
    return [0, 1, 2].map(() => Float64Array.from({ length: count }, () => input.readDouble()));
  },
};

type Row = readonly [place: number, a: number, b: number];

const place = fc.integer({ min: 0, max: 200 });
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), place, value: fc.double() }),
  fc.record({ do: fc.constant('extend' as const), rows: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ do: fc.constant('truncate' as const), place }),
  fc.constant({ do: 'seal' as const }),
  fc.constant({ do: 'read' as const }),
  fc.constant({ do: 'copy' as const }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function put(rows: PageRows, list: Row[], at: number, value: number): void {
  const row = rows.indexOf(at);
  const known = list.findIndex(([place]) => place === at);
  if (known < 0) {
    rows.insert(row, [at, value, 0]);
    list.push([at, value, 0]);
    list.sort((a, b) => a[0] - b[0]);
    return;
  }
  const { numbers, at: from } = rows.edit(row);
  numbers[from + 2] = value;
  list[known] = [at, list[known]![1], value];
}

/** Does the step to the rows and to a list of them; returns the rows to go on with. */
function take(step: Step, rows: PageRows, list: Row[]): PageRows {
  if (step.do === 'put') put(rows, list, step.place, step.value);
  else if (step.do === 'extend') {
    const first = Math.max(-1, rows.lastPlace) + 1;
    const { numbers, at } = rows.extend(step.rows);
    for (let i = 0; i < step.rows; i++) {
      const row: Row = [first + i, i, -i];
      for (const [c, value] of row.entries()) numbers[at + 3 * i + c] = value;
      list.push(row);
    }
  } else if (step.do === 'truncate') {
    rows.truncate(rows.indexOf(step.place));
    list.splice(0, list.length, ...list.filter(([place]) => place < step.place));
  } else if (step.do === 'copy') return rows.copy();
  else return stored(rows, step.do);
  return rows;
}

function stored(rows: PageRows, how: 'seal' | 'read'): PageRows {
  const out = new ByteWriter();
  rows.write(out);
  const bytes = Buffer.from(out.finish());
  const kept = how === 'seal' ? rows : new PageRows(coding);
  if (how === 'seal') rows.seal(bytes);
  else kept.read(new ByteReader(bytes));
  return kept;
}

test('rows are those of a list, whatever was put, dropped, sealed, read or copied in between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const list: Row[] = [];
      let rows = new PageRows(coding);
      for (const one of steps) {
        rows = take(one, rows, list);
        expect(rows.count).toBe(list.length);
        expect(rows.lastPlace).toBe(list.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY);
      }
      const columns = [0, 1, 2].map((c) => Float64Array.from(list, (row) => row[c]!));
      expect(rows.columns()).toEqual(columns);
      expect(list.map((_, i) => rows.get(i, 1))).toEqual([...columns[1]!]);
    }),
    { seed: 20261121 },
  );
});

test('a copy has changes of its own', () => {
  const rows = new PageRows(coding);
  rows.insert(0, [1, 0, 0]);
  const copy = rows.copy();
  copy.insert(1, [7, 1, 2]);
  copy.edit(0).numbers[1] = 5;
  expect([rows.count, rows.get(0, 1), copy.count, copy.get(0, 1)]).toEqual([1, 0, 2, 5]);
});

test('many samples are appended as each would be inserted, what is there stays', () => {
  const [raw] = ringsOfKind([{ width: ms(10_000), span: ms(172_800_000) }], 'gauge');
  const page = () => new SamplePage(raw!, 0, { lsn: 0, storedLsn: 0 });
  const appended = (...runs: (readonly (readonly [time: number, value: number, stale?: true])[])[]) => {
    const [many, single] = [page(), page()];
    for (const run of runs) {
      const samples = new SampleColumns();
      for (const [time, value, stale] of run) samples.push(1, time, value, stale ?? false);
      const order = Int32Array.from(run.keys());
      many.append({ samples, order, from: 0, to: run.length });
      for (const [time, value, stale] of run) single.insert({ time, value, stale: stale ?? false });
    }
    expect(many.samples).toEqual(single.samples);
    return many.samples.map(({ time, value }) => [time, value]);
  };
  expect(appended([[1, 5]])).toEqual([[1, 5]]);
  expect(
    appended(
      [
        [1, 5],
        [2, 6],
      ],
      [
        [3, 0, true],
        [4, 7],
      ],
    ),
  ).toEqual([
    [1, 5],
    [2, 6],
    [3, 0],
    [4, 7],
  ]);
  expect(
    appended(
      [
        [1, 5],
        [3, 6],
      ],
      [
        [3, 9],
        [4, 7],
      ],
    ),
  ).toEqual([
    [1, 5],
    [3, 6],
    [4, 7],
  ]);
  expect(
    appended(
      [[3, 5]],
      [
        [1, 9],
        [4, 7],
      ],
    ),
  ).toEqual([
    [1, 9],
    [3, 5],
    [4, 7],
  ]);
});

const slot = fc.record({
  gap: fc.integer({ min: 1, max: 4 }),
  values: fc.array(fc.oneof(fc.nat(9), fc.double({ noNaN: true })), { maxLength: 4 }),
  endsStale: fc.boolean(),
});

test('some columns of roll-ups are those of all, whichever were asked for before and whatever came since', () => {
  const [, ring] = ringsOfKind(
    [
      { width: ms(10_000), span: ms(172_800_000) },
      { width: ms(60_000), span: ms(1_209_600_000) },
    ],
    'gauge',
  );
  const add = (page: RollupPage, offset: number, { values, endsStale }: { values: number[]; endsStale: boolean }) => {
    const samples = new SampleColumns();
    const start = (7 * ring!.slotsPerPage + offset - 1) * ring!.width;
    for (const [i, value] of values.entries()) samples.push(1, start + 1 + 7 * i, value, false);
    if (endsStale || values.length === 0) samples.push(1, start + 59_000, 0, true);
    page.append(offset, { samples, order: Int32Array.from(samples.times.keys()), from: 0, to: samples.length });
  };
  const step = fc.oneof(slot, fc.constant('seal' as const), fc.constant('some' as const), fc.constant('all' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 20_000 }), (steps, cache) => {
      const decoded = new DecodedColumns(cache);
      const page = new RollupPage(ring!, 7, { lsn: 0, storedLsn: 0 }, decoded);
      let offset = -1;
      for (const one of steps) {
        if (one === 'some') page.columns();
        else if (one === 'all') page.rows.columns();
        else if (one === 'seal') {
          const out = new ByteWriter();
          page.rows.write(out);
          page.rows.seal(Buffer.from(out.finish()));
        } else {
          offset += one.gap;
          add(page, offset, one);
        }
      }
      const { places, firstTime, lastTime, n, first, last, adj } = page.columns();
      const all = page.rows.copy().columns();
      expect([places, firstTime, lastTime, n, first, last, adj]).toEqual([0, 1, 2, 3, 5, 7, 10].map((c) => all[c]));
      expect(page.rows.columns()).toEqual(all);
    }),
    { seed: 20261121 },
  );
});
