import { appendFileSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileSource } from '../../collector/sources/file.ts';
import { createLog } from '../../server/runtime/log.ts';
import { CommittedOutput, type OutputRun, sourceContext, until } from '../conformance/source.ts';
import { tries } from '../support/long.ts';

const TURNS = 60;
/** `SEED=7` repeats one. */
const { SEED } = process.env;
const seeds = SEED === undefined ? Array.from({ length: tries(6) }, (_, i) => i + 1) : [Number(SEED)];

/** A small generator of our own, so that a seed means the same everywhere (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A server's log, its log rotation, and a reader that is killed: whatever the order, every line counts once. */
class World {
  readonly dir = mkdtempSync(join(tmpdir(), 'file-random-'));
  readonly committed = new CommittedOutput();
  readonly steps: string[] = [];
  readonly #random: (below: number) => number;
  readonly #glob: string;
  written = 0;
  #half = '';
  #run: { readonly run: OutputRun; readonly done: Promise<void> } | undefined;

  constructor(seed: number) {
    this.#random = random(seed);
    this.#glob = seed % 2 === 0 ? 'access.log*' : '*.log';
  }

  /** The first start ever finds an empty file: what came before it was not asked for. */
  async begin(): Promise<void> {
    appendFileSync(this.path(), '');
    this.#start();
    await until(() => Object.keys(this.committed.positions).length > 0);
    // A crash right before the commit; the one right after is a kill from outside.
    this.committed.beforeCommit = (_, run) => {
      if (this.#random(25) === 0) run.kill();
    };
  }

  path(turn = 0): string {
    return join(this.dir, turn === 0 ? 'access.log' : `access.log.${turn}`);
  }

  async step(): Promise<void> {
    const actions = [
      this.#append,
      this.#append,
      this.#append,
      this.#tear,
      this.#rename,
      this.#copyTruncate,
      this.#kill,
      this.#start,
    ];
    const action = actions[this.#random(actions.length)] as () => Promise<void> | void;
    this.steps.push(action.name);
    await action.call(this);
    if (this.#random(2) === 0) await pause(this.#random(40));
  }

  async settle(): Promise<void> {
    this.#endLine();
    this.committed.beforeCommit = () => {};
    this.#kill();
    this.#start();
    await until(
      () => this.committed.lines().length >= this.written,
      () => this.report(),
    );
    await pause(150);
    this.#kill();
    await this.#run?.done;
    rmSync(this.dir, { recursive: true });
  }

  /** What is missing and what came twice. */
  report(): { missing: string[]; twice: string[] } {
    const times = new Map<string, number>();
    for (const line of this.committed.lines()) times.set(line, (times.get(line) ?? 0) + 1);
    const wanted = Array.from({ length: this.written }, (_, i) => this.#line(i + 1));
    return {
      missing: wanted.filter((line) => !times.has(line)),
      twice: [...times].filter(([line, n]) => n > 1 || !wanted.includes(line)).map(([line]) => line),
    };
  }

  #line(n: number): string {
    return `${n} ${'x'.repeat((n * 7) % 90)}`;
  }

  #append = (): void => {
    this.#endLine();
    let text = '';
    for (let left = 1 + this.#random(40); left > 0; left--) text += `${this.#line(++this.written)}\n`;
    appendFileSync(this.path(), text);
  };

  /** A line written in two pieces. */
  #tear = (): void => {
    this.#endLine();
    const line = `${this.#line(++this.written)}\n`;
    const cut = 1 + this.#random(line.length - 1);
    appendFileSync(this.path(), line.slice(0, cut));
    this.#half = line.slice(cut);
  };

  #endLine(): void {
    if (this.#half !== '') appendFileSync(this.path(), this.#half);
    this.#half = '';
  }

  #rename = async (): Promise<void> => {
    await this.#shift();
    if (existsSync(this.path())) renameSync(this.path(), this.path(1));
    appendFileSync(this.path(), '');
  };

  #copyTruncate = async (): Promise<void> => {
    await this.#shift();
    if (!existsSync(this.path())) return;
    copyFileSync(this.path(), this.path(1));
    if (this.#random(2) === 0) await pause(this.#random(60));
    truncateSync(this.path());
  };

  /** Kernel clocks tick every few ms, and no rotation comes twice within one. */
  async #shift(): Promise<void> {
    this.#endLine();
    await pause(12);
    for (let turn = 30; turn > 0; turn--)
      if (existsSync(this.path(turn))) renameSync(this.path(turn), this.path(turn + 1));
  }

  #kill = (): void => {
    this.#run?.run.kill();
  };

  #start = (): void => {
    if (this.#run !== undefined && !this.#run.run.output.signal.aborted) return;
    const run = this.committed.connect();
    const source = createFileSource(
      {
        include: [join(this.dir, this.#glob)],
        poll_ms: 5,
        glob_ms: 20,
        finish_ms: 40,
        read_block_bytes: 512,
        max_line_bytes: 200,
      },
      sourceContext('file'),
      createLog('file', { write: () => {} }),
    );
    this.#run = { run, done: source.run(run.output) };
  };
}

test.each(seeds)('every line exactly once, seed %i', async (seed) => {
  const world = new World(seed);
  await world.begin();
  for (let turn = 0; turn < TURNS; turn++) await world.step();
  await world.settle().catch((error: unknown) => {
    throw new Error(`SEED=${seed} fails after ${world.steps.join(' ')}: ${String(error)}`);
  });
  expect(world.report(), `SEED=${seed}`).toEqual({ missing: [], twice: [] });
});
