import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateDetail, evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { systemClock } from '../../server/model/clock.ts';
import { DAY, MINUTE, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-evaluate-'));
const engine = openEngine({ dataDir: folder, clock: systemClock, log: createLog('test') });
const NOW = ms(1_800_000_000_000);

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const { slos } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:
  - id: shop
    service: shop
    objective: 99%
    window: 30d
    availability: {total: lb_requests_total, bad: app_errors_total}
`,
    },
  ],
  parseSelector,
);

const sequences = new Map<string, { epoch: number; sequence: number }>();

async function send(collector: string, payload: BatchPayload, now = NOW): Promise<void> {
  const sink = 'vigie';
  if (!sequences.has(collector)) {
    const hello = { collector, sink, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
    const answer = await engine.hello(hello, NOW);
    sequences.set(collector, { epoch: answer.result === 'rewind' ? answer.epoch : 0, sequence: 0 });
  }
  const at = sequences.get(collector)!;
  at.sequence++;
  const bytes = Buffer.from(JSON.stringify(payload));
  await engine.ingest({ collector, sink, ...at, digest: digestOf(bytes) }, bytes, now);
}

function batch(name: string, minutesAgo: number, n: number, completeTo: number): BatchPayload {
  return {
    v: 1,
    source: name,
    series: [{ kind: 'sum', name, labels: {} }],
    increments: { series: [0], time: [(NOW - minutesAgo * MINUTE) / 1000], n: [n], sum: [n] },
    watermark: { completeTo, state: 'ok' },
  };
}

test('an SLO waits for the sources of both sides: when nobody tells of errors there seem to be none', async () => {
  await send('lb', batch('lb_requests_total', 100, 10_000, NOW));
  await send('app', batch('app_errors_total', 95, 7, NOW));
  const [fine] = await evaluateSlos(engine, slos, NOW);
  expect(fine).toMatchObject({ state: 'ok', counts: { total: 10_000, bad: 7, good: 9_993 } });
  const later = ms(NOW + 10 * MINUTE);
  await send('lb', batch('lb_requests_total', 1, 10_000, later), later);
  const [silent] = await evaluateSlos(engine, slos, later);
  expect(silent).toMatchObject({
    state: 'no_data',
    reasons: [{ code: 'watermark_stale', args: { origin: 'app/app_errors_total' } }],
  });
});

test('the lines of a page end at the number of the tile, whatever part of the window is shown', async () => {
  const [slo] = slos;
  const [status] = await evaluateSlos(engine, slos, NOW);
  const whole = await evaluateDetail(engine, slo!, NOW);
  expect(whole.budget_left.at(-1)).toBeCloseTo(status!.budget.left_ratio ?? Number.NaN, 12);
  expect(whole.range.start).toBeGreaterThan(NOW - DAY);
  expect(whole.total.reduce((sum, n) => sum + n, 0)).toBe(status!.counts.total);
  const end = ms(NOW - 97 * MINUTE);
  const part = await evaluateDetail(engine, slo!, NOW, { start: ms(end - 10 * MINUTE), end });
  expect(part.bad.reduce((sum, n) => sum + n, 0)).toBe(0);
  expect(part.budget_left.at(-1)).toBe(1);
});

test('the steps of a page add up to the counts of the window, whatever lies beyond its borders', async () => {
  const [slo] = slos;
  // Neither border of the window is one of the steps, which are an hour long: events stand on both sides of both.
  const at = ms(NOW + 7 * MINUTE);
  const begin = 30 * 24 * 60;
  for (const ago of [begin - 5, begin - 12, begin - 90, -3, -9]) {
    const watermark = { completeTo: at, state: 'ok' } as const;
    await send('lb', { ...batch('lb_requests_total', ago, 10, at), watermark }, ms(at + 5 * MINUTE));
    await send('app', { ...batch('app_errors_total', ago, 1, at), watermark }, ms(at + 5 * MINUTE));
  }
  const detail = await evaluateDetail(engine, slo!, at);
  const sum = (column: readonly number[]): number => column.reduce((all, n) => all + n, 0);
  expect(detail.range.step_secs).toBe(3600);
  expect(detail.status.as_of).toBe(at);
  expect(detail.range.start).toBeLessThan(detail.status.window.start);
  expect(sum(detail.total)).toBe(detail.status.counts.total);
  expect(sum(detail.bad)).toBe(detail.status.counts.bad);
  expect(detail.budget_left.at(-1)).toBeCloseTo(detail.status.budget.left_ratio ?? Number.NaN, 12);
});

test('of several that watch one engine each has the figures of a question asked once', async () => {
  const watchers = [1, 2, 3].map(() => new SloCounts(engine, { watch: true }));
  for (const minutes of [4, 3, 3, 1]) {
    await send('web', batch('lb_requests_total', minutes, 100, NOW));
    const anew = await evaluateSlos(engine, slos, NOW);
    const all = await Promise.all(watchers.map((counts) => evaluateSlos(engine, slos, NOW, counts)));
    for (const one of all) expect(one).toEqual(anew);
  }
});
