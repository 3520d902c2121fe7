import { createContext } from 'preact';
import type { TimeChart } from './time-chart.ts';
import type { ChartTokens } from './tokens.ts';

/** What a picture says to those who do not see it. */
export interface PictureWords {
  readonly title: string;
  readonly description: string;
}

/** Draws a chart as SVG for a page that has no scripts. */
export type DrawPicture = (make: (tokens: ChartTokens) => TimeChart, words: PictureWords) => string;

/** Absent in a browser, which draws on a canvas. */
export const PictureContext = createContext<DrawPicture | undefined>(undefined);
