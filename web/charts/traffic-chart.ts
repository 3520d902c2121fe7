import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { TrafficDetail, TrafficDirection, TrafficDirectionName } from '../../server/model/traffic.ts';
import type { RateUnit } from '../../server/model/words/number-formats.ts';
import { trafficWords } from '../traffic/words.ts';
import { pageSay } from '../words/page-words.ts';
import type { Speech } from '../words/speech.ts';
import { endLabels } from './end-labels.ts';
import { releaseLines } from './moment-lines.ts';
import { chartOptions, directLabel } from './options.ts';
import { lastPoint } from './points.ts';
import { stairs } from './stairs.ts';
import type { Draw } from './time-chart.ts';
import type { ChartTokens } from './tokens.ts';

const DASH = [6, 4];
const DOTS = [2, 2];
/** The capacity of an idle line would press its traffic flat: it is drawn from this share of it on. */
const CAPACITY_SHOWN_FROM = 0.4;

/** MRTG's picture: In as an area, Out as a line, their peaks as hairlines, the capacity dashed. */
export const TRAFFIC_CHARTS: Readonly<Record<RateUnit, Draw<TrafficDetail>>> = {
  bits: (detail, speech, tokens) => trafficChart(detail, speech, tokens, 'bits'),
  bytes: (detail, speech, tokens) => trafficChart(detail, speech, tokens, 'bytes'),
};

const FACTORS: Readonly<Record<RateUnit, number>> = { bits: 8, bytes: 1 };

function trafficChart(detail: TrafficDetail, speech: Speech, tokens: ChartTokens, unit: RateUnit) {
  const factor = FACTORS[unit];
  const w = pageSay(trafficWords, speech.language);
  const line = (values: TrafficDirection['mean']) =>
    stairs(
      detail.start,
      detail.time,
      values.map((value) => value && value * factor),
    );
  const colours = colourOf(tokens);
  const means = { in: line(detail.in.mean), out: line(detail.out.mean) };
  const top = highest(detail) * factor;
  const look = { stepped: 'after', pointRadius: 0 } as const;
  const peak = { ...look, borderWidth: 1, borderDash: DOTS };
  return {
    type: 'line',
    data: {
      datasets: [
        { ...look, data: means.out, borderColor: colours.out, borderWidth: 2 },
        {
          ...look,
          data: means.in,
          borderColor: colours.in,
          borderWidth: 1.5,
          fill: 'origin',
          backgroundColor: tokens.faint(colours.in),
        },
        { ...peak, data: line(detail.in.high), borderColor: colours.in },
        { ...peak, data: line(detail.out.high), borderColor: colours.out },
      ],
    },
    options: chartOptions(
      {
        language: speech.language,
        zone: speech.zone,
        start: detail.start,
        end: detail.end,
        unit: w(`axis_${unit}`),
        min: 0,
        ...(top === 0 && { max: 1 }),
        tick: speech.numbers.scaled,
        annotations: {
          ...releaseLines(detail.releases ?? [], detail, tokens),
          ...capacityLine(detail, speech, tokens, unit),
          ...endLabels(
            (['in', 'out'] as const).flatMap((name) => {
              const at = lastPoint(means[name]);
              return at === undefined ? [] : [{ at, text: w(name), color: colours[name] }];
            }),
            top,
            tokens,
          ),
        },
      },
      tokens,
    ),
  } satisfies ReturnType<Draw<TrafficDetail>>;
}

/** Green and blue are MRTG's; ours are told apart without seeing colours too: an area and a line. */
function colourOf({ palette, series }: ChartTokens): Readonly<Record<TrafficDirectionName, string>> {
  return { in: palette[0] ?? series, out: palette[1] ?? series };
}

function highest(detail: TrafficDetail): number {
  const values = [detail.in.high, detail.in.mean, detail.out.high, detail.out.mean].flat();
  return values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
}

function capacityLine(
  detail: TrafficDetail,
  { language, numbers }: Speech,
  tokens: ChartTokens,
  unit: RateUnit,
): Record<string, AnnotationOptions> {
  const { capacity } = detail;
  if (capacity === undefined || highest(detail) < capacity * CAPACITY_SHOWN_FROM) return {};
  const y = capacity * FACTORS[unit];
  const lines = [pageSay(trafficWords, language)('capacity_word'), numbers.rate(capacity, unit)];
  return {
    capacity: { type: 'line', yMin: y, yMax: y, borderColor: tokens.text, borderDash: DASH, borderWidth: 1 },
    capacityName: directLabel({ x: detail.end, y }, lines, tokens.text, tokens),
  };
}
