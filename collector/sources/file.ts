import type { Labels } from '../../server/model/labels.ts';
import { createLog, type Log } from '../../server/runtime/log.ts';
import type { ComponentContext, Source, SourceOutput } from '../component.ts';
import { DEFAULTS, FileRun } from './file/file-run.ts';
import { claimFiles, type ReplayOptions, replayFiles } from './file/replay.ts';

export interface FileSourceOptions {
  /** Absolute patterns: `*`, `?`, `[a-z]`, `{a,b}`, `**`. Packed files (.gz .bz2 .xz .zst .Z .lz4) never match. */
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** The service whose requests the files report; told with every batch and progress. */
  readonly service?: string;
  /** Told with every batch. */
  readonly attributes?: Labels;
  /** Where files start that are there when the source runs for the first time ever. Default `beginning`. */
  readonly read_from?: 'beginning' | 'end';
  /** Longer lines are skipped and counted as `line_too_long`. Default 102,400. */
  readonly max_line_bytes?: number;
  /** Bytes of one read and one batch. Default 4 MiB; never less than one line. */
  readonly read_block_bytes?: number;
  /** First pause after the end of a file; doubles to 1 s while nothing comes. Default 250. */
  readonly poll_ms?: number;
  /** How often the patterns are looked up. Default 1000. */
  readonly glob_ms?: number;
  /** A rotated or deleted file that did not grow for this long is finished. Default 30,000. */
  readonly finish_ms?: number;
}

/**
 * Follows log files across rename, copytruncate, deletion and restarts, each line exactly once. Invariants are with `TailedFile`
 * (reading) and `FileTable` (which file is which). Calls of the file system are synchronous: on a local disk they take
 * microseconds, a tenth of a trip through the thread pool, and nothing changes between the steps of a decision.
 *
 * Drops by reason: `line_too_long` (lines), `leading_nul_bytes` and `suspected_lost_bytes` (bytes). Errors by type: `truncated`,
 * `unreadable`, `watch_failed`, `commit_failed`.
 */
export function createFileSource(options: FileSourceOptions, context: ComponentContext, log?: Log): Source {
  const journal = log ?? createLog(context.id);
  let running: FileRun | undefined;
  return {
    type: 'file',
    replayable: true,
    files: () => running?.status() ?? [],
    replay: (question) => replayFiles(question, replayOptions(options, context)),
    claim: (positions) => claimFiles(positions, options.include, options.exclude ?? []),
    run: async (output: SourceOutput) => {
      running = new FileRun(options, context, journal, output);
      await running.follow();
    },
  };
}

function replayOptions(options: FileSourceOptions, { telemetry }: ComponentContext): ReplayOptions {
  const { include, exclude = [], read_from: readFrom = 'beginning', max_line_bytes: maxLineBytes } = options;
  return {
    include,
    exclude,
    readFrom,
    maxLineBytes: maxLineBytes ?? DEFAULTS.max_line_bytes,
    onLoss: (_path, bytes) => telemetry.discarded('suspected_lost_bytes', false, bytes),
  };
}
