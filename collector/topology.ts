import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { Batch } from './batch.ts';
import type { Sink, Transform } from './component.ts';
import { storedLines } from './stored-lines.ts';

/** A transform or sink with what leads to it. */
export interface TransformNode {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly transform: Transform;
  readonly telemetry: ComponentTelemetry;
}

export interface SinkNode {
  readonly id: string;
  readonly inputs: readonly string[];
  /** Absent: the queue. */
  readonly sink?: Sink;
  readonly telemetry: ComponentTelemetry;
}

/** What came out at the ends; at the queue, each line once. */
export interface Arrivals {
  readonly queued: readonly Batch[];
  readonly shown: readonly { readonly sink: Sink; readonly batch: Batch }[];
}

/**
 * The graph of a checked configuration (`topology-check.ts`: known inputs, no cycles). A component is given the whole output of
 * each of its inputs; batches are never changed, so several may read one.
 */
export class Topology {
  readonly #transforms = new Map<string, TransformNode[]>();
  readonly #sinks = new Map<string, SinkNode[]>();

  constructor(transforms: readonly TransformNode[], sinks: readonly SinkNode[]) {
    for (const node of transforms) for (const input of new Set(node.inputs)) push(this.#transforms, input, node);
    for (const node of sinks) for (const input of new Set(node.inputs)) push(this.#sinks, input, node);
  }

  /** Runs a batch of `source` to its ends, synchronously. Sinks are not written: that is after the commit. */
  run(source: string, batch: Batch): Arrivals {
    const queued: Batch[] = [];
    const shown: { sink: Sink; batch: Batch }[] = [];
    const give = (from: string, given: Batch): void => {
      const rows = rowsOf(given);
      for (const { sink, telemetry } of this.#sinks.get(from) ?? []) {
        telemetry.received(sink === undefined ? rows + unparsedIn(given) : rows, bytesOf(given));
        if (sink === undefined) queued.push(given);
        else if (rows > 0) shown.push({ sink, batch: given });
      }
      // What is left is for a store alone.
      if (rows === 0) return;
      for (const { id, transform, telemetry } of this.#transforms.get(from) ?? []) {
        telemetry.received(rows, bytesOf(given));
        const made = transform.apply(given);
        if (made === undefined) continue;
        telemetry.sent(rowsOf(made), bytesOf(made));
        give(id, made);
      }
    };
    give(source, batch);
    return { queued: storedLines(queued), shown };
  }

  /** Whether anything of `id` can reach the queue. */
  feedsQueue(id: string): boolean {
    return (
      (this.#sinks.get(id) ?? []).some(({ sink }) => sink === undefined) ||
      (this.#transforms.get(id) ?? []).some((node) => this.feedsQueue(node.id))
    );
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function rowsOf(batch: Batch): number {
  if (batch.kind === 'logs') return batch.rows.length;
  return batch.kind === 'hits' ? batch.lines : batch.increments.n.length + batch.samples.value.length;
}

function unparsedIn(batch: Batch): number {
  return batch.kind === 'logs' ? (batch.unparsed?.length ?? 0) : 0;
}

/** Of the lines as read; metrics have no size before they are encoded. */
function bytesOf(batch: Batch): number {
  return batch.kind === 'logs' ? batch.bytes.length : 0;
}
