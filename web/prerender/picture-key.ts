import type { LineLook } from '../charts/graph-chart.ts';
import type { ChartTokens } from '../charts/tokens.ts';

/**
 * The key of a picture with more lines than can be named at their ends, which a page shows as a table:
 *
 *     ── api   ── checkout   ── shop
 *     -- static              and 2 more
 *
 * Cells are as wide as the longest name, within bounds, and fill rows from the left. The key takes a third of the picture at most; the
 * lines it has no room for are counted in its last cell.
 */
export interface PictureKey {
  readonly lines: readonly { readonly name: string; readonly look: LineLook }[];
  /** Lines that the picture does not draw. */
  readonly left_out: number;
  /** What the last cell says of so many lines. */
  readonly more: (count: number) => string;
}

export interface KeyCell {
  readonly x: number;
  /** Where its text stands, from the top of the key. */
  readonly y: number;
  readonly text: string;
  /** Absent in the last cell, when that counts the rest. */
  readonly look?: LineLook;
}

export interface KeyLayout {
  readonly height_px: number;
  readonly cells: readonly KeyCell[];
  /** What a text has room for. */
  readonly text_px: number;
}

export const KEY_FONT_PX = 12;
const ROW_PX = 18;
const GAP_PX = 8;
const SAMPLE_PX = 24;
const BETWEEN_PX = 16;
const SHORTEST_PX = 48;
const LONGEST_PX = 216;
const HEIGHT_SHARE = 1 / 3;

/** @param room of the picture, its margins left out of the width; @param measure the width of a text, px. */
export function keyLayout(
  { lines, left_out, more }: PictureKey,
  room: { readonly width: number; readonly height: number },
  measure: (text: string) => number,
): KeyLayout {
  const besides = SAMPLE_PX + GAP_PX;
  const widest = Math.max(measure(more(lines.length + left_out)), ...lines.map(({ name }) => Math.ceil(measure(name))));
  const text_px = Math.max(SHORTEST_PX, Math.min(widest, LONGEST_PX, room.width - besides));
  const columns = Math.max(1, Math.floor((room.width + BETWEEN_PX) / (besides + text_px + BETWEEN_PX)));
  const rows = Math.max(1, Math.floor((room.height * HEIGHT_SHARE - GAP_PX) / ROW_PX));
  const all = lines.length <= rows * columns - (left_out > 0 ? 1 : 0);
  const named = all ? lines : lines.slice(0, rows * columns - 1);
  const unnamed = lines.length - named.length + left_out;
  const texts = [
    ...named.map(({ name, look }) => ({ text: name, look })),
    ...(unnamed > 0 ? [{ text: more(unnamed) }] : []),
  ];
  const cells = texts.map((cell, i) => ({
    ...cell,
    x: (i % columns) * (besides + text_px + BETWEEN_PX),
    y: GAP_PX + Math.floor(i / columns) * ROW_PX + KEY_FONT_PX,
  }));
  return { height_px: GAP_PX + Math.ceil(texts.length / columns) * ROW_PX, cells, text_px };
}

/** Draws the key with its upper left corner at `left`, `top`; `fitted` cuts a text to a width. */
export function drawKey(
  ctx: CanvasRenderingContext2D,
  { cells, text_px }: KeyLayout,
  { left, top }: { readonly left: number; readonly top: number },
  tokens: ChartTokens,
  fitted: (text: string, room: number) => string,
): void {
  ctx.font = keyFont(tokens);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  for (const { x, y, text, look } of cells) {
    if (look !== undefined) drawSample(ctx, look, left + x, top + y - KEY_FONT_PX / 3);
    const indent = look === undefined ? 0 : SAMPLE_PX + GAP_PX;
    ctx.fillStyle = look === undefined ? tokens.muted : tokens.text;
    ctx.fillText(fitted(text, text_px + SAMPLE_PX + GAP_PX - indent), left + x + indent, top + y);
  }
}

export function keyFont({ font }: ChartTokens): string {
  return `${KEY_FONT_PX}px ${font}`;
}

function drawSample(ctx: CanvasRenderingContext2D, { color, dash }: LineLook, x: number, y: number): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.setLineDash([...dash]);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + SAMPLE_PX, y);
  ctx.stroke();
}
