import type { Clock } from '../server/model/clock.ts';
import { invariant } from '../server/model/errors.ts';
import type { IngestTransport } from '../server/model/ingest.ts';
import type { Log } from '../server/runtime/log.ts';
import type { ComponentTelemetry, Telemetry } from '../server/runtime/telemetry.ts';
import { BatchAccount } from './batch-account.ts';
import { type CollectorStatus, collectorStatus, type Delivery, type Part } from './collector-status.ts';
import type { CollectorConfig } from './config.ts';
import { Ledger } from './delivery/commit.ts';
import { type CollectorDatabase, openDatabase } from './delivery/database.ts';
import { Queue } from './delivery/queue.ts';
import type { Rewind } from './delivery/rewind.ts';
import { type CrashPoint, Sender } from './delivery/sender.ts';
import { Followers } from './followers.ts';
import { Gate } from './gate.ts';
import { expandInputs } from './input-globs.ts';
import { createRegistry, type Registry } from './registry.ts';
import { SourceDrops } from './source-drops.ts';
import { type IntakeOptions, SourceIntake } from './source-intake.ts';
import { SourceRunner } from './source-runner.ts';
import { Standing } from './standing.ts';
import { type SinkNode, Topology, type TransformNode } from './topology.ts';

/** A queue that was full takes batches of unknown size again when it is filled to this share. */
const LOW_WATER = 0.75;

