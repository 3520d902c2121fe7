import { SERIES_KINDS, type SeriesKind } from '../model/labels.ts';
import type { RingProfile } from '../model/rings.ts';
import { type Ring, ringsOfKind, samplesPerPage } from './rings/ring.ts';
import { DATA_SOURCE_BYTES } from './rrd/data-sources.ts';

/** One leaf of the file. */
export const SQLITE_PAGE_BYTES = 4096;

/**
 * The longest body of a page: header and checksum, places as bitmaps, and every column in its plainest coding. With the default
 * rings sums 11.7 kB, raw samples 70 kB, roll-ups 15.5 kB; usual ones take a tenth of that.
 */
export function pageBodyBytes(ring: Ring): number {
  const places = (size: number): number => 1 + Math.ceil(size / 8);
  const columns = (count: number, width: number, rows: number): number => count * (1 + width * rows);
  const { slotsPerPage: slots, shape } = ring;
  if (shape === 'sum') return PAGE_FRAME_BYTES + places(slots) + columns(2, 8, slots);
  if (shape === 'rollup') return PAGE_FRAME_BYTES + 2 * places(slots) + columns(4, 4, slots) + columns(6, 8, slots);
  const samples = samplesPerPage(ring);
  return PAGE_FRAME_BYTES + 8 + places(samples) + columns(1, 4, samples) + columns(1, 8, samples);
}

/** Version, shape, two varints, checksum. */
const PAGE_FRAME_BYTES = 22;

/**
 * Bytes of the file that a row with a body of at most `bytes` fills when it has its leaf for itself: SQLite keeps up to 4061 bytes
 * of a row on the leaf, otherwise at least 489, and puts the rest on overflow pages of 4092
 * (https://www.sqlite.org/fileformat2.html#b_tree_pages).
 */
export function rowBytes(bytes: number): number {
  const payload = bytes + 16;
  if (payload <= 4061) return SQLITE_PAGE_BYTES;
  const [whole, rest] = [Math.floor((payload - 489) / 4092), (payload - 489) % 4092];
  return (1 + whole + (rest > 4061 - 489 ? 1 : 0)) * SQLITE_PAGE_BYTES;
}

/** Names and labels: identities are bounded before they are stored. */
export const LABEL_LIMITS = { labels: 32, name_bytes: 256, value_bytes: 4096, identity_bytes: 8192 } as const;

/** Bounds of the tables that grow with clients. */
export const CLIENT_LIMITS = {
  sinks: 1024,
  origins: 4096,
  origins_per_series: 256,
  positions_per_sink: 65_536,
  position_bytes: 4096,
  /** Over all sinks; a batch that finds no room is applied part by part. */
  held_bytes: 128 * 2 ** 20,
  epochs_per_sink: 16,
  drop_reasons: 64,
  note_bytes: 1024,
} as const;

/** Identity twice (row and index), head row, open data source, and the origins of a series. */
const SERIES_META_BYTES =
  2 * LABEL_LIMITS.identity_bytes + 128 + DATA_SOURCE_BYTES + CLIENT_LIMITS.origins_per_series * 24;

/** Inner b-tree pages (one for some 400 leaves), rounded up generously. */
const TREE_OVERHEAD = 1.01;

/** Sinks, origins, positions and the log of epochs at their usual sizes; the schema itself. */
const CLIENT_TABLES_BYTES = 64 * 2 ** 20;

/**
 * The write-ahead log beside the file: it is checkpointed after every 1000 pages and cut back to 64 MiB; the largest single
 * transaction is a flush of 4096 pages and heads, or a commit of a few batches of at most 16 MiB, one of which
 * may bring the parts held before it.
 */
export const WAL_BYTES = 256 * 2 ** 20;

/** Pages set aside while a leap of the clock is young (`leap-pages.ts`). */
export const LEAP_BYTES = 64 * 2 ** 20;

/** The largest of what a series of each kind may take, whichever of these rings it has. */
export function worstCaseOfProfiles(
  profiles: readonly (readonly RingProfile[])[],
): Readonly<Record<SeriesKind, number>> {
  const each = profiles.map(worstCaseBytesPerSeries);
  const most = (kind: SeriesKind): number => Math.max(...each.map((bytes) => bytes[kind]));
  return { sum: most('sum'), counter: most('counter'), gauge: most('gauge'), rrd: most('rrd') };
}

/** Worst-case bytes of one series of each kind: every row of every ring, each on a leaf of its own, and its identity. */
export function worstCaseBytesPerSeries(rings: readonly RingProfile[]): Readonly<Record<SeriesKind, number>> {
  const bytesOf = (kind: SeriesKind): number => {
    const pages = ringsOfKind(rings, kind).reduce((sum, ring) => sum + ring.rows * rowBytes(pageBodyBytes(ring)), 0);
    return Math.ceil(pages * TREE_OVERHEAD) + SERIES_META_BYTES;
  };
  return Object.fromEntries(SERIES_KINDS.map((kind) => [kind, bytesOf(kind)])) as Record<SeriesKind, number>;
}

/** The bound of the database file: `maxSeries` series of the largest kind and profile, the journal, and what clients may fill. */
export function worstCaseFileBytes(
  profiles: readonly (readonly RingProfile[])[],
  maxSeries: number,
  journalMaxBytes: number,
): number {
  const perSeries = Math.max(...Object.values(worstCaseOfProfiles(profiles)));
  const clients = CLIENT_TABLES_BYTES + Math.ceil(CLIENT_LIMITS.held_bytes * TREE_OVERHEAD);
  return Math.ceil(maxSeries * perSeries + 2 * journalMaxBytes + clients + 2 * LEAP_BYTES);
}
