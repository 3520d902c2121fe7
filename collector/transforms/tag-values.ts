import type { Column, LogBatch } from '../batch.ts';
import { fieldText } from './field-text.ts';

/** Longer values of a tag are cut. */
const MAX_BYTES = 120;
/** Distinct spellings kept between batches. */
const MAX_INTERNED = 20_000;
const METHODS: ReadonlySet<string> = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH ' +
    'PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH'
  ).split(' '),
);

/** Fields whose values clients cannot make up: the parser's vocabularies, and what a source says of itself. */
const CLOSED: ReadonlySet<string> = new Set(['method', 'status', 'service', 'facility', 'severity']);

/** The values of one tag, as small numbers: 0 is the empty value. Numbers hold until the next `begin`. */
export interface TagValues {
  /** From a vocabulary that clients cannot make grow: never folded into "(other)". */
  readonly closed: boolean;
  begin(batch: LogBatch): void;
  idOf(row: number): number;
  text(id: number): string;
}

/** A tag from a field of the lines, or, when they have none of that name, from what the batch says of itself. */
export class FieldTag implements TagValues {
  readonly closed: boolean;
  readonly #field: string;
  readonly #normalise: (text: string) => string;
  readonly #texts: string[] = [''];
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #numbers = new Map<number, number>();
  #spellings = new ByteTable();
  #bytes: Buffer = Buffer.alloc(0);
  #column: Column | undefined;
  #constant = 0;

  constructor(field: string) {
    this.#field = field;
    this.closed = CLOSED.has(field);
    this.#normalise = field === 'method' ? knownMethod : field === 'vhost' ? hostName : printable;
  }

  begin(batch: LogBatch): void {
    if (this.#texts.length > MAX_INTERNED || this.#spellings.size > MAX_INTERNED) this.#forget();
    this.#bytes = batch.bytes;
    this.#column = batch.fields.get(this.#field);
    const shared = batch.attributes[this.#field];
    this.#constant = shared === undefined ? 0 : this.#intern(printable(shared));
  }

  idOf(row: number): number {
    const column = this.#column;
    if (column === undefined) return this.#constant;
    if (column.type === 'word') return this.#wordId(column, row);
    return column.type === 'number' ? this.#numberId(column.values[row] ?? Number.NaN) : this.#textId(column, row);
  }

  text(id: number): string {
    return this.#texts[id] ?? '';
  }

  #textId(column: Extract<Column, { type: 'text' }>, row: number): number {
    const start = column.start[row] ?? -1;
    // A request too broken to have a method is still a request of no known method.
    if (start < 0) return this.#field === 'method' ? this.#intern('other') : 0;
    const end = Math.min(column.end[row] ?? start, start + MAX_BYTES);
    const slot = this.#spellings.find(this.#bytes, start, end);
    const known = this.#spellings.idAt(slot);
    if (known >= 0) return known;
    const id = this.#intern(this.#normalise(fieldText(this.#bytes, start, end, column.escaped)));
    this.#spellings.put(slot, this.#bytes, start, end, id);
    return id;
  }

  #wordId({ words, index }: Extract<Column, { type: 'word' }>, row: number): number {
    const word = words[index[row] ?? -1];
    return word === undefined ? 0 : this.#intern(word);
  }

  #numberId(value: number): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const text = this.#field === 'status' ? String(value).padStart(3, '0') : String(value);
    const id = Number.isNaN(value) ? 0 : this.#intern(text);
    if (this.#numbers.size < MAX_INTERNED) this.#numbers.set(value, id);
    return id;
  }

  #intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }

  #forget(): void {
    this.#texts.length = 1;
    this.#ids.clear();
    this.#ids.set('', 0);
    this.#numbers.clear();
    this.#spellings = new ByteTable();
  }
}

/** Fixed text. */
export function fixedTag(text: string): TagValues {
  return { closed: true, begin: () => {}, idOf: () => 0, text: () => text };
}

/** Open addressing over byte strings; keeps copies, for the buffers of batches are not ours. */
class ByteTable {
  size = 0;
  #mask = 255;
  #hashes = new Int32Array(256);
  #ids = new Int32Array(256).fill(-1);
  #from = new Int32Array(256);
  #lengths = new Int32Array(256);
  #arena = Buffer.alloc(4096);
  #used = 0;
  #hash = 0;

  /** The slot of these bytes, or the free one where they belong. */
  find(bytes: Buffer, start: number, end: number): number {
    let hash = 0x811c9dc5 | 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
    this.#hash = hash;
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while ((this.#ids[slot] ?? -1) >= 0 && !this.#holds(slot, hash, bytes, start, end)) slot = (slot + 1) & this.#mask;
    return slot;
  }

  idAt(slot: number): number {
    return this.#ids[slot] ?? -1;
  }

  /** Right after `find`. */
  put(slot: number, bytes: Buffer, start: number, end: number, id: number): void {
    const length = end - start;
    if (this.#used + length > this.#arena.length) {
      this.#arena = Buffer.concat([this.#arena, Buffer.alloc(this.#arena.length + length)]);
    }
    bytes.copy(this.#arena, this.#used, start, end);
    this.#set(slot, this.#hash, this.#used, length, id);
    this.#used += length;
    if (++this.size * 2 > this.#mask) this.#grow();
  }

  #holds(slot: number, hash: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.#hashes[slot] !== hash || this.#lengths[slot] !== end - start) return false;
    const from = this.#from[slot] ?? 0;
    for (let i = start; i < end; i++) if (bytes[i] !== this.#arena[from + i - start]) return false;
    return true;
  }

  #set(slot: number, hash: number, from: number, length: number, id: number): void {
    this.#hashes[slot] = hash;
    this.#from[slot] = from;
    this.#lengths[slot] = length;
    this.#ids[slot] = id;
  }

  #grow(): void {
    const [hashes, froms, lengths, ids] = [this.#hashes, this.#from, this.#lengths, this.#ids];
    const size = ids.length * 2;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#from = new Int32Array(size);
    this.#lengths = new Int32Array(size);
    this.#ids = new Int32Array(size).fill(-1);
    for (let old = 0; old < ids.length; old++) {
      if ((ids[old] ?? -1) < 0) continue;
      const hash = hashes[old] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & this.#mask;
      while ((this.#ids[slot] ?? -1) >= 0) slot = (slot + 1) & this.#mask;
      this.#set(slot, hash, froms[old] ?? 0, lengths[old] ?? 0, ids[old] ?? 0);
    }
  }
}

export function knownMethod(text: string): string {
  return METHODS.has(text) ? text : 'other';
}

function hostName(text: string): string {
  return printable(text).toLowerCase();
}

/** Control and format characters could forge what people read. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
