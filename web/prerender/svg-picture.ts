import type { PictureText } from '../../server/model/prerender.ts';
import type { TimeChart } from '../charts/time-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';
import { paint } from './paint.ts';
import type { PictureKey } from './picture-key.ts';
import { SvgCanvas } from './svg-context.ts';
import { xmlText } from './svg-text.ts';

export interface SvgOptions {
  readonly width: number;
  readonly height: number;
  readonly tokens: ChartTokens;
  /** What it says to those who do not see it. */
  readonly text: PictureText;
  /** Whether the words are drawn above the plot too. */
  readonly headed: boolean;
  readonly key?: PictureKey | undefined;
  /** What the ids in it begin with. */
  readonly prefix: string;
}

/** A chart as an SVG element that scales and says what it shows. */
export function svgPicture(chart: TimeChart, { width, height, tokens, text, headed, key, prefix }: SvgOptions): string {
  const canvas = new SvgCanvas(width, height, prefix);
  const release = paint(canvas, chart, { tokens, scale: 1, key, ...(headed && { text }) });
  const drawn = canvas.getContext().elements();
  release();
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const words = `<title id="${prefix}t">${xmlText(text.title)}</title><desc id="${prefix}d">${xmlText(text.description)}</desc>`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="${prefix}t ${prefix}d">`;
  return `${open}${words}${drawn}</svg>`;
}
