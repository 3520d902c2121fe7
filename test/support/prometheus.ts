import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryData } from '../../server/model/engine.ts';
import { seriesKey } from '../../server/model/labels.ts';
import type { MemorySeries } from '../promql/memory-queryable.ts';
import { freePort } from './ports.ts';

const PROMETHEUS = '/usr/bin/prometheus';
export const PROMTOOL = '/usr/bin/promtool';
export const hasPrometheus = existsSync(PROMETHEUS) && existsSync(PROMTOOL);

export interface RealPrometheus {
  /** Asks `/api/v1/query` or `/api/v1/query_range`; an error of the query is thrown with its text. */
  ask(path: 'query' | 'query_range', params: Readonly<Record<string, string>>): Promise<QueryData>;
  /** A query as `/api/v1/format_query` lays it out. */
  format(query: string): Promise<string>;
  stop(): Promise<void>;
}

/** Debian's Prometheus on loopback, holding these series and scraping nothing. */
export async function startPrometheus(series: readonly MemorySeries[]): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-prometheus-'));
  const [samples, data, config] = [join(folder, 'samples.om'), join(folder, 'data'), join(folder, 'prometheus.yml')];
  writeFileSync(samples, openMetrics(series));
  writeFileSync(config, 'global: {}\n');
  execFileSync(PROMTOOL, ['tsdb', 'create-blocks-from', 'openmetrics', samples, data], { stdio: 'ignore' });
  const address = `127.0.0.1:${await freePort()}`;
  const flags = { 'config.file': config, 'storage.tsdb.path': data, 'storage.tsdb.retention.time': '100y' };
  const args = Object.entries({ ...flags, 'web.listen-address': address, 'log.level': 'error' });
  const child = spawn(
    PROMETHEUS,
    args.map(([flag, value]) => `--${flag}=${value}`),
    { stdio: 'ignore' },
  );
  await ready(child, address);
  return {
    ask: (path, params) => ask<QueryData>(address, path, params),
    format: (query) => ask<string>(address, 'format_query', { query }),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function ask<T>(address: string, path: string, params: Readonly<Record<string, string>>): Promise<T> {
  const answer = await fetch(`http://${address}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  });
  const body = (await answer.json()) as { data: T; error?: string };
  if (body.error !== undefined) throw new Error(body.error);
  return body.data;
}

/** The samples of one name stand together, as the format wants it. */
function openMetrics(series: readonly MemorySeries[]): string {
  const names = [...new Set(series.map(({ name }) => name))];
  const lines = names.flatMap((name) => [
    `# TYPE ${name} unknown`,
    ...series
      .filter((one) => one.name === name)
      .flatMap(({ labels = {}, points }) =>
        points.map(([secs, value]) => `${seriesKey(name, labels)} ${goNumber(value)} ${secs}`),
      ),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

function goNumber(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

async function ready(child: ChildProcess, address: string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`prometheus ended with ${child.exitCode} before it was ready`);
}
