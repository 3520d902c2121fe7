import { compressSync, uncompressSync } from 'snappy';
import { messageOf, VigieError } from '../model/errors.ts';

/** A block says its length uncompressed first, as a varint of at most 32 bits (google/snappy, format_description.txt). */
const LENGTH_BYTES = 5;

/**
 * The content of a snappy block. Throws VigieError `bad_request` for bytes that are none, and `too_large` for one that says it holds
 * more than `maxBytes`, before anything is allocated for it.
 */
export function uncompressBlock(block: Uint8Array, maxBytes: number, what: string): Buffer {
  const length = declaredLength(block);
  if (length === undefined) throw new VigieError('bad_request', `cannot read ${what}: got no snappy block`);
  if (length > maxBytes) {
    throw new VigieError(
      'too_large',
      `cannot read ${what}: got ${length} bytes uncompressed; want at most ${maxBytes}`,
    );
  }
  try {
    // Memory of its own is mapped anew for every block, which costs more than the copy.
    return asBuffer(uncompressSync(block, { copyOutputData: true }));
  } catch (error) {
    throw new VigieError('bad_request', `cannot read ${what}: ${messageOf(error)}`, { cause: error });
  }
}

export function compressBlock(bytes: Uint8Array): Uint8Array {
  return compressSync(bytes);
}

function declaredLength(block: Uint8Array): number | undefined {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES; i++) {
    const byte = block[i];
    if (byte === undefined) return undefined;
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return length;
  }
  return undefined;
}

function asBuffer(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
