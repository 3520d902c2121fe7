/**
 * Unsigned integers side by side with no bits between them, low bits first. A number of more than 24 bits is cut into planes, so
 * that a 32-bit word always has room for what is left of a byte.
 *
 *     width 30, values a b c:  a₀..₂₃ b₀..₂₃ c₀..₂₃ | a₂₄..₂₉ b₂₄..₂₉ c₂₄..₂₉      each plane ends on a byte
 */
const PLANE_BITS = 24;
const PLANE = 2 ** PLANE_BITS;

/** Bits of the largest of the numbers that are to be packed, an integer in [0, 2^53). */
export function bitWidth(largest: number): number {
  return largest < 2 ** 32 ? 32 - Math.clz32(largest) : 64 - Math.clz32(Math.floor(largest / 2 ** 32));
}

/** The bytes that `count` numbers of `width` bits take. */
export function packedBytes(count: number, width: number): number {
  let bytes = 0;
  for (let left = width; left > 0; left -= PLANE_BITS) bytes += (count * Math.min(left, PLANE_BITS) + 7) >> 3;
  return bytes;
}

/** Packs `values[from .. from + count)`, each an integer in [base, base + 2^width), less `base`, to `bytes` from `at` on. */
export function packBits(
  values: Float64Array,
  from: number,
  count: number,
  base: number,
  width: number,
  bytes: Uint8Array,
  at: number,
): void {
  let to = at;
  for (let plane = 0; plane * PLANE_BITS < width; plane++) {
    const scale = PLANE ** plane;
    const bits = Math.min(width - plane * PLANE_BITS, PLANE_BITS);
    let word = 0;
    let held = 0;
    for (let i = from; i < from + count; i++) {
      const value = (values[i] ?? 0) - base;
      word |= (width <= PLANE_BITS ? value : Math.floor(value / scale) % PLANE) << held;
      for (held += bits; held >= 8; held -= 8) {
        bytes[to++] = word;
        word >>>= 8;
      }
    }
    if (held > 0) bytes[to++] = word;
  }
}

/** The reverse: writes `base` + each number to `values[from .. from + count)`. */
export function unpackBits(
  values: Float64Array,
  from: number,
  count: number,
  base: number,
  width: number,
  bytes: Uint8Array,
  at: number,
): void {
  values.fill(base, from, from + count);
  let next = at;
  for (let plane = 0; plane * PLANE_BITS < width; plane++) {
    const scale = PLANE ** plane;
    const bits = Math.min(width - plane * PLANE_BITS, PLANE_BITS);
    const mask = (PLANE - 1) >>> (PLANE_BITS - bits);
    let word = 0;
    let held = 0;
    for (let i = from; i < from + count; i++) {
      for (; held < bits; held += 8) word |= (bytes[next++] ?? 0) << held;
      values[i] = (values[i] ?? 0) + (word & mask) * scale;
      word >>>= bits;
      held -= bits;
    }
  }
}
