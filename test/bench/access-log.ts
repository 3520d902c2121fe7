import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeLog } from '../support/log-maker.ts';
import { logPipeline } from '../support/log-pipeline.ts';
import { projectRoot } from '../support/project.ts';
import { startVigie } from '../support/vigie-process.ts';
import { childCpuSecs, cpuSecsOf } from './process-time.ts';

/** One program's time over the same log. */
export interface LogTiming {
  readonly name: string;
  readonly wall_secs: number;
  readonly cpu_secs: number;
}

const BENCH_SOURCES = join(projectRoot, 'test', 'bench');

/**
 * Access log -> durable counters, beside programs that read the same file and keep nothing: interleaved rounds in one run, so
 * that a slow minute of the machine is everybody's. Returns one list per round.
 */
export async function benchAccessLog(lines: number, rounds: number): Promise<{ bytes: number; rounds: LogTiming[][] }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    const log = join(folder, 'big.log');
    makeLog(log, lines, Math.floor(performance.timeOrigin) - lines * 20);
    const results: LogTiming[][] = [];
    for (let round = 0; round < rounds; round++) {
      const vigies: LogTiming[] = [];
      for (const work of WORKS) vigies.push(await timeVigie(folder, log, lines, work));
      results.push([...vigies, ...peers(log)]);
    }
    return { bytes: statSync(log).size, rounds: results };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a Vigie does with the lines. The last is the default pipeline. */
const WORKS = [
  { name: 'vigie: durable counters', stored: false, webLog: false },
  { name: 'vigie: counters and stored lines', stored: true, webLog: false },
  { name: 'vigie: those and the web log', stored: true, webLog: true },
] as const;

/** From the moment the log appears until the server has every line in committed counters, and all else of the same batches. */
async function timeVigie(
  folder: string,
  log: string,
  lines: number,
  { name, stored, webLog }: (typeof WORKS)[number],
): Promise<LogTiming> {
  const place = mkdtempSync(join(folder, 'run-'));
  mkdirSync(join(place, 'log'));
  writeFileSync(
    join(place, 'vigie.yaml'),
    logPipeline(
      { shop: join(place, 'log', '*.log') },
      { tags: ['service', 'method', 'status'], lines: stored, webLog },
    ),
  );
  const vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], place);
  try {
    const cpuBefore = cpuSecsOf(vigie.child.pid ?? 0);
    const started = performance.now();
    renameSync(log, join(place, 'log', 'big.log'));
    while ((await counted(vigie.url)) < lines) await sleep(50);
    const wall_secs = (performance.now() - started) / 1000;
    renameSync(join(place, 'log', 'big.log'), log);
    return { name, wall_secs, cpu_secs: cpuSecsOf(vigie.child.pid ?? 0) - cpuBefore };
  } finally {
    await vigie.stop();
  }
}

async function counted(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=sum(increase(http_requests_total[10d]))`);
  const body = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(body.data.result[0]?.value[1] ?? 0);
}

function peers(log: string): LogTiming[] {
  const node = process.execPath;
  const timings = [
    timeCommand('bare scan for line ends (node)', node, [join(BENCH_SOURCES, 'bare-scan.mjs'), log]),
    timeCommand('bare split and regex (node)', node, [join(BENCH_SOURCES, 'bare-regex.mjs'), log]),
  ];
  const analog = spawnSync('analog', ['-help'], { stdio: 'ignore' }).error === undefined;
  if (analog)
    timings.push(
      timeCommand('analog, all reports', 'analog', [
        '-G',
        '+CDNS NONE',
        '+CALL ON',
        '+CCHARTS OFF',
        '+COUTFILE /dev/null',
        log,
      ]),
    );
  return timings;
}

function timeCommand(name: string, command: string, args: readonly string[]): LogTiming {
  const before = childCpuSecs();
  const started = performance.now();
  execFileSync(command, args, { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'ignore'], maxBuffer: 1 << 28 });
  return { name, wall_secs: (performance.now() - started) / 1000, cpu_secs: childCpuSecs() - before };
}
