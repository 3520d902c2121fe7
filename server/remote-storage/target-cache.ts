import type { SampleTarget } from '../store/intake/sample-write.ts';

/** Entries, and bytes of labels: beyond either the cache begins anew, and labels are read again. */
export interface CacheBounds {
  readonly entries: number;
  readonly bytes: number;
}

/** Makes the target of the labels in [start, end). */
type MakeTarget = (start: number, end: number) => SampleTarget;

const NONE = -1;

/**
 * Where samples go, by the bytes of their labels as a sender writes them. A sender writes a series the same way every time, so no text is
 * made of labels that are known: they are compared in place. Two ways of writing one series are two entries.
 *
 *     arena     | labels of entry 0 | labels of entry 1 | ...            offsets[e] .. offsets[e + 1]
 *     table     hash -> entry, open addressing
 *     follower  entry -> the entry asked for after it the last time: senders keep an order, so most need no hash
 */
export class TargetCache {
  readonly #bounds: CacheBounds;
  readonly #seed: number;
  #targets: SampleTarget[] = [];
  #table = new Int32Array(1024).fill(NONE);
  #hashes = new Int32Array(512);
  #offsets = new Uint32Array(513);
  #followers = new Int32Array(512).fill(NONE);
  #arena = new Uint8Array(65_536);
  #arenaView = new DataView(this.#arena.buffer);
  #last = NONE;

  /** @param seed any number the senders do not know, so that they cannot choose labels that meet in the table. */
  constructor(seed: number, bounds: CacheBounds) {
    this.#seed = seed;
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#targets.length;
  }

  /** Before the first series of a request. */
  begin(): void {
    this.#last = NONE;
  }

  /** The target of the labels in [start, end) of `view`, which `make` makes when it is not known; what that throws is passed on. */
  find(view: DataView, start: number, end: number, make: MakeTarget): SampleTarget {
    const last = this.#last;
    const guess = last === NONE ? NONE : (this.#followers[last] ?? NONE);
    const entry = guess !== NONE && this.#equals(guess, view, start, end) ? guess : this.#look(view, start, end, make);
    if (last !== NONE && last < this.size) this.#followers[last] = entry;
    this.#last = entry;
    return this.#targets[entry] as SampleTarget;
  }

  #look(view: DataView, start: number, end: number, make: MakeTarget): number {
    const hash = hashOf(view, start, end, this.#seed);
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = this.#table[at] ?? NONE;
      if (entry === NONE) return this.#add(view, start, end, hash, make(start, end));
      if (this.#hashes[entry] === hash && this.#equals(entry, view, start, end)) return entry;
    }
  }

  #add(view: DataView, start: number, end: number, hash: number, target: SampleTarget): number {
    const isFull =
      this.size >= this.#bounds.entries || (this.#offsets[this.size] ?? 0) + end - start > this.#bounds.bytes;
    if (isFull && this.size > 0) this.#clear();
    const entry = this.size;
    this.#reserve(end - start);
    const offset = this.#offsets[entry] ?? 0;
    this.#arena.set(new Uint8Array(view.buffer, view.byteOffset + start, end - start), offset);
    this.#offsets[entry + 1] = offset + end - start;
    this.#hashes[entry] = hash;
    this.#followers[entry] = NONE;
    this.#targets.push(target);
    this.#place(entry);
    return entry;
  }

  #clear(): void {
    this.#targets = [];
    this.#table.fill(NONE);
    this.#last = NONE;
  }

  #place(entry: number): void {
    const mask = this.#table.length - 1;
    let at = (this.#hashes[entry] ?? 0) & mask;
    while (this.#table[at] !== NONE) at = (at + 1) & mask;
    this.#table[at] = entry;
  }

  #reserve(bytes: number): void {
    const entry = this.size;
    const used = this.#offsets[entry] ?? 0;
    if (used + bytes > this.#arena.length) {
      const grown = new Uint8Array(Math.max(this.#arena.length * 2, used + bytes));
      grown.set(this.#arena.subarray(0, used));
      this.#arena = grown;
      this.#arenaView = new DataView(grown.buffer);
    }
    if (entry < this.#hashes.length) return;
    this.#hashes = grownInts(this.#hashes);
    this.#followers = grownInts(this.#followers);
    const offsets = new Uint32Array(this.#hashes.length + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    this.#table = new Int32Array(this.#table.length * 2).fill(NONE);
    for (let e = 0; e < entry; e++) this.#place(e);
  }

  #equals(entry: number, view: DataView, start: number, end: number): boolean {
    let at = this.#offsets[entry] ?? 0;
    if ((this.#offsets[entry + 1] ?? 0) - at !== end - start) return false;
    const arena = this.#arenaView;
    let p = start;
    for (; p + 4 <= end; p += 4, at += 4) if (arena.getInt32(at, true) !== view.getInt32(p, true)) return false;
    for (; p < end; p++, at++) if (arena.getUint8(at) !== view.getUint8(p)) return false;
    return true;
  }
}

function grownInts(ints: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(ints.length * 2);
  grown.set(ints);
  return grown;
}

/** Four bytes at a time, mixed as MurmurHash3 mixes (https://github.com/aappleby/smhasher). */
function hashOf(view: DataView, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let p = start;
  for (; p + 4 <= end; p += 4) hash = mixed(hash, view.getInt32(p, true));
  for (; p < end; p++) hash = mixed(hash, view.getUint8(p));
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixed(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const next = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
