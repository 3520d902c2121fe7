import { isAscii } from 'node:buffer';
import {
  type BatchPayload,
  MAX_AHEAD_MS,
  type PositionValue,
  type SourceState,
  type Watermark,
} from '../../model/batch.ts';
import type { SeriesId } from '../../model/labels.ts';
import type { Ms } from '../../model/units.ts';
import type { HitTable } from '../../model/web-log.ts';
import { CLIENT_LIMITS, LABEL_LIMITS } from '../limits.ts';
import { readLineBlocks } from '../logs/line-block.ts';
import type { UncheckedLines } from '../logs/line-intake.ts';
import { unpackText } from '../logs/line-text.ts';
import type { Sample } from '../pages/rollup.ts';
import { readHitTables } from '../web-log/hit-tables.ts';
import { unpackIncrements } from './packed-increments.ts';
import { isRecord, readIdentity, readStreams } from './wire-labels.ts';

/** Content that cannot be used, counted by reason. Reasons are ours, never text of the sender. */
export type DropReason =
  | 'bad_payload'
  | 'bad_series'
  | 'bad_increment'
  | 'bad_sample'
  | 'bad_hits'
  | 'web_log_limit'
  | 'bad_watermark'
  | 'bad_position'
  | 'bad_line'
  | 'long_line'
  | 'stream_limit'
  | 'wrong_kind'
  | 'kind_conflict'
  | 'series_limit'
  | 'metric_series_limit'
  | 'origin_limit'
  | 'position_limit'
  | 'held_limit'
  | 'too_old'
  | 'ahead_of_time'
  | 'too_far_ahead'
  | 'duplicate_timestamp'
  | 'behind_slot'
  | 'past_update'
  | 'not_integer'
  | 'undeclared'
  | 'too_dense'
  | 'native_histogram'
  | 'exemplar';

export type CountDrop = (reason: DropReason, count?: number) => void;

/** Increments of the wire, before anything in them is believed: columns of one length. */
export type UncheckedIncrements = { readonly [K in 'series' | 'time' | 'n' | 'sum']: ArrayLike<unknown> };

/** A payload whose outer shape is right; rows are judged one by one as they are applied. */
export interface DecodedPayload {
  readonly source: string;
  /** A part of a batch, and not its last. */
  readonly more: boolean;
  /** `undefined` where the identity is not one; rows that name it are dropped. */
  readonly series: readonly (SeriesId | undefined)[];
  readonly increments: UncheckedIncrements;
  readonly samples: { readonly [K in 'series' | 'time' | 'value']: readonly unknown[] };
  readonly lines: readonly UncheckedLines[];
  readonly hits: readonly HitTable[];
  readonly watermark?: Watermark;
  readonly positions: readonly (readonly [key: string, value: PositionValue])[];
}

/** Decodes UTF-8 JSON. Never throws: a payload that is no payload is `undefined`, counted `bad_payload`. */
export function decodePayload(bytes: Uint8Array, drop: CountDrop): DecodedPayload | undefined {
  const payload = parseObject(bytes) as Partial<BatchPayload> | undefined;
  if (payload?.v !== 1 || !isSource(payload.source) || !Array.isArray(payload.series)) {
    drop('bad_payload');
    return undefined;
  }
  const watermark = readWatermark(payload.watermark, drop);
  return {
    source: payload.source,
    more: payload.more === true,
    series: payload.series.map((series: unknown) => counted(readIdentity(series), () => drop('bad_series'))),
    increments: readIncrementColumns(payload.increments, drop),
    samples: readColumns(payload.samples, ['series', 'time', 'value'], 'bad_sample', drop),
    lines: readLines(payload.lines, drop),
    hits: readHitTables(payload.hits, () => drop('bad_hits')),
    positions: readPositions(payload.positions, drop),
    ...(watermark === undefined ? {} : { watermark }),
  };
}

/** The time in whole seconds of an increment, brought back to `now` when it is too far ahead; undefined when it is none. */
export function incrementTime(time: unknown, now: Ms, drop: CountDrop): number | undefined {
  if (typeof time !== 'number' || !Number.isInteger(time) || time < 0) return undefined;
  if (time * 1000 <= now + MAX_AHEAD_MS) return time * 1000;
  drop('ahead_of_time');
  return Math.ceil(now / 1000) * 1000;
}

/** A sample of the wire; undefined when it is none. */
export function readSample(time: unknown, value: unknown, now: Ms, drop: CountDrop): Sample | undefined {
  const number = sampleValue(value);
  if (typeof time !== 'number' || !Number.isInteger(time) || time < 0 || number === undefined) return undefined;
  const stale = value === 'stale';
  if (time <= now + MAX_AHEAD_MS) return { time, value: number, stale };
  drop('ahead_of_time');
  return { time: Math.ceil(now), value: number, stale };
}

function sampleValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const words: Readonly<Record<string, number>> = {
    NaN: Number.NaN,
    '+Inf': Number.POSITIVE_INFINITY,
    '-Inf': Number.NEGATIVE_INFINITY,
    stale: 0,
  };
  return typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
}

function parseObject(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(utf8Text(bytes));
    return isRecord(value) ? value : undefined;
  } catch {
    // The caller counts it: whatever is not JSON in UTF-8 is no payload.
    return undefined;
  }
}

/** Throws TypeError on bytes that are no UTF-8. ASCII, the usual case, is copied and not decoded. */
function utf8Text(bytes: Uint8Array): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function isSource(source: unknown): source is string {
  return typeof source === 'string' && source !== '' && source.length <= LABEL_LIMITS.name_bytes;
}

function counted<T>(read: T | undefined, drop: () => void): T | undefined {
  if (read === undefined) drop();
  return read;
}

/** The blocks of a collector, or the columns of one of an earlier version. */
function readLines(value: unknown, drop: CountDrop): UncheckedLines[] {
  if (Array.isArray(value)) {
    return readLineBlocks(value).flatMap((block) => counted(block, () => drop('bad_line')) ?? []);
  }
  const columns = readColumns(value, ['stream', 'time', 'level', 'length'], 'bad_line', drop);
  const { streams, text } = isRecord(value) ? value : {};
  return [{ ...columns, streams: readStreams(streams), text: unpackText(text) }];
}

function readIncrementColumns(value: unknown, drop: CountDrop): UncheckedIncrements {
  if (!isRecord(value) || value.packed === undefined) {
    return readColumns(value, ['series', 'time', 'n', 'sum'], 'bad_increment', drop);
  }
  const columns = unpackIncrements(value.rows, value.packed);
  if (columns !== undefined) return columns;
  drop('bad_increment');
  return { series: [], time: [], n: [], sum: [] };
}

function readColumns<K extends string>(
  value: unknown,
  names: readonly K[],
  reason: DropReason,
  drop: CountDrop,
): Readonly<Record<K, readonly unknown[]>> {
  const read = {} as Record<K, readonly unknown[]>;
  for (const name of names) {
    const column: unknown = isRecord(value) ? value[name] : undefined;
    read[name] = Array.isArray(column) ? column : [];
  }
  const length = names.length === 0 ? 0 : Math.min(...names.map((name) => read[name].length));
  const whole = isRecord(value) && names.every((name) => Array.isArray(value[name]) && read[name].length === length);
  if (!whole && value !== undefined) drop(reason);
  if (!whole) for (const name of names) read[name] = [];
  return read;
}

function readPositions(value: unknown, drop: CountDrop): (readonly [string, PositionValue])[] {
  if (value === undefined) return [];
  if (!isRecord(value)) {
    drop('bad_position');
    return [];
  }
  return Object.entries(value).filter(([key, position]) => {
    const fits = key.length + jsonLength(position) <= CLIENT_LIMITS.position_bytes;
    if (!fits) drop('bad_position');
    return fits;
  }) as [string, PositionValue][];
}

/** Nesting can be deeper than the stack; such a value is longer than any limit. */
function jsonLength(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

const STATES: readonly SourceState[] = ['ok', 'catching_up', 'missing', 'unreadable', 'unparseable'];

function readWatermark(value: unknown, drop: CountDrop): Watermark | undefined {
  if (value === undefined) return undefined;
  const state = isRecord(value) ? STATES.find((candidate) => candidate === value.state) : undefined;
  if (!isRecord(value) || !Number.isFinite(value.completeTo) || state === undefined) {
    drop('bad_watermark');
    return undefined;
  }
  const { service, newestEvent, note, drops } = value;
  return {
    completeTo: Number(value.completeTo),
    state,
    ...(typeof service === 'string' ? { service: service.slice(0, LABEL_LIMITS.name_bytes) } : {}),
    ...(Number.isFinite(newestEvent) ? { newestEvent: newestEvent as number } : {}),
    ...(typeof note === 'string' ? { note: note.slice(0, CLIENT_LIMITS.note_bytes) } : {}),
    ...(isRecord(drops) ? { drops: readDrops(drops) } : {}),
  };
}

function readDrops(drops: Record<string, unknown>): Record<string, number> {
  const counts = Object.entries(drops).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return Object.fromEntries(
    counts.slice(0, CLIENT_LIMITS.drop_reasons).filter(([reason]) => /^[a-z][a-z0-9_]{0,63}$/.test(reason)),
  );
}
