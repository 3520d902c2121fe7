import { z } from 'zod';
import { seriesKey } from '../../server/model/labels.ts';
import type { Batch, HitBatch, LogBatch, MetricBatch } from '../batch.ts';
import type { Sink } from '../component.ts';
import { inputs } from '../options.ts';

export const consoleSchema = z.strictObject({ type: z.literal('console'), inputs });

/**
 * Shows what flows: lines as they are, metrics as `name{tags} n sum @time`, counted requests as a JSON object per day. `write` is
 * given whole lines.
 */
export function createConsoleSink(write: (text: string) => void): Sink {
  return {
    type: 'console',
    write: (batch: Batch) => write(textOf(batch)),
  };
}

function textOf(batch: Batch): string {
  if (batch.kind === 'logs') return logText(batch);
  return batch.kind === 'hits' ? hitText(batch) : metricText(batch);
}

function hitText({ tables }: HitBatch): string {
  return tables.map((table) => `${safe(JSON.stringify(table))}\n`).join('');
}

/** A hostile line must not move the cursor of the terminal that shows it. */
function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}

function logText(batch: LogBatch): string {
  return Array.from(batch.rows, (row) => {
    return `${safe(batch.bytes.toString('utf8', batch.start[row], batch.end[row]))}\n`;
  }).join('');
}

function metricText({ series, increments, samples }: MetricBatch): string {
  const names = series.map(({ name, labels }) => seriesKey(name, labels));
  const sums = increments.series.map(
    (index, i) => `${names[index]} n=${increments.n[i]} sum=${increments.sum[i]} @${increments.time[i]}s\n`,
  );
  const values = samples.series.map((index, i) => `${names[index]} ${samples.value[i]} @${samples.time[i]}ms\n`);
  return [...sums, ...values].join('');
}
