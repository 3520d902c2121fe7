import type { Labels } from '../../model/labels.ts';
import { LOG_LEVELS } from '../../model/logs.ts';
import type { BlockColumns } from './block.ts';
import type { BlockHead } from './block-head.ts';
import { mayHold } from './gram-filter.ts';
import type { LogReader } from './log-reader.ts';

/** What a line must be to be meant; made from a question by the engine, which knows regular expressions. */
export interface LineConditions {
  /** Undefined: every stream. */
  readonly streams?: (labels: Labels) => boolean;
  /** Lines of the window (start, end]. */
  readonly start: number;
  readonly end: number;
  /** Index into LOG_LEVELS: this level or a worse one; undefined: any, or none. */
  readonly level?: number;
  /** Texts in lower case; the line in lower case holds every one. */
  readonly needles: readonly string[];
  /** Asked last, of lines that hold the needles. */
  readonly matches?: (line: string) => boolean;
}

/** Whether any of a block's lines may be meant, as far as its head knows. */
export function headMatches(head: BlockHead, { start, end, level }: LineConditions): boolean {
  if (head.newest <= start || head.oldest > end) return false;
  return level === undefined || head.levels.slice(0, level + 1).some((count) => count > 0);
}

/** Whether the lines themselves must be looked at. */
export function needsText({ needles, matches }: LineConditions): boolean {
  return needles.length > 0 || matches !== undefined;
}

/** False: the token filter of the block rules a needle out. A filter that cannot be read rules nothing out. */
export function filterMatches(reader: LogReader, head: BlockHead, { needles }: LineConditions): boolean {
  if (needles.length === 0) return true;
  const filter = reader.filter(head);
  return filter === undefined || needles.every((needle) => mayHold(filter, Buffer.from(needle, 'utf8')));
}

/** The streams of a block that are meant, by index; undefined: all of them. */
export function matchingStreams(streams: readonly Labels[], { streams: test }: LineConditions): boolean[] | undefined {
  if (test === undefined) return undefined;
  const meant = streams.map(test);
  return meant.includes(false) ? meant : undefined;
}

/** The rows that time, stream and level allow. */
export function matchingRows(
  columns: BlockColumns,
  meant: readonly boolean[] | undefined,
  conditions: LineConditions,
): number[] {
  const { start, end, level = LOG_LEVELS.length } = conditions;
  const lowest = conditions.level === undefined ? -1 : 0;
  const rows: number[] = [];
  for (let row = 0; row < columns.lines; row++) {
    const time = columns.time[row] ?? 0;
    const own = columns.level[row] ?? -1;
    if (time <= start || time > end || own < lowest || own > level) continue;
    if (meant === undefined || meant[columns.stream[row] ?? 0] === true) rows.push(row);
  }
  return rows;
}

/** The lines of a block's text, and whether each of them holds what is asked for. */
export class BlockLines {
  readonly #columns: BlockColumns;
  readonly #text: string;
  readonly #conditions: LineConditions;
  /** The whole text in lower case; undefined where that would move the lines. */
  readonly #lower: string | undefined;

  constructor(columns: BlockColumns, text: string, conditions: LineConditions) {
    this.#columns = columns;
    this.#text = text;
    this.#conditions = conditions;
    const lower = conditions.needles.length === 0 ? text : text.toLowerCase();
    this.#lower = lower.length === text.length ? lower : undefined;
  }

  /** False: no line holds every needle. */
  mayMatch(): boolean {
    const lower = this.#lower;
    return lower === undefined || this.#conditions.needles.every((needle) => lower.includes(needle));
  }

  line(row: number): string {
    return this.#cut(this.#text, row);
  }

  matches(row: number): boolean {
    const { needles, matches } = this.#conditions;
    if (needles.length > 0) {
      const lower = this.#lower === undefined ? this.line(row).toLowerCase() : this.#cut(this.#lower, row);
      if (!needles.every((needle) => lower.includes(needle))) return false;
    }
    return matches === undefined || matches(this.line(row));
  }

  #cut(text: string, row: number): string {
    const start = this.#columns.start[row] ?? 0;
    return text.slice(start, start + (this.#columns.length[row] ?? 0));
  }
}
