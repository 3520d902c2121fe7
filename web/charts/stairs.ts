import type { Point } from './points.ts';

/**
 * Means of steps as stairs: each holds for its whole step. The line goes level from one point to the next at the height of the
 * next (`stepped: 'after'` of chart.js), so after a gap, and at the beginning, a point marks where the step begins.
 */
export function stairs(start: number, time: readonly number[], values: readonly (number | null)[]): Point[] {
  return time.flatMap((x, i): Point[] => {
    const y = values[i] ?? null;
    const begins = y !== null && (values[i - 1] ?? null) === null;
    return begins
      ? [
          { x: time[i - 1] ?? start, y },
          { x, y },
        ]
      : [{ x, y }];
  });
}
