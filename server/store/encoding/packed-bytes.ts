import { brotliDecompressSync } from 'node:zlib';

/** Undoes the packing of a collector, brotli in base64; undefined when it is none, or would grow beyond `room` bytes. */
export function unpacked(packed: unknown, room: number): Buffer | undefined {
  return typeof packed === 'string' ? decompressed(Buffer.from(packed, 'base64'), room) : undefined;
}

export function decompressed(bytes: Uint8Array, room: number): Buffer | undefined {
  try {
    // A limit of nothing is none to zlib.
    return brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    // What zlib refuses is not packed, or too long; the caller counts it. Anything else is a mistake of ours.
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
}
