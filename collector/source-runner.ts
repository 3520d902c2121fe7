import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../server/model/errors.ts';
import type { Log } from '../server/runtime/log.ts';
import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { SourceBatch } from './batch.ts';
import type { ReplayAnswer, ReplayQuestion, Source, SourceOutput } from './component.ts';
import type { Ledger } from './delivery/commit.ts';
import type { SourceMemory } from './delivery/source-memory.ts';
import type { Positions } from './delivery/span.ts';
import { abortError, type Gate } from './gate.ts';
import type { SourceIntake } from './source-intake.ts';

/** A source that failed although it must not is run again after this. */
const RESTART_MS = 5_000;

export interface RunnerOptions {
  readonly id: string;
  readonly source: Source;
  readonly intake: SourceIntake;
  readonly ledger: Ledger;
  readonly gate: Gate;
  readonly log: Log;
  readonly telemetry: ComponentTelemetry;
  readonly onCommit: () => void;
}

/** Runs one source, from its committed positions, as often as it is started. */
export class SourceRunner {
  readonly #options: RunnerOptions;
  #refusal: string | undefined;
  #run: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  /** False: its positions stay with its queue, whatever the server holds. */
  get replayable(): boolean {
    return this.#options.source.replayable;
  }

  get feedsQueue(): boolean {
    return this.#options.intake.feedsQueue;
  }

  /** Why its last batch could not be committed, if it could not: it waits. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** As of its last commit. */
  get positions(): Positions {
    return this.#options.ledger.positions(this.id);
  }

  get memory(): SourceMemory {
    return this.#options.ledger.memory(this.id);
  }

  /** Asked while it does not run. */
  replay(question: ReplayQuestion): ReplayAnswer {
    return this.#options.source.replay?.(question) ?? { positions: question.server, resend: [] };
  }

  claim(positions: Positions): Positions {
    return this.#options.source.claim?.(positions) ?? {};
  }

  start(): void {
    if (this.#run !== undefined) return;
    const abort = new AbortController();
    this.#run = { abort, done: this.#keepRunning(abort.signal) };
  }

  /** Resolves when the source has let go of everything. Its emits reject from now on; one that cannot be replayed may commit a last time. */
  async stop(): Promise<void> {
    const run = this.#run;
    run?.abort.abort(abortError());
    await run?.done;
    if (run !== undefined && !this.replayable) this.#keepDrops();
    this.#run = undefined;
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    const { source, log, id, telemetry } = this.#options;
    while (!signal.aborted) {
      try {
        await source.run(this.#output(signal));
        return;
      } catch (error) {
        if (signal.aborted) return;
        telemetry.error('source_failed', 'receiving');
        log.error('A source failed; running it again.', { source: id, error: messageOf(error) });
        // Only the abort rejects this, and the loop asks for it next.
        await sleep(RESTART_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  #output(signal: AbortSignal): SourceOutput {
    const { ledger, id } = this.#options;
    return {
      emit: (batch) => this.#emit(batch, signal),
      emitLast: (batch) => this.#emitLast(batch),
      positions: ledger.positions(id),
      signal,
    };
  }

  async #emit(batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const { gate, log, id, onCommit } = this.#options;
    try {
      await this.#commit(batch, signal);
    } catch (error) {
      if (!signal.aborted) {
        this.#refusal = messageOf(error);
        log.error('Cannot commit a batch; its source waits.', { source: id, error: this.#refusal });
      }
      throw error;
    } finally {
      gate.open();
    }
    this.#refusal = undefined;
    onCommit();
  }

  /** Before its turn nothing is transformed: the work would be lost when it finds no room. */
  async #commit(batch: SourceBatch, signal: AbortSignal): Promise<void> {
    const { intake, gate } = this.#options;
    if (intake.feedsQueue && gate.waiting > 0) await gate.wait(signal);
    for (;;) {
      signal.throwIfAborted();
      const wanted_bytes = intake.take(batch);
      if (wanted_bytes === undefined) return;
      await gate.waitFirst(wanted_bytes, signal);
    }
  }

  #emitLast(batch: SourceBatch): boolean {
    const { intake, log, id } = this.#options;
    try {
      return intake.take(batch) === undefined;
    } catch (error) {
      log.error('Cannot commit a last batch; what was received last is lost.', { source: id, error: messageOf(error) });
      return false;
    }
  }

  /** What was dropped at the end is told when the source runs again. */
  #keepDrops(): void {
    const { intake, log, id } = this.#options;
    try {
      intake.keepDrops();
    } catch (error) {
      log.error('Cannot keep what was dropped last.', { source: id, error: messageOf(error) });
    }
  }
}
