import type { Labels } from '../../model/labels.ts';
import { LOG_LEVELS, type LogLine, type LogScan } from '../../model/logs.ts';
import { ms } from '../../model/units.ts';
import type { BlockColumns } from './block.ts';
import type { BlockHead } from './block-head.ts';
import {
  BlockLines,
  filterMatches,
  headMatches,
  type LineConditions,
  matchingRows,
  matchingStreams,
  needsText,
} from './line-conditions.ts';
import { comparePlaces, type LineOrder, type Place } from './line-order.ts';
import type { LogReader } from './log-reader.ts';

/** What a question may cost. */
export interface ScanBudget {
  /** Of lines before compression. */
  readonly maxBytes: number;
  /** The time is up. */
  readonly shouldStop: () => boolean;
}

export interface ScanRequest {
  readonly conditions: LineConditions;
  readonly order: LineOrder;
  readonly limit: number;
  /** Lines behind this place only. */
  readonly after?: Place;
  /** Blocks that are looked into; undefined: all. */
  readonly heads?: (head: BlockHead) => boolean;
  readonly budget: ScanBudget;
}

/** An answer ends with the line that makes its text as long as this, in UTF-16 units, whatever the limit. */
const ANSWER_UNITS = 4 * 2 ** 20;

export interface FoundLine extends Place {
  readonly line: LogLine;
}

export interface Scanned {
  readonly found: readonly FoundLine[];
  /** There may be more lines. */
  readonly more: boolean;
  readonly scanned: LogScan;
  /** Cut short: every line that ranks before `edge` is found. */
  readonly cut?: { readonly reason: 'bytes' | 'time'; readonly edge: number };
}

/**
 * Finds the first `limit` lines of an order, block by block from the edge of the order inwards. It ends when no block left can hold
 * a line before the last one found. Yields after each block: the caller decides when to go on.
 */
export function* scan(reader: LogReader, request: ScanRequest): Generator<undefined, Scanned> {
  const { order, limit, budget } = request;
  const cost = { bytes: 0, blocks: 0, skipped: 0 };
  let found: FoundLine[] = [];
  /** The line that ends the answer, once there are enough. */
  let last: FoundLine | undefined;
  for (const head of blocksOf(reader, request)) {
    const edge = order.edge(head);
    if (last !== undefined && last.rank < edge) break;
    const reason = budget.shouldStop() ? 'time' : cost.bytes >= budget.maxBytes ? 'bytes' : undefined;
    if (reason !== undefined) {
      const sure = found.filter(({ rank }) => rank < edge);
      return { found: sure.slice(0, limit), more: true, scanned: cost, cut: { reason, edge } };
    }
    const more = linesOf(reader, head, request, last, cost);
    if (more.length > 0) ({ found, last } = firstOf([...found, ...more].sort(comparePlaces), limit));
    yield;
  }
  return { found: found.slice(0, limit), more: last !== undefined, scanned: cost };
}

/** The first lines, one more than `limit`, and fewer when they are long; `last` is set when that is enough. */
function firstOf(lines: readonly FoundLine[], limit: number): { found: FoundLine[]; last: FoundLine | undefined } {
  let units = 0;
  const end = lines.findIndex(({ line }, i) => {
    units += line.text.length;
    return i >= limit || units >= ANSWER_UNITS;
  });
  const found = end < 0 ? [...lines] : lines.slice(0, end + 1);
  return { found, last: end < 0 ? undefined : found.at(-1) };
}

/** The blocks that may hold lines meant, those nearest to the edge of the order first. */
function blocksOf(reader: LogReader, request: ScanRequest): BlockHead[] {
  const { conditions, order, after, heads = () => true } = request;
  const isAhead = (head: BlockHead): boolean => after === undefined || order.farEdge(head) >= after.rank;
  return reader.heads
    .filter((head) => headMatches(head, conditions) && isAhead(head) && heads(head))
    .sort((a, b) => order.edge(a) - order.edge(b));
}

interface Cost {
  bytes: number;
  blocks: number;
  skipped: number;
}

/** The lines of a block that are meant, as many as may be needed: those before `last`, the worst of enough others. */
function linesOf(
  reader: LogReader,
  head: BlockHead,
  request: ScanRequest,
  last: Place | undefined,
  cost: Cost,
): FoundLine[] {
  const { conditions, limit } = request;
  const opened = openBlock(reader, head, conditions);
  cost[opened === undefined ? 'skipped' : 'blocks']++;
  if (opened === undefined) return [];
  const places = placesOf(opened, request, last);
  if (places.length === 0) return [];
  cost.bytes += head.rawBytes;
  const text = reader.text(head);
  if (text === undefined) return [];
  const lines = new BlockLines(opened.columns, text, conditions);
  const found: FoundLine[] = [];
  let units = 0;
  if (!lines.mayMatch()) return found;
  for (const { row, rank, tie } of places) {
    if (found.length > limit || units >= ANSWER_UNITS) break;
    if (needsText(conditions) && !lines.matches(row)) continue;
    const line = lineOf(opened, row, lines.line(row));
    found.push({ rank, tie, line });
    units += line.text.length;
  }
  return found;
}

interface OpenedBlock {
  readonly streams: readonly Labels[];
  readonly columns: BlockColumns;
  readonly rows: readonly number[];
}

/** Undefined: nothing in it is meant, or it cannot be read. */
export function openBlock(reader: LogReader, head: BlockHead, conditions: LineConditions): OpenedBlock | undefined {
  const streams = reader.streams(head);
  if (streams === undefined) return undefined;
  const meant = matchingStreams(streams, conditions);
  if (meant !== undefined && !meant.includes(true)) return undefined;
  if (!filterMatches(reader, head, conditions)) return undefined;
  const columns = reader.columns(head);
  return columns === undefined ? undefined : { streams, columns, rows: matchingRows(columns, meant, conditions) };
}

/** The rows behind `after` and before `last`, in order. */
function placesOf(
  { columns, rows }: OpenedBlock,
  { order, after }: ScanRequest,
  last: Place | undefined,
): (Place & { row: number })[] {
  return rows
    .map((row) => ({ row, rank: order.rank(columns, row), tie: order.seqSign * (columns.seq[row] ?? 0) }))
    .filter((place) => after === undefined || comparePlaces(place, after) > 0)
    .filter((place) => last === undefined || comparePlaces(place, last) < 0)
    .sort(comparePlaces);
}

function lineOf({ streams, columns }: OpenedBlock, row: number, text: string): LogLine {
  const level = LOG_LEVELS[columns.level[row] ?? -1];
  return {
    seq: columns.seq[row] ?? 0,
    time: ms(columns.time[row] ?? 0),
    ...(level === undefined ? {} : { level }),
    labels: streams[columns.stream[row] ?? 0] ?? {},
    text,
  };
}
