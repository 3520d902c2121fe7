import type { Window } from '../../server/model/engine.ts';
import { type Ms, ms } from '../../server/model/units.ts';

/** Spans as they cover time: rising, those that touch or overlap made one, empty ones left out. */
export function joined(spans: readonly Window[]): readonly Window[] {
  const found: Window[] = [];
  for (const span of spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last === undefined || span.start > last.end) found.push(span);
    else found[found.length - 1] = { start: last.start, end: ms(Math.max(last.end, span.end)) };
  }
  return found;
}

/** The parts of spans inside a window. */
export function clipped(spans: readonly Window[], window: Window): readonly Window[] {
  return spans
    .map(({ start, end }) => ({ start: ms(Math.max(start, window.start)), end: ms(Math.min(end, window.end)) }))
    .filter(({ start, end }) => end > start);
}

export function lengthOf(spans: readonly Window[]): Ms {
  return ms(spans.reduce((sum, { start, end }) => sum + end - start, 0));
}

/** Whether two of them cover the same time; touching is not overlapping. */
export function haveOverlap(spans: readonly Window[]): boolean {
  const rising = spans.toSorted((a, b) => a.start - b.start);
  return rising.some((span, i) => span.start < (rising[i - 1]?.end ?? Number.NEGATIVE_INFINITY));
}
