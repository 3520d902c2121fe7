import { useSignal } from '@preact/signals';
import type { Drawing } from './draw.ts';

/** A shorter pull is a click with an unsteady hand. */
const MIN_PX = 8;

/** A range of time drawn over a chart with the pointer. Whatever it does can also be done with buttons (WCAG 2.5.7). */
export function useBrush(
  drawing: { readonly current: Drawing | undefined | null },
  onBrush?: (start: number, end: number) => void,
) {
  const pulled = useSignal<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const span = pulled.value && {
    left: `${Math.min(pulled.value.from, pulled.value.to)}px`,
    width: `${Math.abs(pulled.value.to - pulled.value.from)}px`,
  };
  return {
    span,
    begin: (px: number) => {
      if (onBrush !== undefined) pulled.value = { from: px, to: px };
    },
    move: (px: number) => {
      if (pulled.value !== undefined) pulled.value = { ...pulled.value, to: px };
    },
    cancel: () => {
      pulled.value = undefined;
    },
    end: (px: number) => {
      const from = pulled.value?.from;
      pulled.value = undefined;
      const chart = drawing.current;
      if (from === undefined || !chart || Math.abs(px - from) < MIN_PX) return;
      const [start, end] = [chart.timeAt(Math.min(from, px)), chart.timeAt(Math.max(from, px))];
      if (end > start) onBrush?.(start, end);
    },
  };
}
