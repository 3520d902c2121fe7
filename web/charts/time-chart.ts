import type { ChartConfiguration } from 'chart.js';
import type { Speech } from '../words/speech.ts';
import type { ChartTokens } from './tokens.ts';

/** A chart over time: a null is a gap. */
export type TimeChart = ChartConfiguration<'line' | 'bar', { x: number; y: number | null }[]>;

/** What a chart shows: its steps by their ends, ms, and columns beside them. */
export interface Timed {
  readonly time: readonly number[];
}

/** Makes the configuration of a chart from what the server said; anew for each theme, because a canvas knows no CSS. */
export type Draw<D extends Timed> = (data: D, speech: Speech, tokens: ChartTokens) => TimeChart;
