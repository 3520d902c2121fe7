import type { HitTable, WebLogLines } from '../server/model/web-log.ts';
import { createLog } from '../server/runtime/log.ts';
import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { LogBatch } from './batch.ts';
import type { BatchReport, TransformContext } from './component.ts';
import { allRows, splitLines } from './sources/file/lines.ts';
import { HitGroups } from './transforms/hit-groups.ts';
import { createParse } from './transforms/parse.ts';
import { parseSchema } from './transforms/parse-options.ts';

export interface WebLogReaderOptions {
  /** IANA name. */
  readonly timezone: string;
  /** The moment of reading, ms: lines more than ten minutes ahead of it count at it. */
  readonly now: number;
  readonly onHits: (tables: readonly HitTable[]) => void;
}

/** Longer lines are not read. */
const MAX_LINE_BYTES = 2 ** 20;
/** Days of virtual hosts that are counted side by side. */
const MAX_OPEN = 8;
const LF = 10;

const SILENT: ComponentTelemetry = {
  received: () => {},
  sent: () => {},
  error: () => {},
  discarded: () => {},
  snapshot: () => ({ received: 0, sent: 0, errors: 0, drops: {} }),
};

type Failure = NonNullable<WebLogLines['first_failure']>;

/** Counts access logs in one go, with the transforms of the pipeline: what `vigie report` reads with. */
export class WebLogReader {
  readonly #options: WebLogReaderOptions;
  readonly #parse: ReturnType<typeof createParse>;
  readonly #groups: HitGroups;
  readonly #files: string[] = [];
  #lines = { bytes: 0, read: 0, empty: 0, unparseable: 0, ahead: 0 };
  #firstFailure: Failure | undefined;
  /** Of the file being read: lines so far, and the beginning of one whose end has not come. */
  #fileLines = 0;
  #rest: Buffer = Buffer.alloc(0);
  #note = '';

  constructor(options: WebLogReaderOptions) {
    this.#options = options;
    this.#parse = createParse(
      parseSchema.parse({ type: 'parse', inputs: ['log'], drop_on_error: true }),
      this.#context(),
    );
    this.#groups = new HitGroups(options.timezone, MAX_OPEN);
  }

  /** @param name as it is told to people. */
  beginFile(name: string): void {
    this.#files.push(name);
    this.#fileLines = 0;
  }

  /** The next bytes of the file, not changed afterwards. A megabyte at a time is a good size. */
  read(block: Buffer): void {
    this.#lines.bytes += block.length;
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    const next = this.#count(bytes);
    // What is already too long for a line need not be kept: as many NULs are too long as well.
    this.#rest = bytes.length - next > MAX_LINE_BYTES ? Buffer.alloc(MAX_LINE_BYTES + 1) : bytes.subarray(next);
  }

  /** A last line without a line end is a line. */
  endFile(): void {
    if (this.#rest.length > 0) this.#count(Buffer.concat([this.#rest, Buffer.of(LF)]));
    this.#rest = Buffer.alloc(0);
  }

  /** After the last file: hands over what is still being counted. */
  end(): WebLogLines {
    this.#options.onHits(this.#groups.close());
    const first = this.#firstFailure;
    return { files: this.#files, ...this.#lines, ...(first === undefined ? {} : { first_failure: first }) };
  }

  /** Returns how far the whole lines go. */
  #count(bytes: Buffer): number {
    const { start, end, next, tooLong } = splitLines(bytes, 0, bytes.length, MAX_LINE_BYTES);
    const rows = allRows(start.length).filter((row) => (end[row] ?? 0) > (start[row] ?? 0));
    const lines = start.length + tooLong;
    this.#lines.empty += start.length - rows.length;
    if (tooLong > 0) this.#fail(tooLong, `a line is longer than ${MAX_LINE_BYTES} bytes`, this.#fileLines + 1);
    const { now: arrived } = this.#options;
    const batch: LogBatch = { kind: 'logs', bytes, start, end, rows, arrived, attributes: {}, fields: new Map() };
    if (rows.length > 0) this.#transform(batch);
    this.#lines.read += lines;
    this.#fileLines += lines;
    return next;
  }

  #transform(batch: LogBatch): void {
    const parsed = this.#parse.apply(batch);
    const kept = parsed?.kind === 'logs' ? parsed.rows : new Int32Array();
    const missing = batch.rows.findIndex((row, i) => kept[i] !== row);
    if (missing >= 0) {
      this.#fail(batch.rows.length - kept.length, this.#note, this.#fileLines + (batch.rows[missing] ?? 0) + 1);
    }
    if (parsed?.kind === 'logs') this.#options.onHits(this.#groups.add(parsed));
  }

  #fail(lines: number, note: string, line: number): void {
    this.#lines.unparseable += lines;
    this.#firstFailure ??= { file: this.#files.at(-1) ?? '', line, note };
  }

  #context(): TransformContext {
    const report: BatchReport = {
      parsed: () => {},
      unparseable: (_, note) => {
        this.#note = note;
      },
      changed: (reason, lines) => {
        if (reason === 'ahead_of_time') this.#lines.ahead += lines;
      },
    };
    const log = createLog('report', { write: () => {} });
    return { id: 'report', now: () => this.#options.now, telemetry: SILENT, report, log, remembered: [] };
  }
}
