import type { ChartOptions, Scale } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Language } from '../../server/model/words/words.ts';
import { tickLabels, timeStep, timeTicks } from './time-ticks.ts';
import type { ChartTokens } from './tokens.ts';

/** What differs from chart to chart; everything else is the same for all. */
export interface Axes {
  readonly language: Language;
  /** IANA name of the zone of the time axis; undefined is the browser's own. */
  readonly zone: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly tick: (value: number) => string;
  /** Nothing is counted in halves. */
  readonly whole?: boolean;
  readonly annotations: Readonly<Record<string, AnnotationOptions>>;
  /** Lines named in a legend need no room at their ends. */
  readonly legend?: boolean;
}

const FONT_PX = 12;
const MAX_TICKS = 5;
/** Two words of a date side by side. */
const NARROW_MAX_TICKS = 3;
/** One width for the value axis of all charts of a page, so that their times stand one under the other. */
const VALUE_AXIS_PX = 84;
/** No more of a small picture than this. */
const VALUE_AXIS_SHARE = 0.25;
/** Room for the labels at the ends of lines. */
const LABELS_PX = 120;

/** Hairline grid, few ticks, no animation, no smoothing, gaps as gaps; the time axis is fixed to the range asked for. */
export function chartOptions(axes: Axes, tokens: ChartTokens): ChartOptions<'line' | 'bar'> {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    parsing: false,
    normalized: true,
    events: [],
    font: { family: tokens.font, size: FONT_PX },
    color: tokens.muted,
    elements: { point: { radius: 0 }, line: { tension: 0, borderWidth: 2, spanGaps: false } },
    layout: { padding: { top: tokens.wide ? 8 : 20, right: tokens.wide && axes.legend !== true ? LABELS_PX : 8 } },
    scales: { x: timeAxis(axes, tokens), y: valueAxis(axes, tokens) },
    plugins: { annotation: { annotations: axes.annotations, clip: false } },
  };
}

/** Ticks and their labels are our own: those of the scale are round in UTC, and know no 24 h clock. */
function timeAxis({ language, zone, start, end }: Axes, tokens: ChartTokens) {
  const step = timeStep(end - start, tokens.wide ? MAX_TICKS : NARROW_MAX_TICKS);
  const label = tickLabels(step, language, zone);
  return {
    type: 'time',
    offset: false,
    min: start,
    max: end,
    stacked: true,
    adapters: { date: { locale: language, ...(zone !== undefined && { zone }) } },
    time: { unit: step.unit },
    afterBuildTicks: (axis: Scale) => {
      axis.ticks = timeTicks(start, end, step, zone).map((value) => ({ value }));
    },
    grid: { color: tokens.hairline, drawTicks: false, offset: false },
    border: { display: false },
    ticks: {
      color: tokens.muted,
      autoSkip: false,
      maxRotation: 0,
      padding: 6,
      callback: (value: number | string) => label(Number(value)),
    },
  } as const;
}

function valueAxis({ min, max, tick, unit, whole = false }: Axes, tokens: ChartTokens) {
  return {
    type: 'linear',
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    title: { display: tokens.tall, text: unit, color: tokens.muted },
    grid: { color: tokens.hairline, drawTicks: false },
    border: { display: false },
    afterFit: (axis: Pick<Scale, 'width' | 'chart'>) => {
      axis.width = Math.min(VALUE_AXIS_PX, axis.chart.width * VALUE_AXIS_SHARE);
    },
    ticks: {
      color: tokens.muted,
      maxTicksLimit: MAX_TICKS,
      includeBounds: false,
      ...(whole && { precision: 0 }),
      padding: 6,
      callback: (value: number | string) => tick(Number(value)),
    },
  } as const;
}

/** A text at the end of a line instead of a legend: beside the plot, or above the line where there is no room beside it. */
export function directLabel(
  at: { x: number; y: number },
  content: string | string[],
  color: string,
  tokens: ChartTokens,
) {
  return {
    type: 'label',
    xValue: at.x,
    yValue: at.y,
    content,
    color,
    position: tokens.wide ? { x: 'start', y: 'center' } : { x: 'end', y: 'end' },
    padding: { x: 6, y: 2 },
    textStrokeColor: tokens.background,
    textStrokeWidth: 4,
    font: { size: FONT_PX, family: tokens.font },
  } as const satisfies AnnotationOptions;
}
