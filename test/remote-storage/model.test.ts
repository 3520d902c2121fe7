import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelEquals } from '../../server/model/labels.ts';
import { ms } from '../../server/model/units.ts';
import { RemoteWriteReceiver } from '../../server/remote-storage/remote-write.ts';
import { refusalOf } from '../../server/remote-storage/write-answer.ts';
import { appendSample, emptySlot } from '../../server/store/pages/rollup.ts';
import type { SeriesWindow } from '../../server/store/reading/reader.ts';
import { Store } from '../../server/store/store.ts';
import { tempDir } from '../store/batches.ts';
import { STALE, sortedLabels, type WireSeries, type WireValue, writeBody } from '../support/write-request.ts';

const RINGS = [
  { width: ms(10_000), span: ms(1_800_000) },
  { width: ms(60_000), span: ms(14_400_000) },
  { width: ms(300_000), span: ms(86_400_000) },
];
/** As late as a sample may be whatever the pages: its widest slot is still in the raw ring. */
const LATE_MS = 1_800_000 - 300_000;
const START = 1_700_000_000_000;
const NAMES = ['a_total', 'b', 'c'] as const;

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) },
  { weight: 1, arbitrary: fc.constantFrom<WireValue>(STALE, 2 ** 40, -0.5, Number.POSITIVE_INFINITY) },
);
const row = fc.tuple(
  fc.nat(NAMES.length - 1),
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 0, max: LATE_MS })),
  value,
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('write' as const), rows: fc.array(row, { minLength: 1, maxLength: 12 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      by: fc.oneof(fc.integer({ min: 1000, max: 60_000 }), fc.integer({ min: 60_000, max: 2_400_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resend' as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const, 'flush' as const) }) },
);
const window = fc.tuple(fc.integer({ min: 0, max: 20_000_000 }), fc.integer({ min: 1, max: 3_000_000 }), fc.boolean());

type Samples = Map<number, WireValue>;

test('whatever is sent, late, twice, differently, and whoever dies: windows and values are those of a list of all samples', () => {
  fc.assert(
    fc.property(
      fc.array(step, { size: 'max', maxLength: 30 }),
      fc.array(window, { minLength: 6, maxLength: 12 }),
      (steps, windows) => {
        const dataDir = tempDir();
        let store = new Store({ dataDir, rings: RINGS, cacheBytes: 20_000 });
        let receiver = new RemoteWriteReceiver(7, 100);
        const model = new Map<string, Samples>(NAMES.map((name) => [name, new Map()]));
        const sent: { series: WireSeries[]; at: number }[] = [];
        let clock = START;
        const write = (series: readonly WireSeries[], wanted: number): void => {
          const request = receiver.read(writeBody(series), undefined);
          const verdict = store.change(ms(clock), (intake) => intake.takeSamples(request.write));
          expect(verdict.accepted).toBe(wanted);
          const refused = verdict.refusals.reduce((sum, { count }) => sum + count, 0);
          expect(verdict.accepted + verdict.known + refused).toBe(request.rows);
          expect(refusalOf(request, verdict) === undefined).toBe(refused === 0);
        };
        for (const one of steps) {
          if (one.kind === 'wait') clock += one.by;
          if (one.kind === 'flush') store.flush(ms(clock + 3_600_000), 5);
          if (one.kind === 'close' || one.kind === 'kill') {
            if (one.kind === 'close') store.close();
            else store.abandon();
            store = new Store({ dataDir, rings: RINGS, cacheBytes: 20_000 });
            receiver = new RemoteWriteReceiver(7, 100);
          }
          if (one.kind === 'write') {
            const series = NAMES.flatMap((name, i): WireSeries[] => {
              const samples = one.rows
                .filter(([at]) => at === i)
                .map(([, late, number]): [number, WireValue] => [clock - late, number]);
              return samples.length === 0 ? [] : [{ labels: sortedLabels(name, { job: 'j' }), samples }];
            });
            sent.push({ series, at: clock });
            write(series, takeInto(model, series));
          }
          const again = one.kind === 'resend' ? sent[sent.length - 1 - one.at] : undefined;
          // What is older than the raw ring may be refused as too old or known: neither changes anything.
          if (again !== undefined) write(again.series, 0);
        }
        for (const name of NAMES) checkSeries(store, name, model.get(name) ?? new Map(), clock, windows);
        store.close();
      },
    ),
    { seed: 43, numRuns: process.env.VIGIE_LONG === '1' ? 1500 : 60 },
  );
});

/** What the model takes of it; returns how many samples were new. */
function takeInto(model: ReadonlyMap<string, Samples>, series: readonly WireSeries[]): number {
  let taken = 0;
  for (const { labels, samples } of series) {
    const known = model.get(labels[0]?.[1] ?? '');
    for (const [time, number] of samples) {
      if (known?.has(time) !== false) continue;
      known.set(time, number);
      taken++;
    }
  }
  return taken;
}

function checkSeries(
  store: Store,
  name: string,
  samples: Samples,
  clock: number,
  windows: readonly (readonly [number, number, boolean])[],
): void {
  const [id] = store.view.select([labelEquals('__name__', name)]);
  if (id === undefined) {
    expect(samples.size).toBe(0);
    return;
  }
  const reader = store.view.reader(id);
  for (const [back, length, isAligned] of windows) {
    const end = isAligned ? Math.ceil((clock - back) / 300_000) * 300_000 : clock - back;
    const start = isAligned ? end - Math.ceil(length / 300_000) * 300_000 : end - length;
    checkWindow(reader.window(ms(start), ms(end)), samples, start, end);
    if (end < clock - LATE_MS + 300_000) continue;
    const newest = sorted(samples, end - 300_000, end).at(-1);
    const wanted = newest === undefined || newest[1] === STALE ? undefined : newest[1];
    expect(reader.at(ms(end), ms(300_000))).toBe(wanted);
  }
}

function checkWindow(got: SeriesWindow | undefined, samples: Samples, start: number, end: number): void {
  const aligned = got !== undefined && 'aligned' in got && got.aligned !== undefined ? got.aligned : { start, end };
  const wanted = sorted(samples, aligned.start, aligned.end).flatMap(([time, number]) =>
    number === STALE ? [] : [{ time, value: number, stale: false }],
  );
  if (got === undefined) {
    expect(wanted).toEqual([]);
    return;
  }
  if (got.form === 'sum') throw new Error('got a sum');
  if (got.form === 'samples') {
    expect({ times: [...got.times], values: [...got.values] }).toEqual({
      times: wanted.map(({ time }) => time),
      values: wanted.map((one) => one.value),
    });
    return;
  }
  const slot = emptySlot();
  for (const sample of wanted) appendSample(slot, sample);
  const { sum, adj, endsStale: _, ...exact } = slot;
  expect(got.stats).toMatchObject(exact);
  expect(got.stats.sum).toBeCloseTo(sum, 3);
  expect(got.stats.adj).toBeCloseTo(adj, 3);
}

/** The samples of (start, end] in time order. */
function sorted(samples: Samples, start: number, end: number): readonly (readonly [number, WireValue])[] {
  return [...samples].filter(([time]) => time > start && time <= end).sort(([a], [b]) => a - b);
}
