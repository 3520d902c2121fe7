import { Chart, type Plugin } from 'chart.js';
import annotation from 'chartjs-plugin-annotation';
import '../charts/register.ts';
import type { PictureText } from '../../server/model/prerender.ts';
import type { TimeChart } from '../charts/time-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';

Chart.register(annotation);

const TITLE_PX = 14;
const TEXT_PX = 12;
const MARGIN_PX = 12;
/** Height of the words above the plot. */
const HEAD_PX = 52;

export interface PaintOptions {
  readonly tokens: ChartTokens;
  readonly scale: number;
  /** Written above the plot; a picture within a page has its words beside it. */
  readonly text?: PictureText;
}

/** Draws a chart at once and returns how to let go of it, which clears the canvas: read it before. */
export function paint(canvas: object, chart: TimeChart, { tokens, scale, text }: PaintOptions): () => void {
  const { layout, ...options } = chart.options ?? {};
  const given = layout?.padding;
  const { top = 8, right = 8 } = typeof given === 'object' && 'top' in given ? given : {};
  const drawn = new Chart(canvas as HTMLCanvasElement, {
    ...chart,
    options: {
      ...options,
      responsive: false,
      devicePixelRatio: scale,
      layout: { padding: { left: MARGIN_PX / 2, bottom: 4, right, top: top + (text === undefined ? 0 : HEAD_PX) } },
    },
    plugins: [sheet(tokens, text)],
  });
  return () => drawn.destroy();
}

/** An opaque sheet with the words on it: a transparent picture cannot be read in a dark mail program. */
function sheet(tokens: ChartTokens, text: PictureText | undefined): Plugin {
  return {
    id: 'sheet',
    beforeDraw: ({ ctx, width, height }) => {
      ctx.save();
      ctx.fillStyle = tokens.background;
      ctx.fillRect(0, 0, width, height);
      ctx.textBaseline = 'alphabetic';
      if (text !== undefined) {
        const room = width - 2 * MARGIN_PX;
        ctx.fillStyle = tokens.text;
        ctx.font = `600 ${TITLE_PX}px ${tokens.font}`;
        ctx.fillText(fitted(ctx, text.title, room), MARGIN_PX, MARGIN_PX + TITLE_PX);
        ctx.fillStyle = tokens.muted;
        ctx.font = `${TEXT_PX}px ${tokens.font}`;
        ctx.fillText(fitted(ctx, text.description, room), MARGIN_PX, MARGIN_PX + TITLE_PX + 6 + TEXT_PX);
      }
      ctx.restore();
    },
  };
}

/** As much of a text as there is room for, an ellipsis for the rest. */
function fitted(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let [fits, all] = [0, text.length];
  while (fits < all) {
    const middle = Math.ceil((fits + all) / 2);
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= room) fits = middle;
    else all = middle - 1;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}
