import type { PositionValue, SourceState } from '../../../server/model/batch.ts';
import type { FileStatus } from '../../../server/model/status.ts';
import type { SourceBatch } from '../../batch.ts';
import type { FileSourceOptions } from '../file.ts';
import type { Census } from './census.ts';
import { compileGlob } from './glob.ts';
import type { TailedFile } from './tailed-file.ts';

const INTERVAL_MS = 10_000;
/** Where the progress told last is kept among the positions, so that a restart does not take it back. */
const COMPLETE_TO = 'complete_to';

/** Says how far the source is: every 10 s, and at once when everything there is has been read. */
export class ProgressReport {
  /** When the last look at the file system was taken; one comes before every progress. */
  lookedAt = 0;
  /** When the last look was taken that left no question open: every file there is was known. */
  scannedAt = 0;
  /** What is to be said of a source that is all well otherwise. */
  note: string | undefined;
  readonly #options: FileSourceOptions;
  #completeTo: number;
  #state: SourceState | undefined;
  #due = 0;

  constructor(options: FileSourceOptions, positions: Readonly<Record<string, PositionValue>>) {
    this.#options = options;
    const kept = positions[COMPLETE_TO];
    this.#completeTo = typeof kept === 'number' ? kept : 0;
  }

  /** Monotonic ms. */
  nextDue(): number {
    return this.#due;
  }

  /** The progress to emit now, if any. */
  next(files: readonly TailedFile[], census: Census, now: number): SourceBatch | undefined {
    // The clock was set back since: nobody can be complete to a moment that has not come.
    if (this.#completeTo > this.lookedAt) this.#completeTo = 0;
    const { state, note } = this.#judge(files, census);
    const isRecovered = state === 'ok' && this.#state !== 'ok';
    if (now < this.#due && !isRecovered) return undefined;
    if (state === 'ok') this.#completeTo = Math.max(this.#completeTo, this.#reach(files));
    this.#state = state;
    this.#due = now + INTERVAL_MS;
    const { service } = this.#options;
    const progress = {
      completeTo: this.#completeTo,
      state,
      ...(note === undefined ? {} : { note }),
      ...(service === undefined ? {} : { service }),
    };
    return { positions: { [COMPLETE_TO]: this.#completeTo }, progress };
  }

  /** What every file is complete to: each was at its end at that moment, and no other file was there. */
  #reach(files: readonly TailedFile[]): number {
    const active = files.filter((file) => file.position.state !== 'finished');
    return active.reduce((least, file) => Math.min(least, file.completeTo ?? 0), this.scannedAt);
  }

  #judge(files: readonly TailedFile[], census: Census): { state: SourceState; note?: string } {
    const broken = files.find((file) => file.problem !== undefined);
    const problem = census.problems[0] ?? (broken && { path: broken.path, note: broken.problem });
    if (problem !== undefined) return { state: 'unreadable', note: `${problem.path}: ${problem.note}` };
    if (!census.files.some((found) => found.matched)) {
      return { state: 'missing', note: `No file matches ${this.#options.include.join(', ')}.` };
    }
    const behind = files.filter((file) => !file.isAtEnd && file.position.state !== 'finished');
    if (behind.length === 0) return { state: 'ok', ...(this.note === undefined ? {} : { note: this.note }) };
    const bytes = behind.reduce((sum, file) => sum + Math.max(0, file.size - file.position.offset), 0);
    return { state: 'catching_up', note: `${bytes} bytes of ${behind.length} files to read.` };
  }

  status(files: readonly TailedFile[], census: Census): readonly FileStatus[] {
    const missing = this.#options.include.filter((pattern) => {
      const glob = compileGlob(pattern);
      return ![...census.files, ...census.problems].some(({ path }) => glob.matches(path));
    });
    return [
      ...files.map(statusOf),
      ...census.problems.map(
        ({ path, note }): FileStatus => ({ path, size_bytes: 0, read_bytes: 0, state: 'unreadable', note }),
      ),
      ...missing.map((path): FileStatus => ({ path, size_bytes: 0, read_bytes: 0, state: 'missing' })),
    ];
  }
}

function statusOf(file: TailedFile): FileStatus {
  const state = file.problem !== undefined ? 'unreadable' : file.isAtEnd ? 'complete' : 'reading';
  const note = file.problem ?? (file.deleted ? 'deleted, read on through the open descriptor' : undefined);
  return {
    path: file.path,
    size_bytes: file.size,
    read_bytes: file.position.offset,
    state: file.position.state === 'finished' ? 'complete' : state,
    ...(note === undefined ? {} : { note }),
  };
}
