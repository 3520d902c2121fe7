import type { DropReason } from '../store/intake/payload.ts';
import type { SampleTarget, SampleWrite } from '../store/intake/sample-write.ts';
import { SampleColumns } from '../store/pages/sample-columns.ts';
import { LABEL_TAG, LabelError, type NamedLabels, readLabelSet } from './label-set.ts';
import { METRIC_TYPES, type MetricTypes } from './metric-types.ts';
import type { TargetCache } from './target-cache.ts';
import { WireReader } from './wire-reader.ts';

/** Tags of `prometheus.WriteRequest` 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/): field * 8 + wire type. */
const REQUEST = { series: 10, metadata: 26 } as const;
const SERIES = { label: LABEL_TAG, sample: 18, exemplar: 26, histogram: 34 } as const;
const SAMPLE = { value: 9, time: 16 } as const;
const METADATA = { type: 8, family: 18 } as const;

/** The bits of a stale marker (prometheus/prometheus, model/value). As a number they would be any NaN, so they are looked at as words. */
const STALE_LOW = 0x00000002;
const STALE_HIGH = 0x7ff00000;

export interface WriteRequest {
  readonly write: SampleWrite;
  /** Samples of the request, usable or not. */
  readonly rows: number;
  /** Why the first series that cannot be one is none. */
  readonly badSeries: string | undefined;
}

export interface WriteContext {
  /** The collector of the origins, and whom a sample came from within it. */
  readonly collector: string;
  readonly sourceOf: (labels: NamedLabels) => string;
  readonly cache: TargetCache;
  readonly types: MetricTypes;
}

/** Reads a request. Throws RangeError for bytes that are none; a series that cannot be one costs its own samples. */
export function readWriteRequest(bytes: Uint8Array, context: WriteContext): WriteRequest {
  const reading = new RequestReading(bytes, context);
  reading.read();
  return reading.finish();
}

class RequestReading {
  readonly #input: WireReader;
  readonly #context: WriteContext;
  readonly #targets: SampleTarget[] = [];
  readonly #ends: number[] = [];
  readonly #rows: SampleColumns;
  readonly #unusable = new Map<DropReason, number>();
  /** Made in this request: metadata that says how they count may stand behind them. */
  readonly #made: SampleTarget[] = [];
  /** One for all series: a closure for each would be much to collect. */
  readonly #make = (start: number, end: number): SampleTarget =>
    this.#newTarget(this.#input.bytes.subarray(start, end));
  #badSeries: string | undefined;

  constructor(bytes: Uint8Array, context: WriteContext) {
    this.#input = new WireReader(bytes);
    this.#context = context;
    this.#rows = new SampleColumns(Math.max(16, bytes.length >> 6));
    context.cache.begin();
  }

  read(): void {
    const input = this.#input;
    const end = input.bytes.length;
    while (input.position < end) {
      const tag = input.varint();
      if (tag === REQUEST.series) this.#readSeries(input.endOfBytes(end));
      else if (tag === REQUEST.metadata) this.#readMetadata(input.endOfBytes(end));
      else input.skip(tag, end);
    }
    input.endAt(end);
  }

  finish(): WriteRequest {
    const { collector, types } = this.#context;
    for (const target of this.#made) target.identity = { ...target.identity, kind: types.kindOf(target.identity.name) };
    const { times, values, stale, length } = this.#rows;
    const write = {
      collector,
      targets: this.#targets,
      ends: this.#ends,
      times,
      values,
      stale,
      unusable: this.#unusable,
    };
    return { write, rows: length + (this.#unusable.get('bad_series') ?? 0), badSeries: this.#badSeries };
  }

  /** Labels come first, one after the other, from every sender there is; others are put so. */
  #readSeries(end: number): void {
    const input = this.#input;
    const start = input.position;
    while (input.position < end && input.bytes[input.position] === SERIES.label) {
      input.position++;
      input.position = input.endOfBytes(end);
    }
    const labelsEnd = input.position;
    const first = this.#rows.length;
    let isScattered = false;
    while (input.position < end) {
      const tag = input.varint();
      if (tag === SERIES.sample) this.#readSample(input.endOfBytes(end));
      else {
        isScattered ||= tag === SERIES.label;
        this.#passOver(tag, end);
      }
    }
    input.endAt(end);
    if (this.#rows.length === first) return;
    try {
      const { cache } = this.#context;
      const target = isScattered
        ? this.#newTarget(gatheredLabels(input.bytes.subarray(start, end)))
        : cache.find(input.view, start, labelsEnd, this.#make);
      this.#targets.push(target);
      this.#ends.push(this.#rows.length);
    } catch (error) {
      this.#refuse(error, first);
    }
  }

  #passOver(tag: number, end: number): void {
    if (tag === SERIES.exemplar) this.#count('exemplar', 1);
    if (tag === SERIES.histogram) this.#count('native_histogram', 1);
    this.#input.skip(tag, end);
  }

  #readSample(end: number): void {
    const input = this.#input;
    const { view } = input;
    let time = 0;
    let value = 0;
    let isStale = false;
    while (input.position < end) {
      const tag = input.varint();
      if (tag === SAMPLE.value && input.position + 8 <= end) {
        isStale =
          view.getUint32(input.position, true) === STALE_LOW && view.getUint32(input.position + 4, true) === STALE_HIGH;
        value = isStale ? 0 : view.getFloat64(input.position, true);
        input.position += 8;
      } else if (tag === SAMPLE.time) time = input.int64();
      else input.skip(tag, end);
    }
    input.endAt(end);
    this.#rows.push(0, time, value, isStale);
  }

  /** Labels that no series can have cost its own samples. */
  #refuse(error: unknown, first: number): void {
    if (!(error instanceof LabelError)) throw error;
    this.#badSeries ??= error.message;
    this.#count('bad_series', this.#rows.length - first);
    this.#rows.cut(first);
  }

  #newTarget(labelBytes: Uint8Array): SampleTarget {
    const named = readLabelSet(labelBytes);
    const source = this.#context.sourceOf(named);
    const target: SampleTarget = { source, identity: { kind: 'gauge', ...named }, series: undefined };
    this.#made.push(target);
    return target;
  }

  #readMetadata(end: number): void {
    const input = this.#input;
    let type = 0;
    let family = '';
    while (input.position < end) {
      const tag = input.varint();
      if (tag === METADATA.type) type = input.varint();
      else if (tag === METADATA.family) family = input.text(end);
      else input.skip(tag, end);
    }
    input.endAt(end);
    this.#context.types.note(family, METRIC_TYPES[type] ?? 'unknown');
  }

  #count(reason: DropReason, by: number): void {
    this.#unusable.set(reason, (this.#unusable.get(reason) ?? 0) + by);
  }
}

/** The labels of a series, wherever in it they stand. */
function gatheredLabels(series: Uint8Array): Uint8Array {
  const input = new WireReader(series);
  const labels: Uint8Array[] = [];
  while (input.position < series.length) {
    const start = input.position;
    const tag = input.varint();
    input.skip(tag, series.length);
    if (tag === SERIES.label) labels.push(series.subarray(start, input.position));
  }
  return Buffer.concat(labels);
}
