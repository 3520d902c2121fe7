import { compressSync } from 'snappy';
import { ByteWriter } from '../../server/store/encoding/bytes.ts';

/** The bits of Prometheus' stale marker, which no JavaScript number keeps. */
export const STALE = 'stale';
export type WireValue = number | typeof STALE;

export interface WireSeries {
  /** As they go onto the wire, in this order. */
  readonly labels: readonly (readonly [string, string])[];
  readonly samples: readonly (readonly [time: number, value: WireValue])[];
}

/** Field number * 8 + wire type. */
const TAG = {
  series: 10,
  metadata: 26,
  label: 10,
  sample: 18,
  text1: 10,
  text2: 18,
  double1: 9,
  varint1: 8,
  varint2: 16,
} as const;

/** `prometheus.WriteRequest` 1.0, uncompressed. Metadata: family and type by number. */
export function encodeWriteRequest(
  series: readonly WireSeries[],
  metadata: readonly (readonly [family: string, type: number])[] = [],
): Buffer {
  return message((out) => {
    for (const one of series) field(out, TAG.series, encodeSeries(one));
    for (const [family, type] of metadata) {
      const body = message((inner) => {
        inner.writeByte(TAG.varint1);
        inner.writeUnsigned(type);
        field(inner, TAG.text2, Buffer.from(family));
      });
      field(out, TAG.metadata, body);
    }
  });
}

export function writeBody(...request: Parameters<typeof encodeWriteRequest>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(compressSync(encodeWriteRequest(...request)));
}

/** Labels of a name and others, sorted as senders do. */
export function sortedLabels(name: string, labels: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries({ ...labels, __name__: name }).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function encodeLabels(labels: WireSeries['labels']): Buffer {
  return message((out) => {
    for (const [name, value] of labels) {
      const label = message((inner) => {
        field(inner, TAG.text1, Buffer.from(name));
        field(inner, TAG.text2, Buffer.from(value));
      });
      field(out, TAG.label, label);
    }
  });
}

function encodeSeries({ labels, samples }: WireSeries): Buffer {
  return message((out) => {
    out.writeBytes(encodeLabels(labels));
    for (const [time, value] of samples) {
      const sample = message((inner) => {
        inner.writeByte(TAG.double1);
        if (value === STALE) {
          inner.writeUint32(2);
          inner.writeUint32(0x7ff00000);
        } else inner.writeDouble(value);
        inner.writeByte(TAG.varint2);
        if (time >= 0) inner.writeUnsigned(time);
        else inner.writeBytes(negativeVarint(time));
      });
      field(out, TAG.sample, sample);
    }
  });
}

export function field(out: ByteWriter, tag: number, body: Uint8Array): void {
  out.writeByte(tag);
  out.writeUnsigned(body.length);
  out.writeBytes(body);
}

export function message(fill: (out: ByteWriter) => void): Buffer {
  const out = new ByteWriter();
  fill(out);
  return out.finish();
}

/** Two's complement of 64 bits: ten bytes. */
function negativeVarint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}
