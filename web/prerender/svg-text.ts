/** Text that came from outside, safe between tags and in quotes; what XML 1.0 does not allow at all is left out. */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A CSS font as the canvas takes it: `600 12px system-ui`. */
export interface Font {
  readonly size: number;
  readonly weight: string;
  readonly family: string;
}

export function readFont(css: string): Font {
  const [, weight = '', size = '10', family = 'sans-serif'] =
    /^(?:.*?\b(bold|[1-9]00)\b)?.*?([\d.]+)px(?:\/\S+)?\s+(.*)$/.exec(css) ?? [];
  return { size: Number(size), weight, family: family.replaceAll('"', "'") };
}

/** Widths in ems of a usual sans; whoever shows the drawing has fonts of his own, so room is left rather than cut. */
const NARROW = /[iljtfrI.,:;'’|!() ]/;
const WIDE = /[mwMW@%—…]/;

export function textWidth(text: string, { size }: Font): number {
  let ems = 0;
  for (const character of text) ems += NARROW.test(character) ? 0.36 : WIDE.test(character) ? 0.92 : 0.62;
  return ems * size;
}

/** How far below the canvas's own line the letters stand, in ems, per `textBaseline`. */
export const BASELINES: Readonly<Record<string, number>> = {
  alphabetic: 0,
  ideographic: -0.2,
  bottom: -0.2,
  middle: 0.36,
  hanging: 0.74,
  top: 0.8,
};

export const ANCHORS: Readonly<Record<string, string>> = { center: 'middle', right: 'end', end: 'end' };
