import { brotliCompressSync, constants } from 'node:zlib';

/** Brotli (RFC 7932) of quality 1, in base64: what JSON can hold. A server reads it with `unpacked`. */
export function packed(bytes: Uint8Array): string {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 1, [BROTLI_PARAM_LGWIN]: 20, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).toString('base64');
}
