import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch, LogBatch } from '../../collector/batch.ts';
import type { TransformContext } from '../../collector/component.ts';
import { createLogToMetric } from '../../collector/transforms/log-to-metric.ts';
import { logToMetricSchema } from '../../collector/transforms/log-to-metric-options.ts';
import { createParse } from '../../collector/transforms/parse.ts';
import { parseSchema } from '../../collector/transforms/parse-options.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { makeLog } from '../support/log-maker.ts';

/** As much as a file source reads at once. */
const BATCH_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/** CPU seconds per round for the same lines; collecting garbage is in them. */
export interface TransformTiming {
  readonly lines: number;
  readonly parse_secs: readonly number[];
  readonly parse_and_count_secs: readonly number[];
}

/** `parse`, and `parse` with `log_to_metric` behind it, alone: over lines in memory, on this thread, no file, queue or store. */
export function benchTransforms(lines: number, rounds: number): TransformTiming {
  const batches = batchesOf(lines);
  const context = quietContext();
  const parse = createParse(parseSchema.parse({ type: 'parse', inputs: ['x'] }), context);
  const count = createLogToMetric(logToMetricSchema.parse({ type: 'log_to_metric', inputs: ['x'] }), context);
  const parseAndCount = (batch: LogBatch): Batch | undefined => {
    const parsed = parse.apply(batch);
    const counted = parsed && count.apply(parsed);
    count.memory?.settle(true);
    return counted;
  };
  const parse_secs: number[] = [];
  const parse_and_count_secs: number[] = [];
  // The first round only makes the code warm, as it is after the first second of a real collector.
  for (let round = 0; round <= rounds; round++) {
    const [alone, both] = [timeOf(batches, parse.apply), timeOf(batches, parseAndCount)];
    if (round === 0) continue;
    parse_secs.push(alone);
    parse_and_count_secs.push(both);
  }
  return { lines, parse_secs, parse_and_count_secs };
}

function timeOf(batches: readonly LogBatch[], apply: (batch: LogBatch) => Batch | undefined): number {
  const before = process.cpuUsage();
  for (const batch of batches) if (apply(batch) === undefined) throw new Error('a batch without a line that parses');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function batchesOf(lines: number): readonly LogBatch[] {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    const log = join(folder, 'big.log');
    const start = Math.floor(performance.timeOrigin) - lines * 20;
    makeLog(log, lines, start);
    const bytes = readFileSync(log);
    const batches: LogBatch[] = [];
    for (let at = 0; at < bytes.length; ) {
      const last = bytes.lastIndexOf(NEWLINE, at + BATCH_BYTES) + 1;
      batches.push(batchOf(bytes.subarray(at, last), start + lines * 20));
      at = last;
    }
    return batches;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param bytes whole lines. */
function batchOf(bytes: Buffer, arrived: number): LogBatch {
  const start: number[] = [];
  const end: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    start.push(at);
    end.push(newline);
    at = newline + 1;
  }
  return {
    kind: 'logs',
    bytes,
    start: Int32Array.from(start),
    end: Int32Array.from(end),
    rows: Int32Array.from(start, (_, i) => i),
    arrived,
    attributes: { service: 'shop', path: '/var/log/shop.log' },
    fields: new Map(),
  };
}

function quietContext(): TransformContext {
  return {
    id: 'bench',
    remembered: [],
    now: () => 0,
    log: createLog('bench', { write: () => {} }),
    telemetry: new Telemetry().component('bench', 'transform', 'bench'),
    report: { parsed: () => {}, unparseable: () => {}, changed: () => {} },
  };
}
