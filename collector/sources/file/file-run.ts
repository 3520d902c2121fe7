import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../server/model/errors.ts';
import type { FileStatus } from '../../../server/model/status.ts';
import type { Log } from '../../../server/runtime/log.ts';
import type { LogBatch, SourceBatch } from '../../batch.ts';
import type { ComponentContext, SourceOutput } from '../../component.ts';
import type { FileSourceOptions } from '../file.ts';
import { type Census, createCensus, createPathTest, type TakeCensus } from './census.ts';
import { FileTable } from './file-table.ts';
import { allRows } from './lines.ts';
import { Pace } from './pace.ts';
import { positionValue } from './position.ts';
import { ProgressReport } from './progress-report.ts';
import type { PositionChanges } from './scan.ts';
import { SharedFiles } from './shared-files.ts';
import type { Block, ReadLimits, TailedFile } from './tailed-file.ts';

/** More files than this are read, but not kept open between two reads. */
const MAX_OPEN_FILES = 512;
const RETRY_MS = 1000;
/** A scan that left a question open is followed by another soon, later each time. */
const FIRST_RESCAN_MS = 50;

export const DEFAULTS = {
  max_line_bytes: 102_400,
  // Names, statements and the two syncs of a batch are paid once for all of its lines. Larger blocks gain little, and hold up for too
  // long what shares the thread: a UDP socket has to be read.
  read_block_bytes: 2 ** 22,
  poll_ms: 250,
  glob_ms: 1000,
  finish_ms: 30_000,
} as const;

/**
 * One run of a file source, from committed positions to the abort. Rounds: scan when due, then one block of every file that is due,
 * so that a large file never starves a small one, then progress, then sleep.
 */
export class FileRun {
  readonly #options: Required<Pick<FileSourceOptions, keyof typeof DEFAULTS>> & FileSourceOptions;
  readonly #limits: ReadLimits;
  readonly #context: ComponentContext;
  readonly #log: Log;
  readonly #output: SourceOutput;
  readonly #table: FileTable;
  readonly #takeCensus: TakeCensus;
  readonly #pace: Pace;
  readonly #progress: ProgressReport;
  readonly #shared: SharedFiles;
  #census: Census = { files: [], problems: [], moving: new Set() };
  #nextScan = 0;
  #rescanMs = FIRST_RESCAN_MS;
  #open = 0;
  #wake: () => void = () => {};

