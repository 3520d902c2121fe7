import type { SeriesId } from '../model/labels.ts';
import { ByteWriter } from '../store/encoding/bytes.ts';
import type { SampleColumns } from '../store/pages/sample-columns.ts';

/** Tags of `prometheus.ReadResponse` (prometheus/prometheus, prompb/remote.proto): field * 8 + wire type. */
const TAG = {
  result: 10,
  series: 10,
  label: 10,
  name: 10,
  value: 18,
  sample: 18,
  sampleValue: 9,
  sampleTime: 16,
} as const;

/** The bits of a stale marker as two words: no number keeps them. */
const STALE = { low: 0x00000002, high: 0x7ff00000 } as const;

/** One query's result, as series come. */
export class ReadResult {
  readonly #out = new ByteWriter(4096);

  add({ name, labels }: SeriesId, samples: SampleColumns): void {
    const series = new ByteWriter(64 + samples.length * 20);
    for (const [label, value] of Object.entries({ ...labels, __name__: name }).sort(([a], [b]) => (a < b ? -1 : 1))) {
      writeLabel(series, label, value);
    }
    for (let row = 0; row < samples.length; row++) writeSample(series, samples, row);
    writeField(this.#out, TAG.series, series.finish());
  }

  finish(): Buffer {
    return this.#out.finish();
  }
}

/** The answer to a request: its results in the order of its queries. */
export function encodeReadResponse(results: readonly ReadResult[]): Buffer {
  const out = new ByteWriter(4096);
  for (const result of results) writeField(out, TAG.result, result.finish());
  return out.finish();
}

function writeLabel(out: ByteWriter, name: string, value: string): void {
  const label = new ByteWriter(64);
  writeField(label, TAG.name, Buffer.from(name));
  writeField(label, TAG.value, Buffer.from(value));
  writeField(out, TAG.label, label.finish());
}

function writeSample(out: ByteWriter, { times, values, stale }: SampleColumns, row: number): void {
  const time = times[row] ?? 0;
  out.writeByte(TAG.sample);
  out.writeByte(10 + varintBytes(time));
  out.writeByte(TAG.sampleValue);
  if (stale[row] === 1) {
    out.writeUint32(STALE.low);
    out.writeUint32(STALE.high);
  } else out.writeDouble(values[row] ?? 0);
  out.writeByte(TAG.sampleTime);
  out.writeUnsigned(time);
}

function writeField(out: ByteWriter, tag: number, bytes: Uint8Array): void {
  out.writeByte(tag);
  out.writeUnsigned(bytes.length);
  out.writeBytes(bytes);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
