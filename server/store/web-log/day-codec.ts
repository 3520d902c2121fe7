import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { HIT_FIGURES, WEB_LOG_TABLES } from '../../model/web-log.ts';
import { DayTable, OPEN_DAY } from './day-table.ts';
import { addFigures, noHits, type Sums } from './figures.ts';
import { HyperLogLog } from './hyper-log-log.ts';
import type { KeyCounts } from './key-counts.ts';

const VERSION = 1;
const HEADER_BYTES = 5;
/** What a body may unpack to: every table at the bound of an open day, and more. */
const MAX_JSON_BYTES = 256 * 2 ** 20;

/** Columns, because they compress three times better than rows. */
interface TableJson {
  readonly key: readonly string[];
  readonly figures: readonly (readonly number[])[];
  readonly other: readonly number[];
  /** [row, referrer, time] where there is one. */
  readonly referrers: readonly (readonly [number, string, number])[];
}

interface DayJson {
  readonly hours: readonly (readonly number[])[];
  readonly visitors: readonly number[] | string;
  readonly tables: Readonly<Record<string, TableJson>>;
}

/** version u8 | CRC-32 u32 LE of what follows | JSON of columns, deflated (RFC 1951). */
export function encodeDay(table: DayTable): Buffer {
  const json: DayJson = {
    hours: table.hours.map(valuesOf),
    visitors: table.visitors.encode(),
    tables: Object.fromEntries(WEB_LOG_TABLES.map((name) => [name, encodeCounts(table.tables[name])])),
  };
  const packed = deflateRawSync(Buffer.from(JSON.stringify(json)), { level: 3 });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION);
  header.writeUInt32LE(crc32(packed), 1);
  return Buffer.concat([header, packed]);
}

export function decodeDay(body: Buffer): DayTable {
  const table = new DayTable(OPEN_DAY);
  addBody(body, table);
  return table;
}

/** Adds a body to a table, and returns its total and visitors. Throws RangeError on bytes that are no day of this version. */
export function addBody(body: Buffer, table: DayTable): { readonly total: Sums; readonly visitors: HyperLogLog } {
  const json = unpack(body);
  const total = noHits();
  for (const [hour, values] of json.hours.entries()) {
    addFigures(table.hours[hour] ?? noHits(), figuresFrom(values));
    addFigures(total, figuresFrom(values));
  }
  for (const name of WEB_LOG_TABLES) decodeCounts(json.tables[name], table.tables[name]);
  const visitors = HyperLogLog.decode(json.visitors);
  table.visitors.merge(visitors);
  return { total, visitors };
}

function unpack(body: Buffer): DayJson {
  if (body.length < HEADER_BYTES || body.readUInt8() !== VERSION) throw new RangeError('the version is not known');
  const packed = body.subarray(HEADER_BYTES);
  if (crc32(packed) !== body.readUInt32LE(1)) throw new RangeError('the checksum is not that of the bytes');
  return JSON.parse(inflateRawSync(packed, { maxOutputLength: MAX_JSON_BYTES }).toString()) as DayJson;
}

function encodeCounts({ rows, other }: KeyCounts): TableJson {
  const all = [...rows.values()];
  return {
    key: [...rows.keys()],
    figures: HIT_FIGURES.map((figure) => all.map((row) => row[figure])),
    other: [other.rows, ...valuesOf(other)],
    referrers: all.flatMap(({ referrer, time }, i) =>
      referrer === undefined ? [] : [[i, referrer, time ?? 0] as const],
    ),
  };
}

/** A table that an older version did not know is empty. */
function decodeCounts(json: TableJson | undefined, counts: KeyCounts): void {
  if (json === undefined) return;
  const [requests = [], ok = [], pages = [], bytes = [], ok_bytes = []] = json.figures;
  const columns = { key: json.key, requests, ok, pages, bytes, ok_bytes };
  for (const [i, key] of json.key.entries()) counts.addRow(key, columns, i);
  for (const [row, referrer, time] of json.referrers) counts.refer(json.key[row] ?? '', referrer, time);
  const [rows = 0, ...values] = json.other;
  counts.addOther({ rows, ...figuresFrom(values) });
}

function valuesOf(figures: Readonly<Sums>): number[] {
  return HIT_FIGURES.map((figure) => figures[figure]);
}

function figuresFrom(values: readonly number[]): Sums {
  const [requests = 0, ok = 0, pages = 0, bytes = 0, ok_bytes = 0] = values;
  return { requests, ok, pages, bytes, ok_bytes };
}
