/** Ids of series, rising and each once. */
export type Postings = readonly number[];

/** Where one list is this many times longer, its ids are looked up instead of walked by. */
const LOOK_UP_RATIO = 16;

/** Adds an id in its place; nearly always the last, because ids rise. */
export function insertId(ids: number[], id: number): void {
  if ((ids.at(-1) ?? -1) < id) ids.push(id);
  else if (!hasId(ids, id)) ids.splice(placeOf(ids, id), 0, id);
}

export function hasId(ids: Postings, id: number): boolean {
  return ids[placeOf(ids, id)] === id;
}

/** The ids that are in both. */
export function intersect(a: Postings, b: Postings): Postings {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return split(short, long, true);
}

/** The ids of `a` that are not in `b`. */
export function without(a: Postings, b: Postings): Postings {
  return split(a, b, false);
}

/** The ids of lists that share none, such as those of the values of one label. */
export function unionOfDisjoint(lists: readonly Postings[]): Postings {
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  const whole = lists.find((list) => list.length === length);
  if (whole !== undefined || length === 0) return whole ?? [];
  const first = lists.reduce((low, list) => Math.min(low, list[0] ?? low), Number.POSITIVE_INFINITY);
  const last = lists.reduce((high, list) => Math.max(high, list.at(-1) ?? high), 0);
  return last - first < length * LOOK_UP_RATIO ? dense(lists, first, last) : sorted(lists, length);
}

/** A mark per id, which are then read in order: many times faster than sorting when few ids in between are missing. */
function dense(lists: readonly Postings[], first: number, last: number): Postings {
  const marks = new Uint8Array(last - first + 1);
  for (const list of lists) for (const id of list) marks[id - first] = 1;
  const ids: number[] = [];
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) ids.push(first + i);
  return ids;
}

function sorted(lists: readonly Postings[], length: number): Postings {
  const all = new Float64Array(length);
  let filled = 0;
  for (const list of lists) {
    all.set(list, filled);
    filled += list.length;
  }
  return Array.from(all.sort());
}

/** The ids of `a` that are in `b`, or that are not. */
function split(a: Postings, b: Postings, wanted: boolean): Postings {
  if (b.length > a.length * LOOK_UP_RATIO) return a.filter((id) => hasId(b, id) === wanted);
  const chosen: number[] = [];
  let at = 0;
  for (const id of a) {
    while (at < b.length && (b[at] ?? id) < id) at++;
    if ((b[at] === id) === wanted) chosen.push(id);
  }
  return chosen;
}

/** The place of the first id that is not below `id`. */
function placeOf(ids: Postings, id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
