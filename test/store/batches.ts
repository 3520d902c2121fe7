import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packIncrements } from '../../collector/delivery/increment-columns.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { BatchAnswer } from '../../server/model/ingest.ts';
import { labelEquals } from '../../server/model/labels.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import type { IngestBatch } from '../../server/store/intake/intake.ts';
import { Store } from '../../server/store/store.ts';
import type { StoreOptions } from '../../server/store/store-options.ts';
import { incrementsIn } from '../support/increments.ts';

export const NOW = ms(1_800_000_000_000);

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A store in a directory of its own, closed with the test. */
export function openStore(options: Partial<StoreOptions> = {}): Store {
  return new Store({ dataDir: tempDir(), ...options });
}

export function digestOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}

/** The collector's side of one queue: numbers its batches and keeps them for resending. */
export class Queue {
  readonly collector: string;
  readonly sink: string;
  epoch = 0;
  sequence = 0;
  last: IngestBatch | undefined;

  constructor(collector = 'c1', sink = 'vigie') {
    this.collector = collector;
    this.sink = sink;
  }

  hello(store: Store): void {
    const { collector, sink, epoch } = this;
    const acked = { sequence: this.sequence, digest: this.last?.envelope.digest ?? '' };
    const answer = store.hello({ collector, sink, epoch, acked, queued: [] }, NOW);
    if (answer.result === 'agreed') return;
    this.epoch = answer.epoch;
    this.sequence = 0;
    this.last = undefined;
  }

  next(payload: BatchPayload | Uint8Array): IngestBatch {
    const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
    this.sequence++;
    const { collector, sink, epoch, sequence } = this;
    this.last = { envelope: { collector, sink, epoch, sequence, digest: digestOf(bytes) }, payload: bytes };
    return this.last;
  }

  send(store: Store, payload: BatchPayload | Uint8Array, now = NOW): BatchAnswer {
    if (this.epoch === 0) this.hello(store);
    return store.commit([this.next(payload)], now)[0]!;
  }

  /** The same to an engine, which must take it. */
  async deliver(engine: Pick<Engine, 'hello' | 'ingest'>, payload: BatchPayload, now: Ms): Promise<void> {
    const { collector, sink, epoch } = this;
    if (epoch === 0) {
      const acked = { sequence: 0, digest: '' };
      const answer = await engine.hello({ collector, sink, epoch, acked, queued: [] }, now);
      this.epoch = answer.result === 'rewind' ? answer.epoch : 0;
    }
    const { envelope, payload: bytes } = this.next(payload);
    await engine.ingest(envelope, bytes, now);
  }
}

/** Both counters of an SLO in one payload, complete up to `completeTo`; series 0 is `all_total`, 1 `bad_total`. */
export function countedEvents(rows: readonly IncrementRow[], completeTo: number): BatchPayload {
  return { ...increments(['all_total', 'bad_total'], rows, 'log'), watermark: { completeTo, state: 'ok' } };
}

export type IncrementRow = readonly [series: number, time_secs: number, n: number, sum?: number];

/** A payload of sum increments; `names` are metric names, or `name{label=value}` written as a pair. */
export function increments(names: readonly string[], rows: readonly IncrementRow[], source = 's'): BatchPayload {
  return {
    v: 1,
    source,
    series: names.map((name) => ({ kind: 'sum', name, labels: {} })),
    increments: {
      series: rows.map(([series]) => series),
      time: rows.map(([, time]) => time),
      n: rows.map(([, , n]) => n),
      sum: rows.map(([, , n, sum]) => sum ?? n),
    },
  };
}

/** The same payload as a collector sends one of many increments. */
export function packed(payload: BatchPayload): BatchPayload {
  return { ...payload, increments: packIncrements(incrementsIn(payload), payload.series.length) };
}

export type SampleRow = readonly [time: number, value: number | 'stale' | 'NaN'];

export function samples(
  kind: 'counter' | 'gauge',
  name: string,
  rows: readonly SampleRow[],
  source = 's',
): BatchPayload {
  return {
    v: 1,
    source,
    series: [{ kind, name, labels: { host: 'h' } }],
    samples: { series: rows.map(() => 0), time: rows.map(([time]) => time), value: rows.map(([, value]) => value) },
  };
}

export function idsOf(store: Store, name: string): readonly number[] {
  return store.view.select([labelEquals('__name__', name)]);
}

export function count(store: Store, name: string, start: number, end: number) {
  return store.view.countWindow(idsOf(store, name), { start: ms(start), end: ms(end) });
}
