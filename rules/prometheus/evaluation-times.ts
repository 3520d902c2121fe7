import { shortHash } from '../../server/model/short-hash.ts';
import { type Ms, ms, SECOND } from '../../server/model/units.ts';

/** The width of the finest slots: a window that ends on one of their borders is exact. */
const SLOT = ms(10 * SECOND);

/**
 * The newest moment up to `now` at which a group is evaluated: every `interval`, at the group's own distance from its multiples, so
 * that not all groups come at once. Distances are whole slots.
 * @param key names the group.
 */
export function evaluationTime(key: string, interval: Ms, now: Ms): Ms {
  const places = Math.max(1, Math.floor(interval / SLOT));
  const distance = (Number.parseInt(shortHash(key), 16) % places) * SLOT;
  return ms(Math.floor((now - distance) / interval) * interval + distance);
}

/** Evaluations left out between two; a clock that went back left none out. */
export function missedEvaluations(last: Ms, next: Ms, interval: Ms): number {
  return Math.max(0, Math.round((next - last) / interval) - 1);
}
