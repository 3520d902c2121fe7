/** Width of a day. */
export const STEP_PX = 4;

/** Where a day spent its share of the budget, as a part of the height; a day may burn four times that and still be told apart. */
const ALLOWANCE = 0.25;

export interface DayBar {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  /** It spent more than its share. */
  readonly over: boolean;
}

/** A day with a failure rises above one without. */
const LEAST_PX = 2;

/** The bars of an SLO's days; a day without traffic has none, one without a failure a foot that touches its neighbours. */
export function dayBars(burns: readonly (number | null)[], height_px: number) {
  const bars = burns.flatMap((burn, day): DayBar[] => {
    if (burn === null) return [];
    const height = burn === 0 ? 1 : Math.max(LEAST_PX, Math.min(1, burn * ALLOWANCE) * height_px);
    const width = burn === 0 ? STEP_PX : STEP_PX - 1;
    return [{ x: day * STEP_PX, width, top: height_px - height, height, over: burn > 1 }];
  });
  const seen = burns.flatMap((burn, day) => (burn === null ? [] : [{ day, burn }]));
  return { bars, allowance: height_px * (1 - ALLOWANCE), worst: seen.sort((a, b) => b.burn - a.burn)[0] };
}

/** Bars as one outline: a page of a thousand SLOs has two elements for each rather than thirty. */
export function barPath(bars: readonly DayBar[]): string {
  return bars.map(({ x, width, top, height }) => `M${x} ${short(top)}h${width}v${short(height)}h-${width}z`).join('');
}

function short(px: number): number {
  return Math.round(px * 100) / 100;
}
