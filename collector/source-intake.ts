import type { SourceState, Watermark } from '../server/model/batch.ts';
import { messageOf } from '../server/model/errors.ts';
import type { Log } from '../server/runtime/log.ts';
import { inSyncSpan } from '../server/runtime/tracing.ts';
import type { SourceBatch, SourceProgress } from './batch.ts';
import type { BatchAccount, BatchFigures } from './batch-account.ts';
import type { TransformMemory } from './component.ts';
import type { Ledger } from './delivery/commit.ts';
import type { EncodedPayload } from './delivery/payload.ts';
import { addDrops, MEMORY_KEY, memoryAsPosition, type SourceMemory } from './delivery/source-memory.ts';
import { toWire } from './delivery/wire-positions.ts';
import type { SourceDrops } from './source-drops.ts';
import type { Arrivals, Topology } from './topology.ts';

/** Fewer bad lines than this, without a usable one between them, do not condemn a source that was read before. */
const CONDEMN_LINES = 10;

export interface IntakeOptions {
  readonly source: string;
  readonly replayable: boolean;
  readonly topology: Topology;
  readonly drops: SourceDrops;
  readonly account: BatchAccount;
  readonly ledger: Ledger;
  readonly memories: readonly { readonly component: string; readonly memory: TransformMemory }[];
  readonly log: Log;
  /** Whether the payloads may be appended now; false: wait for room and try again. */
  readonly fits: (bytes: number) => boolean;
  readonly onPoint?: (point: 'before_commit') => void;
}

interface Prepared {
  readonly arrivals: Arrivals;
  readonly memory: SourceMemory;
  readonly watermark?: Watermark;
  readonly payloads: readonly EncodedPayload[];
}

/**
 * Where the batches of one source enter: transforms, encoding and the commit run in one synchronous step, so that nothing
 * happens between a source's position and what was made of its lines.
 */
