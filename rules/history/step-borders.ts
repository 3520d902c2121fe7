import type { Buckets } from '../../server/model/engine.ts';

/** What was counted of one column in the shown part of a window, and between the border of its first step and that part. */
export interface BorderSums {
  readonly before: number;
  readonly inside: number;
}

/**
 * Steps lie on round moments and windows do not: the first step begins before what is shown, the last may reach beyond it. What is
 * not inside is taken from those two, so that the steps of a chart add up to the counts below it.
 *
 *     steps   |-----------|-----------|-----------|
 *     shown        (start                    end]
 */
export function withinBorders(buckets: readonly Buckets[], borders: readonly BorderSums[]): readonly Buckets[] {
  return buckets.map((column, i) => {
    const border = borders[i];
    return border === undefined ? column : { ...column, sums: cut(column.sums, border) };
  });
}

function cut(sums: readonly number[], { before, inside }: BorderSums): readonly number[] {
  const first = sums.map((sum, i) => (i === 0 ? Math.max(0, sum - before) : sum));
  const beyond = first.reduce((all, sum) => all + sum, 0) - inside;
  return first.map((sum, i) => (i === first.length - 1 ? Math.max(0, sum - beyond) : sum));
}
