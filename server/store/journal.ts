import { ByteReader, ByteWriter, isCompactInteger } from './bytes.ts';
import type { Sample } from './rollup.ts';

/**
 * One commit as resolved operations: what was accepted, and by which rings. Replay repeats them without deciding anything.
 *
 *     body = version u8 | sums count, rows | samples count, rows
 *     sum row    = series Δ | slot Δ of the finest ring | rings u8 | n | equal u8 (Σ = n: 1; integer: 2; double: 0), Σ
 *     sample row = series Δ | time Δ ms | stale u8 | value f64
 */
export interface SumOperation {
  readonly series: number;
  /** Slot of the finest ring. */
  readonly slot: number;
  /** Bit r: ring r took it. */
  readonly rings: number;
  readonly n: number;
  readonly sum: number;
}

export interface SampleOperation {
  readonly series: number;
  readonly sample: Sample;
}

export interface JournalRecord {
  readonly sums: readonly SumOperation[];
  readonly samples: readonly SampleOperation[];
}

const VERSION = 1;
const SUM_CODE = { double: 0, equal: 1, integer: 2 } as const;

export function encodeRecord({ sums, samples }: JournalRecord): Buffer {
  const out = new ByteWriter(64 + sums.length * 12 + samples.length * 16);
  out.writeByte(VERSION);
  out.writeUnsigned(sums.length);
  let series = 0;
  let slot = 0;
  for (const op of sums) {
    out.writeSigned(op.series - series);
    out.writeSigned(op.slot - slot);
    out.writeByte(op.rings);
    out.writeUnsigned(op.n);
    writeSum(out, op);
    series = op.series;
    slot = op.slot;
  }
  writeSamples(out, samples);
  return out.finish();
}

function writeSum(out: ByteWriter, { n, sum }: SumOperation): void {
  if (sum === n) out.writeByte(SUM_CODE.equal);
  else if (isCompactInteger(sum)) {
    out.writeByte(SUM_CODE.integer);
    out.writeSigned(sum);
  } else {
    out.writeByte(SUM_CODE.double);
    out.writeDouble(sum);
  }
}

function writeSamples(out: ByteWriter, samples: readonly SampleOperation[]): void {
  out.writeUnsigned(samples.length);
  let series = 0;
  let time = 0;
  for (const op of samples) {
    out.writeSigned(op.series - series);
    out.writeSigned(op.sample.time - time);
    out.writeByte(op.sample.stale ? 1 : 0);
    out.writeDouble(op.sample.value);
    series = op.series;
    time = op.sample.time;
  }
}

/** Throws RangeError on bytes that are no record of this version. */
export function decodeRecord(body: Buffer): JournalRecord {
  const input = new ByteReader(body);
  const version = input.readByte();
  if (version !== VERSION) throw new RangeError(`journal version ${version} is not known`);
  const sums: SumOperation[] = [];
  let series = 0;
  let slot = 0;
  for (let left = input.readUnsigned(); left > 0; left--) {
    series += input.readSigned();
    slot += input.readSigned();
    const rings = input.readByte();
    const n = input.readUnsigned();
    sums.push({ series, slot, rings, n, sum: readSum(input, n) });
  }
  return { sums, samples: readSamples(input) };
}

function readSum(input: ByteReader, n: number): number {
  const code = input.readByte();
  if (code === SUM_CODE.equal) return n;
  return code === SUM_CODE.integer ? input.readSigned() : input.readDouble();
}

function readSamples(input: ByteReader): SampleOperation[] {
  const samples: SampleOperation[] = [];
  let series = 0;
  let time = 0;
  for (let left = input.readUnsigned(); left > 0; left--) {
    series += input.readSigned();
    time += input.readSigned();
    const stale = input.readByte() === 1;
    samples.push({ series, sample: { time, value: input.readDouble(), stale } });
  }
  return samples;
}
