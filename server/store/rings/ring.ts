import { invariant, VigieError } from '../../model/errors.ts';
import type { SeriesKind } from '../../model/labels.ts';
import { alignDown, type RingProfile } from '../../model/rings.ts';
import { formatDuration, type Ms, ms } from '../../model/units.ts';

/**
 * Slots, pages and laps.
 *
 *     time      ---- (j*w - w, j*w] is slot j of a ring of width w ------------------------------------------------>
 *     slots     | 0 1 2 ... S-1 | S ... 2S-1 | ...
 *     page k    |      0        |     1      | 2 | ... | P-1 | P | ...
 *     row       |      0        |     1      | 2 | ... | P-1 | 0 | ...      row = k mod P
 *
 * A ring has P = ceil(span / (S*w)) + 1 rows per series. With the newest slot of the series in page K the ring holds the pages
 * K-P+1 .. K: every slot ending after newest - span is among them. The page number stored in a row proves its lap.
 */
export type PageShape = 'sum' | 'raw' | 'rollup';

/**
 * Slots per page: a twelfth of the ring, so that the row beyond its span is little, within these bounds. More would save no
 * byte worth having, and every page of an active series is written again every few minutes.
 */
const SLOTS_PER_PAGE: Readonly<Record<PageShape, { readonly least: number; readonly most: number }>> = {
  sum: { least: 240, most: 720 },
  raw: { least: 60, most: 1440 },
  rollup: { least: 60, most: 240 },
};
const PAGES_PER_RING = 12;

/** Raw samples are taken as dense as this; with the default rings 5760 in four hours, one every 2.5 s. */
const RAW_SAMPLES_PER_SLOT = 4;

/** A row id has room for this many rows per ring, rings, and series. */
const ROWS_PER_RING = 2048;
export const RINGS = 8;
export const SERIES_IDS = 2 ** 32;

/** One ring of one shape: the arithmetic between time, slot, page and row. Times are ms. */
export interface Ring {
  readonly index: number;
  readonly width: Ms;
  readonly span: Ms;
  readonly shape: PageShape;
  readonly slotsPerPage: number;
  /** P of the picture. */
  readonly rows: number;
  /** As files before version 4 had their rows: pages of one series side by side (`repaging.ts`). */
  readonly bySeries?: true;
}

/** The rings of one kind of series, finest first. All but sums keep raw samples in the finest one, data sources their PDPs. */
export function ringsOfKind(profiles: readonly RingProfile[], kind: SeriesKind): readonly Ring[] {
  return profiles.map(({ width, span }, index) => {
    const shape: PageShape = kind === 'sum' ? 'sum' : index === 0 ? 'raw' : 'rollup';
    const slotsPerPage = slotsOfPage(shape, width, span);
    return { index, width, span, shape, slotsPerPage, rows: Math.ceil(span / (slotsPerPage * width)) + 1 };
  });
}

function slotsOfPage(shape: PageShape, width: Ms, span: Ms): number {
  const { least, most } = SLOTS_PER_PAGE[shape];
  const share = Math.ceil(span / width / PAGES_PER_RING);
  // Times in a page are 32-bit offsets from its start.
  return Math.min(Math.max(least, Math.min(most, share)), Math.floor(2 ** 32 / width));
}

/** The most samples that a raw page takes. */
export function samplesPerPage({ slotsPerPage }: Ring): number {
  return slotsPerPage * RAW_SAMPLES_PER_SLOT;
}

/** Why there cannot be such rings, and where in the list: a ring, or one of its figures. */
export interface RingFault {
  readonly at: readonly (number | 'step' | 'keep')[];
  readonly cause: string;
}

/** Undefined when widths divide each other, spans grow, and every ring fits the row id. */
export function ringFault(profiles: readonly RingProfile[]): RingFault | undefined {
  if (profiles.length < 2 || profiles.length > RINGS) {
    return { at: [], cause: `got ${profiles.length} rings; want 2 to ${RINGS}` };
  }
  for (const [i, ring] of profiles.entries()) {
    const fault = faultOf(ring, profiles[i - 1]);
    if (fault !== undefined) return { at: [i, ...fault.at], cause: fault.cause };
  }
  for (const { index, rows } of [...ringsOfKind(profiles, 'sum'), ...ringsOfKind(profiles, 'gauge')]) {
    if (rows <= ROWS_PER_RING) continue;
    return { at: [index, 'keep'], cause: `a ring of ${rows} pages is too long; at most ${ROWS_PER_RING} fit` };
  }
  return undefined;
}

