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
  readonly series: string;
  readonly font: string;
  /** Whether labels have room beside the plot. */
  readonly wide: boolean;
}

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
    font: style.fontFamily,
    wide: element.clientWidth >= WIDE_PX,
  };
}
