import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngineThread } from '../../server/engine/remote-engine.ts';
import { AlertBook } from '../../server/evaluation/alert-book.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { SilenceBook } from '../../server/evaluation/silence-book.ts';
import { UnsavedChanges } from '../../server/evaluation/unsaved-changes.ts';
import type { Engine } from '../../server/model/engine.ts';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../server/model/units.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';

/**
 * Run by hand after `npx tsc -b`: `node dist/test/bench/slos.bench.js [slos] [ticks] [folder]`. Every SLO has two series of its own with a
 * month of increments; each tick, 30 s after the one before, adds to all of them, and then everything is evaluated as a server does it,
 * the store in its own thread: an SLO over its window and seven burn windows, its alert, the gate. Prints CPU time of both threads, of
 * evaluations alone, and what is resident. A folder is filled when it is empty and kept: then the first tick is that of a start.
 */
const [count = 10_000, ticks = 20] = process.argv.slice(2, 4).map(Number);
const kept = process.argv[4];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'vigie-bench-'));
const TICK = 30 * SECOND;
const ROWS = 50_000;
/** The store looks at the clock of the machine, so the last tick is now. */
const start_secs = (Math.floor(Date.now() / TICK) * TICK - ticks * TICK) / 1000;

const log = createLog('bench', { write: () => {} });
const isFilled = existsSync(join(folder, 'vigie.sqlite'));
mkdirSync(join(folder, 'slos'), { recursive: true });
writeFileSync(join(folder, 'slos', 'slos.yaml'), `slos:\n${Array.from({ length: count }, (_, i) => slo(i)).join('')}`);
const limits = { maxSeries: 3 * count, maxSeriesPerMetric: 3 * count };
const { engine } = await startEngineThread({ dataDir: folder, ...limits });
let now = ms(start_secs * 1000);
const send = await sender(engine);
const filled = measured();
if (!isFilled) await fill();
if (!isFilled) console.log(`${count} SLOs, a month of increments: ${filled().cpu.toFixed(0)} s of CPU`);
await measure();
await engine.close();
if (kept === undefined) rmSync(folder, { recursive: true });

function slo(i: number): string {
  const total = `http_requests_total{service="s${i}"}`;
  const bad = `http_requests_total{service="s${i}",status="500"}`;
  return `  - {id: s${i}, service: s${i}, objective: 99.9%, window: 30d, availability: {total: '${total}', bad: '${bad}'}}\n`;
}

/** Sends one row of every series at a time, two series per SLO. */
async function sender(to: Engine): Promise<(time_secs: number) => Promise<void>> {
  const names = { collector: 'c', sink: 's' };
  const hello = await to.hello({ ...names, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, ms(Date.now()));
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  return async (time_secs) => {
    for (let first = 0; first < 2 * count; first += ROWS) {
      const ids = Array.from({ length: Math.min(2 * count - first, ROWS) }, (_, i) => first + i);
      const series = ids.map((id) => {
        const labels = { service: `s${id >> 1}`, status: id % 2 === 0 ? '200' : '500' };
        return { kind: 'sum', name: 'http_requests_total', labels };
      });
      const sum = ids.map((id) => (id % 2 === 0 ? 10_000 : 1));
      const increments = { series: ids.map((_, i) => i), time: ids.map(() => time_secs), n: ids.map(() => 1), sum };
      const watermark = { completeTo: time_secs * 1000, state: 'ok' };
      const payload = Buffer.from(JSON.stringify({ v: 1, source: 'log', series, increments, watermark }));
      await to.ingest({ ...names, epoch, sequence: ++sequence, digest: digestOf(payload) }, payload, ms(Date.now()));
    }
  };
}

/** Every six hours of the month before, and every minute of its last hour. */
async function fill(): Promise<void> {
  const month = start_secs - (30 * DAY) / 1000;
  for (let time = month; time < start_secs - HOUR / 1000; time += (6 * HOUR) / 1000) await send(time);
  for (let time = start_secs - HOUR / 1000; time < start_secs; time += MINUTE / 1000) await send(time);
}

async function measure(): Promise<void> {
  const changes = new UnsavedChanges(engine, log);
  const silences = await SilenceBook.open(engine, () => 'none');
  const alerts = await AlertBook.open({ engine, changes, silences });
  const clock = { now: () => now };
  const service = createSloService({ engine, alerts, folder: join(folder, 'slos'), proposed: [], clock, log });
  const figures: { cpu: number; wall: number }[] = [];
  for (let tick = 1; tick <= ticks; tick++) {
    now = ms(now + TICK);
    await send(now / 1000);
    const evaluated = measured();
    const { slos } = await service.current();
    figures.push(evaluated());
    if (slos.length !== count || slos.some(({ counts, as_of }) => counts.total === 0 || as_of !== now))
      throw new Error('an SLO counted nothing');
    if (tick % 10 === 0 || tick === 1) report(tick, figures.splice(0));
  }
}

/** Begins to measure; the answer says what was spent since, in seconds. */
function measured(): () => { readonly cpu: number; readonly wall: number } {
  const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
  return () => {
    const spent = process.cpuUsage(cpu);
    return { cpu: (spent.user + spent.system) / 1e6, wall: Number(process.hrtime.bigint() - wall) / 1e9 };
  };
}

function report(tick: number, figures: readonly { cpu: number; wall: number }[]): void {
  const sorted = (of: 'cpu' | 'wall'): readonly number[] => figures.map((one) => one[of]).sort((a, b) => a - b);
  const middle = (of: 'cpu' | 'wall'): string => sorted(of)[figures.length >> 1]?.toFixed(2) ?? '';
  const most = sorted('cpu').at(-1)?.toFixed(2);
  const rss = (process.memoryUsage().rss / 2 ** 20).toFixed(0);
  console.log(
    `tick ${tick}: CPU ${middle('cpu')} s (most ${most}), wall ${middle('wall')} s, ${rss} MiB resident, load ${loadavg()[0]?.toFixed(1)}`,
  );
}
