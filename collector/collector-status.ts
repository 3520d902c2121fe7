import type { ComponentStatus, FileStatus, QueueStatus } from '../server/model/status.ts';
import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { FileReading, Source } from './component.ts';
import type { Queue } from './delivery/queue.ts';
import type { Sender } from './delivery/sender.ts';
import type { Gate } from './gate.ts';
import type { SourceRunner } from './source-runner.ts';
import type { TransformNode } from './topology.ts';

/** A component as the status page names it, and what counts for it. */
export interface Part {
  readonly id: string;
  readonly kind: ComponentStatus['kind'];
  readonly type: string;
  readonly telemetry: ComponentTelemetry;
  readonly source?: Source;
}

/** The queue is wherever a `vigie` sink is; there is at most one. */
export interface Delivery {
  readonly queue: Queue;
  readonly maxBytes: number;
  readonly sender: Sender;
}

export interface StatusInput {
  readonly parts: readonly Part[];
  readonly runners: readonly SourceRunner[];
  readonly transforms: readonly TransformNode[];
  readonly delivery: Delivery | undefined;
  readonly gate: Gate;
}

export interface CollectorStatus {
  readonly components: readonly ComponentStatus[];
  readonly queues: readonly QueueStatus[];
}

/** What each component and the queue are doing now. */
export function collectorStatus(input: StatusInput): CollectorStatus {
  return { components: input.parts.map((part) => componentStatus(part, input)), queues: queueStatus(input) };
}

function componentStatus(
  { id, kind, type, telemetry, source }: Part,
  { runners, transforms }: StatusInput,
): ComponentStatus {
  const { received, sent, errors, drops } = telemetry.snapshot();
  const files = source?.files?.().map((file) => asRead(file, readingOf(file.path, transforms)));
  const note = source === undefined ? undefined : runners.find((runner) => runner.id === id)?.refusal;
  return {
    ...{ id, kind, type, received_events: received, sent_events: sent, errors, drops },
    ...(files === undefined ? {} : { files }),
    ...(note === undefined ? {} : { note }),
  };
}

function readingOf(path: string, transforms: readonly TransformNode[]): FileReading | undefined {
  for (const { transform } of transforms) {
    const reading = transform.readingOf?.(path);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** A file and what was made of its lines; what the file itself has to say comes first. */
function asRead(file: FileStatus, reading: FileReading | undefined): FileStatus {
  if (reading === undefined) return file;
  const { format, parsed, unparseable, failure } = reading;
  const isForeign = parsed === 0 && unparseable > 0 && file.state !== 'unreadable';
  const lines = `${unparseable} of ${parsed + unparseable} lines cannot be parsed: ${failure}`;
  const note = file.note ?? (unparseable > 0 ? lines : undefined);
  return {
    ...file,
    ...(format !== undefined && { format }),
    ...(isForeign && { state: 'unparseable' }),
    ...(note !== undefined && { note }),
  };
}

/** A queue into which nothing can be written is blocked, however its sender is. */
function queueStatus({ runners, delivery, gate }: StatusInput): QueueStatus[] {
  if (delivery === undefined) return [];
  const { queue, sender, maxBytes } = delivery;
  const status = sender.status();
  const refusal = runners.find((runner) => runner.feedsQueue && runner.refusal !== undefined)?.refusal;
  const isBlocked = gate.waiting > 0 || refusal !== undefined;
  return [
    {
      ...status,
      ...(isBlocked ? { state: 'blocked' } : {}),
      ...(refusal === undefined ? {} : { note: refusal }),
      ...{ sink: queue.sink, batches: queue.length, bytes: queue.bytes, max_bytes: maxBytes },
    },
  ];
}
