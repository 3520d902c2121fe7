import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { BatchPayload } from '../../../server/model/batch.ts';
import type { DataSource } from '../../../server/model/data-source.ts';
import type { RingConfig, Selector } from '../../../server/model/engine.ts';
import { ms } from '../../../server/model/units.ts';
import { openPdp, updatePdp } from '../../../server/store/rrd/pdp.ts';
import { tries } from '../../support/long.ts';
import { type EnginePoint, openMortalEngine } from '../../support/mortal-engine.ts';
import { seededOfRun } from '../../support/random.ts';
import type { Update } from '../../support/rrdtool.ts';
import { Queue, samples } from '../batches.ts';
import { isEqual, madeTrial, START } from './trials.ts';

const POINTS: readonly EnginePoint[] = ['before_commit', 'after_commit', 'during_flush'];
const SELECTOR: Selector = [{ name: '__name__', op: '=', value: 'x' }];

/** What one that never died has: its open PDP, and each PDP by the second of its end. */
function modelOf(source: DataSource, step: number, updates: readonly Update[]) {
  const start = Math.ceil(updates[0]!.time / step - 1) * step;
  let open = openPdp(start * 1000, step * 1000);
  const pdps = new Map<number, number>();
  for (const { time, text } of updates) {
    const update = updatePdp(source, step * 1000, open, time * 1000, String(Number(text)).replace('NaN', 'U'));
    open = update.open;
    for (const { end, count, value } of update.closed) {
      for (let i = 0; i < count; i++) pdps.set(end / 1000 + i * step, value);
    }
  }
  return { open, pdps };
}

test('a store that dies between and within commits, and a sender that sends again: each update counts once', async () => {
  const { random } = seededOfRun('rrd crash');
  for (let i = 0; i < tries(4); i++) {
    const { source, step, updates } = madeTrial(random, 60);
    const folder = mkdtempSync(join(tmpdir(), 'vigie-rrd-crash-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const now = ms((START + 100_000) * 1000);
    const ring = (pdps: number) => ({ width: ms(pdps * step * 1000), span: ms(pdps * step * 1000 * 2000) });
    const rings: RingConfig = { rings: [ring(1), ring(6)], rules: [] };
    const declared = [{ match: 'x', selector: SELECTOR, source }];
    const house = openMortalEngine(folder, { now: () => now }, { rings, dataSources: declared });
    const queue = new Queue();
    for (let from = 0; from < updates.length; ) {
      const batch = updates.slice(from, from + 1 + random.below(6));
      from += batch.length;
      const rows = batch.map(({ time, text }) => [time * 1000, text === 'U' ? 'NaN' : Number(text)] as const);
      const payload: BatchPayload = samples('gauge', 'x', rows);
      if (random.below(2) === 0) house.dieAt(random.pick(POINTS));
      await queue.deliver(house.engine, payload, now);
      const { envelope, payload: sent } = queue.last!;
      if (house.dead() || random.below(4) === 0) {
        await house.restart();
        await house.engine.ingest(envelope, sent, now);
      }
    }
    const { open, pdps } = modelOf(source, step, updates);
    const [status] = await house.engine.dataSources(SELECTOR);
    expect(status).toMatchObject({ last_update: open.lastUp, last_value: open.last, value: open.value });
    expect(status).toMatchObject({ unknown_secs: open.unknown_secs });
    const [first = 0, last = 0] = [[...pdps.keys()][0], [...pdps.keys()].at(-1)];
    const range = { start: ms((first - step) * 1000), end: ms(last * 1000 - 1), resolution: ms(1000) };
    const [rows] = await house.engine.rows(SELECTOR, { how: 'LAST', ...range, xff: 0 });
    const wrong = [...pdps.values()].filter((value, row) => !isEqual(rows?.values[row] ?? Number.NaN, value));
    expect(wrong).toEqual([]);
    expect(rows?.values).toHaveLength(pdps.size);
    await house.close();
  }
});
