// The one place that loads chart.js, piece by piece; pages import it when a chart comes into being.
import {
  BarController,
  BarElement,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  TimeScale,
} from 'chart.js';
import 'chartjs-adapter-luxon';
import annotation from 'chartjs-plugin-annotation';
import type { SloChart } from './slo-charts.ts';

Chart.register(
  LineController,
  LineElement,
  PointElement,
  BarController,
  BarElement,
  LinearScale,
  TimeScale,
  annotation,
);

export interface Drawing {
  /** Redraws with new data or colours, without animation. */
  update(config: SloChart): void;
  /** The time under a horizontal position of the canvas, px; clamped to the axis. */
  timeAt(px: number): number;
  /** The horizontal position of a time on the canvas, px. */
  pixelOf(time: number): number;
  destroy(): void;
}

export function draw(canvas: HTMLCanvasElement, config: SloChart): Drawing {
  const chart = new Chart(canvas, config);
  return {
    update: ({ data, options }) => {
      chart.data = data;
      chart.options = options ?? {};
      chart.update('none');
    },
    timeAt: (px) => {
      const axis = chart.scales.x;
      if (axis === undefined) return 0;
      return axis.getValueForPixel(Math.min(axis.right, Math.max(axis.left, px))) ?? 0;
    },
    pixelOf: (time) => chart.scales.x?.getPixelForValue(time) ?? 0,
    destroy: () => chart.destroy(),
  };
}
