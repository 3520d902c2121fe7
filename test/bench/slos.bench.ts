import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSloFiles } from '../../rules/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import type { Engine } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';

/**
 * Run by hand after `npx tsc -b`: `node --expose-gc dist/test/bench/slos.bench.js [slos] [ticks]`. Every SLO has two series of its own with
 * a month of increments; each tick adds to all of them and evaluates all SLOs over their window and seven burn windows. Prints CPU
 * and wall time of evaluation alone, and the memory after each tenth tick.
 */
const [count = 10_000, ticks = 30] = process.argv.slice(2).map(Number);
const START = 1_800_000_000;
const ROWS = 50_000;
const TICK_SECS = 30;

let now = ms(START * 1000);
const dataDir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
const engine = openEngine({
  dataDir,
  clock: { now: () => now },
  log: createLog('bench', { write: () => {} }),
  maxSeries: 3 * count,
  maxSeriesPerMetric: 3 * count,
});

const slos = readSloFiles(
  [{ path: 'slos.yaml', text: `slos:\n${Array.from({ length: count }, (_, i) => slo(i)).join('')}` }],
  parseSelector,
);
if (slos.problems.length > 0) throw new Error(JSON.stringify(slos.problems[0]));
const send = await sender(engine);
await fill();
await measure();
await engine.close();
rmSync(dataDir, { recursive: true });

function slo(i: number): string {
  const total = `http_requests_total{service="s${i}"}`;
  const bad = `http_requests_total{service="s${i}",status="500"}`;
  return `  - {id: s${i}, service: s${i}, objective: 99.9%, window: 30d, availability: {total: '${total}', bad: '${bad}'}}\n`;
}

type Rows = readonly (readonly [series: number, time_secs: number])[];

/** A source whose batches name their series by number: two per SLO. */
async function sender(to: Engine): Promise<(rows: Rows) => Promise<void>> {
  const names = { collector: 'c', sink: 's' };
  const hello = await to.hello({ ...names, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  return async (rows) => {
    const ids = [...new Set(rows.map(([series]) => series))];
    const place = new Map(ids.map((id, i) => [id, i]));
    const series = ids.map((id) => {
      const labels = { service: `s${id >> 1}`, status: id % 2 === 0 ? '200' : '500' };
      return { kind: 'sum', name: 'http_requests_total', labels };
    });
    const ones = rows.map(() => 1);
    const increments = {
      series: rows.map(([id]) => place.get(id) ?? 0),
      time: rows.map(([, time]) => time),
      n: ones,
      sum: rows.map(([id]) => (id % 2 === 0 ? 100 : 1)),
    };
    const watermark = { completeTo: now, state: 'ok' };
    const payload = Buffer.from(JSON.stringify({ v: 1, source: 'log', series, increments, watermark }));
    await to.ingest({ ...names, epoch, sequence: ++sequence, digest: digestOf(payload) }, payload, now);
  };
}

/** Every six hours of the month before, and every minute of its last hour. */
async function fill(): Promise<void> {
  const times: number[] = [];
  for (let time = START - (30 * DAY) / 1000; time < START - HOUR / 1000; time += (6 * HOUR) / 1000) times.push(time);
  for (let time = START - HOUR / 1000; time < START; time += MINUTE / 1000) times.push(time);
  for (const time of times) {
    now = ms(time * 1000);
    await sendAll(time);
    // The engine writes pages on a timer.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function sendAll(time: number): Promise<void> {
  for (let first = 0; first < 2 * count; first += ROWS) {
    const last = Math.min(2 * count, first + ROWS);
    await send(Array.from({ length: last - first }, (_, i) => [first + i, time] as const));
  }
}

async function measure(): Promise<void> {
  const counts = new SloCounts(engine);
  const figures: { cpu: number; wall: number }[] = [];
  for (let tick = 1; tick <= ticks; tick++) {
    now = ms(now + TICK_SECS * SECOND);
    await sendAll(Math.floor(now / 1000));
    const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
    const statuses = await evaluateSlos(engine, slos.slos, now as Ms, counts);
    const spent = process.cpuUsage(cpu);
    figures.push({ cpu: (spent.user + spent.system) / 1e6, wall: Number(process.hrtime.bigint() - wall) / 1e9 });
    if (statuses.some(({ counts: { total } }) => total === 0)) throw new Error('an SLO counted nothing');
    if (tick % 10 === 0 || tick === 1) report(tick, figures.splice(0));
  }
}

function report(tick: number, figures: readonly { cpu: number; wall: number }[]): void {
  globalThis.gc?.();
  const median = (of: 'cpu' | 'wall'): string =>
    figures
      .map((one) => one[of])
      .sort((a, b) => a - b)
      [figures.length >> 1]?.toFixed(3) ?? '';
  const heap = (process.memoryUsage().heapUsed / 2 ** 20).toFixed(0);
  process.stdout.write(
    `tick ${tick}: ${count} SLOs, CPU ${median('cpu')} s, wall ${median('wall')} s, heap ${heap} MiB\n`,
  );
}
