import fs, { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCensus, createPathTest } from '../../collector/sources/file/census.ts';
import { FileTable } from '../../collector/sources/file/file-table.ts';
import { positionValue } from '../../collector/sources/file/position.ts';
import type { PositionChanges } from '../../collector/sources/file/scan.ts';
import type { TailedFile } from '../../collector/sources/file/tailed-file.ts';
import type { PositionValue } from '../../server/model/batch.ts';
import { type Random, seeded } from '../support/random.ts';

const LIMITS = { blockBytes: 512, maxLineBytes: 200 };
const STEPS = 80;
const SCAN_MS = 1000;
const MAX_TURNS = 12;
/** A kernel's clock stands still between two ticks, so files written one after the other may have the same time. */
const TICK_SECS = 0.004;
const SYSTEM_CALLS = [
  'openSync',
  'fstatSync',
  'statSync',
  'lstatSync',
  'readdirSync',
  'readSync',
  'existsSync',
] as const;

/** SIGKILL: unwinds out of whatever the reader was doing. */
class Kill extends Error {}

let beforeCall: (() => void) | undefined;

for (const name of SYSTEM_CALLS) {
  const call = fs[name] as (...args: unknown[]) => unknown;
  const intercepted = (...args: unknown[]): unknown => {
    outside(beforeCall);
    return call(...args);
  };
  Object.assign(fs, { [name]: intercepted });
}
syncBuiltinESMExports();

/** Runs what is not the reader's: its own system calls are no occasion. */
function outside(work: (() => void) | undefined): void {
  const before = beforeCall;
  beforeCall = undefined;
  try {
    work?.();
  } finally {
    beforeCall = before;
  }
}

/** Calls `before` ahead of every system call of `work`. */
function interrupted(before: () => void, work: () => void): void {
  beforeCall = before;
  try {
    work();
  } finally {
    beforeCall = undefined;
  }
}

/** The writer of a log and the rotation of it, which go on by the smallest steps a reader could see. */
class Writer {
  readonly path: string;
  readonly written: string[] = [];
  readonly steps: string[] = [];
  readonly #random: Random;
  readonly #filler: number;
  #now = 1.8e9;
  #half = '';
  #turns = 0;
  #running: Generator<string, void> | undefined;

  constructor(path: string, random: Random) {
    this.path = path;
    this.#random = random;
    this.#filler = random.pick([3, 90]);
    writeFileSync(path, '');
    this.#touch(path);
  }

  step(): void {
    this.#now += this.#random.pick([0, 0, TICK_SECS]);
    const rotations = this.#turns < MAX_TURNS ? [this.#rename, this.#copyTruncate] : [];
    this.#running ??= this.#random.pick([this.#append, this.#append, this.#tear, ...rotations]).call(this);
    const { done, value } = this.#running.next();
    if (value !== undefined) this.steps.push(value);
    if (done) this.#running = undefined;
  }

  /** Ends what it does and the line it writes. */
  end(): void {
    while (this.#running !== undefined) this.step();
    this.#endLine();
  }

  *#append(): Generator<string, void> {
    this.#endLine();
    const lines = Array.from({ length: 1 + this.#random.below(30) }, () => this.#line());
    this.#write(this.path, lines.map((line) => `${line}\n`).join(''));
    yield `append to ${this.written.length}`;
  }

  /** A line written in two pieces. */
  *#tear(): Generator<string, void> {
    this.#endLine();
    const line = `${this.#line()}\n`;
    const cut = 1 + this.#random.below(line.length - 1);
    this.#write(this.path, line.slice(0, cut));
    this.#half = line.slice(cut);
    yield `tear ${this.written.length}`;
  }

  *#rename(): Generator<string, void> {
    yield* this.#shift();
    renameSync(this.path, `${this.path}.1`);
    yield 'rename';
    this.#write(this.path, '');
    yield 'create';
  }

  *#copyTruncate(): Generator<string, void> {
    yield* this.#shift();
    const content = fs.readFileSync(this.path);
    const copy = `${this.path}.1`;
    this.#write(copy, '');
    yield 'copy 0';
    for (let at = 0; at < content.length; ) {
      const piece = content.subarray(at, at + 1 + this.#random.below(content.length));
      this.#write(copy, piece);
      at += piece.length;
      yield `copy ${at} of ${content.length}`;
    }
    truncateSync(this.path);
    this.#touch(this.path);
    yield 'truncate';
  }

  *#shift(): Generator<string, void> {
    this.#endLine();
    for (let turn = this.#turns++; turn > 0; turn--) {
      renameSync(`${this.path}.${turn}`, `${this.path}.${turn + 1}`);
      yield turn < 3 ? `shift ${turn}` : '';
    }
  }

  #line(): string {
    const n = this.written.length + 1;
    const line = `${n} ${'x'.repeat((n * 7) % this.#filler)}`;
    this.written.push(line);
    return line;
  }

  #endLine(): void {
    if (this.#half !== '') this.#write(this.path, this.#half);
    this.#half = '';
  }

  #write(path: string, content: string | Uint8Array): void {
    appendFileSync(path, content);
    this.#touch(path);
  }

  #touch(path: string): void {
    utimesSync(path, this.#now, this.#now);
  }
}

/** One commit: its lines, and the positions after it. */
interface Committed {
  readonly lines: readonly string[];
  readonly positions: Readonly<Record<string, PositionValue>>;
}

