import type { VisitorEstimate } from '../../model/web-log.ts';

const INDEX_BITS = 14;
const REGISTERS = 2 ** INDEX_BITS;
/** What is left of a 52-bit hash behind the index. */
const RANK_BITS = 52 - INDEX_BITS;
/** Up to here every hash is kept and the count is exact but for two hashes being equal. */
const MAX_EXACT = 2048;
/** 1.04 / sqrt(16384): 0.81 %. */
const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

/**
 * Distinct hashes, in 16 KiB at most (Flajolet et al., HyperLogLog, 2007; the estimate is that of Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, §4, which needs no corrections for small or large counts).
 * Adding and merging commute, so the estimate depends on the set alone.
 */
export class HyperLogLog {
  #exact: Set<number> | undefined = new Set();
  #registers: Uint8Array = new Uint8Array();

  /** @param hash an integer from 0 to 2^52 - 1, as good as random. */
  add(hash: number): void {
    this.#exact?.add(hash);
    if (this.#exact === undefined) this.#raise(hash);
    else if (this.#exact.size > MAX_EXACT) this.#condense();
  }

  merge(other: HyperLogLog): void {
    if (other.#exact !== undefined) {
      for (const hash of other.#exact) this.add(hash);
      return;
    }
    this.#condense();
    for (let i = 0; i < REGISTERS; i++) {
      this.#registers[i] = Math.max(this.#registers[i] ?? 0, other.#registers[i] ?? 0);
    }
  }

  estimate(): VisitorEstimate {
    if (this.#exact !== undefined) return { estimate: this.#exact.size, standard_error: 0 };
    return { estimate: Math.round(estimate(this.#registers)), standard_error: STANDARD_ERROR };
  }

  /** Hashes, or the registers in base64: as JSON. */
  encode(): readonly number[] | string {
    return this.#exact === undefined ? Buffer.from(this.#registers).toString('base64') : [...this.#exact];
  }

  /** Throws RangeError on what `encode` did not write. */
  static decode(encoded: unknown): HyperLogLog {
    const made = new HyperLogLog();
    if (Array.isArray(encoded)) for (const hash of encoded) made.add(Number(hash));
    else {
      made.#exact = undefined;
      made.#registers = Uint8Array.from(Buffer.from(String(encoded), 'base64'));
      if (made.#registers.length !== REGISTERS) throw new RangeError('the visitors are not readable');
    }
    return made;
  }

  #condense(): void {
    const hashes = this.#exact;
    if (hashes === undefined) return;
    this.#exact = undefined;
    this.#registers = new Uint8Array(REGISTERS);
    for (const hash of hashes) this.#raise(hash);
  }

  #raise(hash: number): void {
    const index = Math.floor(hash / 2 ** RANK_BITS);
    const rank = leadingZeros(hash % 2 ** RANK_BITS) + 1;
    if (rank > (this.#registers[index] ?? 0)) this.#registers[index] = rank;
  }
}

/** Of a number of RANK_BITS bits. */
function leadingZeros(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? Math.clz32(high) - (64 - RANK_BITS) : RANK_BITS - 32 + Math.clz32(value >>> 0);
}

/** Algorithm 6 of Ertl's paper over the histogram of the registers. */
function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) histogram[rank] = (histogram[rank] ?? 0) + 1;
  let z = REGISTERS * tau(1 - (histogram[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] ?? 0));
  z += REGISTERS * sigma((histogram[0] ?? 0) / REGISTERS);
  return REGISTERS ** 2 / (2 * Math.LN2 * z);
}

/** x + Σ x^(2^k) 2^(k-1), until it stands still. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let [power, weight, sum, before] = [x, 1, x, -1];
  while (sum !== before) {
    power *= power;
    before = sum;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
}

/** (1 - x - Σ (1 - x^(2^-k))^2 2^-k) / 3, until it stands still. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, weight, sum, before] = [x, 1, 1 - x, -1];
  while (sum !== before) {
    root = Math.sqrt(root);
    before = sum;
    weight *= 0.5;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
