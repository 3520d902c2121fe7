/**
 * Numbers byte strings in the order of their first appearance. Open addressing in typed arrays; each string is copied once, for
 * the buffers of batches are not ours. Emptied by `begin` and used again.
 */
export class ByteKeys {
  size = 0;
  #kept = Buffer.allocUnsafe(2 ** 14);
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

  idOf(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end, 0);
    let slot = hash & this.#mask;
    for (let id = this.#slots[slot] ?? -1; id >= 0; id = this.#slots[slot] ?? -1) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(slot, hash, this.#keep(bytes, start, end));
  }

  start(id: number): number {
    return this.#starts[id] ?? 0;
  }

  end(id: number): number {
    return this.#ends[id] ?? 0;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const kept = this.#kept;
    const from = this.#starts[id] ?? 0;
    if ((this.#ends[id] ?? 0) - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== kept[j]) return false;
    return true;
  }

  /** Returns where the copy begins; it goes up to `#used`. */
  #keep(bytes: Uint8Array, start: number, end: number): number {
    const from = this.#used;
    this.#used += end - start;
    if (this.#used > this.#kept.length) {
      const grown = Buffer.allocUnsafe(this.#used * 2);
      this.#kept.copy(grown, 0, 0, from);
      this.#kept = grown;
    }
    for (let i = start, to = from; i < end; i++, to++) this.#kept[to] = bytes[i] ?? 0;
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

/** MurmurHash3_x86_32 (Appleby, https://github.com/aappleby/smhasher) of bytes[start, end). */
export function hashOf(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word =
      (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
    hash ^= scramble(word);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let shift = 0; i < end; i++, shift += 8) tail |= (bytes[i] ?? 0) << shift;
  return finish(hash ^ scramble(tail) ^ (end - start));
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
