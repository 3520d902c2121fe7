import { isLabelName, isMetricName, type Labels } from '../model/labels.ts';
import { LABEL_LIMITS } from '../store/limits.ts';
import { WireReader } from './wire-reader.ts';

export interface NamedLabels {
  readonly name: string;
  /** Without `__name__`. */
  readonly labels: Labels;
}

const LABEL = { name: 10, value: 18 } as const;
/** The tag of a label in a series. */
export const LABEL_TAG = 10;
const NAME = '__name__';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Labels no series can have; the message says what was got and wanted. */
export class LabelError extends Error {}

/**
 * Reads labels as a series of remote write has them, one field after the other: sorted by name, each once, none empty
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/). Throws LabelError, and RangeError for bytes that are no labels.
 */
export function readLabelSet(bytes: Uint8Array): NamedLabels {
  const input = new WireReader(bytes);
  const labels: Record<string, string> = {};
  let before = '';
  let count = 0;
  while (input.position < bytes.length) {
    const tag = input.varint();
    if (tag !== LABEL_TAG) throw new RangeError(`a field of tag ${tag} is no label`);
    const [label, value] = readLabel(input, bytes.length);
    checkLabel(label, value, before);
    labels[label] = value;
    before = label;
    count++;
  }
  const { [NAME]: name, ...rest } = labels;
  checkSet(name, rest, count);
  return { name: name ?? '', labels: rest };
}

function readLabel(input: WireReader, within: number): readonly [string, string] {
  const end = input.endOfBytes(within);
  let [name, value] = ['', ''];
  while (input.position < end) {
    const tag = input.varint();
    if (tag !== LABEL.name && tag !== LABEL.value) input.skip(tag, end);
    else if (tag === LABEL.name) name = readText(input, end);
    else value = readText(input, end);
  }
  input.endAt(end);
  return [name, value];
}

function readText(input: WireReader, within: number): string {
  const end = input.endOfBytes(within);
  const start = input.position;
  input.position = end;
  try {
    return utf8.decode(input.bytes.subarray(start, end));
  } catch (error) {
    throw new LabelError('got a label that is not UTF-8', { cause: error });
  }
}

function checkLabel(label: string, value: string, before: string): void {
  const name = JSON.stringify(label.slice(0, LABEL_LIMITS.name_bytes));
  if (label === '') throw new LabelError('got a label without a name');
  if (value === '') throw new LabelError(`got label ${name} without a value; want no such label`);
  if (label <= before)
    throw new LabelError(`got label ${name} after ${JSON.stringify(before)}; want them sorted, each once`);
  if (!isLabelName(label) || label === '__proto__')
    throw new LabelError(`got label ${name}; want letters, digits and "_"`);
  if (label.length > LABEL_LIMITS.name_bytes)
    throw new LabelError(`got a label name of ${label.length} bytes; want at most ${LABEL_LIMITS.name_bytes}`);
  if (Buffer.byteLength(value) > LABEL_LIMITS.value_bytes) {
    throw new LabelError(
      `got ${Buffer.byteLength(value)} bytes in label ${name}; want at most ${LABEL_LIMITS.value_bytes}`,
    );
  }
}

function checkSet(name: string | undefined, labels: Labels, count: number): void {
  if (name === undefined) throw new LabelError(`got no label "${NAME}"; want the name of a metric`);
  if (!isMetricName(name))
    throw new LabelError(
      `got metric ${JSON.stringify(name.slice(0, LABEL_LIMITS.name_bytes))}; want letters, digits, "_" and ":"`,
    );
  if (name.length > LABEL_LIMITS.name_bytes)
    throw new LabelError(`got a metric name of ${name.length} bytes; want at most ${LABEL_LIMITS.name_bytes}`);
  if (count > LABEL_LIMITS.labels + 1)
    throw new LabelError(`got ${count} labels; want at most ${LABEL_LIMITS.labels + 1}`);
  const size = Object.entries(labels).reduce(
    (sum, [label, value]) => sum + label.length + Buffer.byteLength(value),
    name.length,
  );
  if (size > LABEL_LIMITS.identity_bytes)
    throw new LabelError(`got ${size} bytes of labels; want at most ${LABEL_LIMITS.identity_bytes}`);
}
