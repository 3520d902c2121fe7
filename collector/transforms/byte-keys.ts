/**
 * Numbers byte strings in the order of their first appearance. Open addressing in typed arrays; each string is copied once, for
 * the buffers of batches are not ours. Emptied by `begin` and used again. Four bytes are hashed and compared at a time, through
 * views: twice as fast as bytes alone.
 */
export class ByteKeys {
  size = 0;
  #kept = Buffer.alloc(2 ** 14);
  #keptView = viewOf(this.#kept);
  #source: Uint8Array = this.#kept;
  #sourceView = this.#keptView;
  #used = 0;
  #mask = 1023;
  #slots = new Int32Array(1024).fill(-1);
  #hashes = new Int32Array(512);
  #starts = new Int32Array(512);
  #ends = new Int32Array(512);

  begin(): void {
    this.size = 0;
    this.#used = 0;
    this.#slots.fill(-1);
  }

  /** Where the strings lie: string `id` from `start(id)` to `end(id)`. */
  get bytes(): Buffer {
    return this.#kept;
  }

  /** Where the strings come from until the next `read`. */
  read(bytes: Uint8Array): void {
    this.#source = bytes;
    this.#sourceView = viewOf(bytes);
  }

  idOf(start: number, end: number): number {
    const hash = hashOf(this.#sourceView, start, end, 0);
    let slot = hash & this.#mask;
    for (let id = this.#slots[slot] ?? -1; id >= 0; id = this.#slots[slot] ?? -1) {
      if (this.#hashes[id] === hash && this.#equals(id, start, end)) return id;
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(slot, hash, this.#keep(start, end));
  }

  start(id: number): number {
    return this.#starts[id] ?? 0;
  }

  end(id: number): number {
    return this.#ends[id] ?? 0;
  }

  /** Of a string that was added. */
  hash(id: number, seed: number): number {
    return hashOf(this.#keptView, this.start(id), this.end(id), seed);
  }

  #equals(id: number, start: number, end: number): boolean {
    const [source, kept] = [this.#sourceView, this.#keptView];
    const from = this.#starts[id] ?? 0;
    if ((this.#ends[id] ?? 0) - from !== end - start) return false;
    let [i, j] = [start, from];
    for (; i + 4 <= end; i += 4, j += 4) if (source.getInt32(i) !== kept.getInt32(j)) return false;
    for (; i < end; i++, j++) if (source.getUint8(i) !== kept.getUint8(j)) return false;
    return true;
  }

  /** Returns where the copy begins; it goes up to `#used`. */
  #keep(start: number, end: number): number {
    const from = this.#used;
    this.#used += end - start;
    if (this.#used > this.#kept.length) {
      const grown = Buffer.alloc(this.#used * 2);
      this.#kept.copy(grown, 0, 0, from);
      this.#kept = grown;
      this.#keptView = viewOf(grown);
    }
    const [source, kept] = [this.#source, this.#kept];
    for (let i = start, to = from; i < end; i++, to++) kept[to] = source[i] ?? 0;
    return from;
  }

  #add(slot: number, hash: number, from: number): number {
    const id = this.size++;
    this.#slots[slot] = id;
    this.#hashes[id] = hash;
    this.#starts[id] = from;
    this.#ends[id] = this.#used;
    if (this.size === this.#hashes.length) this.#grow();
    return id;
  }

  #grow(): void {
    this.#hashes = twice(this.#hashes);
    this.#starts = twice(this.#starts);
    this.#ends = twice(this.#ends);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    this.#mask = this.#slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = (this.#hashes[id] ?? 0) & this.#mask;
      while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = id;
    }
  }
}

/** MurmurHash3_x86_32 (Appleby, https://github.com/aappleby/smhasher) of the bytes [start, end). */
export function hashOf(bytes: DataView, start: number, end: number, seed: number): number {
  let hash = seed;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash ^= scramble(bytes.getInt32(i, true));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let shift = 0; i < end; i++, shift += 8) tail |= bytes.getUint8(i) << shift;
  return finish(hash ^ scramble(tail) ^ (end - start));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function twice(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
