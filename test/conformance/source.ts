import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogBatch, SourceBatch, SourceProgress } from '../../collector/batch.ts';
import type { ComponentContext, Source, SourceOutput } from '../../collector/component.ts';
import type { PositionValue } from '../../server/model/batch.ts';
import { systemClock } from '../../server/model/clock.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';

/** What a collector's database would hold: batches and positions move together, or not at all. */
export class CommittedOutput {
  readonly batches: SourceBatch[] = [];
  readonly offered: SourceBatch[] = [];
  positions: Record<string, PositionValue> = {};
  /** Called before each commit; throws to refuse it. */
  beforeCommit: (batch: SourceBatch, run: OutputRun) => void | Promise<void> = () => {};

  /** A process that can be killed: after `kill` nothing it does has an effect any more. */
  connect(): OutputRun {
    const abort = new AbortController();
    const run: OutputRun = {
      kill: () => abort.abort(),
      output: {
        positions: JSON.parse(JSON.stringify(this.positions)) as Record<string, PositionValue>,
        signal: abort.signal,
        emit: async (batch) => {
          this.offered.push(batch);
          await new Promise((resolve) => setImmediate(resolve));
          if (!abort.signal.aborted) await this.beforeCommit(batch, run);
          if (abort.signal.aborted) throw abort.signal.reason;
          this.#commit(batch);
        },
        // A process that was killed commits nothing.
        emitLast: () => false,
      },
    };
    return run;
  }

  /** The lines committed so far, bytes as latin1. */
  lines(): string[] {
    return this.batches.flatMap(({ batch }) => (batch?.kind === 'logs' ? linesOf(batch) : []));
  }

  progress(): SourceProgress[] {
    return this.batches.flatMap(({ progress }) => progress ?? []);
  }

  /** Through JSON, as a database keeps it. */
  #commit(batch: SourceBatch): void {
    this.batches.push(batch);
    for (const [key, value] of Object.entries(batch.positions)) {
      if (value === null) delete this.positions[key];
      else this.positions[key] = JSON.parse(JSON.stringify(value)) as PositionValue;
    }
  }
}

export interface OutputRun {
  readonly output: SourceOutput;
  kill(): void;
}

export function linesOf(batch: LogBatch): string[] {
  return [...batch.rows].map((row) => batch.bytes.toString('latin1', batch.start[row], batch.end[row]));
}

export function sourceContext(type: string, now: () => number = () => systemClock.now()): ComponentContext {
  return { id: `my_${type}`, telemetry: new Telemetry().component(`my_${type}`, 'source', type), now };
}

/** Waits until the condition holds; the state it hung in is part of the error. */
export async function until(
  condition: () => boolean,
  state: () => unknown = () => '',
  limit_ms = 20_000,
): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > limit_ms) throw new Error(`waited ${limit_ms} ms in vain: ${JSON.stringify(state())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A source with something to read. */
export interface SourceFixture {
  readonly source: Source;
  /** Gives the source something new to hand over as a batch. */
  provoke(): void | Promise<void>;
  dispose(): void | Promise<void>;
}

/** What every source promises (`collector/component.ts`). */
export function testSource(name: string, create: () => SourceFixture | Promise<SourceFixture>): void {
  describe(`${name} keeps the contract of a source`, () => {
    let fixture: SourceFixture;
    let committed: CommittedOutput;
    const batchCount = (): number => committed.batches.filter(({ batch }) => batch !== undefined).length;
    const run = async (until_: () => boolean): Promise<void> => {
      const { output, kill } = committed.connect();
      const running = fixture.source.run(output);
      await until(until_, () => committed.batches.length);
      kill();
      await running;
    };

    beforeEach(async () => {
      fixture = await create();
      committed = new CommittedOutput();
    });
    afterEach(() => fixture.dispose());

    test('hands over batches and progress, and settles when aborted', async () => {
      await fixture.provoke();
      await run(() => batchCount() > 0 && committed.progress().length > 0);
      const counts = committed.batches.length;
      await fixture.provoke();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(committed.offered.length - committed.batches.length).toBeLessThanOrEqual(1);
      expect(committed.batches.length).toBe(counts);
    });

    test('runs again, from the positions committed', async () => {
      await fixture.provoke();
      await run(() => batchCount() > 0);
      const first = batchCount();
      await fixture.provoke();
      await run(() => batchCount() > first);
    });

    test('settles at once when it is aborted before it starts', async () => {
      const { output, kill } = committed.connect();
      kill();
      await fixture.source.run(output);
      expect(committed.batches).toEqual([]);
    });

    test('settles while a commit is waited for', async () => {
      await fixture.provoke();
      const { output, kill } = committed.connect();
      committed.beforeCommit = (_, current) =>
        new Promise((_resolve, reject) => {
          current.output.signal.addEventListener('abort', () => reject(current.output.signal.reason));
        });
      const running = fixture.source.run(output);
      await until(() => committed.offered.length > 0);
      kill();
      await running;
      expect(committed.batches).toEqual([]);
    });

    test('hands over the same batch again when the disk refused it', async () => {
      await fixture.provoke();
      let refused: SourceBatch | undefined;
      committed.beforeCommit = (batch) => {
        if (refused !== undefined || batch.batch === undefined) return;
        refused = batch;
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      };
      await run(() => batchCount() > 0);
      expect(committed.batches.find(({ batch }) => batch !== undefined)).toEqual(refused);
    });

    test('tells progress that never goes back', async () => {
      await fixture.provoke();
      await run(() => committed.progress().some(({ state }) => state === 'ok'));
      await run(() => committed.progress().filter(({ state }) => state === 'ok').length > 1);
      const reached = committed.progress().map(({ completeTo }) => completeTo);
      expect(reached).toEqual([...reached].sort((a, b) => a - b));
      expect(reached.at(-1)).toBeGreaterThan(0);
    });
  });
}
