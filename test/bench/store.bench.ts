import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';

/**
 * Run by hand after `npx tsc -b`: `node dist/test/bench/store.bench.js`. Prints increments applied per second (batches of 5,000
 * over 500 series, JSON decode and commit included), bytes per series after a day at one slot in ten seconds, and how long a
 * start with 10,000 series takes after a kill.
 */
const NOW = 1_800_000_000;
const now = ms(NOW * 1000);
const dirs: string[] = [];

function fresh(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  dirs.push(dir);
  return dir;
}

function sender(store: Store): (names: number, rows: readonly (readonly [number, number])[]) => () => void {
  const acked = { sequence: 0, digest: '' };
  const hello = store.hello({ collector: 'c', sink: 's', epoch: 0, acked, queued: [] }, now);
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  return (names, rows) => {
    const series = Array.from({ length: names }, (_, i) => ({ kind: 'sum', name: 'm', labels: { path: `/p/${i}` } }));
    const ones = rows.map(() => 1);
    const columns = { series: rows.map(([at]) => at), time: rows.map(([, time]) => time), n: ones, sum: ones };
    const payload = Buffer.from(JSON.stringify({ v: 1, source: 'log', series, increments: columns }));
    sequence++;
    const digest = createHash('sha256').update(payload).digest('hex');
    const envelope = { collector: 'c', sink: 's', epoch, sequence, digest };
    return () => void store.commit([{ envelope, payload }], now);
  };
}

function elapsed_secs(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function applied(): void {
  const store = new Store({ dataDir: fresh() });
  const send = sender(store);
  const batches = Array.from({ length: 200 }, (_, b) =>
    send(
      500,
      Array.from({ length: 5000 }, (_, i) => [(i * 7) % 500, NOW - 4000 + b * 20 + (i % 20)] as const),
    ),
  );
  const time = elapsed_secs(() => {
    for (const batch of batches) {
      batch();
      store.flush(now, 500);
    }
  });
  console.log(`applied: ${Math.round(1e6 / time)} increments/s`);
  store.close();
}

function bytesPerSeries(): void {
  const dataDir = fresh();
  const store = new Store({ dataDir });
  const send = sender(store);
  for (let b = 0; b < 86_400; b += 600) {
    send(
      100,
      Array.from({ length: 6000 }, (_, i) => [i % 100, NOW - 86_400 + b + Math.floor(i / 100) * 10] as const),
    )();
    store.flush(ms(now + b * 1000), 1000);
  }
  store.close();
  const { size } = statSync(join(dataDir, 'vigie.sqlite'));
  console.log(`size: ${Math.round(size / 100)} bytes per series for a full day, all rings`);
}

function start(): void {
  const dataDir = fresh();
  const store = new Store({ dataDir });
  const send = sender(store);
  for (let b = 0; b < 30; b++)
    send(
      10_000,
      Array.from({ length: 10_000 }, (_, i) => [i, NOW - 3600 + b * 10] as const),
    )();
  store.abandon();
  let again: Store | undefined;
  console.log(
    `start: ${elapsed_secs(() => {
      again = new Store({ dataDir });
    }).toFixed(2)} s with 10000 series, 300000 increments to replay`,
  );
  const ids = again?.view.select([]) ?? [];
  const window = { start: ms(now - 3_600_000), end: now };
  console.log(
    `count: ${elapsed_secs(() => again?.view.countWindow(ids, window)).toFixed(2)} s for one hour of 10000 series`,
  );
  console.log(`close: ${elapsed_secs(() => again?.close()).toFixed(2)} s`);
  console.log(`reopen: ${elapsed_secs(() => new Store({ dataDir }).close()).toFixed(2)} s`);
}

applied();
bytesPerSeries();
start();
for (const dir of dirs) rmSync(dir, { recursive: true });
