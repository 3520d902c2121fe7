import { isAscii } from 'node:buffer';
import type { Labels } from '../../server/model/labels.ts';
import { LOG_LEVELS } from '../../server/model/logs.ts';
import type { Column, LogBatch } from '../batch.ts';
import { fieldText } from '../transforms/field-text.ts';
import type { LogLines } from './line-text.ts';

/** Fields of a line that become labels of its stream: words of the sender about itself, few and lasting. */
const LABEL_FIELDS = ['host', 'app', 'facility', 'severity'] as const;

/**
 * The lines of a batch for the wire. Labels are the attributes of the batch and LABEL_FIELDS; the `host` of an access log is its
 * client, of which there is no end, and stays in the line. The level is the severity, or what the HTTP status says.
 */
export function linesOf(batch: LogBatch): LogLines {
  const { rows, arrived } = batch;
  const { streams, stream } = streamsOf(batch);
  const time = batch.fields.get('time');
  const times = time?.type === 'number' ? time.values : undefined;
  return {
    streams,
    stream,
    time: Array.from(rows, (row) => timeOf(times?.[row], arrived)),
    level: levelsOf(batch),
    text: textsOf(batch),
  };
}

function timeOf(told: number | undefined, arrived: number): number {
  return told === undefined || Number.isNaN(told) ? Math.round(arrived) : Math.round(told);
}

/** Bytes that are no UTF-8 become U+FFFD; everything else stays. */
function textsOf({ bytes, start, end, rows }: LogBatch): string[] {
  if (!isAscii(bytes)) return Array.from(rows, (row) => bytes.toString('utf8', start[row], end[row]));
  // One text for all lines: cutting it makes no copies.
  const all = bytes.toString('latin1');
  return Array.from(rows, (row) => all.slice(start[row], end[row]));
}

function streamsOf(batch: LogBatch): { streams: Labels[]; stream: number[] } {
  const readers = batch.fields.has('status') ? [] : labelReaders(batch);
  if (readers.length === 0)
    return { streams: [batch.attributes], stream: new Array<number>(batch.rows.length).fill(0) };
  const streams: Labels[] = [];
  const known = new Map<string, number>();
  const indexOf = (row: number): number => {
    const values = readers.map(({ read }) => read(row));
    const key = values.join('\0');
    const found = known.get(key);
    if (found !== undefined) return found;
    const own = readers.flatMap(({ name }, i): [string, string][] => (values[i] ? [[name, values[i]]] : []));
    known.set(key, streams.length);
    return streams.push({ ...batch.attributes, ...Object.fromEntries(own) }) - 1;
  };
  return { stream: Array.from(batch.rows, indexOf), streams };
}

function labelReaders(batch: LogBatch): { name: string; read: (row: number) => string }[] {
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

function levelsOf(batch: LogBatch): number[] {
  const severity = batch.fields.get('severity');
  const status = batch.fields.get('status');
  return Array.from(batch.rows, (row) => {
    if (severity !== undefined) return severityLevel(valueAt(batch.bytes, severity, row));
    return status?.type === 'number' ? statusLevel(status.values[row] ?? Number.NaN) : NO_LEVEL;
  });
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

/** Rows `from .. to - 1`, with the streams they name. */
export function cutLines(lines: LogLines, from: number, to: number): LogLines {
  const indices = new Map<number, number>();
  const stream = lines.stream.slice(from, to).map((index) => {
    const known = indices.get(index) ?? indices.size;
    indices.set(index, known);
    return known;
  });
  return {
    streams: [...indices.keys()].map((index) => lines.streams[index] ?? {}),
    stream,
    time: lines.time.slice(from, to),
    level: lines.level.slice(from, to),
    text: lines.text.slice(from, to),
  };
}

/** The lines of several batches, one after the other; undefined when there are none. */
export function joinLines(parts: readonly LogLines[]): LogLines | undefined {
  const some = parts.filter(({ text }) => text.length > 0);
  if (some.length < 2) return some[0];
  const starts = some.map((_, i) => some.slice(0, i).reduce((sum, { streams }) => sum + streams.length, 0));
  return {
    streams: some.flatMap(({ streams }) => streams),
    stream: some.flatMap(({ stream }, i) => stream.map((index) => (starts[i] ?? 0) + index)),
    time: some.flatMap(({ time }) => time),
    level: some.flatMap(({ level }) => level),
    text: some.flatMap(({ text }) => text),
  };
}