  constructor(options: FileSourceOptions, context: ComponentContext, log: Log, output: SourceOutput) {
    this.#options = { ...DEFAULTS, ...options };
    const { max_line_bytes, read_block_bytes, poll_ms } = this.#options;
    this.#limits = { maxLineBytes: max_line_bytes, blockBytes: Math.max(read_block_bytes, max_line_bytes + 2) };
    this.#context = context;
    this.#log = log;
    this.#output = output;
    this.#table = new FileTable(output.positions, {
      readFrom: options.read_from ?? 'beginning',
      maxLineBytes: max_line_bytes,
      follows: createPathTest(options.include, options.exclude ?? []),
      onLoss: (path, bytes) => {
        context.telemetry.discarded('suspected_lost_bytes', false, bytes);
        log.error('Lines were lost: a file was truncated or deleted before it was read.', { path, bytes });
      },
    });
    this.#takeCensus = createCensus(options.include, options.exclude ?? []);
    this.#pace = new Pace(
      poll_ms,
      () => this.#wake(),
      (error) => this.#watchFailed(error),
    );
    this.#progress = new ProgressReport(options, output.positions);
    this.#shared = new SharedFiles(context, log);
  }

  async follow(): Promise<void> {
    try {
      while (!this.#output.signal.aborted) await this.#round();
    } catch (error) {
      if (!this.#isStop(error)) throw error;
    } finally {
      this.#pace.closeAll();
      this.#table.closeAll();
    }
  }

  status(): readonly FileStatus[] {
    return this.#progress.status(this.#table.files(), this.#census);
  }

  async #round(): Promise<void> {
    if (performance.now() >= this.#nextScan) await this.#scan();
    let busy = false;
    this.#open = this.#table.files().filter((file) => file.isOpen).length;
    for (const file of this.#table.files()) {
      if (!this.#pace.isDue(file, performance.now())) continue;
      if (await this.#turn(file)) busy = true;
    }
    const progress = this.#progress.next(this.#table.files(), this.#census, performance.now());
    if (progress !== undefined) await this.#handOver(progress);
    if (!busy && performance.now() < this.#nextScan) await this.#sleep();
  }

  async #scan(): Promise<void> {
    this.#nextScan = performance.now() + this.#options.glob_ms;
    const asked = this.#context.now();
    this.#census = this.#takeCensus(this.#table.knownBases());
    const changes = this.#table.reconcile(this.#census, performance.now());
    this.#pace.follow(this.#table.files(), performance.now());
    this.#shared.look(this.#table.files());
    this.#progress.note = this.#shared.note;
    for (const file of this.#table.files()) if (file.stirred) this.#pace.wake(file);
    await this.#commitPositions(changes);
    this.#progress.lookedAt = asked;
    if (this.#table.isSettled) this.#progress.scannedAt = asked;
    this.#hasten();
  }

  #hasten(): void {
    this.#rescanMs = this.#table.isSettled ? FIRST_RESCAN_MS : this.#rescanMs * 2;
    if (!this.#table.isSettled) this.#nextScan = Math.min(this.#nextScan, performance.now() + this.#rescanMs);
  }

  /** One block of a file. True when there may be more at once. */
  async #turn(file: TailedFile): Promise<boolean> {
    if (file.position.state === 'finished' && !file.stirred) {
      file.close();
      this.#pace.rest(file);
      return false;
    }
    const asked = this.#context.now();
    try {
      if (!file.suspect) return await this.#read(file, asked);
      this.#pace.idle(file, performance.now());
      return false;
    } catch (error) {
      if (this.#isStop(error)) throw error;
      this.#failed(file, error);
      return false;
    }
  }

  async #read(file: TailedFile, asked: number): Promise<boolean> {
    const finish = file.isRotated && this.#pace.quietFor(file, performance.now()) >= this.#options.finish_ms;
    if (!file.isOpen) this.#open++;
    const result = file.read(this.#limits, finish);
    file.problem = undefined;
    if (result.kind === 'changed') return this.#changed(file);
    if (result.kind === 'block') await this.#emit(file, result.block);
    if (file.isAtEnd) file.completeTo = asked;
    if (result.kind === 'idle') this.#pace.idle(file, performance.now());
    else this.#pace.grew(file, performance.now(), !file.isAtEnd);
    if (result.kind === 'idle' && finish) await this.#finish(file);
    if (this.#open > MAX_OPEN_FILES) this.#closeEarly(file);
    return result.kind !== 'idle' && !file.isAtEnd;
  }

  async #finish(file: TailedFile): Promise<void> {
    this.#pace.rest(file);
    await this.#commitPositions(this.#table.finish(file, performance.now()));
  }

  async #emit(file: TailedFile, block: Block): Promise<void> {
    const { telemetry } = this.#context;
    const { start } = block.lines;
    const bytes = block.position.offset - file.position.offset;
    telemetry.received(start.length, bytes);
    const positions = { [file.key]: positionValue(block.position) };
    await this.#handOver(start.length === 0 ? { positions } : { batch: this.#batchOf(file, block), positions });
    file.commit(block);
    telemetry.sent(start.length, bytes);
    if (block.nulBytes > 0) telemetry.discarded('leading_nul_bytes', false, block.nulBytes);
    if (block.tooLong === 0) return;
    telemetry.discarded('line_too_long', false, block.tooLong);
    this.#log.error('Lines were skipped because they are longer than max_line_bytes.', { path: file.path });
  }

  #batchOf(file: TailedFile, block: Block): LogBatch {
    const { service, attributes } = this.#options;
    const { start, end } = block.lines;
    return {
      kind: 'logs',
      bytes: block.bytes,
      start,
      end,
      rows: allRows(start.length),
      arrived: this.#context.now(),
      attributes: { ...attributes, path: file.path, ...(service === undefined ? {} : { service }) },
      fields: new Map(),
    };
  }

  #changed(file: TailedFile): boolean {
    this.#context.telemetry.error('truncated', 'receiving');
    file.suspect = true;
    this.#nextScan = 0;
    return false;
  }

  #failed(file: TailedFile, error: unknown): void {
    const isNews = file.problem === undefined;
    file.fail(error);
    this.#pace.idle(file, performance.now());
    if (file.problem === undefined) return;
    file.close();
    if (isNews) this.#context.telemetry.error('unreadable', 'receiving');
    this.#log.warn('A file cannot be read; it is tried again.', { path: file.path, error: file.problem });
  }

  #closeEarly(file: TailedFile): void {
    file.close();
    this.#open--;
  }

  #watchFailed(error: unknown): void {
    this.#context.telemetry.error('watch_failed', 'receiving');
    this.#log.warn('A file cannot be watched; it is polled instead.', { error: messageOf(error) });
  }

  async #commitPositions(positions: PositionChanges): Promise<void> {
    if (Object.keys(positions).length > 0) await this.#handOver({ positions });
  }

  /** Hands over until it is committed: nothing is read past a batch that was refused. */
  async #handOver(batch: SourceBatch): Promise<void> {
    for (;;) {
      try {
        return await this.#output.emit(batch);
      } catch (error) {
        if (this.#isStop(error)) throw error;
        this.#context.telemetry.error('commit_failed', 'sending');
        this.#log.warn('A batch could not be committed; it is handed over again.', { error: messageOf(error) });
        await delay(RETRY_MS, undefined, { signal: this.#output.signal });
      }
    }
  }

  #isStop(error: unknown): boolean {
    return this.#output.signal.aborted || (error instanceof Error && error.name === 'AbortError');
  }

  /** Until the next turn, scan or progress is due, a file wakes us, or the source is stopped. */
  async #sleep(): Promise<void> {
    const until = Math.min(this.#nextScan, this.#pace.nextDue(), this.#progress.nextDue());
    const { signal } = this.#output;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, until - performance.now()));
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
      if (signal.aborted) done();
    });
  }
}
