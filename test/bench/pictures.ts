import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { PictureLook } from '../../server/model/prerender.ts';
import type { TrafficDetail } from '../../server/model/traffic.ts';
import { loadPictures } from '../../server/prerender/pictures.ts';
import { projectRoot } from '../support/project.ts';

export interface PictureTiming {
  readonly name: string;
  /** Wall milliseconds of one picture, rising. */
  readonly sorted_ms: readonly number[];
}

const WIDTH = 600;
const HEIGHT = 200;
const STEPS = 288;
const STEP_SECS = 300;
const END_SECS = 1_795_262_400;
const LOOK: PictureLook = { theme: 'light', language: 'en', zone: 'UTC', width: WIDTH, height: HEIGHT, scale: 1 };

/** A day of one interface in steps of five minutes, drawn again and again: ours warm, and rrdtool's as a process and as a pipe. */
export async function benchPictures(rounds: number): Promise<PictureTiming[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const pictures = await loadPictures(pathToFileURL(join(projectRoot, 'dist', 'prerender', 'prerender.js')));
  const draw = (format: 'png' | 'svg') => () =>
    pictures.picture({ kind: 'traffic', detail: day(), unit: 'bits' }, LOOK, format);
  const rrdtool = spawnSync('rrdtool', ['--version']).status === 0 ? rrdtoolDrawers(folder) : undefined;
  const drawers: [string, () => Promise<unknown>][] = [
    ['Vigie: PNG', draw('png')],
    ['Vigie: SVG', draw('svg')],
    ...(rrdtool === undefined ? [] : rrdtool.drawers),
  ];
  const times = drawers.map(([name]) => ({ name, sorted_ms: [] as number[] }));
  for (let round = -5; round < rounds; round++) {
    for (const [i, [, once]] of drawers.entries()) {
      const start = performance.now();
      await once();
      if (round >= 0) times[i]?.sorted_ms.push(performance.now() - start);
    }
  }
  rrdtool?.stop();
  rmSync(folder, { recursive: true });
  for (const { sorted_ms } of times) sorted_ms.sort((a, b) => a - b);
  return times;
}

function rateAt(step: number): { in: number; out: number } {
  return { in: 1e6 * (1.2 + Math.sin(step / 30)) * (step % 37 === 0 ? 2 : 1), out: 3e5 * (1.2 + Math.cos(step / 20)) };
}

function day(): TrafficDetail {
  const time = Array.from({ length: STEPS }, (_, i) => (END_SECS - (STEPS - 1 - i) * STEP_SECS) * 1000);
  const direction = (name: 'in' | 'out') => {
    const mean = time.map((_, i) => rateAt(i)[name]);
    const figures = { max: 4e6, mean: 1e6, current: 1e6, p95: 3e6, total: 1e11, known_secs: 86_400 };
    return { mean, high: mean.map((rate) => rate * 1.3), low: mean, figures };
  };
  const [start, end] = [(END_SECS - STEPS * STEP_SECS) * 1000, END_SECS * 1000];
  const shape = { step_secs: STEP_SECS, peak_secs: 60, base_secs: STEP_SECS, zone: 'UTC' };
  const whose = { host: 'router', device: 'eth0', capacity: 12_500_000, newest: end, range: 'day' } as const;
  return { ...whose, ...shape, start, end, time, in: direction('in'), out: direction('out') };
}

function rrdtoolDrawers(folder: string) {
  const rrd = join(folder, 'eth0.rrd');
  const start = END_SECS - STEPS * STEP_SECS;
  const sources = ['DS:in:GAUGE:600:0:U', 'DS:out:GAUGE:600:0:U', 'RRA:AVERAGE:0.5:1:600', 'RRA:MAX:0.5:1:600'];
  run(['create', rrd, '--start', String(start), '--step', String(STEP_SECS), ...sources]);
  const rows = Array.from(
    { length: STEPS },
    (_, i) => `${start + (i + 1) * STEP_SECS}:${rateAt(i).in}:${rateAt(i).out}`,
  );
  run(['update', rrd, ...rows]);
  const size = ['--full-size-mode', '--width', String(WIDTH), '--height', String(HEIGHT)];
  const range = [
    '--start',
    String(start),
    '--end',
    String(END_SECS),
    '--title',
    'eth0-router-day',
    '--imgformat',
    'PNG',
  ];
  const lines = ['in:AVERAGE', 'out:AVERAGE', 'in:MAX', 'out:MAX'].map((what, i) => `DEF:v${i}=${rrd}:${what}`);
  const look = [
    'AREA:v0#0067a3:in',
    'LINE2:v1#c04f00:out',
    'LINE1:v2#0067a3',
    'LINE1:v3#c04f00',
    'HRULE:12500000#000000',
  ];
  const graph = ['graph', join(folder, 'eth0.png'), ...size, ...range, ...lines, ...look];
  const pipe = spawn('rrdtool', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(pipe.stdout);
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const listen = (line: string): void => {
        if (!/^(OK|ERROR)/.test(line)) return;
        answers.off('line', listen);
        if (line.startsWith('ERROR')) throw new Error(line);
        resolve();
      };
      answers.on('line', listen);
      pipe.stdin.write(`${graph.join(' ')}\n`);
    });
  const drawers: [string, () => Promise<unknown>][] = [
    ['rrdtool graph, a process each', async () => run(graph)],
    ['rrdtool graph, one process (pipe)', ask],
  ];
  return { drawers, stop: () => pipe.stdin.end() };
}

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync('rrdtool', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`rrdtool ${args[0]} failed: ${stderr}`);
}
