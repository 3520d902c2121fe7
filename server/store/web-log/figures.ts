import type { HitColumns, HitFigures } from '../../model/web-log.ts';

/** Figures that are being added up. */
export type Sums = { -readonly [F in keyof HitFigures]: number };

export function noHits(): Sums {
  return { requests: 0, ok: 0, pages: 0, bytes: 0, ok_bytes: 0 };
}

export function addFigures(to: Sums, from: HitFigures): void {
  to.requests += from.requests;
  to.ok += from.ok;
  to.pages += from.pages;
  to.bytes += from.bytes;
  to.ok_bytes += from.ok_bytes;
}

/** Adds row `i` of columns. */
export function addRow(to: Sums, columns: HitColumns, i: number): void {
  to.requests += columns.requests[i] ?? 0;
  to.ok += columns.ok[i] ?? 0;
  to.pages += columns.pages[i] ?? 0;
  to.bytes += columns.bytes[i] ?? 0;
  to.ok_bytes += columns.ok_bytes[i] ?? 0;
}

export function figuresOf({ requests, ok, pages, bytes, ok_bytes }: HitFigures): HitFigures {
  return { requests, ok, pages, bytes, ok_bytes };
}
