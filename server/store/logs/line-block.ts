import { MAX_UNPACKED_BYTES } from '../../model/batch.ts';
import { LINE_BLOCK } from '../../model/logs.ts';
import { unpacked } from '../encoding/packed-bytes.ts';
import { isRecord, readStreams } from '../intake/wire-labels.ts';
import type { UncheckedLines } from './line-intake.ts';
import { unpackText } from './line-text.ts';

/**
 * The blocks of a payload (`LineBlock`, `server/model/logs.ts`); undefined in the place of one whose columns are not those of so many
 * lines. Their texts may unpack to MAX_UNPACKED_BYTES all together, their columns to no more rows than the texts have room for.
 */
export function readLineBlocks(blocks: readonly unknown[]): (UncheckedLines | undefined)[] {
  let room = MAX_UNPACKED_BYTES;
  return blocks.map((block) => {
    const read = readLineBlock(block, room);
    room -= read?.text?.bytes?.length ?? 0;
    return read;
  });
}

function readLineBlock(block: unknown, room: number): UncheckedLines | undefined {
  const { lines, columns, streams, text } = isRecord(block) ? block : {};
  const length = Number.isInteger(lines) ? Number(lines) : -1;
  const unpackedText = unpackText(text, room);
  // Each line but the last takes the byte of its end at least.
  const isPossible = length >= 0 && length <= (unpackedText?.bytes?.length ?? 0) + 1;
  const bytes = isPossible ? unpacked(columns, length * LINE_BLOCK.row_bytes) : undefined;
  if (bytes?.length !== length * LINE_BLOCK.row_bytes) return undefined;
  // A copy, because columns of eight bytes have to begin at a multiple of eight.
  const { buffer } = Uint8Array.from(bytes);
  return {
    time: new Float64Array(buffer, 0, length),
    length: new Uint32Array(buffer, 8 * length, length),
    stream: new Uint16Array(buffer, 12 * length, length),
    level: new Int8Array(buffer, 14 * length, length),
    streams: readStreams(streams),
    text: unpackedText,
  };
}
