import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from './units.ts';

/**
 * A ring keeps `span / width` slots. Slot `j` covers the time (j*width - width, j*width]: left-open, right-closed, aligned to
 * the epoch, named by its end. That is at once rrdtool's interval and the range of Prometheus 3.
 */
export interface RingProfile {
  readonly width: Ms;
  readonly span: Ms;
}

/** Finest first. Each width divides the next, so a coarse slot is a whole number of finer ones. */
export const DEFAULT_RINGS: readonly RingProfile[] = [
  { width: ms(10 * SECOND), span: ms(2 * DAY) },
  { width: MINUTE, span: ms(14 * DAY) },
  { width: ms(5 * MINUTE), span: ms(100 * DAY) },
  { width: HOUR, span: ms(730 * DAY) },
];

/** The end of the slot that holds `time`: the smallest multiple of `width` that is >= `time`. */
export function slotEnd(time: Ms, width: Ms): Ms {
  return ms(Math.ceil(time / width) * width);
}

/** The largest multiple of `width` that is <= `time`. */
export function alignDown(time: Ms, width: Ms): Ms {
  return ms(Math.floor(time / width) * width);
}

/** Whether the ring still holds the slot ending at `end` when its newest time is `newest`. */
export function ringHolds(ring: RingProfile, end: Ms, newest: Ms): boolean {
  return end > newest - ring.span;
}
