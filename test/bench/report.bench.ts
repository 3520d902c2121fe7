import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLog } from '../support/log-maker.ts';
import { projectRoot } from '../support/project.ts';
import { childCpuSecs } from './process-time.ts';

/**
 * Run by hand after `npm run bench`, which builds it: `node dist/test/bench/report.bench.js [LINES | LOG]`. The report of one log by
 * `vigie report`, Analog and GoAccess, whole processes in interleaved rounds; GoAccess only up to 200,000 lines, for its sake.
 */
const ROUNDS = 5;
const GOACCESS_LINES = 200_000;

interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface Timing {
  readonly wall_secs: number;
  readonly cpu_secs: number;
}

const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-report-'));
try {
  run(process.argv[2] ?? '1000000');
} finally {
  rmSync(folder, { recursive: true });
}

function run(given: string): void {
  const isCount = /^\d+$/.test(given);
  const log = isCount ? join(folder, 'big.log') : given;
  if (isCount) makeLog(log, Number(given), Math.floor(performance.timeOrigin) - Number(given) * 20);
  const lines = countLines(log);
  const bytes = statSync(log).size;
  console.log(`Report of ${lines} lines, ${(bytes / 1e6).toFixed(0)} MB, ${ROUNDS} rounds, medians`);
  const contestants = contestantsFor(log, lines);
  const rounds = Array.from({ length: ROUNDS }, () => contestants.map(time));
  for (const [i, { name }] of contestants.entries()) {
    const wall = median(rounds.map((round) => round[i]?.wall_secs ?? 0));
    const cpu = median(rounds.map((round) => round[i]?.cpu_secs ?? 0));
    const ratio = median(rounds.map((round) => (round[i]?.cpu_secs ?? 0) / (round[0]?.cpu_secs ?? 1)));
    const rate = Math.round(lines / wall).toLocaleString('en');
    console.log(
      `  ${name.padEnd(24)} ${wall.toFixed(2)} s  ${cpu.toFixed(2)} CPU s  ${rate.padStart(9)} lines/s  ${(bytes / 1e6 / wall).toFixed(0)} MB/s  ${ratio.toFixed(2)}x our CPU time`,
    );
  }
}

function contestantsFor(log: string, lines: number): Contestant[] {
  const vigie = join(projectRoot, 'server', 'cli', 'vigie.mjs');
  const analog = ['-G', '+CLOGFORMAT COMBINED', '+CDNS NONE', '+CALL ON', '+CCHARTS OFF', '+COUTFILE /dev/null', log];
  const goaccess = [log, '--log-format=COMBINED', '--no-global-config', '--no-progress', '-o', join(folder, 'g.json')];
  const all: Contestant[] = [
    {
      name: 'vigie report, as a page',
      command: process.execPath,
      args: [vigie, 'report', log, '-o', join(folder, 'report.html')],
    },
    { name: 'analog, all reports', command: 'analog', args: analog },
    ...(lines > GOACCESS_LINES ? [] : [{ name: 'goaccess, as JSON', command: 'goaccess', args: goaccess }]),
  ];
  return all.filter(({ command }) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined);
}

function time({ name, command, args }: Contestant): Timing {
  const before = childCpuSecs();
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: folder, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return { wall_secs: (performance.now() - started) / 1000, cpu_secs: childCpuSecs() - before };
}

function countLines(log: string): number {
  return Number(spawnSync('wc', ['-l', log], { encoding: 'utf8' }).stdout.trim().split(' ')[0]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