function faultOf({ width, span }: RingProfile, finer: RingProfile | undefined): RingFault | undefined {
  const [step, keep] = [formatDuration(width), formatDuration(span)];
  if (!Number.isInteger(width / 1000) || width <= 0) {
    return { at: ['step'], cause: `got a step of ${width} ms; want whole seconds` };
  }
  if (span < width || span % width !== 0) {
    return { at: ['keep'], cause: `got a time of ${keep}; want a multiple of the step ${step}` };
  }
  if (finer === undefined) return undefined;
  if (width % finer.width !== 0 || width === finer.width) {
    const cause = `got a step of ${step} after ${formatDuration(finer.width)}; want each step to divide the next`;
    return { at: ['step'], cause };
  }
  if (span >= finer.span) return undefined;
  return { at: ['keep'], cause: `got ${keep} after ${formatDuration(finer.span)}; want times that grow` };
}

/** Throws VigieError `bad_config` when there cannot be such rings. */
export function checkRings(profiles: readonly RingProfile[]): void {
  const fault = ringFault(profiles);
  if (fault !== undefined) throw new VigieError('bad_config', `cannot make rings: ${fault.cause}`);
}

export function slotOf(ring: Ring, time: number): number {
  return Math.ceil(time / ring.width);
}

export function pageOfSlot(ring: Ring, slot: number): number {
  return Math.floor(slot / ring.slotsPerPage);
}

/** Whether the ring of a series whose newest data is at `newest` has (or could have) a row for the page. */
export function ringHasPage(ring: Ring, page: number, newest: number): boolean {
  return page > pageOfSlot(ring, slotOf(ring, newest)) - ring.rows;
}

/** The oldest moment of the ring's rows: every sample after it that was accepted is there. */
export function ringFloor(ring: Ring, newest: number): Ms {
  const oldestPage = pageOfSlot(ring, slotOf(ring, newest)) - ring.rows + 1;
  return ms((oldestPage * ring.slotsPerPage - 1) * ring.width);
}

/**
 * The row of a page: `(ring * 2048 + page mod P) * 2^32 + series`. Pages of one time lie side by side, so that a flush, which writes
 * the newest page of every active series, fills few leaves of the file and fills them well.
 */
export function rowId(series: number, ring: Ring, page: number): number {
  const row = ((page % ring.rows) + ring.rows) % ring.rows;
  if (ring.bySeries) return (series * RINGS + ring.index) * ROWS_PER_RING + row;
  return (ring.index * ROWS_PER_RING + row) * SERIES_IDS + series;
}

/** The rows of all pages that the ring may hold of a series. */
export function rowsOf(series: number, ring: Ring): readonly number[] {
  return Array.from({ length: ring.rows }, (_, page) => rowId(series, ring, page));
}

/** The rows of the pages that a series with data from `oldest` to `newest` may have in the ring, each once. */
export function rowsBetween(series: number, ring: Ring, oldest: number, newest: number): readonly number[] {
  if (!(oldest <= newest)) return [];
  const last = pageOfSlot(ring, slotOf(ring, newest));
  const count = Math.min(ring.rows, last - pageOfSlot(ring, slotOf(ring, oldest)) + 1);
  return Array.from({ length: count }, (_, i) => rowId(series, ring, last - i));
}

/** Whose page a row holds. */
export function seriesOfRow(id: number): number {
  return id % SERIES_IDS;
}

/** The place that a row id tells; the ring may be none of the series, the row none of the ring. */
export function placeOfRow(id: number): { readonly series: number; readonly ring: number; readonly row: number } {
  const rows = Math.floor(id / SERIES_IDS);
  return { series: seriesOfRow(id), ring: Math.floor(rows / ROWS_PER_RING), row: rows % ROWS_PER_RING };
}

/** The time of a page, (start, end]. */
export function pageTime(ring: Ring, page: number): { readonly start: Ms; readonly end: Ms } {
  const slots = page * ring.slotsPerPage - 1;
  return { start: ms(slots * ring.width), end: ms((slots + ring.slotsPerPage) * ring.width) };
}

export function coarsest(rings: readonly Ring[]): Ring {
  const ring = rings.at(-1);
  invariant(ring !== undefined, 'a store without rings');
  return ring;
}

export function finest(rings: readonly Ring[]): Ring {
  const ring = rings[0];
  invariant(ring !== undefined, 'a store without rings');
  return ring;
}

/** The start of the slot that holds `time` in a ring of this width. */
export function slotStart(time: number, width: Ms): Ms {
  return ms(alignDown(ms(time - 1), width));
}
