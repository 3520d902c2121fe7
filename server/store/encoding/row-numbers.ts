/**
 * Numbers that rows are made of: a few as a plain array, many as a typed one, which the collector of garbage neither looks into nor
 * copies. Ten thousand series that grow would keep it busy half of the time.
 */
export type Numbers = number[] | Float64Array;

/** Nothing is ever written to it: it has no room. */
export const NO_NUMBERS: Numbers = [];

const LEAST = 48;
const MOST_SPARE_BYTES = 16 * 2 ** 20;

/**
 * Rooms of `LEAST * 2^k` numbers that nobody needs any more, by their length. Series grow in step, so that what one leaves the next one takes;
 * memory that is got and given back for each costs several times the copy.
 */
const spare = new Map<number, Float64Array[]>();
let spareBytes = 0;

/** The same numbers with room for `needed`, and as many again; `numbers` is nobody's afterwards. */
export function grown(numbers: Numbers, needed: number): Float64Array {
  let length = LEAST;
  while (length < needed || length < 2 * numbers.length) length *= 2;
  const room = taken(length);
  room.set(numbers);
  released(numbers);
  return room;
}

/** Tells that nobody looks at the numbers any more. */
export function released(numbers: Numbers): void {
  if (!(numbers instanceof Float64Array) || !isRoom(numbers.length)) return;
  if (spareBytes + numbers.byteLength > MOST_SPARE_BYTES) return;
  const rooms = spare.get(numbers.length);
  if (rooms === undefined) spare.set(numbers.length, [numbers]);
  else rooms.push(numbers);
  spareBytes += numbers.byteLength;
}

function isRoom(length: number): boolean {
  const times = length / LEAST;
  return Number.isInteger(Math.log2(times));
}

/** What stands in it may be anything. */
function taken(length: number): Float64Array {
  const room = spare.get(length)?.pop();
  if (room === undefined) return new Float64Array(length);
  spareBytes -= room.byteLength;
  return room;
}