/**
 * A log being written and rotated by both methods, and its reader, stepped by hand. The world moves on before any system call of
 * the reader, and the reader may be killed there; it starts again from what it committed, or from an older state of it, as a
 * server hands out.
 */
export class Simulation {
  readonly #writer: Writer;
  #lost = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'file-simulation-'));
  readonly #random: Random;
  readonly #include: readonly string[];
  /** Chance of the world moving before a system call. */
  #haste: number;
  readonly #history: Committed[] = [{ lines: [], positions: {} }];
  #table: FileTable;
  #now = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#writer = new Writer(join(this.#folder, 'access.log'), this.#random);
    this.#include = [join(this.#folder, this.#random.pick(['access.log', 'access.log*', '*.log']))];
    this.#haste = 0;
    this.#table = this.#open();
    this.#scan();
    this.#haste = this.#random.pick([0, 0.03, 0.3]);
  }

  run(): void {
    for (let i = 0; i < STEPS; i++) {
      try {
        if (this.#random.next() < 0.25) this.#move(this.#random.below(25));
        else
          interrupted(
            () => this.#happen(),
            () => this.#act(),
          );
      } catch (error) {
        if (!(error instanceof Kill)) throw error;
        this.#writer.steps.push('KILLED');
        this.#reopen(0);
      }
    }
    this.#writer.end();
    this.#haste = 0;
    this.#reopen(0);
    for (let round = 0; round < 8; round++) {
      this.#scan();
      for (let files = [...this.#table.files()]; files.length > 0; )
        files = files.filter((file) => this.#read(file, true));
    }
    this.#table.closeAll();
    rmSync(this.#folder, { recursive: true });
  }

  /** What happened, for people. */
  steps(): readonly string[] {
    return this.#writer.steps.filter(Boolean);
  }

  report(): { missing: string[]; twice: string[]; lost: number } {
    const times = new Map<string, number>();
    const written = new Set(this.#writer.written);
    for (const line of this.#history.flatMap(({ lines }) => lines)) times.set(line, (times.get(line) ?? 0) + 1);
    return {
      missing: this.#writer.written.filter((line) => !times.has(line)),
      twice: [...times].filter(([line, n]) => n > 1 || !written.has(line)).map(([line]) => line),
      lost: this.#lost,
    };
  }

  #happen(): void {
    if (this.#random.next() >= this.#haste) return;
    this.#move(this.#random.pick([1, 1, 3, 20]));
    if (this.#random.next() < 0.01) throw new Kill();
  }

  #move(steps: number): void {
    for (let left = steps; left > 0; left--) this.#writer.step();
  }

  #act(): void {
    const choice = this.#random.below(9);
    if (choice < 3) this.#scan();
    else if (choice < 8) this.#readMany(this.#table.files());
    else this.#reopen(this.#random.pick([0, 0, 1, 5, 20]));
  }

  #readMany(files: readonly TailedFile[]): void {
    this.#writer.steps.push('READ');
    for (const file of files) {
      if (this.#random.next() < 0.3) continue;
      while (this.#read(file, this.#random.next() < 0.2) && this.#random.next() < 0.7);
    }
  }

  #open(): FileTable {
    return new FileTable(JSON.parse(JSON.stringify(this.#history.at(-1)!.positions)), {
      readFrom: 'beginning',
      maxLineBytes: LIMITS.maxLineBytes,
      follows: createPathTest(this.#include, []),
      onLoss: (path, bytes) => {
        this.#writer.steps.push(`LOST ${bytes} ${path}`);
        this.#lost += bytes;
      },
    });
  }

  #reopen(back: number): void {
    this.#writer.steps.push(`REOPEN ${back}`);
    this.#table.closeAll();
    // Not back before the first scan, which says what was there before.
    this.#history.splice(Math.max(2, this.#history.length - back));
    this.#table = this.#open();
  }

  #scan(): void {
    this.#writer.steps.push('SCAN');
    const census = createCensus(this.#include, [])(this.#table.knownBases());
    this.#now += SCAN_MS;
    this.#commit(this.#table.reconcile(census, this.#now));
  }

  /** One block; true when there may be more. As the loop of a source does it. */
  #read(file: TailedFile, finish: boolean): boolean {
    if (file.suspect || (file.position.state === 'finished' && !file.stirred)) return false;
    try {
      const result = file.read(LIMITS, finish && file.isRotated);
      if (result.kind === 'changed') file.suspect = true;
      if (result.kind !== 'block') return result.kind === 'skipping';
      const { bytes, lines, position } = result.block;
      const read = [...lines.start].map((from, i) => bytes.toString('latin1', from, lines.end[i]));
      this.#commit({ [file.key]: positionValue(position) }, read);
      file.commit(result.block);
      return true;
    } catch (error) {
      if (error instanceof Kill) throw error;
      file.fail(error);
      return false;
    }
  }

  #commit(changes: PositionChanges, lines: readonly string[] = []): void {
    if (this.#random.next() < this.#haste / 10) throw new Kill();
    if (lines.length > 0) this.#writer.steps.push(`COMMIT ${lines[0]?.split(' ')[0]}..${lines.at(-1)?.split(' ')[0]}`);
    const positions: Record<string, PositionValue> = { ...this.#history.at(-1)!.positions };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete positions[key];
      else positions[key] = value;
    }
    this.#history.push({ lines, positions });
  }
}
