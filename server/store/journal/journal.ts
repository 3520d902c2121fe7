import { ByteReader, ByteWriter, isCompactInteger } from '../encoding/bytes.ts';
import { SampleColumns } from '../pages/sample-columns.ts';
import { SumColumns } from '../pages/sum-columns.ts';

/**
 * One commit as resolved operations: what was accepted, and by which rings. Replay repeats them without deciding anything.
 *
 *     body = version u8 | sums count, rows | samples count, rows
 *     sum row    = series Δ | slot Δ of the finest ring | rings u8 | n | equal u8 (Σ = n: 1; integer: 2; double: 0), Σ
 *     sample row = series Δ | time Δ ms | code u8 (double 0, stale 1, integer 2) | value
 */
export interface JournalRecord {
  readonly sums: SumColumns;
  readonly samples: SampleColumns;
}

const VERSION = 2;
const ROWS_VERSION = 1;
const SAMPLE_CODE = { double: 0, stale: 1, integer: 2 } as const;
const SUM_CODE = { double: 0, equal: 1, integer: 2 } as const;

export function encodeRecord({ sums, samples }: JournalRecord): Buffer {
  const out = new ByteWriter(64 + sums.length * 12 + samples.length * 12);
  out.writeByte(VERSION);
  writeSums(out, sums);
  writeSamples(out, samples);
  return out.finish();
}

function writeSums(out: ByteWriter, { length, series, slots, rings, n, sums }: SumColumns): void {
  out.writeUnsigned(length);
  let lastSeries = 0;
  let lastSlot = 0;
  for (let row = 0; row < length; row++) {
    const id = series[row] ?? 0;
    const slot = slots[row] ?? 0;
    out.writeSigned(id - lastSeries);
    out.writeSigned(slot - lastSlot);
    out.writeByte(rings[row] ?? 0);
    out.writeUnsigned(n[row] ?? 0);
    writeSum(out, n[row] ?? 0, sums[row] ?? 0);
    lastSeries = id;
    lastSlot = slot;
  }
}

function writeSum(out: ByteWriter, n: number, sum: number): void {
  if (sum === n) out.writeByte(SUM_CODE.equal);
  else if (isCompactInteger(sum)) {
    out.writeByte(SUM_CODE.integer);
    out.writeSigned(sum);
  } else {
    out.writeByte(SUM_CODE.double);
    out.writeDouble(sum);
  }
}

function writeSamples(out: ByteWriter, { length, series, times, values, stale }: SampleColumns): void {
  out.writeUnsigned(length);
  let lastSeries = 0;
  let lastTime = 0;
  for (let row = 0; row < length; row++) {
    const id = series[row] ?? 0;
    const time = times[row] ?? 0;
    const value = values[row] ?? 0;
    out.writeSigned(id - lastSeries);
    out.writeSigned(time - lastTime);
    if (stale[row] === 1) out.writeByte(SAMPLE_CODE.stale);
    else if (isCompactInteger(value)) {
      out.writeByte(SAMPLE_CODE.integer);
      out.writeSigned(value);
    } else {
      out.writeByte(SAMPLE_CODE.double);
      out.writeDouble(value);
    }
    lastSeries = id;
    lastTime = time;
  }
}

/** Throws RangeError on bytes that are no record of this version. */
export function decodeRecord(body: Buffer): JournalRecord {
  const input = new ByteReader(body);
  const version = input.readByte();
  if (version !== VERSION && version !== ROWS_VERSION) throw new RangeError(`journal version ${version} is not known`);
  const sums = readSums(input);
  return { sums, samples: version === VERSION ? readSamples(input) : readRowsOfVersion1(input) };
}

function readSums(input: ByteReader): SumColumns {
  const left = input.readUnsigned();
  const sums = new SumColumns(Math.min(left, input.remaining));
  let series = 0;
  let slot = 0;
  for (let row = 0; row < left; row++) {
    series += input.readSigned();
    slot += input.readSigned();
    const rings = input.readByte();
    const n = input.readUnsigned();
    sums.push(series, slot, rings, n, readSum(input, n));
  }
  return sums;
}

function readSum(input: ByteReader, n: number): number {
  const code = input.readByte();
  if (code === SUM_CODE.equal) return n;
  return code === SUM_CODE.integer ? input.readSigned() : input.readDouble();
}

function readSamples(input: ByteReader): SampleColumns {
  const left = input.readUnsigned();
  const samples = new SampleColumns(Math.min(left, input.remaining));
  let series = 0;
  let time = 0;
  for (let row = 0; row < left; row++) {
    series += input.readSigned();
    time += input.readSigned();
    const code = input.readByte();
    const value =
      code === SAMPLE_CODE.integer ? input.readSigned() : code === SAMPLE_CODE.double ? input.readDouble() : 0;
    samples.push(series, time, value, code === SAMPLE_CODE.stale);
  }
  return samples;
}

/** sample row = series Δ | time Δ ms | stale u8 | value f64 */
function readRowsOfVersion1(input: ByteReader): SampleColumns {
  const samples = new SampleColumns();
  let series = 0;
  let time = 0;
  for (let left = input.readUnsigned(); left > 0; left--) {
    series += input.readSigned();
    time += input.readSigned();
    const stale = input.readByte() === 1;
    samples.push(series, time, input.readDouble(), stale);
  }
  return samples;
}
