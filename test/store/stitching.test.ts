import { describe, expect, test } from 'vitest';
import { queryableOf } from '../../server/engine/series-readers.ts';
import { ms } from '../../server/model/units.ts';
import { queryInstant, queryRange } from '../../server/promql/query.ts';
import type { Store } from '../../server/store/store.ts';
import { increments, NOW, openStore, Queue } from './batches.ts';

const RINGS = [
  { width: ms(10_000), span: ms(600_000) },
  { width: ms(60_000), span: ms(7_200_000) },
  { width: ms(3_600_000), span: ms(864_000_000) },
];
/** On a border of hours. */
const END = NOW;
const HOUR = 3_600_000;

/** A sample every 20 s, 7 ms after the slot begins, for 30 hours: it rises by 1, and the sum by 5. */
function filled(): Store {
  const store = openStore({ rings: RINGS, durable: false });
  const times = Array.from({ length: 5400 }, (_, i) => END - 30 * HOUR + i * 20_000 + 7);
  for (const [kind, name] of [
    ['counter', 'c_total'],
    ['gauge', 'g'],
  ] as const) {
    const identity = { kind, name, labels: {} };
    store.change(NOW, (intake) =>
      intake.takeSamples({
        collector: 'import',
        targets: [{ source: 's', identity, series: undefined }],
        ends: [times.length],
        times: Float64Array.from(times),
        values: Float64Array.from(times.keys()),
        stale: new Uint8Array(times.length),
        isPast: true,
        unusable: new Map(),
      }),
    );
  }
  const rows = times.map((time) => [0, Math.ceil(time / 1000), 5] as const);
  new Queue().send(store, increments(['s_total'], rows));
  return store;
}

const MOVED = expect.stringContaining('some values are those of a border of slots before the moment');
const ALIGNED = expect.stringContaining('some windows begin or end inside a slot of a coarser ring');

function ask(store: Store, expr: string, time: number) {
  const { data, infos } = queryInstant(
    queryableOf(store, () => 0),
    expr,
    ms(time),
  );
  const value = data.resultType === 'vector' ? data.result[0]?.value[1] : undefined;
  return { value: value === undefined ? undefined : Number(value), infos };
}

/** Asks a store of its own. */
function asker() {
  const store = filled();
  const asked = (expr: string, time: number, value: number | undefined, infos: readonly unknown[] = []) =>
    expect(ask(store, expr, time), `${expr} at ${time - END}`).toEqual({ value, infos });
  return { store, asked };
}

describe('the planner', () => {
  test('takes the coarsest slots inside a window and finer ones at its edges, while they are there', () => {
    const { asked } = asker();
    // Hours, then minutes, then samples: 25 hours up to 7 ms after the last border of 20 s.
    asked('count_over_time(c_total[25h])', END, 25 * 180);
    asked('count_over_time(c_total[25h])', END - 20_000 + 6, 26 * 180 - 1, [ALIGNED]);
    asked('count_over_time(c_total[90m])', END - 60_000, 270);
    asked('min_over_time(g[25h])', END, 5 * 180);
    asked('max_over_time(g[25h])', END, 5399);
    asked('increase(s_total[25h])', END, 25 * 900);
    asked('increase(s_total[90m])', END - 1_800_000, 90 * 15);
  });

  test('moves borders outward where only coarse slots are left, and says so', () => {
    const { asked } = asker();
    asked('count_over_time(c_total[1h])', END - 20 * HOUR, 180);
    asked('count_over_time(c_total[1h])', END - 20 * HOUR - 60_000, 360, [ALIGNED]);
    asked('increase(s_total[1h])', END - 20 * HOUR - 60_000, 1800, [ALIGNED]);
    asked('count_over_time(c_total[1m])', END - 20 * HOUR - 60_000, 180, [ALIGNED]);
  });

  test('follows @ and offset into old rings', () => {
    const { asked } = asker();
    asked(`count_over_time(c_total[1h] @ ${(END - 20 * HOUR) / 1000})`, END, 180);
    asked('count_over_time(c_total[1h] offset 20h)', END, 180);
    asked('count_over_time(c_total[1h] offset 20h1m)', END, 360, [ALIGNED]);
    asked(`g @ ${(END - 20 * HOUR) / 1000}`, END, 10 * 180 - 1);
    asked('g offset 20h', END, 10 * 180 - 1);
  });

  test('knows an instant exactly at borders of slots, before their first sample and after their last', () => {
    const { asked } = asker();
    const border = END - 20 * HOUR;
    asked('g', border, 10 * 180 - 1);
    asked('timestamp(g)', border, (border - 20_000 + 7) / 1000);
    asked('g', border + 6, 10 * 180 - 1);
    asked('g', border + 7, 10 * 180, [MOVED]);
    asked('g', border - 20_000 + 7, 10 * 180 - 1);
    asked('s_total', border, 10 * 900);
  });

  test('tells an instant inside a slot as what is known nearest before it, and says so', () => {
    const { asked } = asker();
    const border = END - 20 * HOUR;
    asked('g', border + 300_006, 10 * 180, [MOVED]);
    asked('g', border + 300_007, 10 * 180, [MOVED]);
    asked('g', border + 1_800_000, 10 * 180, [MOVED]);
    asked('g', border + HOUR - 20_000 + 6, 10 * 180, [MOVED]);
    asked('g', border + HOUR - 20_000 + 7, 11 * 180 - 1);
    asked('s_total', border + 1_800_000, 10 * 900, [MOVED]);
    // A minute is known where minutes are held.
    asked('s_total', END - HOUR + 30_000, 29 * 900, [MOVED]);
    asked('g', END - HOUR + 30_000, 29 * 180, [MOVED]);
  });

  test('has no gaps in a graph whose step is none of the slots', () => {
    const { store } = asker();
    const range = { start: ms(END - 25 * HOUR + 420_000), end: ms(END - 420_000), step: ms(420_000) };
    const { data, infos } = queryRange(
      queryableOf(store, () => 0),
      'g',
      range.start,
      range.end,
      range.step,
    );
    const points = data.resultType === 'matrix' ? (data.result[0]?.values ?? []) : [];
    expect(points).toHaveLength(Math.floor((range.end - range.start) / range.step) + 1);
    const values = points.map(([, value]) => Number(value));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(infos).toEqual([MOVED]);
  });

  test('has no answer where slots cannot give one, and says so', () => {
    const { asked } = asker();
    const cannot = [expect.stringContaining('samples of that time are kept as slots only')];
    for (const call of [
      'irate(c_total[1h])',
      'deriv(g[1h])',
      'changes(g[1h])',
      'quantile_over_time(0.5, g[1h])',
      'stddev_over_time(g[1h])',
    ])
      asked(call, END - 20 * HOUR, undefined, cannot);
  });
});