export class SourceIntake {
  readonly #options: IntakeOptions;
  readonly #feedsQueue: boolean;
  /** Lines since the last progress. */
  #period = { parsed: 0, unparseable: 0, note: '' };
  /** What was said of the source last. */
  #told: SourceState = 'ok';

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#feedsQueue = options.topology.feedsQueue(options.source);
  }

  get feedsQueue(): boolean {
    return this.#feedsQueue;
  }

  /** Undefined: committed. Else there is no room for so many bytes, and nothing changed. Throws what the commit throws, with nothing changed. */
  take(batch: SourceBatch): number | undefined {
    const { account, memories, ledger, source } = this.#options;
    let committed = false;
    try {
      const prepared = this.#prepare(batch);
      const wanted_bytes = ledger.growthOf({ source, payloads: prepared.payloads, hasRows: batch.batch !== undefined });
      if (!this.#options.fits(wanted_bytes)) return wanted_bytes;
      this.#options.onPoint?.('before_commit');
      this.#commit(batch, prepared);
      committed = true;
      this.#committed(batch, account.figures());
      if (prepared.watermark !== undefined) this.#tell(prepared.watermark);
      this.#show(prepared.arrivals);
      return undefined;
    } finally {
      for (const { memory } of memories) memory.settle(committed);
      account.settle(committed);
    }
  }

  /** Commits drops that came with no batch, though the queue may be full: they take no room there. Throws what the commit throws. */
  keepDrops(): void {
    const { source, replayable, ledger, drops } = this.#options;
    if (drops.pending.size === 0) return;
    const before = ledger.memory(source);
    const memory = { ...before, drops: addDrops(before.drops, drops.pending) };
    ledger.commit({ source, replayable, positions: {}, memory, payloads: [], hasRows: false, learned: [] });
    drops.settle();
  }

  #prepare(batch: SourceBatch): Prepared {
    const { source, topology, ledger, account } = this.#options;
    const arrivals = batch.batch === undefined ? { queued: [], shown: [] } : topology.run(source, batch.batch);
    const before = ledger.memory(source);
    const memory = this.#remember(before, account.figures(), batch.progress);
    const told = batch.progress === undefined ? {} : { watermark: this.#watermark(batch.progress, memory) };
    if (!this.#feedsQueue) return { arrivals, memory, ...told, payloads: [] };
    const positions = { ...batch.positions, [MEMORY_KEY]: memoryAsPosition(memory) };
    const tail = { positions: toWire(source, positions), ...told };
    const payloads =
      batch.batch === undefined ? ledger.encodeTail(source, tail) : ledger.encode(source, arrivals.queued, tail);
    return { arrivals, memory, ...told, payloads };
  }

  #remember(before: SourceMemory, figures: BatchFigures, progress: SourceProgress | undefined): SourceMemory {
    const newest = Math.max(
      before.newestEvent ?? Number.NEGATIVE_INFINITY,
      figures.newestEvent ?? Number.NEGATIVE_INFINITY,
    );
    const unusable = unusableAfter(before, figures);
    const verdict = verdictOf(before, figures, unusable);
    const whole = progress !== undefined && verdict === undefined;
    const completeTo = whole ? progress.completeTo : before.completeTo;
    return {
      ...(Number.isFinite(newest) ? { newestEvent: newest } : {}),
      ...(completeTo === undefined ? {} : { completeTo }),
      ...(verdict === undefined ? {} : { unparseable: verdict }),
      ...(unusable === undefined ? {} : { unusable }),
      drops: addDrops(addDrops(before.drops, this.#options.drops.pending), figures.drops),
    };
  }

  #watermark(progress: SourceProgress, memory: SourceMemory): Watermark {
    const { newestEvent = progress.newestEvent, unparseable, completeTo = 0, drops } = memory;
    const broken = unparseable !== undefined && (progress.state === 'ok' || progress.state === 'catching_up');
    const note = broken ? unparseable : this.#noteOf(progress);
    return {
      completeTo,
      state: broken ? 'unparseable' : progress.state,
      drops,
      ...(progress.service === undefined ? {} : { service: progress.service }),
      ...(newestEvent === undefined ? {} : { newestEvent }),
      ...(note === undefined ? {} : { note }),
    };
  }

  /** What keeps it from being well; a source that is well may have said something, and some of its lines may be bad. */
  #noteOf({ state, note }: SourceProgress): string | undefined {
    if (state !== 'ok') return note ?? this.#periodNote();
    const notes = [note, this.#periodNote()].filter((text) => text !== undefined);
    return notes.length === 0 ? undefined : notes.join(' ');
  }

  #periodNote(): string | undefined {
    const { parsed, unparseable, note } = this.#period;
    return unparseable === 0 ? undefined : `${unparseable} of ${parsed + unparseable} lines cannot be parsed: ${note}`;
  }

  #commit(batch: SourceBatch, { memory, payloads }: Prepared): void {
    const { source, replayable, ledger, memories } = this.#options;
    const learned = memories.map(({ component, memory: set }) => ({ component, items: set.learned() }));
    const hasRows = batch.batch !== undefined;
    const commit = { source, replayable, positions: batch.positions, memory, payloads, hasRows, learned };
    inSyncSpan('commit batch', { source, payloads: payloads.length }, () => ledger.commit(commit));
  }

  #committed(batch: SourceBatch, { parsed, unparseable, note }: BatchFigures): void {
    this.#options.drops.settle();
    const before = batch.progress === undefined ? this.#period : { parsed: 0, unparseable: 0, note: '' };
    this.#period = {
      parsed: before.parsed + parsed,
      unparseable: before.unparseable + unparseable,
      note: before.note || (note ?? ''),
    };
  }

  /** Says once that a source breaks, and once that it is whole again. The id is in the text: each source has its own say. */
  #tell({ state, note }: Watermark): void {
    if (state === this.#told || state === 'catching_up') return;
    this.#told = state;
    const { source, log } = this.#options;
    if (state === 'ok') log.info(`Source ${source} is ok again.`, { source });
    else log.warn(`Source ${source} is ${state}.`, { source, note });
  }

  /** Shown at most once: a sink that fails has seen the batch all the same. */
  #show({ shown }: Arrivals): void {
    for (const { sink, batch } of shown) {
      try {
        sink.write(batch);
      } catch (error) {
        this.#options.log.error('Cannot write to a sink; the batch is not shown.', {
          sink: sink.type,
          error: messageOf(error),
        });
      }
    }
  }
}

/** Counted across progresses and restarts: on a quiet site the lines that condemn a format come hours apart. */
function unusableAfter({ unusable }: SourceMemory, figures: BatchFigures): SourceMemory['unusable'] {
  if (figures.parsed > 0) return undefined;
  const lines = (unusable?.lines ?? 0) + figures.unparseable;
  return lines === 0 ? undefined : { lines, note: unusable?.note ?? figures.note ?? '' };
}

/** A source of which nothing can be used is broken, whatever it says itself; one usable line acquits it. */
function verdictOf(
  before: SourceMemory,
  { parsed }: BatchFigures,
  unusable: SourceMemory['unusable'],
): string | undefined {
  if (parsed > 0) return undefined;
  const enough = before.newestEvent === undefined ? 1 : CONDEMN_LINES;
  return unusable !== undefined && unusable.lines >= enough ? unusable.note : before.unparseable;
}
