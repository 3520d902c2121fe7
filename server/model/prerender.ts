import type { Alert, AlertsAnswer, SilencesAnswer } from './alerts.ts';
import type { GraphData } from './graph.ts';
import type { GateAnswer, GateDecision, SloDetail, SloGroups, SloHistory, SloStatus } from './slo.ts';
import type { SystemStatus } from './status.ts';
import type { TrafficDetail, TrafficOverview } from './traffic.ts';
import type { Language } from './words/words.ts';

/**
 * Between the server and the pages' own code, which draws and renders without a browser. The bundle is built from `web/prerender.ts`,
 * exports one of these as `prerenderer`, and is loaded by path; whatever crosses is data.
 */
export interface Prerenderer {
  /** Draws on a canvas made `width` x `height`, which becomes `scale` times as large. Returns how to let go of it after it was read. */
  drawChart(chart: ChartSpec, look: PictureLook, canvas: object): () => void;
  /** The same as an SVG document, its words in it as title and description. `scale` does not matter. */
  svgChart(chart: ChartSpec, look: PictureLook): string;
  /** One HTML document without scripts and without anything to load. */
  renderPage(page: PageSpec, look: PageLook): string;
}

export interface PictureText {
  readonly title: string;
  readonly description: string;
}

export type ChartSpec =
  | { readonly kind: 'traffic'; readonly detail: TrafficDetail; readonly unit: 'bits' | 'bytes' }
  | { readonly kind: 'slo'; readonly chart: SloChartName; readonly detail: SloDetail }
  | { readonly kind: 'graph'; readonly data: GraphData };

export const SLO_CHART_NAMES = ['burn-down', 'sli', 'traffic'] as const;
export type SloChartName = (typeof SLO_CHART_NAMES)[number];

export const PICTURE_THEMES = ['light', 'dark'] as const;
export type PictureTheme = (typeof PICTURE_THEMES)[number];

export interface PageLook {
  readonly theme: PictureTheme;
  readonly language: Language;
  /** IANA name. */
  readonly zone: string;
}

export interface PictureLook extends PageLook {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Canvas pixels per CSS pixel. */
  readonly scale: number;
}

/** A page and what it shows; `now` is the server's time, ms. */
export type PageSpec = { readonly now: number; readonly version: string } & (
  | {
      readonly page: 'overview';
      readonly slos: readonly SloStatus[];
      readonly groups?: readonly SloGroups[];
      readonly alerts: readonly Alert[];
      readonly gate: GateAnswer;
      readonly history: SloHistory;
    }
  | {
      readonly page: 'alerts';
      readonly alerts: AlertsAnswer;
      readonly silences: SilencesAnswer['silences'];
      readonly slos: readonly SloStatus[];
    }
  | { readonly page: 'slo'; readonly detail: SloDetail; readonly decision?: GateDecision }
  | { readonly page: 'status'; readonly status: SystemStatus }
  | { readonly page: 'traffic'; readonly overview: TrafficOverview; readonly unit: 'bits' | 'bytes' }
  | { readonly page: 'interface'; readonly graphs: readonly TrafficDetail[]; readonly unit: 'bits' | 'bytes' }
  | { readonly page: 'graph'; readonly data: GraphData }
);
