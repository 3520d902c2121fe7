import type { Labels } from '../../model/labels.ts';
import type { LogContext, LogCursor, LogLabels, LogPage, LogPartial, LogTail } from '../../model/logs.ts';
import { ms } from '../../model/units.ts';
import type { BlockHead } from './block-head.ts';
import { headMatches, type LineConditions } from './line-conditions.ts';
import { AS_STORED, NEWEST_FIRST, OLDEST_FIRST, type Place, STORED_LAST_FIRST } from './line-order.ts';
import type { LogReader } from './log-reader.ts';
import { type FoundLine, type ScanBudget, type Scanned, scan } from './scan.ts';

export interface SearchRequest {
  readonly conditions: LineConditions;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  readonly after?: LogCursor;
  readonly budget: ScanBudget;
}

/** One page of lines in the order of (time, seq). */
export function* searchLines(reader: LogReader, request: SearchRequest): Generator<undefined, LogPage> {
  const sign = request.order === 'newest' ? -1 : 1;
  const order = request.order === 'newest' ? NEWEST_FIRST : OLDEST_FIRST;
  const after = request.after && { rank: sign * request.after.time, tie: sign * request.after.seq };
  const { conditions, limit, budget } = request;
  const result = yield* scan(reader, { conditions, order, limit, budget, ...(after && { after }) });
  const next = nextPage(result, after, sign);
  const partial = partialOf(result, after, sign);
  return {
    lines: result.found.map(({ line }) => line),
    ...(next && { next }),
    scanned: result.scanned,
    ...(partial && { partial }),
  };
}

/** A page cut short goes on at the edge it reached, if that leads further than the page before. */
function nextPage({ found, more, cut }: Scanned, after: Place | undefined, sign: 1 | -1): LogCursor | undefined {
  const last = found.at(-1);
  if (cut === undefined) return more && last !== undefined ? { time: last.line.time, seq: last.line.seq } : undefined;
  if (after !== undefined && cut.edge <= after.rank) return undefined;
  return { time: ms(sign * cut.edge), seq: sign === -1 ? Number.MAX_SAFE_INTEGER : 0 };
}

function partialOf({ cut }: Scanned, after: Place | undefined, sign: 1 | -1): LogPartial | undefined {
  if (cut === undefined) return undefined;
  const moved = after === undefined || cut.edge > after.rank;
  return { reason: cut.reason, ...(moved && { reached: ms(sign * cut.edge) }) };
}

const EVER = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, needles: [] } as const;

export interface ContextRequest {
  readonly seq: number;
  readonly before: number;
  readonly after: number;
  readonly budget: ScanBudget;
}

/** The lines stored before and after one, of its stream whatever their severity; undefined when there is no such line. */
export function* linesAround(
  reader: LogReader,
  { seq, before, after, budget }: ContextRequest,
): Generator<undefined, LogContext | undefined> {
  const holds = (head: BlockHead): boolean => head.firstSeq <= seq && head.lastSeq >= seq;
  const place = { rank: seq - 1, tie: seq - 1 };
  const self = yield* scan(reader, {
    conditions: EVER,
    order: AS_STORED,
    limit: 1,
    after: place,
    heads: holds,
    budget,
  });
  const line = self.found[0]?.line;
  if (line?.seq !== seq) return undefined;
  const conditions = { ...EVER, streams: sameStream(line.labels) };
  const sameOrigin = ({ origin }: BlockHead): boolean => origin === originOf(line.labels);
  const earlier = { order: STORED_LAST_FIRST, limit: before, after: { rank: -seq, tie: -seq }, conditions, budget };
  const later = { order: AS_STORED, limit: after, after: { rank: seq, tie: seq }, conditions, budget };
  const textOf = ({ line: found }: FoundLine) => found;
  const head = yield* scan(reader, { ...earlier, heads: (block) => sameOrigin(block) && block.firstSeq < seq });
  const tail = yield* scan(reader, { ...later, heads: (block) => sameOrigin(block) && block.lastSeq > seq });
  return { before: head.found.map(textOf).reverse(), line, after: tail.found.map(textOf) };
}

function originOf({ collector = '', source = '' }: Labels): string {
  return `${collector}/${source}`;
}

/** An error is explained by the notices around it, so the severity tells no streams apart here. */
function sameStream({ severity: _, ...own }: Labels): (labels: Labels) => boolean {
  const key = JSON.stringify(own);
  return ({ severity: __, ...labels }) => JSON.stringify(labels) === key;
}

export interface TailRequest {
  readonly conditions: Omit<LineConditions, 'start' | 'end'>;
  /** Absent: from the end. */
  readonly after?: number;
  readonly limit: number;
  readonly budget: ScanBudget;
}

/** What was stored after a line, or last, in the order of storing. */
export function* linesAfter(reader: LogReader, request: TailRequest): Generator<undefined, LogTail> {
  const { after, limit, budget } = request;
  if (after === undefined) return yield* lastLines(reader, request);
  const place = { rank: after, tie: after };
  const conditions = { ...EVER, ...request.conditions };
  const heads = ({ lastSeq }: BlockHead): boolean => lastSeq > after;
  const result = yield* scan(reader, { conditions, order: AS_STORED, limit, after: place, heads, budget });
  const lines = result.found.map(({ line }) => line);
  if (result.cut !== undefined) return { lines, seq: Math.max(after, result.cut.edge - 1), more: true };
  return { lines, seq: result.more ? (lines.at(-1)?.seq ?? after) : reader.lastSeq, more: result.more };
}

function* lastLines(reader: LogReader, { conditions, limit, budget }: TailRequest): Generator<undefined, LogTail> {
  const request = { conditions: { ...EVER, ...conditions }, order: STORED_LAST_FIRST, limit, budget };
  const { found } = yield* scan(reader, request);
  return { lines: found.map(({ line }) => line).reverse(), seq: reader.lastSeq, more: false };
}

/** Values listed per label. */
const MAX_VALUES = 1000;

/** Label names and values of the streams with lines in the window. */
export function* labelsOf(reader: LogReader, conditions: LineConditions): Generator<undefined, LogLabels> {
  const values = new Map<string, Set<string>>();
  let truncated = false;
  const add = (name: string, value: string): void => {
    const known = values.get(name) ?? new Set();
    if (known.size < MAX_VALUES || known.has(value)) values.set(name, known.add(value));
    else truncated = true;
  };
  for (const head of reader.heads.filter((candidate) => headMatches(candidate, conditions))) {
    const streams = (reader.streams(head) ?? []).filter((labels) => conditions.streams?.(labels) ?? true);
    for (const labels of streams) for (const [name, value] of Object.entries(labels)) add(name, value);
    yield;
  }
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, set]) => [name, [...set].sort()]);
  return { labels: Object.fromEntries(sorted), truncated };
}
