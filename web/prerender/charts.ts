import type { ChartSpec, PictureText } from '../../server/model/prerender.ts';
import { graphChart } from '../charts/graph-chart.ts';
import { burnDownChart, type DrawSlo, sliChart, trafficChart } from '../charts/slo-charts.ts';
import type { TimeChart } from '../charts/time-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';
import { TRAFFIC_CHARTS } from '../charts/traffic-chart.ts';
import { graphWords } from '../graph/graph-page.tsx';
import { sloGraphs } from '../slo-page/slo-graphs.tsx';
import { graphSummary, graphTitle } from '../traffic/interface-page.tsx';
import type { Speech } from '../words/speech.ts';

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
