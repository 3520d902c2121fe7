import type { HitColumns } from '../../server/model/web-log.ts';
import type { Column, LogBatch } from '../batch.ts';
import { ByteKeys } from './byte-keys.ts';
import { fieldText } from './field-text.ts';
import { HitSums } from './hit-sums.ts';

/** The distinct texts of one field, with figures. */
export class HitNames {
  readonly sums = new HitSums();
  readonly #field: string;
  readonly #maxBytes: number;
  readonly #keys = new ByteKeys();
  #column: Extract<Column, { type: 'text' }> | undefined;
  #escaped = false;
  #texts: (string | undefined)[] = [];

  constructor(field: string, maxBytes: number) {
    this.#field = field;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#keys.size;
  }

  begin(): void {
    this.sums.begin();
    this.#keys.begin();
    this.#texts = [];
  }

  /** The batch whose rows come next; the parser decides once for all whether a field is escaped. */
  read(batch: LogBatch): void {
    this.#keys.read(batch.bytes);
    const column = batch.fields.get(this.#field);
    this.#column = column?.type === 'text' ? column : undefined;
    this.#escaped = this.#column?.escaped ?? this.#escaped;
  }

  idOf(row: number): number {
    const start = this.#column?.start[row] ?? -1;
    if (start < 0) return this.#keys.idOf(0, 0);
    // One byte more tells that there was more.
    const end = Math.min(this.#column?.end[row] ?? start, start + this.#maxBytes + 1);
    return this.#keys.idOf(start, end);
  }

  hash(id: number, seed: number): number {
    return this.#keys.hash(id, seed);
  }

  text(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const [start, end] = [this.#keys.start(id), this.#keys.end(id)];
    const cut = end - start > this.#maxBytes;
    const text = fieldText(this.#keys.bytes, start, cut ? end - 1 : end, this.#escaped) + (cut ? '…' : '');
    this.#texts[id] = text;
    return text;
  }

  columns(normalise = (text: string): string => text): HitColumns {
    return this.sums.columns((id) => normalise(this.text(id)));
  }
}
