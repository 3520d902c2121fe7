import { brotliCompressSync, constants } from 'node:zlib';
import type { LineColumns } from '../../server/model/logs.ts';

/** Lines before they are packed for the wire. */
export interface LogLines extends Omit<LineColumns, 'text' | 'length'> {
  readonly text: readonly string[];
}

/** One unit more than a server keeps of a line: it sees that the line was longer, and says so. */
const MAX_LINE_UNITS = 2 ** 20 + 1;

/**
 * Packs the texts: an eighth of their size waits in the queue and travels, for the time it would have taken to write them as JSON. A
 * character cut in half becomes U+FFFD, which is as long.
 */
export function packLines({ text, ...columns }: LogLines): LineColumns {
  const kept = text.map((line) => (line.length <= MAX_LINE_UNITS ? line : line.slice(0, MAX_LINE_UNITS)));
  return { ...columns, length: kept.map((line) => line.length), text: compress(kept.join('\n')).toString('base64') };
}

function compress(text: string): Buffer {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const bytes = Buffer.from(text, 'utf8');
  const params = { [BROTLI_PARAM_QUALITY]: 1, [BROTLI_PARAM_LGWIN]: 20, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}