export interface CollectorOptions {
  /** Checked by `checkTopology`. */
  readonly config: CollectorConfig;
  /** Holds `collector.sqlite`. */
  readonly dataDir: string;
  /** Unique among the collectors of one server. */
  readonly name: string;
  /** Where the `vigie` sink delivers. */
  readonly transport: IngestTransport;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** What makes the components; all of Vigie's own unless given. */
  readonly registry?: Registry;
  readonly random?: () => number;
  /** For tests: called at the moments where a crash must lose nothing. */
  readonly onPoint?: (point: CrashPoint) => void;
  /** For tests: batches of more bytes are cut. */
  readonly partBytes?: number;
  /** For tests: how the sender waits between attempts. */
  readonly wait?: (wait_ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Collector {
  /** Resolves when the sources run: after the first hello was answered or failed. */
  start(): Promise<void>;
  /** Sources stop at their last commit, what is in flight is awaited; the queue stays on disk. */
  stop(): Promise<void>;
  status(): CollectorStatus;
}

/** Opens the database and builds the graph. Throws VigieError when the data directory cannot be used. */
export function createCollector(options: CollectorOptions): Collector {
  const database = openDatabase(options.dataDir);
  try {
    return new RunningCollector({ ...options, config: expandInputs(options.config) }, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

class RunningCollector implements Collector {
  readonly #options: CollectorOptions;
  readonly #registry: Registry;
  readonly #database: CollectorDatabase;
  readonly #account = new BatchAccount();
  readonly #gate = new Gate((wanted_bytes) => this.#hasRoom(wanted_bytes));
  readonly #ledger: Ledger;
  readonly #delivery: Delivery | undefined;
  readonly #parts: Part[] = [];
  readonly #runners: SourceRunner[];
  readonly #transforms: readonly TransformNode[];
  #stopped: Promise<void> | undefined;

  constructor(options: CollectorOptions, database: CollectorDatabase) {
    this.#options = options;
    this.#registry = options.registry ?? createRegistry((text) => process.stdout.write(text));
    this.#database = database;
    this.#delivery = this.#createDelivery();
    this.#ledger = new Ledger(database, this.#delivery?.queue, options.partBytes);
    this.#transforms = this.#createTransforms();
    const topology = new Topology(this.#transforms, this.#createSinks());
    this.#runners = this.#createRunners(topology);
    this.#gauges();
  }

  async start(): Promise<void> {
    this.#standing().inherit();
    await this.#delivery?.sender.start();
    // A rewind during the first hello may have started them already.
    if (this.#stopped === undefined) for (const runner of this.#runners) runner.start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  status(): CollectorStatus {
    return collectorStatus({
      parts: this.#parts,
      runners: this.#runners,
      transforms: this.#transforms,
      delivery: this.#delivery,
      gate: this.#gate,
    });
  }

  async #stop(): Promise<void> {
    // The sender first: its rewind would start the sources again.
    await this.#delivery?.sender.stop();
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    this.#database.close();
  }

  #createDelivery(): Delivery | undefined {
    const { config, name, transport, log, random = Math.random, onPoint, wait } = this.#options;
    for (const [id, options] of Object.entries(config.sinks)) {
      if (options.type !== 'vigie') continue;
      const queue = new Queue(this.#database, { collector: name, sink: id });
      const sender = new Sender({
        collector: name,
        queue,
        sources: () => this.#runners.filter((runner) => runner.feedsQueue).map((runner) => runner.id),
        transport,
        log,
        random,
        rewind: (answer) => this.#rewind(answer),
        onAcknowledged: (batch) => {
          this.#telemetryOf(id)?.sent(1, batch?.payload.length ?? 0);
          this.#gate.open();
        },
        ...(onPoint === undefined ? {} : { onPoint }),
        ...(wait === undefined ? {} : { wait }),
      });
      return { queue, sender, maxBytes: options.buffer.max_size };
    }
    return undefined;
  }

  #createTransforms(): TransformNode[] {
    const { config, log, clock } = this.#options;
    return Object.entries(config.transforms).map(([id, options]) => {
      const real = this.#part(id, 'transform', options.type);
      const telemetry = this.#account.stage(real);
      const report = this.#account.report(real);
      const remembered = this.#ledger.learned(id);
      const context = { id, telemetry, report, log, remembered, now: () => clock.now() };
      return { id, inputs: options.inputs, telemetry, transform: this.#registry.transform(options, context) };
    });
  }

  #createSinks(): SinkNode[] {
    const { config } = this.#options;
    return Object.entries(config.sinks).map(([id, options]) => {
      const telemetry = this.#account.stage(this.#part(id, 'sink', options.type));
      const node = { id, inputs: options.inputs, telemetry };
      return options.type === 'vigie' ? node : { ...node, sink: this.#registry.sink(options) };
    });
  }

  #createRunners(topology: Topology): SourceRunner[] {
    const { config, log, clock, telemetry } = this.#options;
    const memories = this.#transforms.flatMap(({ id, transform: { memory } }) =>
      memory === undefined ? [] : [{ component: id, memory }],
    );
    const followers = new Followers();
    return Object.entries(config.sources).map(([id, options]) => {
      const real = telemetry.component(id, 'source', options.type);
      const drops = new SourceDrops();
      const heard = drops.listen(real);
      const context = { id, telemetry: heard, now: () => clock.now(), followers };
      const source = this.#registry.source(options, context, log);
      this.#parts.push({ id, kind: 'source', type: options.type, telemetry: real, source });
      const intake = this.#createIntake(id, source.replayable, { topology, memories, drops });
      const onCommit = (): void => this.#delivery?.sender.notify();
      return new SourceRunner({
        id,
        source,
        intake,
        log,
        telemetry: heard,
        gate: this.#gate,
        ledger: this.#ledger,
        onCommit,
      });
    });
  }

  #createIntake(
    id: string,
    replayable: boolean,
    parts: Pick<IntakeOptions, 'topology' | 'memories' | 'drops'>,
  ): SourceIntake {
    const { log, onPoint } = this.#options;
    return new SourceIntake({
      ...parts,
      source: id,
      replayable,
      log,
      account: this.#account,
      ledger: this.#ledger,
      fits: (bytes) => this.#fits(bytes),
      ...(onPoint === undefined ? {} : { onPoint }),
    });
  }

  /** A batch larger than the whole queue passes when the queue is empty; otherwise it could never be sent. */
  #fits(bytes: number): boolean {
    if (this.#delivery === undefined) return true;
    const { queue, maxBytes } = this.#delivery;
    return queue.length === 0 || queue.bytes + bytes <= maxBytes;
  }

  /** Whether the first in the line may try. A batch of unknown size waits for some room, or its transforms would run in vain. */
  #hasRoom(wanted_bytes: number | undefined): boolean {
    if (wanted_bytes !== undefined || this.#delivery === undefined) return this.#fits(wanted_bytes ?? 0);
    const { queue, maxBytes } = this.#delivery;
    return queue.length === 0 || queue.bytes <= maxBytes * LOW_WATER;
  }

  async #rewind(answer: Rewind): Promise<void> {
    invariant(this.#delivery !== undefined, 'a rewind without a queue');
    // What a source that cannot read again receives meanwhile is queued behind what the server has seen, and kept.
    await Promise.all(this.#runners.filter(({ replayable }) => replayable).map((runner) => runner.stop()));
    try {
      this.#standing().takeUp(answer, this.#delivery.queue);
    } finally {
      // Also when the disk refuses: the sources go on from where they were, and the next hello asks again.
      for (const runner of this.#runners) runner.start();
    }
    this.#gate.open();
  }

  #standing(): Standing {
    const { config, log } = this.#options;
    const configured = new Set(Object.keys(config.sources));
    return new Standing({ configured, runners: this.#runners, ledger: this.#ledger, log });
  }

  #part(id: string, kind: 'transform' | 'sink', type: string): ComponentTelemetry {
    const telemetry = this.#options.telemetry.component(id, kind, type);
    this.#parts.push({ id, kind, type, telemetry });
    return telemetry;
  }

  #telemetryOf(id: string): ComponentTelemetry | undefined {
    return this.#parts.find((part) => part.id === id)?.telemetry;
  }

  #gauges(): void {
    const { telemetry } = this.#options;
    const delivery = this.#delivery;
    if (delivery === undefined) return;
    telemetry.gauge('buffer_size_bytes', 'Bytes waiting for the server.', () => delivery.queue.bytes);
    telemetry.gauge('buffer_size_events', 'Batches waiting for the server.', () => delivery.queue.length);
    telemetry.gauge('buffer_max_size_bytes', 'Bytes that may wait for the server.', () => delivery.maxBytes);
  }
}
