import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryData } from '../../server/model/engine.ts';

export interface PrometheusProcess {
  readonly url: string;
  /** What it said. */
  output(): string;
  ask(query: string, time_ms: number): Promise<QueryData>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Debian's Prometheus with this configuration, its data in `folder`: started again there, it goes on. */
export async function startPrometheusProcess(
  folder: string,
  port: number,
  config: string,
  more: readonly string[] = [],
): Promise<PrometheusProcess> {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, config);
  const url = `http://127.0.0.1:${port}`;
  const flags = { 'config.file': file, 'storage.tsdb.path': join(folder, 'data'), 'web.listen-address': url.slice(7) };
  const args = [
    ...Object.entries({ ...flags, 'log.level': 'warn' }).map(([flag, value]) => `--${flag}=${value}`),
    ...more,
  ];
  const child = spawn('/usr/bin/prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await ready(child, url, () => output);
  return {
    url,
    output: () => output,
    ask: (query, time_ms) => ask(url, query, time_ms),
    kill: async (signal = 'SIGKILL') => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null || !child.kill(signal)) return;
      await ended;
    },
  };
}

/** An instant query of Prometheus' API, whoever speaks it. */
export async function ask(url: string, query: string, time_ms: number): Promise<QueryData> {
  const body = new URLSearchParams({ query, time: String(time_ms / 1000) });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
  const { data, error } = (await answer.json()) as { data: QueryData; error?: string };
  if (error !== undefined) throw new Error(error);
  return data;
}

async function ready(child: ChildProcess, url: string, output: () => string): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`prometheus ended with ${child.exitCode} before it was ready:\n${output()}`);
}
