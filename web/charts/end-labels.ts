import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { directLabel } from './options.ts';
import type { ChartTokens } from './tokens.ts';

export interface EndLabel {
  readonly at: { readonly x: number; readonly y: number };
  readonly text: string;
  readonly color: string;
}

/** Labels closer than this share of the axis would lie on one another. */
const MIN_DISTANCE = 0.09;

/** The names of lines at their ends, moved apart where two lines end together. `top` is the highest value of the axis. */
export function endLabels(
  labels: readonly EndLabel[],
  top: number,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const distance = top * MIN_DISTANCE;
  let floor = Number.NEGATIVE_INFINITY;
  const placed = labels
    .toSorted((a, b) => a.at.y - b.at.y)
    .map(({ at, text, color }): [string, AnnotationOptions] => {
      const y = Math.max(at.y, floor + distance);
      floor = y;
      return [`end ${text}`, directLabel({ x: at.x, y }, text, color, tokens)];
    });
  return Object.fromEntries(placed);
}
