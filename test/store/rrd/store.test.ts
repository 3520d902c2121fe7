import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONSOLIDATIONS } from '../../../server/model/data-source.ts';
import { labelEquals } from '../../../server/model/labels.ts';
import type { RingProfile } from '../../../server/model/rings.ts';
import { type Ms, ms } from '../../../server/model/units.ts';
import { Store } from '../../../server/store/store.ts';
import type { StoreOptions } from '../../../server/store/store-options.ts';
import { tries } from '../../support/long.ts';
import { type Random, seededOfRun } from '../../support/random.ts';
import { askRrdtool, hasRrdtool, type Update } from '../../support/rrdtool.ts';
import { idsOf, Queue, type SampleRow, samples, tempDir } from '../batches.ts';
import { isEqual, madeTrial, type Trial } from './trials.ts';

describe.skipIf(!hasRrdtool)('a store as the real rrdtool', () => {
  test('random updates in batches, with restarts: what fetch answers from every ring', () => {
    const { random } = seededOfRun('rrd store');
    const found = { cells: 0, known: 0, wrong: [] as string[] };
    for (let i = 0; i < tries(12); i++) compare(random, found);
    console.log(`rrd store: ${found.cells} cells, ${found.known} known, ${found.wrong.length} wrong`);
    expect(found.wrong.slice(0, 10)).toEqual([]);
    expect(found.known).toBeGreaterThan(tries(12) * 100);
  });
});

/** PDPs per row and rows: the finest reaches back to some of the updates, the widest to all. */
const ARCHIVES = [
  { pdps: 1, rows: 100 },
  { pdps: 3, rows: 80 },
  { pdps: 12, rows: 200 },
];

function compare(random: Random, found: { cells: number; known: number; wrong: string[] }): void {
  const trial = asSent(madeTrial(random));
  const { source, step, updates } = trial;
  const dataDir = tempDir();
  const options = {
    dataDir,
    durable: false,
    rings: ringsOf(step),
    dataSources: [{ matchers: [labelEquals('__name__', 'x')], source }],
  };
  const store = filled(options, trial, random);
  const [id] = idsOf(store, 'x');
  // The border before its first sample.
  const start = Math.ceil(updates[0]!.time / step - 1) * step;
  const xff = random.pick([0, 0.3, 0.5, 0.99]);
  const last = Math.floor(updates.at(-1)!.time);
  const fetches = Array.from({ length: 40 }, (_, i) => {
    const from = start + random.below(last - start);
    const resolution = random.pick([1, 3, 12, 2, 40]) * step;
    return { how: CONSOLIDATIONS[i % 4]!, start: from, end: from + random.below(last - from + 20 * step), resolution };
  });
  const archives = ARCHIVES.map((archive) => ({ ...archive, xff }));
  const answers = askRrdtool({ file: join(dataDir, 'a.rrd'), source, start, step, archives }, updates, fetches);
  for (const [i, fetch] of fetches.entries()) {
    const request = {
      ...fetch,
      start: secs(fetch.start),
      end: secs(fetch.end),
      resolution: secs(fetch.resolution),
      xff,
    };
    const rows = store.view.rows(id!, request)!;
    const got = rows.values.map((value, row) => [(rows.first + row * rows.step) / 1000, value ?? Number.NaN] as const);
    const what = `${JSON.stringify({ ...source, step, ...fetch, xff })}`;
    const want = [...answers[i]!];
    if (got.length !== want.length) found.wrong.push(`${what}: ${got.length} rows; want ${want.length}`);
    for (const [row, [time, value]] of want.entries()) {
      found.cells++;
      if (!Number.isNaN(value)) found.known++;
      const [at = 0, is = 0] = got[row] ?? [];
      if (at !== time || !isEqual(is, value)) found.wrong.push(`${what}: got ${at}: ${is}; want ${time}: ${value}`);
    }
  }
  store.close();
}

/** A collector sends doubles. */
function asSent(trial: Trial): Trial {
  const sent = (text: string): string => (text === 'U' ? text : String(Number(text)));
  return { ...trial, updates: trial.updates.map(({ time, text }) => ({ time, text: sent(text) })) };
}

/** The updates in batches of a few, between them flushes, ends and kills of the store. */
function filled(options: StoreOptions, { updates }: Trial, random: Random): Store {
  let store = new Store(options);
  const queue = new Queue();
  const kind = random.pick(['counter', 'gauge'] as const);
  for (let from = 0; from < updates.length; ) {
    const batch = updates.slice(from, from + 1 + random.below(8));
    from += batch.length;
    const now = secs(Math.ceil(batch.at(-1)!.time));
    expect(queue.send(store, samples(kind, 'x', batch.map(sampleOf)), now)).toEqual({ result: 'applied' });
    if (random.below(3) === 0) expect(store.commit([queue.last!], now)).toEqual([{ result: 'duplicate' }]);
    if (random.below(4) === 0) store.flush(ms(now + 3_600_000), random.below(5));
    if (random.below(8) > 0) continue;
    if (random.below(2) === 0) store.close();
    else store.abandon();
    store = new Store(options);
  }
  expect(store.stats().drops).toEqual({});
  return store;
}

function sampleOf({ time, text }: Update): SampleRow {
  return [time * 1000, text === 'U' ? 'NaN' : Number(text)];
}

function ringsOf(step: number): readonly RingProfile[] {
  return ARCHIVES.map(({ pdps, rows }) => ({ width: secs(pdps * step), span: secs(pdps * step * rows) }));
}

function secs(seconds: number): Ms {
  return ms(seconds * 1000);
}
