import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../model/units.ts';

/** Steps people count in. */
const STEPS: readonly Ms[] = [
  [SECOND, [1, 2, 5, 10, 15, 30]] as const,
  [MINUTE, [1, 2, 5, 10, 15, 30]] as const,
  [HOUR, [1, 2, 3, 6, 12]] as const,
  [DAY, [1, 2, 7, 14, 28]] as const,
].flatMap(([unit, counts]) => counts.map((count) => ms(unit * count)));

const LONGEST = ms(28 * DAY);

/** The smallest of the usual steps that makes at most `points` of them, both ends included, in a range of this length. */
export function graphStep(length: Ms, points: number): Ms {
  const most = Math.max(1, points - 1);
  return STEPS.find((step) => length / step <= most) ?? ms(Math.ceil(length / most / LONGEST) * LONGEST);
}
