/// <reference types="vite/client" />
import { invariant } from '../../server/model/errors.ts';
import type { PictureTheme } from '../../server/model/prerender.ts';
import type { ChartTokens } from '../charts/tokens.ts';
import styles from '../style/tokens.css?raw';

/** Below this width a plot needs all of it, as in a browser. */
const WIDE_PX = 560;
/** Below this height a plot with words above it has no room for words along it. */
const TALL_PX = 200;
/** 16 % in hexadecimal: what the pages mix into the background. */
const FAINT_ALPHA = '29';

/** The colours of the style sheet for a canvas without one. */
export function pictureTokens(theme: PictureTheme, width: number, height: number): ChartTokens {
  const token = (name: string): string => colourOf(name, theme);
  const palette = [1, 2, 3, 4, 5].map((n) => token(`series-${n}`));
  return {
    text: token('text'),
    muted: token('muted'),
    hairline: token('hairline'),
    background: token('background'),
    bad: token('bad'),
    ok: token('ok'),
    series: token('series-1'),
    palette,
    faint: (color) => `${color}${FAINT_ALPHA}`,
    font: 'system-ui, "DejaVu Sans", sans-serif',
    wide: width >= WIDE_PX,
    tall: height >= TALL_PX,
  };
}

/** Reads `--name: light-dark(#light, #dark)`. */
function colourOf(name: string, theme: PictureTheme): string {
  const found = new RegExp(`--${name}:\\s*light-dark\\((#\\w+),\\s*(#\\w+)\\)`).exec(styles);
  const color = theme === 'light' ? found?.[1] : found?.[2];
  invariant(color !== undefined, `the style sheet has no colour ${name}`);
  return color;
}
