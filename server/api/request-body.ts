import type { Request } from 'express';
import { VigieError } from '../model/errors.ts';

/**
 * The body of a request as it came, whatever its encoding, in memory of its own. Throws VigieError `too_large` beyond `maxBytes`, as soon
 * as that is known, and `bad_request` when the sender goes away before the end.
 */
export async function readBody(request: Request, maxBytes: number, what: string): Promise<Uint8Array> {
  const told = Number(request.headers['content-length'] ?? 0);
  const tooLarge = (got: string): VigieError =>
    new VigieError('too_large', `cannot read ${what}: got ${got} bytes; want at most ${maxBytes}`);
  if (told > maxBytes) throw tooLarge(String(told));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new VigieError('bad_request', `cannot read ${what}: the sender went away`, { cause: error });
  }
  if (length > maxBytes) throw tooLarge(`more than ${maxBytes}`);
  return joined(chunks, length);
}

function joined(chunks: readonly Buffer[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
