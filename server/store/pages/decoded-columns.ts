import type { Columns } from './page-rows.ts';

/** What a column, and a page, take beside the numbers, roughly. */
const VIEW_BYTES = 100;
const PAGE_BYTES = 200;

/** Decoded columns of pages that were asked for lately; the ones decoded longest ago go first. */
export class DecodedColumns {
  readonly #maxBytes: number;
  readonly #columns = new Map<object, Columns>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(page: object): Columns | undefined {
    return this.#columns.get(page);
  }

  keep(page: object, columns: Columns): void {
    this.drop(page);
    this.#columns.set(page, columns);
    this.#bytes += bytesOf(columns);
    for (const oldest of this.#columns.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.drop(oldest);
    }
  }

  drop(page: object): void {
    const columns = this.#columns.get(page);
    if (columns === undefined) return;
    this.#columns.delete(page);
    this.#bytes -= bytesOf(columns);
  }
}

function bytesOf(columns: Columns): number {
  return columns.reduce((sum, { byteLength }) => sum + (byteLength > 0 ? byteLength + VIEW_BYTES : 0), PAGE_BYTES);
}
