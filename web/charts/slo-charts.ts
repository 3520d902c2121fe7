import type { ScriptableContext } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { SloDetail } from '../../server/model/slo.ts';
import { changeWords } from '../slo-page/change-words.ts';
import { countedWords } from '../slo-page/counted-words.ts';
import { sloWords } from '../slo-page/words.ts';
import { pageSay } from '../words/page-words.ts';
import type { Speech } from '../words/speech.ts';
import { bars, barWidth, MIN_BAR_PX } from './bars.ts';
import { exclusionBoxes } from './exclusion-boxes.ts';
import { nameLines, type Reach } from './line-names.ts';
import { momentLines } from './moment-lines.ts';
import { chartOptions, directLabel } from './options.ts';
import { dotRadii, lossSpans, type Point, points, sliFloor } from './points.ts';
import type { Draw } from './time-chart.ts';
import type { ChartTokens } from './tokens.ts';

export type DrawSlo = Draw<SloDetail>;

const DASH = [6, 4];

export const burnDownChart: DrawSlo = (detail, speech, tokens) => {
  const w = pageSay(sloWords, speech.language);
  const real = points(detail.time, detail.budget_left);
  const { period_end } = detail.range;
  const end = period_end === undefined ? [] : [{ x: period_end, y: 0 }];
  const ideal = [...points(detail.time, detail.budget_ideal), ...end];
  const lowest = real.reduce((low, { y }) => Math.min(low, y ?? 0), 0);
  const annotations = {
    ...lossBoxes(detail, tokens),
    ...exclusionBoxes(detail, tokens),
    ...eventLines(detail, speech, tokens),
    ...burnDownNames(real, ideal, { min: lowest, max: 1 }, speech, tokens),
  };
  return {
    type: 'line',
    data: {
      datasets: [
        { data: real, ...lineLook(detail.budget_left, tokens) },
        { data: ideal, borderColor: tokens.muted, borderDash: DASH, borderWidth: 1.5 },
      ],
    },
    options: chartOptions(
      {
        ...frame(detail, speech),
        ...(period_end !== undefined && { end: period_end }),
        unit: w('burn_down_axis'),
        min: lowest,
        max: 1,
        tick: ratioTick(speech, 0),
        annotations,
      },
      tokens,
    ),
  };
};

/** Both lines by name, so that nobody needs a legend. */
function burnDownNames(
  real: readonly Point[],
  ideal: readonly Point[],
  reach: Reach,
  { language }: Speech,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const w = pageSay(sloWords, language);
  const [name, pace] = nameLines(real, ideal, reach, tokens.wide) ?? [];
  if (name === undefined || pace === undefined) return {};
  return {
    real: { ...directLabel(name.at, w('burn_down_real'), tokens.series, tokens), position: name.position },
    ideal: { ...directLabel(pace.at, w('burn_down_ideal'), tokens.muted, tokens), position: pace.position },
  };
}

export const sliChart: DrawSlo = (detail, speech, tokens) => {
  const w = countedWords(detail.status, speech.language);
  const { objective } = detail.status;
  const floor = sliFloor(detail.sli, objective);
  const label = w('sli_objective', { objective: speech.numbers.objective(objective) });
  return {
    type: 'line',
    data: {
      datasets: [{ data: points(detail.time, detail.sli), ...lineLook(detail.sli, tokens), borderWidth: 1.5 }],
    },
    options: chartOptions(
      {
        ...frame(detail, speech),
        unit: w('sli_axis'),
        min: floor,
        max: 1,
        tick: ratioTick(speech, tickDigits(1 - floor)),
        annotations: {
          ...exclusionBoxes(detail, tokens),
          ...eventLines(detail, speech, tokens),
          objective: horizontalLine(objective, tokens),
          // Inside a narrow plot it would hide the line, so it stands above.
          name: directLabel(
            { x: frame(detail, speech).end, y: tokens.wide ? objective : 1 },
            label,
            tokens.text,
            tokens,
          ),
        },
      },
      tokens,
    ),
  };
};

export const trafficChart: DrawSlo = (detail, speech, tokens) => {
  const w = countedWords(detail.status, speech.language);
  const good = detail.total.map((total, i) => total - (detail.bad[i] ?? 0));
  const { end } = frame(detail, speech);
  const peak = Math.max(0, ...detail.total);
  const look = {
    stack: 'requests',
    minBarLength: MIN_BAR_PX,
    barThickness: ({ chart }: ScriptableContext<'bar'>) => barWidth(chart.chartArea?.width ?? 0, detail.time.length),
    // Half of a bar that is wider than its step may stand beside the plot.
    clip: MIN_BAR_PX,
  };
  return {
    type: 'bar',
    data: {
      datasets: [
        { data: bars(detail, detail.bad), backgroundColor: tokens.bad, ...look },
        { data: bars(detail, good), backgroundColor: tokens.series, ...look },
      ],
    },
    options: chartOptions(
      {
        ...frame(detail, speech),
        unit: w('traffic_axis', { step: speech.times.shortSpan(detail.range.step_secs) }),
        min: 0,
        tick: speech.numbers.count,
        whole: true,
        annotations: {
          ...exclusionBoxes(detail, tokens),
          ...eventLines(detail, speech, tokens),
          good: directLabel({ x: end, y: peak * 0.75 }, w('traffic_good'), tokens.series, tokens),
          bad: directLabel({ x: end, y: peak * 0.1 }, w('traffic_bad'), tokens.bad, tokens),
        },
      },
      tokens,
    ),
  };
};

/** No axis reaches beyond the moment the figures are true for. */
function frame({ range, status }: SloDetail, { language, zone }: Speech) {
  return { language, zone, start: range.start, end: Math.max(range.start + 1, Math.min(range.end, status.as_of)) };
}

function lineLook(values: readonly (number | null)[], tokens: ChartTokens) {
  return {
    borderColor: tokens.series,
    pointBackgroundColor: tokens.series,
    pointBorderWidth: 0,
    pointRadius: dotRadii(values),
    // A line or a dot at 100 % is as thick as elsewhere.
    clip: 3,
  };
}

function ratioTick({ numbers }: Speech, digits: number): (value: number) => string {
  // Ticks are sums of binary fractions: without this, 0.7 would be floored to 69 %, and 0 might be a little more.
  return (value) => numbers.percent(Number(value.toFixed(10)), digits);
}

/** Decimals of percent that tell five ticks apart on an axis this high. */
export function tickDigits(height: number): number {
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(height * 20))));
}

function lossBoxes({ time, sli, status, range }: SloDetail, tokens: ChartTokens): Record<string, AnnotationOptions> {
  const spans = lossSpans({ time, sli }, status.objective, range.step_secs);
  const boxes = spans.map(({ start, end }, i): [string, AnnotationOptions] => [
    `loss ${i}`,
    {
      type: 'box',
      xMin: start,
      xMax: end,
      backgroundColor: tokens.faint(tokens.bad),
      borderWidth: 0,
      drawTime: 'beforeDatasetsDraw',
    },
  ]);
  return Object.fromEntries(boxes);
}

function eventLines(detail: SloDetail, { language }: Speech, tokens: ChartTokens): Record<string, AnnotationOptions> {
  return momentLines(detail, pageSay(changeWords, language)('line'), tokens);
}

function horizontalLine(y: number, tokens: ChartTokens): AnnotationOptions {
  return { type: 'line', yMin: y, yMax: y, borderColor: tokens.text, borderDash: DASH, borderWidth: 1 };
}
