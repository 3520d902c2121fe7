import { Chart, type Plugin } from 'chart.js';
import annotation from 'chartjs-plugin-annotation';
import '../charts/register.ts';
import type { PictureText } from '../../server/model/prerender.ts';
import type { TimeChart } from '../charts/time-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';
import { drawKey, type KeyLayout, keyFont, keyLayout, type PictureKey } from './picture-key.ts';

Chart.register(annotation);

const TITLE_PX = 14;
const TEXT_PX = 12;
const MARGIN_PX = 12;
/** How tall a picture must be for its title, and for its summary too; and the room they take above the plot. */
const HEADS = [
  { from_px: 180, lines: 2, room_px: 52 },
  { from_px: 120, lines: 1, room_px: 34 },
] as const;

export interface PaintOptions {
  readonly tokens: ChartTokens;
  readonly scale: number;
  /** Written above the plot; a picture within a page has its words beside it. */
  readonly text?: PictureText;
  /** Drawn below the plot; a page has a table instead. */
  readonly key?: PictureKey | undefined;
}

/** Draws a chart at once and returns how to let go of it, which clears the canvas: read it before. */
export function paint(canvas: object, chart: TimeChart, { tokens, scale, text, key }: PaintOptions): () => void {
  const { layout, ...options } = chart.options ?? {};
  const given = layout?.padding;
  const { top = 8, right = 8 } = typeof given === 'object' && 'top' in given ? given : {};
  const { height } = canvas as HTMLCanvasElement;
  const head = text && HEADS.find(({ from_px }) => height >= from_px);
  const below = key && layoutOf(canvas as HTMLCanvasElement, key, tokens);
  const drawn = new Chart(canvas as HTMLCanvasElement, {
    ...chart,
    options: {
      ...options,
      responsive: false,
      devicePixelRatio: scale,
      layout: {
        padding: {
          left: MARGIN_PX / 2,
          bottom: 4 + (below?.height_px ?? 0),
          right,
          top: top + (head?.room_px ?? 0),
        },
      },
    },
    plugins: [sheet(tokens, head && text ? [text.title, text.description].slice(0, head.lines) : [], below)],
  });
  return () => drawn.destroy();
}

/** Measured before chart.js makes the canvas larger, in CSS pixels. */
function layoutOf(canvas: HTMLCanvasElement, key: PictureKey, tokens: ChartTokens): KeyLayout | undefined {
  const ctx = canvas.getContext('2d');
  if (ctx === null) return undefined;
  ctx.font = keyFont(tokens);
  const room = { width: canvas.width - 2 * MARGIN_PX, height: canvas.height };
  return keyLayout(key, room, (text) => ctx.measureText(text).width);
}

/** An opaque sheet with the words on it: a transparent picture cannot be read in a dark mail program. */
function sheet(tokens: ChartTokens, [title, summary]: readonly string[], key: KeyLayout | undefined): Plugin {
  return {
    id: 'sheet',
    beforeDraw: ({ ctx, width, height }) => {
      ctx.save();
      ctx.fillStyle = tokens.background;
      ctx.fillRect(0, 0, width, height);
      ctx.textBaseline = 'alphabetic';
      ctx.textAlign = 'left';
      const write = (line: string, font: string, color: string, y: number): void => {
        ctx.fillStyle = color;
        ctx.font = `${font} ${tokens.font}`;
        ctx.fillText(fitted(ctx, line, width - 2 * MARGIN_PX), MARGIN_PX, y);
      };
      const baseline = MARGIN_PX + TITLE_PX;
      if (title !== undefined) write(title, `600 ${TITLE_PX}px`, tokens.text, baseline);
      if (summary !== undefined) write(summary, `${TEXT_PX}px`, tokens.muted, baseline + 6 + TEXT_PX);
      if (key !== undefined) {
        const place = { left: MARGIN_PX, top: height - key.height_px - 4 };
        drawKey(ctx, key, place, tokens, (text, room) => fitted(ctx, text, room));
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
