import type { Labels } from '../../server/model/labels.ts';
import { LINE_BLOCK, type LineBlock, LOG_LEVELS } from '../../server/model/logs.ts';
import type { Column, LogBatch } from '../batch.ts';
import { fieldText } from '../transforms/field-text.ts';
import { packed } from './compression.ts';
import { type LineTexts, textsOf } from './line-text.ts';

/** Fields of a line that become labels of its stream: words of the sender about itself, few and lasting. */
const LABEL_FIELDS = ['host', 'app', 'facility', 'severity'] as const;

/**
 * The lines of a batch for the wire, in blocks of some `units` UTF-16 units. Labels are the attributes of the batch and LABEL_FIELDS;
 * the `host` of an access log is its client, of which there is no end, and stays in the line. The level is the severity, or what the
 * HTTP status says.
 */
export function lineBlocks(batch: LogBatch, units = LINE_BLOCK.units): LineBlock[] {
  const texts = textsOf(batch);
  const lines = columnsOf(batch, texts);
  const blocks: LineBlock[] = [];
  let streams = new Streams(batch);
  let size = 0;
  let from = 0;
  for (const [place, row] of batch.rows.entries()) {
    lines.stream[place] = streams.indexOf(row);
    size += (lines.length[place] ?? 0) + 1;
    if (size < units && streams.labels.length < LINE_BLOCK.streams && place + 1 < batch.rows.length) continue;
    blocks.push(blockOf(streams.labels, lines, texts, from, place + 1));
    streams = new Streams(batch);
    size = 0;
    from = place + 1;
  }
  return blocks;
}

/** Of all lines of a batch. */
interface Lines {
  readonly time: Float64Array;
  readonly length: Uint32Array;
  readonly stream: Uint16Array;
  readonly level: Int8Array;
}

function columnsOf(batch: LogBatch, texts: LineTexts): Lines {
  const { rows, arrived } = batch;
  const time = batch.fields.get('time');
  const times = time?.type === 'number' ? time.values : undefined;
  const levelOf = levelReader(batch);
  const lines: Lines = {
    time: new Float64Array(rows.length),
    length: new Uint32Array(rows.length),
    stream: new Uint16Array(rows.length),
    level: new Int8Array(rows.length),
  };
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    lines.time[place] = timeOf(times?.[row], arrived);
    lines.length[place] = texts.lengthOf(place);
    lines.level[place] = levelOf(row);
  }
  return lines;
}

function timeOf(told: number | undefined, arrived: number): number {
  return told === undefined || Number.isNaN(told) ? Math.round(arrived) : Math.round(told);
}

/** Lines `from .. to - 1`. */
function blockOf(streams: readonly Labels[], lines: Lines, texts: LineTexts, from: number, to: number): LineBlock {
  const columns = [lines.time, lines.length, lines.stream, lines.level].map((column) => {
    const { buffer, byteOffset, byteLength } = column.subarray(from, to);
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  return { streams, lines: to - from, columns: packed(Buffer.concat(columns)), text: packed(texts.join(from, to)) };
}

/** The label sets of the lines of one block. */
class Streams {
  readonly labels: Labels[] = [];
  readonly #batch: LogBatch;
  readonly #readers: readonly LabelReader[];
  readonly #known = new Map<string, number>();

  constructor(batch: LogBatch) {
    this.#batch = batch;
    this.#readers = batch.fields.has('status') ? [] : labelReaders(batch);
    if (this.#readers.length === 0) this.labels.push(batch.attributes);
  }

  indexOf(row: number): number {
    if (this.#readers.length === 0) return 0;
    const values = this.#readers.map(({ read }) => read(row));
    const key = values.join('\0');
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const own = this.#readers.flatMap(({ name }, i): [string, string][] => (values[i] ? [[name, values[i]]] : []));
    const index = this.labels.push({ ...this.#batch.attributes, ...Object.fromEntries(own) }) - 1;
    this.#known.set(key, index);
    return index;
  }
}

interface LabelReader {
  readonly name: string;
  readonly read: (row: number) => string;
}

function labelReaders(batch: LogBatch): LabelReader[] {
  return LABEL_FIELDS.flatMap((name) => {
    const column = batch.fields.get(name);
    return column === undefined ? [] : [{ name, read: (row: number) => valueAt(batch.bytes, column, row) }];
  });
}

/** The text of a field; empty where a line has none. */
function valueAt(bytes: Buffer, column: Column, row: number): string {
  if (column.type === 'word') return column.words[column.index[row] ?? -1] ?? '';
  if (column.type === 'text') {
    const start = column.start[row] ?? -1;
    return start < 0 ? '' : fieldText(bytes, start, column.end[row] ?? start, column.escaped);
  }
  const number = column.values[row] ?? Number.NaN;
  return Number.isNaN(number) ? '' : String(number);
}

const LEVELS: ReadonlyMap<string, number> = new Map(LOG_LEVELS.map((level, index) => [level, index]));
const [ERR, WARNING, INFO] = [LOG_LEVELS.indexOf('err'), LOG_LEVELS.indexOf('warning'), LOG_LEVELS.indexOf('info')];
const NO_LEVEL = -1;

function levelReader(batch: LogBatch): (row: number) => number {
  const severity = batch.fields.get('severity');
  if (severity !== undefined) return (row) => severityLevel(valueAt(batch.bytes, severity, row));
  const status = batch.fields.get('status');
  return status?.type === 'number' ? (row) => statusLevel(status.values[row] ?? Number.NaN) : () => NO_LEVEL;
}

/** A severity as its keyword or its number. */
function severityLevel(value: string): number {
  const level = LEVELS.get(value.toLowerCase());
  if (level !== undefined) return level;
  return /^[0-7]$/.test(value) ? Number(value) : NO_LEVEL;
}

function statusLevel(status: number): number {
  if (Number.isNaN(status)) return NO_LEVEL;
  if (status >= 500) return ERR;
  return status >= 400 ? WARNING : INFO;
}
