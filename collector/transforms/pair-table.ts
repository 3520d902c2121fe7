/**
 * Numbers pairs of 32-bit integers in the order of their first appearance. Open addressing in typed arrays; a `Map` keyed by a
 * text or a large number would make garbage for every line.
 */
export class PairTable {
  size = 0;
  #mask = 1023;
  #slots = new Int32Array(1024).fill(-1);
  #left = new Int32Array(512);
  #right = new Int32Array(512);

  idOf(left: number, right: number): number {
    let slot = this.#home(left, right);
    for (let id = this.#slots[slot] ?? -1; id >= 0; id = this.#slots[slot] ?? -1) {
      if (this.#left[id] === left && this.#right[id] === right) return id;
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(slot, left, right);
  }

  left(id: number): number {
    return this.#left[id] ?? 0;
  }

  right(id: number): number {
    return this.#right[id] ?? 0;
  }

  clear(): void {
    this.size = 0;
    this.#slots.fill(-1);
  }

  #home(left: number, right: number): number {
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #add(slot: number, left: number, right: number): number {
    const id = this.size++;
    this.#slots[slot] = id;
    this.#left[id] = left;
    this.#right[id] = right;
    if (this.size === this.#left.length) this.#grow();
    return id;
  }

  #grow(): void {
    const twice = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.#left = twice(this.#left);
    this.#right = twice(this.#right);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    this.#mask = this.#slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.#home(this.left(id), this.right(id));
      while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = id;
    }
  }
}
