/**
 * Numbers that rows are made of: a few as a plain array, many as a typed one, which the collector of garbage neither looks into nor
 * copies. Ten thousand series that grow would keep it busy half of the time.
 */
export type Numbers = number[] | Float64Array;

/** Nothing is ever written to it: it has no room. */
export const NO_NUMBERS: Numbers = [];

const LEAST = 48;

/** The same numbers with room for `needed`, and as many again. */
export function grown(numbers: Numbers, needed: number): Float64Array {
  const room = new Float64Array(Math.max(LEAST, needed, 2 * numbers.length));
  room.set(numbers);
  return room;
}
