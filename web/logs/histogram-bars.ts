import { LEVEL_GROUPS, type LevelGroup, type LogHistogram } from '../../server/model/logs.ts';
import type { Span } from './log-questions.ts';

/** The lines of the window (start, end], ms. */
export interface Bar extends Span {
  readonly counts: Readonly<Record<LevelGroup, number>>;
  readonly total: number;
}

/** The bars of a histogram, each cut to the range that was asked for. */
export function histogramBars({ firstEnd, step, counts }: LogHistogram, { start, end }: Span): readonly Bar[] {
  return counts.error.map((_, i) => {
    const own = Object.fromEntries(LEVEL_GROUPS.map((group) => [group, counts[group][i] ?? 0])) as Bar['counts'];
    const total = LEVEL_GROUPS.reduce((sum, group) => sum + own[group], 0);
    const last = firstEnd + i * step;
    return { start: Math.max(start, last - step), end: Math.min(end, last), counts: own, total };
  });
}

/** From the left edge of the bars to the right one: all are drawn of one width, those at the ends too. */
export function plotSpan({ firstEnd, step, counts }: LogHistogram): Span {
  return { start: firstEnd - step, end: firstEnd + (counts.error.length - 1) * step };
}

/** Both ends of a choice of bars, by index; `to` may lie before `from`. */
export interface Choice {
  readonly from: number;
  readonly to: number;
}

/** What the bars of a choice say together; undefined where there are none. */
export function chosen(bars: readonly Bar[], { from, to }: Choice): Bar | undefined {
  const some = bars.slice(Math.min(from, to), Math.max(from, to) + 1);
  const [first, last] = [some[0], some.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const sum = (value: (bar: Bar) => number): number => some.reduce((all, bar) => all + value(bar), 0);
  const counts = Object.fromEntries(
    LEVEL_GROUPS.map((group) => [group, sum((bar) => bar.counts[group])]),
  ) as Bar['counts'];
  return { start: first.start, end: last.end, counts, total: sum(({ total }) => total) };
}

/** Where a key moves a choice; undefined: the key is not ours. Shift keeps the end that stands. */
export function moveChoice(key: string, shift: boolean, choice: Choice | undefined, bars: number): Choice | undefined {
  const last = bars - 1;
  const now = choice?.to ?? last + 1;
  const moves: Readonly<Record<string, number>> = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
  const moved = Object.hasOwn(moves, key) ? moves[key] : undefined;
  if (moved === undefined || last < 0) return undefined;
  const to = Math.min(last, Math.max(0, moved));
  return { from: shift && choice !== undefined ? choice.from : to, to };
}
