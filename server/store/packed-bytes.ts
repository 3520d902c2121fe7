import { brotliDecompressSync } from 'node:zlib';
import { MAX_UNPACKED_BYTES } from '../model/batch.ts';

/** Undoes the packing of a collector, brotli in base64; undefined when it is none, or would grow beyond MAX_UNPACKED_BYTES. */
export function unpacked(packed: unknown): Buffer | undefined {
  return typeof packed === 'string' ? decompressed(Buffer.from(packed, 'base64')) : undefined;
}

export function decompressed(bytes: Uint8Array): Buffer | undefined {
  try {
    return brotliDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    // What zlib refuses is not packed, or too long; the caller counts it. Anything else is a mistake of ours.
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
}
