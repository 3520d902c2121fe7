import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import { formatDuration } from '../../model/units.ts';
import { decodePage, HEADER_BYTES, type Page, pageNumber } from '../pages/page.ts';
import { pageOfSlot, pageTime, placeOfRow, type Ring, slotOf } from '../rings/ring.ts';
import type { KnownSeries } from '../series/known-series.ts';
import type { Finding, PagePlace } from './finding.ts';

export interface PageRow {
  readonly id: number;
  readonly body: Buffer;
}

export interface PageCheckInput {
  readonly known: ReadonlyMap<number, KnownSeries>;
  /** The last commit in the file. */
  readonly lastCommit: number;
}

/** A page row whose series and ring are there. */
interface Placed {
  readonly series: KnownSeries;
  readonly ring: Ring;
  readonly row: number;
}

/** Every page row of the file, in the order of ids: those of one series and ring follow each other. */
export function pageRows(db: Database.Database, table: 'page' | 'page_before_leap'): IterableIterator<PageRow> {
  return db.prepare<[], PageRow>(`SELECT id, body FROM ${table} ORDER BY id`).iterate();
}

/** What is wrong with a page row; undefined: nothing. */
export function checkPage(row: PageRow, table: string, input: PageCheckInput): Finding | undefined {
  const rows = [{ table, key: { id: row.id } }];
  const placed = placeOf(row.id, input);
  if (typeof placed === 'string') {
    return { what: `row ${row.id} of table ${table}`, cause: placed, lost: 'nothing that is asked for', rows };
  }
  const cause = causeOf(row.body, placed, input.lastCommit);
  if (cause === undefined) return undefined;
  const page = pagePlace(placed, row.body);
  return { what: pageText(placed, page), cause, lost: lostOf(placed), rows, page };
}

export function pageText({ series, ring }: Pick<Placed, 'series' | 'ring'>, { start, end }: PagePlace): string {
  return `${formatDuration(ring.width)} page of ${series.text}, ${moment(start)} to ${moment(end)}`;
}

function placeOf(id: number, { known }: PageCheckInput): Placed | string {
  const place = placeOfRow(id);
  const series = known.get(place.series);
  if (series === undefined) return `it is of series ${place.series}, which is not there`;
  const ring = series.layout.rings[place.ring];
  if (ring === undefined || place.row >= ring.rows) return `no ring of ${series.text} has such a row`;
  return { series, ring, row: place.row };
}

function causeOf(body: Buffer, { series, ring, row }: Placed, lastCommit: number): string | undefined {
  let page: Page;
  try {
    page = decodePage(ring, body);
    page.rows.columns();
  } catch (error) {
    return messageOf(error);
  }
  if (rowOf(page.number, ring) !== row) return `page ${page.number} stands in row ${row}, which is not its own`;
  if (page.mark.lsn > lastCommit) return `it is of commit ${page.mark.lsn}; the last one is ${lastCommit}`;
  if (page.rows.count === 0 || page.mark.lsn > series.headLsn) return undefined;
  const isAhead = slotOf(ring, page.newestTime(ring)) > slotOf(ring, series.newest);
  return isAhead ? `it has data after the newest of its series, ${moment(series.newest)}` : undefined;
}

/**
 * The page that a damaged body was: the number it says, when that can be; else the one whose turn the row had when the newest data of the
 * series came.
 */
function pagePlace({ series, ring, row }: Placed, body: Buffer): PagePlace {
  const last = Number.isFinite(series.newest) ? pageOfSlot(ring, slotOf(ring, series.newest)) : row;
  const said = pageNumber(body.subarray(0, HEADER_BYTES));
  const isPossible = said !== undefined && said <= last && said > last - ring.rows && rowOf(said, ring) === row;
  const number = isPossible ? said : last - rowOf(last - row, ring);
  return { series: series.id, ring: ring.index, number, ...pageTime(ring, number) };
}

function lostOf({ series, ring }: Placed): string {
  const others = series.layout.rings
    .filter(({ index }) => index !== ring.index)
    .map(({ width }) => formatDuration(width));
  return `its ${ring.slotsPerPage} slots of ${formatDuration(ring.width)}; those of ${others.join(', ')} have pages of their own`;
}

function rowOf(number: number, ring: Ring): number {
  return ((number % ring.rows) + ring.rows) % ring.rows;
}

function moment(time: number): string {
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString().replace('.000Z', 'Z') : '-';
}
