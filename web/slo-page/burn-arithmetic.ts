import type { Burn, BurnAlert, SloStatus } from '../../server/model/slo.ts';

/** One side of an alert, as arithmetic a reader can follow: spent share = rate × window / SLO window. */
export interface BurnSide {
  readonly window_secs: number;
  /** Absent without traffic in the window. */
  readonly rate?: number;
  /** Share of the whole budget spent in the window, when traffic is even. */
  readonly spent?: number;
  readonly over: boolean;
}

export interface BurnLine {
  readonly alert: BurnAlert;
  readonly long: BurnSide;
  readonly short: BurnSide;
}

export function burnLines({ alerts, burns, window }: Pick<SloStatus, 'alerts' | 'burns' | 'window'>): BurnLine[] {
  const side = (window_secs: number, factor: number): BurnSide => {
    const rate = burns.find((burn: Burn) => burn.window_secs === window_secs)?.rate;
    if (rate === undefined) return { window_secs, over: false };
    return { window_secs, rate, spent: (rate * window_secs) / window.duration_secs, over: rate > factor };
  };
  return alerts.map((alert) => ({
    alert,
    long: side(alert.long_secs, alert.factor),
    short: side(alert.short_secs, alert.factor),
  }));
}
