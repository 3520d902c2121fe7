import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { queryableOf } from '../../server/engine/series-readers.ts';
import type { SeriesKind } from '../../server/model/labels.ts';
import { ms } from '../../server/model/units.ts';
import { compileMatcher } from '../../server/promql/matcher.ts';
import { queryInstant } from '../../server/promql/query.ts';
import { Store } from '../../server/store/store.ts';

/**
 * Run by hand after `npx tsc -b`: `node dist/test/bench/start-100k.bench.js [series]`. Fills a store with 100 metrics, kills it, and
 * prints what a start takes in a process of its own: time, CPU time, memory, and what selecting 1,000 of the series takes.
 */
const NOW = 1_800_000_000;
const METRICS = 100;
const ROUNDS = 20;
const INTERVAL = 15;
const BATCH = 10_000;
const [word = '100000', dataDir = '', count = '0'] = process.argv.slice(2);

if (word === 'fill') fill(dataDir, Number(count));
else if (word === 'open') open(dataDir, Number(count));
else measure(Number(word));

function measure(series: number): void {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const run = (mode: string): void => {
    const file = fileURLToPath(import.meta.url);
    spawnSync(process.execPath, ['--expose-gc', file, mode, dir, String(series)], { stdio: 'inherit' });
  };
  try {
    run('fill');
    run('open');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function identity(i: number): { kind: SeriesKind; name: string; labels: Record<string, string> } {
  const labels = {
    instance: `web-${(i >> 3) % 50}.example.org:9100`,
    job: 'node',
    method: i % 2 === 0 ? 'GET' : 'POST',
    path: `/shop/article/${Math.floor(i / METRICS)}`,
    status: String(200 + (i % 5)),
  };
  return { kind: 'counter', name: `metric_${i % METRICS}_total`, labels };
}

/** Samples of five minutes, then a kill. */
function fill(dataDir: string, series: number): void {
  const store = new Store({ dataDir, maxSeries: series });
  const acked = { sequence: 0, digest: '' };
  const hello = store.hello({ collector: 'c', sink: 's', epoch: 0, acked, queued: [] }, ms(NOW * 1000));
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  let sequence = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const now = ms((NOW - (ROUNDS - round) * INTERVAL) * 1000);
    for (let first = 0; first < series; first += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, series - first) }, (_, i) => first + i);
      const samples = {
        series: ids.map((_, i) => i),
        time: ids.map(() => now),
        value: ids.map((id) => id * 1000 + round * 17),
      };
      const payload = Buffer.from(JSON.stringify({ v: 1, source: 'scrape', series: ids.map(identity), samples }));
      const digest = createHash('sha256').update(payload).digest('hex');
      sequence++;
      store.commit([{ envelope: { collector: 'c', sink: 's', epoch, sequence, digest }, payload }], now);
    }
    store.flush(now, 4096);
  }
  const { journalRecords } = store.stats();
  const journal = `${journalRecords} commits of ${BATCH} samples in the journal`;
  console.log(`filled: ${series} series, ${ROUNDS} samples each, ${journal}`);
  store.abandon();
}

function open(dataDir: string, series: number): void {
  const cpuBefore = process.cpuUsage();
  const before = rssMib();
  const { result: store, secs } = timed(() => new Store({ dataDir, maxSeries: series }));
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(`start: ${secs.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} CPU s`);
  globalThis.gc?.();
  const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  console.log(`memory: ${rssMib()} MiB RSS (${before} MiB before), ${heap} MiB of it heap`);
  const name = { name: '__name__', op: '=', value: 'metric_7_total' } as const;
  time('metric', () => store.view.select([compileMatcher(name)]).length);
  const path = (op: '=' | '!=' | '=~' | '!~', value: string) => [name, { name: 'path', op, value }].map(compileMatcher);
  time('metric, path =', () => store.view.select(path('=', '/shop/article/77')).length);
  time('metric, path !=', () => store.view.select(path('!=', '/shop/article/77')).length);
  time('metric, path =~ prefix', () => store.view.select(path('=~', '/shop/article/7.*')).length);
  time('metric, path !~ set', () => store.view.select(path('!~', '/shop/article/(7|77|777)')).length);
  const alone = compileMatcher({ name: 'path', op: '=~', value: '/shop/article/7.*' });
  const words = compileMatcher({ name: 'path', op: '=~', value: '.*article/.*77' });
  time('path =~ word', () => store.view.select([words]).length);
  time('path =~ prefix', () => store.view.select([alone]).length);
  time('everything', () => store.view.select([]).length);
  time('names of labels', () => store.view.labelNames(0, NOW * 1000).length);
  time('values of a label', () => store.view.allLabelValues('path', 0, NOW * 1000).length);
  const queryable = queryableOf(store, () => 0);
  const query = 'sum by (path) (rate(metric_7_total[5m]))';
  time(query, () => {
    const { data } = queryInstant(queryable, query, ms((NOW - INTERVAL) * 1000));
    return data.result.length;
  });
  store.abandon();
}

function time(what: string, work: () => number): void {
  const first = timed(work);
  const times_ms = Array.from({ length: 21 }, () => timed(work).secs * 1000).toSorted((a, b) => a - b);
  const median = times_ms[10]?.toFixed(3);
  console.log(`  ${what}: ${first.result}, median ${median} ms, first ${(first.secs * 1000).toFixed(2)} ms`);
}

function timed<T>(work: () => T): { result: T; secs: number } {
  const start = process.hrtime.bigint();
  const result = work();
  return { result, secs: Number(process.hrtime.bigint() - start) / 1e9 };
}

function rssMib(): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
}
