import type { Matcher, Selector } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { uncompressBlock } from './snappy-block.ts';
import { WireReader } from './wire-reader.ts';

/** What one query of a request asks for: the samples of the selected series in [start, end]. */
export interface ReadQuery {
  readonly start: Ms;
  readonly end: Ms;
  readonly selector: Selector;
}

/** Tags of `prometheus.ReadRequest` (prometheus/prometheus, prompb/remote.proto): field * 8 + wire type. */
const REQUEST = { query: 10, responseType: 16, responseTypes: 18 } as const;
const QUERY = { start: 8, end: 16, matcher: 26 } as const;
const MATCHER = { type: 8, name: 18, value: 26 } as const;
const OPERATORS: readonly Matcher['op'][] = ['=', '!=', '=~', '!~'];
/** `ReadRequest.ResponseType`; also what is meant when none is named. */
const SAMPLES = 0;
const MAX_REQUEST_BYTES = 2 ** 20;

/** Reads a body. Throws VigieError `bad_request` or `too_large`. */
export function readReadRequest(body: Uint8Array): readonly ReadQuery[] {
  const bytes = uncompressBlock(body, MAX_REQUEST_BYTES, 'remote read');
  try {
    return readQueries(new WireReader(bytes), bytes.length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const text = `cannot read remote read: got no protobuf message prometheus.ReadRequest: ${messageOf(error)}`;
    throw new VigieError('bad_request', text, { cause: error });
  }
}

function readQueries(input: WireReader, end: number): readonly ReadQuery[] {
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  while (input.position < end) {
    const tag = input.varint();
    if (tag === REQUEST.query) queries.push(readQuery(input, input.endOfBytes(end)));
    else if (tag === REQUEST.responseType) accepted.push(input.varint());
    else if (tag === REQUEST.responseTypes) {
      for (const packedEnd = input.endOfBytes(end); input.position < packedEnd; ) accepted.push(input.varint());
    } else input.skip(tag, end);
  }
  input.endAt(end);
  if (accepted.length === 0 || accepted.includes(SAMPLES)) return queries;
  throw new VigieError(
    'bad_request',
    `cannot answer remote read: got response types ${accepted.join(', ')}; want SAMPLES among them`,
  );
}

function readQuery(input: WireReader, end: number): ReadQuery {
  let [start, last] = [0, 0];
  const selector: Matcher[] = [];
  while (input.position < end) {
    const tag = input.varint();
    if (tag === QUERY.start) start = input.int64();
    else if (tag === QUERY.end) last = input.int64();
    else if (tag === QUERY.matcher) selector.push(readMatcher(input, input.endOfBytes(end)));
    else input.skip(tag, end);
  }
  input.endAt(end);
  return { start: ms(start), end: ms(last), selector };
}

function readMatcher(input: WireReader, end: number): Matcher {
  let [type, name, value] = [0, '', ''];
  while (input.position < end) {
    const tag = input.varint();
    if (tag === MATCHER.type) type = input.varint();
    else if (tag === MATCHER.name) name = input.text(end);
    else if (tag === MATCHER.value) value = input.text(end);
    else input.skip(tag, end);
  }
  input.endAt(end);
  const op = OPERATORS[type];
  if (op === undefined) throw new RangeError(`a matcher of type ${type} is not known`);
  return { name, op, value };
}
