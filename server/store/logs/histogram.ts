import {
  LEVEL_GROUPS,
  type LevelGroup,
  LOG_LEVELS,
  type LogHistogram,
  type LogPartial,
  levelGroup,
} from '../../model/logs.ts';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../model/units.ts';
import type { BlockHead } from './block-head.ts';
import { BlockLines, headMatches, type LineConditions, needsText } from './line-conditions.ts';
import type { LogReader } from './log-reader.ts';
import { openBlock, type ScanBudget } from './scan.ts';

export interface HistogramRequest {
  readonly conditions: LineConditions;
  /** At most this many. */
  readonly buckets: number;
  readonly budget: ScanBudget;
}

const ROUND_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7].map((count) => count * DAY),
];

/** Where the buckets of (start, end] lie: on multiples of the smallest round step that needs no more than `max`. */
export function bucketsOf(start: number, end: number, max: number): { firstEnd: number; step: number; count: number } {
  const layout = (step: number) => {
    const firstEnd = (Math.floor(start / step) + 1) * step;
    return { firstEnd, step, count: Math.max(1, Math.ceil((end - firstEnd) / step) + 1) };
  };
  const round = ROUND_STEPS.map(layout).find(({ count }) => count <= max);
  if (round !== undefined) return round;
  const months = Math.ceil((end - start) / Math.max(1, max - 1) / (30 * DAY));
  return layout(Math.max(1, months) * 30 * DAY);
}

/** Lines per bucket and group. Blocks that lie in one bucket are counted from their heads when no text is asked for. */
export function* histogramOf(reader: LogReader, request: HistogramRequest): Generator<undefined, LogHistogram> {
  const { conditions, budget } = request;
  const { firstEnd, step, count } = bucketsOf(conditions.start, conditions.end, request.buckets);
  const counts = Object.fromEntries(LEVEL_GROUPS.map((group) => [group, new Array<number>(count).fill(0)]));
  const add = (time: number, group: LevelGroup, lines: number): void => {
    const bucket = Math.max(0, Math.ceil((time - firstEnd) / step));
    const column = counts[group];
    if (column !== undefined) column[bucket] = (column[bucket] ?? 0) + lines;
  };
  const bucketOf = (time: number): number => Math.ceil((time - firstEnd) / step);
  const cost = { bytes: 0, blocks: 0, skipped: 0 };
  let partial: LogPartial | undefined;
  // Newest first: what a cut leaves out is the oldest part.
  const heads = reader.heads.filter((head) => headMatches(head, conditions)).sort((a, b) => b.newest - a.newest);
  for (const head of heads) {
    const reason = budget.shouldStop() ? 'time' : cost.bytes >= budget.maxBytes ? 'bytes' : undefined;
    if (reason !== undefined) {
      partial = { reason, reached: ms(head.newest) };
      break;
    }
    const whole = conditions.streams === undefined && !needsText(conditions) && isInside(head, conditions);
    if (whole && bucketOf(head.oldest) === bucketOf(head.newest)) addHead(head, conditions, add);
    else addLines(reader, head, conditions, cost, add);
    yield;
  }
  return {
    firstEnd: ms(firstEnd),
    step: ms(step),
    counts: counts as Record<LevelGroup, number[]>,
    scanned: cost,
    ...(partial && { partial }),
  };
}

type Add = (time: number, group: LevelGroup, lines: number) => void;

function isInside(head: BlockHead, { start, end }: LineConditions): boolean {
  return head.oldest > start && head.newest <= end;
}

function addHead(head: BlockHead, { level }: LineConditions, add: Add): void {
  for (const [slot, lines] of head.levels.entries()) {
    const own = slot === LOG_LEVELS.length ? -1 : slot;
    if (level === undefined || (own >= 0 && own <= level)) add(head.newest, levelGroup(own), lines);
  }
}

function addLines(
  reader: LogReader,
  head: BlockHead,
  conditions: LineConditions,
  cost: { bytes: number; blocks: number; skipped: number },
  add: Add,
): void {
  const opened = openBlock(reader, head, conditions);
  cost[opened === undefined ? 'skipped' : 'blocks']++;
  if (opened === undefined || opened.rows.length === 0) return;
  const { columns, rows } = opened;
  const matches = needsText(conditions) ? textTest(reader, head, opened.columns, conditions) : () => true;
  if (needsText(conditions)) cost.bytes += head.rawBytes;
  for (const row of rows) {
    if (matches(row)) add(columns.time[row] ?? 0, levelGroup(columns.level[row] ?? -1), 1);
  }
}

function textTest(
  reader: LogReader,
  head: BlockHead,
  columns: ConstructorParameters<typeof BlockLines>[0],
  conditions: LineConditions,
): (row: number) => boolean {
  const text = reader.text(head);
  if (text === undefined) return () => false;
  const lines = new BlockLines(columns, text, conditions);
  return lines.mayMatch() ? (row) => lines.matches(row) : () => false;
}
