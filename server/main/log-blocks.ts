import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileCause, VigieError } from '../model/errors.ts';

const BLOCK_BYTES = 2 ** 20;

/** The name of standard input. */
export const STDIN = '-';

/**
 * The bytes of a file, or of standard input, a megabyte at a time; gzip is told by its first bytes and undone. `onRead` hears the
 * bytes read from the disk. Throws VigieError `bad_request` when it cannot be read.
 */
export async function* logBlocks(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const stream = path === STDIN ? process.stdin : createReadStream(path, { highWaterMark: BLOCK_BYTES });
  try {
    yield* blocksOf(inflated(counted(stream as AsyncIterable<Buffer>, onRead)));
  } catch (error) {
    const name = path === STDIN ? 'standard input' : path;
    throw new VigieError('bad_request', `cannot read ${name}: ${fileCause(error)}`, { cause: error });
  } finally {
    if (stream !== process.stdin) stream.destroy();
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* inflated(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) return;
  const all = startingWith(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all;
  else {
    const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
    // A failure of the file reaches the reader of the other end.
    pipeline(Readable.from(all), gunzip, () => {});
    yield* gunzip as AsyncIterable<Buffer>;
  }
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Gathers what pipes hand over in small pieces. */
async function* blocksOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < BLOCK_BYTES) continue;
    yield waiting.length === 1 ? chunk : Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
