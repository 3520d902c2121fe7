import { HIT_DIMENSIONS, type HitColumns, type HitTable } from '../../server/model/web-log.ts';

/** Cuts tables into parts of at most `maxBytes` as JSON; sums may be told in any number of parts. Nothing of no table. */
export function splitHits(tables: readonly HitTable[], maxBytes: number): (readonly HitTable[])[] {
  if (tables.length === 0) return [];
  if (Buffer.byteLength(JSON.stringify(tables)) <= maxBytes) return [tables];
  const [first] = tables;
  const halves = tables.length > 1 || first === undefined ? halvesOf(tables) : tableHalves(first);
  return halves.every((half) => half.length > 0) ? halves.flatMap((half) => splitHits(half, maxBytes)) : [tables];
}

function halvesOf<T>(all: readonly T[]): [readonly T[], readonly T[]] {
  const middle = all.length >> 1;
  return [all.slice(0, middle), all.slice(middle)];
}

/** One table as two; the second is missing when no dimension has more than one row. */
function tableHalves(table: HitTable): [readonly HitTable[], readonly HitTable[]] {
  const used = HIT_DIMENSIONS.filter((dimension) => (table.rows[dimension]?.key.length ?? 0) > 0);
  if (used.length > 1) {
    const [left, right] = halvesOf(used);
    return [[{ ...pick(table, left), visitors: [] }], [pick(table, right)]];
  }
  const [only] = used;
  const columns = only === undefined ? undefined : table.rows[only];
  if (only === undefined || columns === undefined || columns.key.length < 2) return [[table], []];
  const middle = columns.key.length >> 1;
  const left = { ...table, rows: { [only]: cut(columns, 0, middle) }, visitors: [] };
  return [[left], [{ ...table, rows: { [only]: cut(columns, middle, columns.key.length) } }]];
}

function pick(table: HitTable, dimensions: readonly (keyof HitTable['rows'])[]): HitTable {
  return { ...table, rows: Object.fromEntries(dimensions.map((dimension) => [dimension, table.rows[dimension]])) };
}

function cut(columns: HitColumns, from: number, to: number): HitColumns {
  const { key, requests, ok, pages, bytes, ok_bytes, referrer, time } = columns;
  return {
    key: key.slice(from, to),
    requests: requests.slice(from, to),
    ok: ok.slice(from, to),
    pages: pages.slice(from, to),
    bytes: bytes.slice(from, to),
    ok_bytes: ok_bytes.slice(from, to),
    ...(referrer === undefined ? {} : { referrer: referrer.slice(from, to) }),
    ...(time === undefined ? {} : { time: time.slice(from, to) }),
  };
}
