import { LINE_BLOCK } from '../../model/logs.ts';
import { unpacked } from '../packed-bytes.ts';
import { isRecord, readStreams } from '../wire-labels.ts';
import type { UncheckedLines } from './line-intake.ts';
import { unpackText } from './line-text.ts';

/** A `LineBlock` of the wire (`server/model/logs.ts`); undefined when its columns are not those of so many lines. */
export function readLineBlock(block: unknown): UncheckedLines | undefined {
  const { lines, columns, streams, text } = isRecord(block) ? block : {};
  const bytes = unpacked(columns);
  if (bytes === undefined || !Number.isInteger(lines) || bytes.length !== Number(lines) * LINE_BLOCK.row_bytes) {
    return undefined;
  }
  const length = Number(lines);
  // A copy, because columns of eight bytes have to begin at a multiple of eight.
  const { buffer } = Uint8Array.from(bytes);
  return {
    time: new Float64Array(buffer, 0, length),
    length: new Uint32Array(buffer, 8 * length, length),
    stream: new Uint16Array(buffer, 12 * length, length),
    level: new Int8Array(buffer, 14 * length, length),
    streams: readStreams(streams),
    text: unpackText(text),
  };
}
