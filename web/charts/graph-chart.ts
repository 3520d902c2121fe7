import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { GraphData } from '../../server/model/graph.ts';
import { visibleText } from '../logs/visible-text.ts';
import { endLabels } from './end-labels.ts';
import { releaseLines } from './moment-lines.ts';
import { chartOptions } from './options.ts';
import { dotRadii, lastPoint, points } from './points.ts';
import type { Draw } from './time-chart.ts';
import type { ChartTokens } from './tokens.ts';

/** More lines than this have a legend instead of labels at their ends. */
export const MAX_DIRECT_LABELS = 3;
const MAX_LABEL_CHARACTERS = 18;

/** Colours begin anew after the fifth line, then each time with another dash. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface LineLook {
  readonly color: string;
  readonly dash: readonly number[];
}

/** How the n-th line of a graph is drawn, in the chart and in its legend. */
export function lineLook(n: number, palette: readonly string[]): LineLook {
  const color = palette[n % palette.length] ?? 'currentColor';
  return { color, dash: DASHES[Math.floor(n / palette.length) % DASHES.length] ?? [] };
}

/** Any query as lines. */
export const graphChart: Draw<GraphData> = (data, speech, tokens) => {
  const lines = data.series.map(({ values }, i) => ({ look: lineLook(i, tokens.palette), values }));
  return {
    type: 'line',
    data: {
      datasets: lines.map(({ look: { color, dash }, values }) => ({
        data: points(data.time, values),
        borderColor: color,
        borderDash: [...dash],
        borderWidth: 1.5,
        pointRadius: dotRadii(values),
        pointBackgroundColor: color,
        pointBorderWidth: 0,
      })),
    },
    options: chartOptions(
      {
        language: speech.language,
        zone: speech.zone,
        start: data.start,
        end: Math.max(data.start + 1, data.end),
        unit: '',
        legend: data.series.length > MAX_DIRECT_LABELS,
        ...valueBounds(data),
        tick: speech.numbers.scaled,
        annotations: { ...releaseLines(data.releases ?? [], data, tokens), ...labelsOf(data, tokens) },
      },
      tokens,
    ),
  };
};

/** From 0 when nothing is below it: a line that looks twice as high is twice as high. */
function valueBounds({ series }: GraphData): { min?: number; max?: number } {
  const values = series.flatMap((line) => line.values).filter((value) => value !== null);
  const [lowest, highest] = [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 0)];
  return { ...(lowest >= 0 && { min: 0 }), ...(lowest === 0 && highest === 0 && { max: 1 }) };
}

function labelsOf({ series, time }: GraphData, tokens: ChartTokens): Record<string, AnnotationOptions> {
  if (series.length > MAX_DIRECT_LABELS) return {};
  const names = shortNames(series);
  const top = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const labels = series.flatMap((line, i) => {
    const at = lastPoint(points(time, line.values));
    return at === undefined ? [] : [{ at, text: names[i] ?? '', color: lineLook(i, tokens.palette).color }];
  });
  return endLabels(labels, top, tokens);
}

/** What tells the lines apart: the values of the labels in which they differ, or the name of a single line; cut where it is longer. */
export function shortNames(series: GraphData['series'], characters = MAX_LABEL_CHARACTERS): string[] {
  const labels = [...new Set(series.flatMap((line) => Object.keys(line.labels)))].sort();
  const differing = labels.filter((label) => new Set(series.map((line) => line.labels[label])).size > 1);
  return series.map((line) => {
    const values = differing.map((label) => line.labels[label] ?? '').join(' ');
    const name = visibleText(values === '' ? line.name.replace(/\{.*$/, '') : values);
    return name.length > characters ? `${name.slice(0, characters - 1)}…` : name;
  });
}
