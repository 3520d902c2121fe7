import { brotliCompressSync } from 'node:zlib';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { Labels } from '../../server/model/labels.ts';
import type { LineBlock, LineColumns } from '../../server/model/logs.ts';
import { readLineBlocks } from '../../server/store/logs/line-block.ts';

/** Lines as a test writes them: row `i` is a line of `streams[stream[i]]`. */
export interface LogLines extends Omit<LineColumns, 'text' | 'length'> {
  readonly text: readonly string[];
}

/** As a collector sends them. */
export function blockOf({ streams, stream, time, level, text }: LogLines): LineBlock {
  const columns = [
    Float64Array.from(time),
    Uint32Array.from(text, (line) => line.length),
    Uint16Array.from(stream),
    Int8Array.from(level),
  ].map(({ buffer }) => Buffer.from(buffer));
  return { streams, lines: text.length, columns: packed(Buffer.concat(columns)), text: packed(text.join('\n')) };
}

/** As collectors of earlier versions sent them. */
export function columnsOf({ text, ...columns }: LogLines): LineColumns {
  return { ...columns, length: text.map((line) => line.length), text: packed(text.join('\n')) };
}

/** The lines of a payload of a collector. */
export function linesIn({ lines }: Pick<BatchPayload, 'lines'>): LogLines {
  const blocks = Array.isArray(lines) ? (lines as readonly LineBlock[]).map(linesOfBlock) : [];
  const starts = blocks.map((_, i) => blocks.slice(0, i).reduce((sum, { streams }) => sum + streams.length, 0));
  return {
    streams: blocks.flatMap(({ streams }) => streams),
    stream: blocks.flatMap(({ stream }, i) => stream.map((index) => index + starts[i]!)),
    time: blocks.flatMap(({ time }) => time),
    level: blocks.flatMap(({ level }) => level),
    text: blocks.flatMap(({ text }) => text),
  };
}

function linesOfBlock(block: LineBlock): LogLines {
  const { streams, stream, time, level, length, text } = readLineBlocks([block])[0]!;
  let next = 0;
  const texts = Array.from(length, (units) => {
    const from = next;
    next += Number(units) + 1;
    return text!.text.slice(from, next - 1);
  });
  const numbers = (column: ArrayLike<unknown>): number[] => Array.from(column, Number);
  const labels = streams as readonly Labels[];
  return { streams: labels, stream: numbers(stream), time: numbers(time), level: numbers(level), text: texts };
}

function packed(content: string | Buffer): string {
  return brotliCompressSync(content).toString('base64');
}
