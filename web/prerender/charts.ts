import type { ChartSpec, PictureText } from '../../server/model/prerender.ts';
import { graphChart, lineLook, MAX_DIRECT_LABELS, shortNames } from '../charts/graph-chart.ts';
import { burnDownChart, type DrawSlo, sliChart, trafficChart } from '../charts/slo-charts.ts';
import type { TimeChart } from '../charts/time-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';
import { TRAFFIC_CHARTS } from '../charts/traffic-chart.ts';
import { graphWords } from '../graph/graph-page.tsx';
import { graphPageWords } from '../graph/words.ts';
import { sloGraphs } from '../slo-page/slo-graphs.tsx';
import { graphSummary, graphTitle } from '../traffic/interface-page.tsx';
import { pageSay } from '../words/page-words.ts';
import type { Speech } from '../words/speech.ts';
import type { PictureKey } from './picture-key.ts';

const SLO_CHARTS: Readonly<Record<string, DrawSlo>> = {
  'burn-down': burnDownChart,
  sli: sliChart,
  traffic: trafficChart,
};

/** The configuration the pages draw with. */
export function chartOf(spec: ChartSpec, speech: Speech, tokens: ChartTokens): TimeChart {
  switch (spec.kind) {
    case 'traffic':
      return TRAFFIC_CHARTS[spec.unit](spec.detail, speech, tokens);
    case 'slo':
      return (SLO_CHARTS[spec.chart] ?? burnDownChart)(spec.detail, speech, tokens);
    case 'graph':
      return graphChart(spec.data, speech, tokens);
  }
}

/** A key is as wide as its picture allows, which cuts what is longer than this anyway. */
const MAX_KEY_CHARACTERS = 80;

/** What a picture on its own needs to say beside its lines; undefined where they are named in the plot. */
export function keyOf(spec: ChartSpec, speech: Speech, tokens: ChartTokens): PictureKey | undefined {
  if (spec.kind !== 'graph' || spec.data.series.length <= MAX_DIRECT_LABELS) return undefined;
  const w = pageSay(graphPageWords, speech.language);
  return {
    lines: shortNames(spec.data.series, MAX_KEY_CHARACTERS).map((name, i) => ({
      name,
      look: lineLook(i, tokens.palette),
    })),
    left_out: spec.data.left_out,
    more: (count) => w('and_more', { count }),
  };
}

export function wordsOf(spec: ChartSpec, speech: Speech): PictureText {
  switch (spec.kind) {
    case 'traffic': {
      const { device, host } = spec.detail;
      return {
        title: `${device} · ${host} · ${graphTitle(spec.detail, speech)}`,
        description: graphSummary(spec.detail, spec.unit, speech),
      };
    }
    case 'slo': {
      const graph = sloGraphs(spec.detail, speech).find(({ id }) => id === spec.chart);
      return { title: `${spec.detail.status.title} · ${graph?.title ?? ''}`, description: graph?.summary ?? '' };
    }
    case 'graph':
      return graphWords(spec.data, speech);
  }
}
