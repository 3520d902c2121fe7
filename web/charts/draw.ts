// Loaded when a chart comes into being.
import { Chart } from 'chart.js';
import './register.ts';
import type { TimeChart } from './time-chart.ts';

export interface Drawing {
  /** Redraws with new data or colours, without animation. */
  update(config: TimeChart): void;
  /** The time under a horizontal position of the canvas, px; clamped to the axis. */
  timeAt(px: number): number;
  /** The horizontal position of a time on the canvas, px. */
  pixelOf(time: number): number;
  destroy(): void;
}

/** Draws at once; what the annotation plugin adds follows as soon as it is loaded. */
export function draw(canvas: HTMLCanvasElement, first: TimeChart): Drawing {
  let config = first;
  let chart: Chart | undefined = new Chart(canvas, config);
  // A plugin only takes part in charts made after it was registered.
  void import('./annotations.ts').then(() => {
    if (chart === undefined) return;
    chart.destroy();
    chart = new Chart(canvas, config);
  });
  return {
    update: (next) => {
      config = next;
      if (chart === undefined) return;
      chart.data = next.data;
      chart.options = next.options ?? {};
      chart.update('none');
    },
    timeAt: (px) => {
      const axis = chart?.scales.x;
      return axis?.getValueForPixel(Math.min(axis.right, Math.max(axis.left, px))) ?? 0;
    },
    pixelOf: (time) => chart?.scales.x?.getPixelForValue(time) ?? 0,
    destroy: () => {
      chart?.destroy();
      chart = undefined;
    },
  };
}
