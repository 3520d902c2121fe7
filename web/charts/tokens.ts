/** Below this width a plot needs all of it. */
const WIDE_PX = 560;

/** The colours of LOOK as a canvas needs them; `style/tokens.css` is where they are written down. */
export interface ChartTokens {
  readonly text: string;
  readonly muted: string;
  readonly hairline: string;
  readonly background: string;
  readonly bad: string;
  readonly ok: string;
  /** The first of the palette. */
  readonly series: string;
  /** The colours of series, in the order they are given out. */
  readonly palette: readonly string[];
  /** A colour as the filling behind lines. */
  faint(color: string): string;
  readonly font: string;
  /** Whether labels have room beside the plot. */
  readonly wide: boolean;
  /** Whether what the value axis measures can be written along it. */
  readonly tall: boolean;
}

/** How the style sheet calls the colours of series. */
const SERIES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5'];

export function readTokens(element: Element): ChartTokens {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token('text'),
    muted: token('muted'),
    hairline: token('hairline'),
    background: token('background'),
    bad: token('bad'),
    ok: token('ok'),
    series: token('series-1'),
    palette: SERIES.map(token),
    faint: (color) => `color-mix(in srgb, ${color} 16%, transparent)`,
    font: style.fontFamily,
    wide: element.clientWidth >= WIDE_PX,
    tall: true,
  };
}
