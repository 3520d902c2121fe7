import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apacheTime } from './log-maker.ts';
import { logPipeline } from './log-pipeline.ts';
import { freePort } from './ports.ts';
import type { Random } from './random.ts';
import { type RotatingLog, rotatingLog } from './rotating-log.ts';
import { startVigie, type VigieProcess } from './vigie-process.ts';

export type Way = 'embedded' | 'http';

const SERVICES = ['shop', 'api', 'blog'] as const;
const STATUSES = [200, 200, 200, 304, 404, 500] as const;
const LINE_TIME_MS = 10;
const SETTLE_MS = 240_000;

/** The logs of three services, and what a counter must say of them in the end. */
export interface Traffic {
  readonly logs: readonly RotatingLog[];
  readonly written: ReadonlyMap<string, number>;
  /** Appends this many numbered lines, spread over the logs. */
  write(lines: number): void;
  total(): number;
}

export function makeTraffic(folder: string, start: number, random: Random): Traffic {
  mkdirSync(folder, { recursive: true });
  const logs = SERVICES.map((service) => rotatingLog(join(folder, `${service}.log`)));
  const written = new Map<string, number>();
  let number = 0;
  const lineOf = (service: string): string => {
    const status = random.pick(STATUSES);
    const key = `${service} ${status}`;
    written.set(key, (written.get(key) ?? 0) + 1);
    number++;
    return `192.0.2.1 - - [${apacheTime(start + number * LINE_TIME_MS)}] "GET /n/${number} HTTP/1.1" ${status} 100 "-" "-"`;
  };
  const write = (lines: number): void => {
    const chosen = random.below(logs.length);
    const share = Math.floor(lines / logs.length);
    for (const [i, log] of logs.entries()) {
      const count = i === chosen ? lines - share * (logs.length - 1) : share;
      log.append(Array.from({ length: count }, () => lineOf(SERVICES[i] ?? '')));
    }
  };
  return { logs, written, write, total: () => number };
}

/** The processes of one way, each of which may be killed and started again at any moment. */
export interface House {
  readonly folder: string;
  start(): Promise<void>;
  killCollector(): Promise<void>;
  killServer(): Promise<void>;
  stop(): Promise<void>;
  /** Whatever keeps the collector from running: the state of its database can be changed then. */
  saveCollectorDatabase(): void;
  restoreCollectorDatabase(): void;
  deleteCollectorDatabase(): void;
  counts(): Promise<Map<string, number>>;
  /** The numbers of the stored lines. */
  lines(): Promise<number[]>;
}

export async function makeHouse(way: Way): Promise<House & { readonly logFolder: string }> {
  const folder = mkdtempSync(join(tmpdir(), `vigie-counting-${way}-`));
  const logFolder = join(folder, 'log');
  const port = await freePort();
  writeFileSync(join(folder, 'vigie.yaml'), countingConfig(logFolder));
  const listen = `127.0.0.1:${port}`;
  const url = `http://${listen}`;
  const collectorData = join(folder, way === 'embedded' ? 'data' : 'collector');
  const processes: { collector?: VigieProcess; server?: VigieProcess } = {};
  const start = async (): Promise<void> => {
    if (way === 'embedded') {
      processes.collector ??= await startVigie(['run', '--data-dir', 'data', '--listen', listen], folder);
      return;
    }
    processes.server ??= await startVigie(['serve', '--data-dir', 'server', '--listen', listen], folder);
    processes.collector ??= await startVigie(['collect', '--data-dir', 'collector', '--server', url], folder);
  };
  const kill = async (which: 'collector' | 'server'): Promise<void> => {
    await processes[which]?.kill();
    delete processes[which];
  };
  const saved = join(folder, 'saved');
  return {
    folder,
    logFolder,
    start,
    killCollector: () => kill('collector'),
    killServer: () => kill(way === 'embedded' ? 'collector' : 'server'),
    stop: async () => {
      await kill('collector');
      await kill('server');
      rmSync(folder, { recursive: true, force: true });
    },
    saveCollectorDatabase: () => copyDatabase(collectorData, saved),
    restoreCollectorDatabase: () => {
      deleteDatabase(collectorData);
      copyDatabase(saved, collectorData);
    },
    deleteCollectorDatabase: () => deleteDatabase(collectorData),
    counts: () => countsOf(url),
    lines: () => storedLines(url),
  };
}

const DATABASE = /^collector\.sqlite/;

function copyDatabase(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => DATABASE.test(file))) cpSync(join(from, name), join(to, name));
}

function deleteDatabase(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((file) => DATABASE.test(file))) rmSync(join(folder, name));
}

/** What the server has counted, by "service status". */
export async function countsOf(url: string): Promise<Map<string, number>> {
  const query = new URLSearchParams({ query: 'sum by (service, status) (increase(http_requests_total[1d]))' });
  const response = await fetch(`${url}/api/v1/query?${query}`);
  const body = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return new Map(body.data.result.map(({ metric, value }) => [`${metric.service} ${metric.status}`, Number(value[1])]));
}

/** Waits until the server has counted as much as was written, or for as long as it may take; returns what it says then. */
export async function settledCounts(house: Pick<House, 'counts'>, traffic: Traffic): Promise<Map<string, number>> {
  const deadline = performance.now() + SETTLE_MS;
  let counts = new Map<string, number>();
  while (performance.now() < deadline) {
    counts = await house.counts();
    if ([...counts.values()].reduce((sum, n) => sum + n, 0) >= traffic.total()) break;
    await sleep(200);
  }
  await sleep(1500);
  return house.counts();
}

/** The numbers of the lines of `makeTraffic` that are stored, rising: each once, if all is well. */
export async function storedLines(url: string): Promise<number[]> {
  const query = new URLSearchParams({ start: '0', end: String(Date.parse('2100-01-01') / 1000) });
  const response = await fetch(`${url}/api/vigie/logs/export?${query}`);
  const numbers = Array.from((await response.text()).matchAll(/"GET \/n\/(\d+) /g), ([, number]) => Number(number));
  return numbers.sort((a, b) => a - b);
}

/** The pipeline from the logs of `makeTraffic` to a counter and to stored lines. */
export function countingConfig(logFolder: string): string {
  const logs = Object.fromEntries(SERVICES.map((service) => [service, join(logFolder, `${service}.log`)]));
  return logPipeline(logs, { tags: ['service', 'status'], lines: true });
}
