import { createHash } from 'node:crypto';

/** SHA-256 in lower-case hex: what names the content of a batch. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
