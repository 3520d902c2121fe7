import { messageOf } from '../../model/errors.ts';
import type { Labels } from '../../model/labels.ts';
import type { BlockBody } from './block.ts';
import { type BlockColumns, decodeColumns, decodeFilter, decodeText } from './block.ts';
import type { BlockHead } from './block-head.ts';
import type { BlockTable } from './block-table.ts';

/** Told of a block that cannot be read. */
export type TellDamage = (id: number, cause: string) => void;

/**
 * The blocks as they were at one moment, for a question that takes several turns of the event loop: blocks merged meanwhile stay
 * until it is closed. Evicted and damaged blocks read as undefined.
 */
export class LogReader {
  readonly heads: readonly BlockHead[];
  /** The newest line at that moment. */
  readonly lastSeq: number;
  readonly #table: BlockTable;
  readonly #damage: TellDamage;
  readonly #onClose: () => void;

  constructor(
    heads: readonly BlockHead[],
    lastSeq: number,
    parts: { readonly table: BlockTable; readonly damage: TellDamage; readonly onClose: () => void },
  ) {
    this.heads = heads;
    this.lastSeq = lastSeq;
    this.#table = parts.table;
    this.#damage = parts.damage;
    this.#onClose = parts.onClose;
  }

  close(): void {
    this.#onClose();
  }

  streams({ id }: BlockHead): readonly Labels[] | undefined {
    return this.#guard(id, () => this.#table.streams(id));
  }

  filter(head: BlockHead): Buffer | undefined {
    return this.#read(head, 'filter', decodeFilter);
  }

  columns(head: BlockHead): BlockColumns | undefined {
    return this.#read(head, 'columns', (part) => decodeColumns(part, head.lines));
  }

  text(head: BlockHead): string | undefined {
    return this.#read(head, 'text', decodeText);
  }

  #read<T>({ id }: BlockHead, name: keyof BlockBody, decode: (part: Buffer) => T): T | undefined {
    return this.#guard(id, () => {
      const part = this.#table.part(id, name);
      return part === undefined ? undefined : decode(part);
    });
  }

  /** Bytes from a disk may be anything: whatever a decoder throws is damage. What SQLite throws is not. */
  #guard<T>(id: number, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_')) throw error;
      this.#damage(id, messageOf(error));
      return undefined;
    }
  }
}
