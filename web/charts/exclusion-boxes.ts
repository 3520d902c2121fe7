import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { SloDetail } from '../../server/model/slo.ts';
import type { ChartTokens } from './tokens.ts';

/** More would be a curtain before the lines. */
const MOST_BOXES = 120;

/** The excluded spans of the range: a grey veil between dashed borders, so that colour does not say it alone. */
export function exclusionBoxes(
  { exclusions = [], range }: Pick<SloDetail, 'exclusions' | 'range'>,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const spans = exclusions
    .flatMap((exclusion) => exclusion.spans)
    .filter(({ start, end }) => end > range.start && start < range.end)
    .sort((a, b) => b.start - a.start)
    .slice(0, MOST_BOXES);
  const boxes = spans.map(({ start, end }, i): [string, AnnotationOptions] => [
    `excluded ${i}`,
    {
      type: 'box',
      xMin: Math.max(start, range.start),
      xMax: Math.min(end, range.end),
      backgroundColor: tokens.faint(tokens.muted),
      borderColor: tokens.muted,
      borderDash: [2, 3],
      borderWidth: 1,
      drawTime: 'beforeDatasetsDraw',
    },
  ]);
  return Object.fromEntries(boxes);
}
