import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchPayload } from '../../server/model/batch.ts';
import { ENVELOPE_HEADERS, HELLO_PATH, type HelloAnswer, INGEST_PATH } from '../../server/model/ingest.ts';
import { startVigie } from '../support/vigie-process.ts';
import { cpuSecsOf } from './process-time.ts';

const SERIES = 500;
const TOTAL = 500_000;
const SINK = { collector: 'bench', sink: 'vigie' };

/** Sends half a million increments of 500 series, one batch in flight, to a real server. */
export async function benchIngest(
  batchSize: number,
): Promise<{ increments: number; wall_secs: number; cpu_secs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  writeFileSync(join(folder, 'vigie.yaml'), 'data_dir: data\n');
  const server = await startVigie(['serve', '--listen', '127.0.0.1:0'], folder);
  try {
    const batches = prepareBatches(batchSize, Math.floor(performance.timeOrigin / 1000));
    const epoch = await newEpoch(server.url);
    const pid = server.child.pid ?? 0;
    const cpuBefore = cpuSecsOf(pid);
    const started = performance.now();
    for (const [i, batch] of batches.entries()) await send(server.url, epoch, i + 1, batch);
    const wall_secs = (performance.now() - started) / 1000;
    return { increments: batches.length * batchSize, wall_secs, cpu_secs: cpuSecsOf(pid) - cpuBefore };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function prepareBatches(size: number, end: number): { bytes: Buffer; digest: string }[] {
  const series = Array.from({ length: SERIES }, (_, i) => ({
    kind: 'sum' as const,
    name: 'bench_requests_total',
    labels: { service: `s${i % 10}`, path: `/p/${i}`, status: '200' },
  }));
  return Array.from({ length: Math.ceil(TOTAL / size) }, (_, batch) => {
    const rows = Array.from({ length: size }, (_, i) => i);
    const payload: BatchPayload = {
      v: 1,
      source: 'bench',
      series,
      increments: {
        series: rows.map((i) => i % SERIES),
        time: rows.map((i) => end - 3600 + ((batch * 7 + Math.floor(i / SERIES)) % 3600)),
        n: rows.map(() => 1),
        sum: rows.map(() => 1),
      },
    };
    const bytes = Buffer.from(JSON.stringify(payload));
    return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
  });
}

async function newEpoch(url: string): Promise<number> {
  const hello = { ...SINK, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const response = await fetch(url + HELLO_PATH, {
    method: 'POST',
    body: JSON.stringify(hello),
    headers: { 'content-type': 'application/json' },
  });
  const answer = (await response.json()) as HelloAnswer;
  return answer.result === 'rewind' ? answer.epoch : 0;
}

async function send(
  url: string,
  epoch: number,
  sequence: number,
  { bytes, digest }: { bytes: Buffer; digest: string },
): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    [ENVELOPE_HEADERS.collector]: SINK.collector,
    [ENVELOPE_HEADERS.sink]: SINK.sink,
    [ENVELOPE_HEADERS.epoch]: String(epoch),
    [ENVELOPE_HEADERS.sequence]: String(sequence),
    [ENVELOPE_HEADERS.digest]: digest,
  };
  const response = await fetch(url + INGEST_PATH, { method: 'POST', body: new Uint8Array(bytes), headers });
  if (!response.ok) throw new Error(`batch ${sequence} was refused: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
