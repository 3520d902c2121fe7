import { lastPoint, type Point } from './points.ts';

/** Where the name of a line stands: a point, and the side of the text that touches it (`end`: the text is above). */
export interface NamePlace {
  readonly at: { readonly x: number; readonly y: number };
  readonly position: { readonly x: 'start' | 'end'; readonly y: 'start' | 'center' | 'end' };
}

/** What the value axis of a plot reaches. */
export interface Reach {
  readonly min: number;
  readonly max: number;
}

/** Texts closer than this share of the plot's height touch. */
const TEXT_SHARE = 0.16;
/** A name inside the plot stands here along its line, where a falling one has not yet met what it is compared with. */
const EARLY = 0.4;

/**
 * Names a line and the one it is compared with. `wide`: at their ends, beside the plot, one above the other where the ends meet.
 * Otherwise there is no room but inside: the line is named above its end, the other one early on, on the side where the line is not.
 * Undefined when one of them has no point.
 */
export function nameLines(
  line: readonly Point[],
  other: readonly Point[],
  reach: Reach,
  wide: boolean,
): readonly [NamePlace, NamePlace] | undefined {
  const [end, otherEnd] = [lastPoint(line), lastPoint(other)];
  if (end === undefined || otherEnd === undefined) return undefined;
  const text = (reach.max - reach.min) * TEXT_SHARE;
  if (wide) return besidePlot(end, otherEnd, text);
  const early = Math.floor(other.length * EARLY);
  const at = lastPoint(other.slice(0, early + 1)) ?? otherEnd;
  // Under the lowest value stand the times.
  const below = (line[early]?.y ?? end.y) >= at.y && at.y - reach.min >= text;
  return [
    { at: end, position: { x: 'end', y: 'end' } },
    { at, position: { x: 'start', y: below ? 'start' : 'end' } },
  ];
}

function besidePlot(end: NamePlace['at'], other: NamePlace['at'], text: number): readonly [NamePlace, NamePlace] {
  const place = (at: NamePlace['at'], y: NamePlace['position']['y']): NamePlace => ({
    at,
    position: { x: 'start', y },
  });
  if (Math.abs(end.y - other.y) >= text) return [place(end, 'center'), place(other, 'center')];
  return end.y >= other.y ? [place(end, 'end'), place(other, 'start')] : [place(end, 'start'), place(other, 'end')];
}
