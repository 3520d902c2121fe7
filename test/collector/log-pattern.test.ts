import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Batch, MetricBatch } from '../../collector/batch.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { checkTopology } from '../../collector/topology-check.ts';
import { createFilter } from '../../collector/transforms/filter.ts';
import { createLogToMetric } from '../../collector/transforms/log-to-metric.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { MINUTE, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { createLog } from '../../server/runtime/log.ts';
import { ARRIVED, batchOf, listen } from '../support/log-lines.ts';
import { projectRoot } from '../support/project.ts';

/** The example of docs/indicators.md: a pattern of a log that nobody parses becomes good and all. */
const NOW = ms(ARRIVED + MINUTE);
const home = mkdtempSync(join(tmpdir(), 'vigie-log-pattern-'));
const engine = openEngine({ dataDir: home, clock: { now: () => NOW }, log: createLog('test') });
afterAll(async () => {
  await engine.close();
  rmSync(home, { recursive: true });
});

const docs = readFileSync(join(projectRoot, 'docs/indicators.md'), 'utf8');

/** The YAML of the documentation that begins with the name of its file. */
function exampleOf(file: string): string {
  const found = docs.split('```yaml\n').find((text) => text.startsWith(`# ${file}\n`));
  return found?.slice(0, found.indexOf('```')) ?? '';
}

const config = collectorConfigSchema.parse(parse(exampleOf('vigie.yaml')));

/** What a transform gives of the lines of the source. */
function outputOf(id: string, lines: Batch): Batch | undefined {
  const options = config.transforms[id];
  if (options === undefined) return lines;
  const given = outputOf(options.inputs[0]!, lines);
  if (given === undefined) return undefined;
  if (options.type === 'filter') return createFilter(options, listen().context).apply(given);
  if (options.type === 'log_to_metric') return createLogToMetric(options, listen().context).apply(given);
  throw new Error(`the example has a ${options.type}`);
}

async function send(sequence: number, { series, increments }: MetricBatch, epoch: number): Promise<void> {
  const watermark = { completeTo: NOW, state: 'ok' } as const;
  const bytes = Buffer.from(JSON.stringify({ v: 1, source: 'payd', series, increments, watermark }));
  const envelope = { collector: 'c', sink: 'vigie', epoch, sequence, digest: digestOf(bytes) };
  await engine.ingest(envelope, bytes, NOW);
}

test('payments that fail among those that were tried', async () => {
  expect(checkTopology(config)).toEqual([]);
  const lines = [
    'starting',
    'payment 1 done',
    'beat',
    'payment 2 failed: timeout',
    'payment 3 done',
    'refund 4 failed',
  ];
  const batch = batchOf(lines, { service: 'payments' });
  const hello = await engine.hello(
    { collector: 'c', sink: 'vigie', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] },
    NOW,
  );
  const epoch = hello.result === 'rewind' ? hello.epoch : 0;
  const counted = config.sinks.vigie!.inputs.map((id) => outputOf(id, batch) as MetricBatch);
  for (const [i, metrics] of counted.entries()) await send(i + 1, metrics, epoch);
  const file = { path: 'payments.yaml', text: exampleOf('slos/payments.yaml') };
  const [status] = await evaluateSlos(engine, readSloFiles([file], parseSelector).slos, NOW);
  expect(status).toMatchObject({ counts: { total: 3, good: 2, bad: 1 }, unit: 'events', service: 'payments' });
});
