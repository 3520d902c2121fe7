import type { SloDetail } from '../../server/model/slo.ts';
import type { Point } from './points.ts';

/** Thinner than this, a bar fades into the background. */
export const MIN_BAR_PX = 2;
const GAP_SHARE = 0.1;

/** How wide the bars of `steps` steps are on a plot of `plot_px`, px: neighbours stay apart as long as there is room. */
export function barWidth(plot_px: number, steps: number): number {
  return Math.max(MIN_BAR_PX, (plot_px / Math.max(1, steps)) * (1 - GAP_SHARE));
}

/**
 * Counts as bars, each in the middle of its step. The newest step may not be over yet: its bar stands at the end of the axis all
 * the same, whole. Nothing counted is no bar, not one of height 0.
 */
export function bars({ time, range }: Pick<SloDetail, 'time' | 'range'>, counts: readonly number[]): Point[] {
  const half = (range.step_secs * 1000) / 2;
  return time.map((end, i) => {
    const full = Math.max(end, (time[i - 1] ?? range.start) + 2 * half);
    return { x: Math.min(full, range.end) - half, y: counts[i] || null };
  });
}
