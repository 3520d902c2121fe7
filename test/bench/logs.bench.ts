import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogBatch } from '../../collector/batch.ts';
import { encodePayloads } from '../../collector/delivery/payload.ts';
import { logQuestions } from '../../server/engine/log-questions.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { LogQuery } from '../../server/model/logs.ts';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { makeLog } from '../support/log-maker.ts';

/**
 * Log lines in one process, per CPU-second: encoding at the collector, storing, searching. The argument is a log of your own;
 * otherwise one is made. Run: node dist/test/bench/logs.bench.js [LOG]
 */
const BLOCK_BYTES = 2 ** 20;
const MADE_LINES = 500_000;
const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-logs-'));

function madeLog(): string {
  const log = join(folder, 'made.log');
  makeLog(log, MADE_LINES, Date.parse('2026-01-05'));
  return log;
}

async function bench(log: string): Promise<void> {
  const batches = batchesOf(readFileSync(log));
  const lines = batches.reduce((sum, { rows }) => sum + rows.length, 0);
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
  const store = new Store({ dataDir: folder });
  const encoding = measure(() => batches.flatMap((batch) => encodePayloads('bench', [batch], { positions: {} })));
  const epoch = greet(store);
  const storing = measure(() => {
    for (const [i, { payload }] of encoding.value.entries()) commit(store, epoch, i + 1, payload);
  });
  console.log(`${lines} lines, ${(bytes / 1e6).toFixed(0)} MB; per CPU-second`);
  console.log(`  encode for the wire     ${perSecond(lines, encoding.secs)} lines`);
  console.log(`  store                   ${perSecond(lines, storing.secs)} lines`);
  const { bytes: stored = 0, blocks } = store.stats().logs ?? {};
  console.log(
    `  kept                    ${(stored / lines).toFixed(1)} bytes a line of ${(bytes / lines).toFixed(0)}, in ${blocks} blocks`,
  );
  const [middle] = batches.slice(batches.length >> 1).map(({ bytes: text }) => text.toString('latin1', 0, 48));
  for (const [name, filter] of [['text in one line', { text: middle ?? '' }] as const, ...QUESTIONS])
    await search(store, name, filter, bytes);
  store.close();
}

const QUESTIONS: readonly (readonly [string, Partial<LogQuery>])[] = [
  ['text that is nowhere', { text: 'segmentation fault at 0x' }],
  ['text in every line', { text: 'http/1.' }],
  ['regex without literal', { regex: '\\s50[03]\\s\\d+\\s' }],
  ['regex with a literal', { regex: 'GET .*" 50[03] \\d+' }],
];

async function search(store: Store, name: string, filter: Partial<LogQuery>, bytes: number): Promise<void> {
  const questions = logQuestions(store.logs, systemClock);
  const all = { selector: [], start: ms(0), end: ms(1e14) } as const;
  // A histogram looks at every line; a search ends when it has enough.
  const begun = process.cpuUsage();
  const { counts, scanned } = await questions.logHistogram({ ...all, ...filter, buckets: 50 });
  const secs = secsSince(begun);
  const found = Object.values(counts)
    .flat()
    .reduce((sum, n) => sum + n, 0);
  console.log(
    `  ${name.padEnd(23)} ${perSecond(bytes / 1e6, secs)} MB, ${found} lines, opened ${scanned.blocks} blocks of ${scanned.blocks + scanned.skipped}`,
  );
}

/** Lines as a file source reads them. */
function batchesOf(bytes: Buffer): LogBatch[] {
  const batches: LogBatch[] = [];
  for (let from = 0; from < bytes.length; ) {
    const last = bytes.lastIndexOf(10, from + BLOCK_BYTES);
    const to = last < from ? bytes.length : last + 1;
    batches.push(batchOf(bytes.subarray(from, to)));
    from = to;
  }
  return batches;
}

function batchOf(bytes: Buffer): LogBatch {
  const start: number[] = [];
  const end: number[] = [];
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(10, from);
    start.push(from);
    end.push(at);
    from = at + 1;
  }
  const rows = Int32Array.from(start, (_, i) => i);
  const base = { kind: 'logs' as const, bytes, rows, fields: new Map(), attributes: { service: 'shop' } };
  return { ...base, start: Int32Array.from(start), end: Int32Array.from(end), arrived: Date.parse('2026-01-05') };
}

function greet(store: Store): number {
  const acked = { sequence: 0, digest: '' };
  const answer = store.hello({ collector: 'bench', sink: 'vigie', epoch: 0, acked, queued: [] }, systemClock.now());
  return answer.result === 'rewind' ? answer.epoch : 0;
}

function commit(store: Store, epoch: number, sequence: number, payload: Uint8Array): void {
  const digest = createHash('sha256').update(payload).digest('hex');
  store.commit(
    [{ envelope: { collector: 'bench', sink: 'vigie', epoch, sequence, digest }, payload }],
    systemClock.now(),
  );
}

function measure<T>(work: () => T): { value: T; secs: number } {
  const begun = process.cpuUsage();
  const value = work();
  return { value, secs: secsSince(begun) };
}

function secsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

function perSecond(count: number, secs: number): string {
  return Math.round(count / secs)
    .toLocaleString('en')
    .padStart(9);
}

try {
  await bench(process.argv[2] ?? madeLog());
} finally {
  rmSync(folder, { recursive: true });
}
