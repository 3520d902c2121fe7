import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import { DAY, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';

/**
 * What an evaluation of SLOs of time slices costs, of 30 days in slices of 5 minutes: the first, which reads them all, and one each ten
 * seconds. Run by hand after `npm run bench`, which builds it: `node dist/test/bench/slices.bench.js [SLOS]`.
 */
const SLOS = Number(process.argv[2] ?? 100);
const TICKS = 60;
const NOW = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-slices-'));
let now = NOW;
const engine = openEngine({ dataDir: folder, clock: { now: () => now }, log: createLog('bench') });
const batches = { epoch: 0, sequence: 0 };

const definitions = Array.from({ length: SLOS }, (_, i) => {
  const total = `all_total{service="s${i}"}`;
  return `
  - id: s${i}
    service: s${i}
    objective: 99%
    window: 30d
    availability: {total: '${total}', bad: '${total.replace('all', 'bad')}'}
    SLICES`;
}).join('');

const slosOf = (slices: string) =>
  readSloFiles([{ path: 'slo.yaml', text: `slos:${definitions.replaceAll('SLICES', slices)}` }], parseSelector).slos;

/** One minute of events for every service, complete up to its end. */
async function send(end: Ms): Promise<void> {
  const names = ['all_total', 'bad_total'];
  const series = Array.from({ length: 2 * SLOS }, (_, i) => {
    return { kind: 'sum', name: names[i % 2], labels: { service: `s${i >> 1}` } } as const;
  });
  const n = series.map((_, i) => (i % 2 === 0 ? 100 : Number(end % (7 * MINUTE) === 0)));
  const increments = { series: series.map((_, i) => i), time: series.map(() => end / 1000), n, sum: n };
  const payload = { v: 1, source: 's', series, increments, watermark: { completeTo: end, state: 'ok' } };
  const bytes = Buffer.from(JSON.stringify(payload));
  batches.sequence++;
  await engine.ingest({ collector: 'c', sink: 'vigie', ...batches, digest: digestOf(bytes) }, bytes, end);
}

async function measured<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly cpu_ms: number }> {
  const before = process.cpuUsage();
  const answer = await work();
  const { user, system } = process.cpuUsage(before);
  return { answer, cpu_ms: (user + system) / 1000 };
}

async function bench(): Promise<void> {
  const hello = { collector: 'c', sink: 'vigie', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const answer = await engine.hello(hello, NOW);
  if (answer.result === 'rewind') batches.epoch = answer.epoch;
  for (let end = NOW - 30 * DAY; end <= NOW; end += 30 * MINUTE) await send(ms(end));
  console.log(`${SLOS} SLOs over 30 d, load ${loadavg()[0]?.toFixed(1)}; CPU ms per evaluation`);
  await benchKind('events', '');
  await benchKind('slices of 5m', 'slices: {every: 5m, good_at: 99%}');
  await engine.close();
  rmSync(folder, { recursive: true });
}

async function benchKind(name: string, slices: string): Promise<void> {
  const slos = slosOf(slices);
  const counts = new SloCounts(engine);
  const first = await measured(() => evaluateSlos(engine, slos, now, counts));
  const ticks: number[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    now = ms(now + 10 * SECOND);
    if (now % MINUTE === 0) await send(now);
    ticks.push((await measured(() => evaluateSlos(engine, slos, now, counts))).cpu_ms);
  }
  const sorted = ticks.toSorted((a, b) => a - b);
  const rss = `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `  ${name.padEnd(14)} first ${first.cpu_ms.toFixed(0)}, then median ${sorted[TICKS / 2]?.toFixed(1)}, most ${sorted.at(-1)?.toFixed(1)}; ${rss}`,
  );
}

await bench();
