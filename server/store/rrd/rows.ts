import type { RowRequest } from '../../model/data-source.ts';
import { invariant, VigieError } from '../../model/errors.ts';
import { alignDown, slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { forEachSample } from '../journal/changes.ts';
import type { Pages } from '../pages/pages.ts';
import type { RollupSlot } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { forEachPage } from '../reading/reader.ts';
import { finest, type Ring } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';
import { consolidated } from './cdp.ts';
import type { OpenSource } from './data-sources.ts';

/** A day of one second, or ten days of ten. */
const MOST_ROWS = 100_000;

export interface Rows {
  /** The end of the first one. */
  readonly first: Ms;
  readonly step: Ms;
  /** NaN: unknown. */
  readonly values: readonly number[];
}

/**
 * What `rrdtool fetch` answers from a database whose archives are the rings: one row more than asked for when the end is a border, and
 * unknown after the last whole row. Each ring answers every consolidation. Throws `bad_request` for more than 100,000 rows.
 */
export function fetchRows(pages: Pages, series: Series, source: OpenSource, request: RowRequest): Rows {
  const ring = ringFor(series.layout.rings, source.lastUp, request);
  const { width } = ring;
  const { how, xff } = request;
  const from = alignDown(request.start, width);
  const count = Math.max(0, alignDown(request.end, width) / width + 1 - from / width);
  if (count > MOST_ROWS) throw new VigieError('bad_request', `cannot fetch ${count} rows; want at most ${MOST_ROWS}`);
  const rows = { first: ms(from + width), step: width, values: new Array<number>(count).fill(Number.NaN) };
  // Rings of another step were chosen, and no update has begun it anew.
  if (source.step !== finest(series.layout.rings).width) return rows;
  const held = heldBy(ring, source.lastUp);
  // What was stored under another definition is not of these rows.
  const begun = series.oldest < source.since ? slotEnd(ms(source.since), width) : alignDown(ms(source.since), width);
  const after = Math.max(from, held.start, begun);
  const until = Math.min(from + count * width, held.end);
  const keep = (time: number, value: number): void => {
    rows.values[(time - from) / width - 1] = value;
  };
  if (after >= until) return rows;
  if (ring.shape === 'raw') keepPdps(pages, series, { after, until }, keep);
  else
    keepCdps(pages, series, ring, { after, until }, (slot) => consolidated(slot, width / source.step, how, xff), keep);
  return rows;
}

type Keep = (time: number, value: number) => void;

/** The borders of rows, ms. */
interface Span {
  readonly after: number;
  readonly until: number;
}

function keepPdps(pages: Pages, series: Series, { after, until }: Span, keep: Keep): void {
  forEachSample(pages, series, after, until, ({ time, value, stale }) => keep(time, stale ? Number.NaN : value));
}

function keepCdps(
  pages: Pages,
  series: Series,
  ring: Ring,
  { after, until }: Span,
  consolidate: (slot: RollupSlot) => number,
  keep: Keep,
): void {
  const run = { ring, first: after / ring.width + 1, last: until / ring.width };
  forEachPage(pages, series, [run], (page, first, last) => {
    invariant(page instanceof RollupPage, 'a roll-up ring holds a page of another shape');
    const base = page.number * ring.slotsPerPage;
    page.forEach(first, last, (place, slot) => keep((base + place) * ring.width, consolidate(slot)));
  });
}

/** The rows that rrdtool would have: as many as the ring promises, up to the last whole one. */
function heldBy({ width, span }: Ring, lastUp: number): { readonly start: number; readonly end: number } {
  const end = alignDown(ms(lastUp), width);
  return { start: end - span, end };
}

/** Of the rings that reach back to the start the one whose step is nearest to the resolution; when none does, the one that covers most. */
function ringFor(rings: readonly Ring[], lastUp: number, { start, resolution }: RowRequest): Ring {
  const apart = ({ width }: Ring): number => Math.abs(resolution - width);
  const reaching = rings.filter((ring) => heldBy(ring, lastUp).start <= start);
  const [nearest] = reaching.toSorted((a, b) => apart(a) - apart(b));
  if (nearest !== undefined) return nearest;
  const missing = (ring: Ring): number => heldBy(ring, lastUp).start;
  const [most] = rings.toSorted((a, b) => missing(a) - missing(b) || apart(a) - apart(b));
  invariant(most !== undefined, 'a store without rings');
  return most;
}
