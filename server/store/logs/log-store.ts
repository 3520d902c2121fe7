import type Database from 'better-sqlite3';
import type { LogStats } from '../../model/logs.ts';
import { type Ms, ms } from '../../model/units.ts';
import type { Tallies } from '../intake/tallies.ts';
import type { NewBlock } from './block-draft.ts';
import type { BlockHead } from './block-head.ts';
import { BlockMerger } from './block-merger.ts';
import { BlockTable } from './block-table.ts';
import { evictForAge, evictForRoom, type LogLimits } from './eviction.ts';
import { logWorstCaseBytes } from './limits.ts';
import type { LineIntake } from './line-intake.ts';
import { LogReader, type TellDamage } from './log-reader.ts';
import { chooseMerge, isFull } from './merging.ts';

export interface LogStoreOptions extends LogLimits {
  readonly damage: TellDamage;
}

/** What a transaction changes; memory follows when it is on disk. */
export interface LogChange {
  readonly added: readonly BlockHead[];
  /** Gone at once. */
  readonly evicted: readonly BlockHead[];
  /** Merged into another; they wait for the readers that know them. */
  readonly replaced: readonly BlockHead[];
  /** Waited long enough. */
  readonly forgotten: readonly BlockHead[];
  readonly counts: ReadonlyMap<string, number>;
}

const STORED = 'applied/lines';
const EVICTED = 'evicted/lines';

/**
 * Log lines in compressed blocks: one block for the lines of a batch, small ones merged later, the oldest evicted when the bound is
 * reached. A head per block is held in memory.
 *
 *     commit     write(lines) inside its transaction: evict for room, insert; keep() when it is on disk
 *     tend       forget what no reader needs, evict by age, merge: ONE transaction, now and then; keep() likewise
 *     questions  open() -> the heads as of now; bodies are read over several turns of the event loop; close()
 *
 * A line's `seq` is its number among all lines ever stored: the tally of stored lines is the newest one's.
 */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #tallies: Tallies;
  readonly #table: BlockTable;
  readonly #heads = new Map<number, BlockHead>();
  /** Blocks that may be merged. */
  readonly #open = new Map<number, BlockHead>();
  /** The time of the newest line of each origin. */
  readonly #newest = new Map<string, number>();
  /** Merged blocks, and the last reader that may know them. */
  readonly #replaced = new Map<BlockHead, number>();
  /** Open readers by number. */
  readonly #readers = new Set<number>();
  #openings = 0;
  #bytes = 0;
  #nextId: number;
  readonly #merger: BlockMerger;

  constructor(db: Database.Database, tallies: Tallies, options: LogStoreOptions) {
    this.#options = options;
    this.#tallies = tallies;
    this.#table = new BlockTable(db);
    this.#table.dropReplaced();
    this.#nextId = this.#table.lastId() + 1;
    this.#merger = new BlockMerger(
      this.#readerOf([], () => {}),
      () => this.#nextId++,
    );
    for (const head of this.#table.heads()) this.#add(head);
  }

  /** Inside the transaction of a commit. */
  write(lines: LineIntake): LogChange {
    let seq = this.#tallies.get(STORED);
    const blocks = lines.blocks.map((draft) => {
      const first = seq + 1;
      seq += draft.lines;
      const seqs = new Float64Array(draft.lines);
      for (let i = 0; i < seqs.length; i++) seqs[i] = first + i;
      return draft.finish(this.#nextId++, seqs);
    });
    const evicted = this.#insert(blocks, [], []);
    const counts = this.#count(lines.lines, evicted);
    return { added: blocks.map(({ head }) => head), evicted, replaced: [], forgotten: [], counts };
  }

  /** Whether `tend` has something to do. @param believed the latest time taken for true; undefined: nothing is evicted by age. */
  isDue(believed: Ms | undefined): boolean {
    return (
      this.#forgotten().length > 0 ||
      this.#old(believed).length > 0 ||
      chooseMerge(this.#open.values(), this.#newest) !== undefined
    );
  }

  /** Inside a transaction of its own. */
  tend(believed: Ms | undefined): LogChange {
    const forgotten = this.#forgotten();
    const old = this.#old(believed);
    for (const { id } of [...forgotten, ...old]) this.#table.delete(id);
    const gone = new Set(old);
    const { merges, unfit } = this.#merger.mergeDue(
      [...this.#open.values()].filter((head) => !gone.has(head)),
      this.#newest,
    );
    for (const { id } of unfit) this.#open.delete(id);
    const replaced = merges.flatMap(({ from }) => from);
    for (const { id } of replaced) this.#table.replace(id);
    const blocks = merges.map(({ merged }) => merged);
    const evicted = [...old, ...this.#insert(blocks, [...forgotten, ...old], replaced)];
    const counts = this.#count(0, evicted);
    return { added: blocks.map(({ head }) => head), evicted, replaced, forgotten, counts };
  }

  /** When the transaction of `write` or `tend` is on disk. */
  keep({ added, evicted, replaced, forgotten, counts }: LogChange): void {
    for (const head of evicted) {
      this.#remove(head);
      this.#bytes -= head.bytes;
    }
    for (const head of replaced) {
      this.#remove(head);
      this.#replaced.set(head, this.#openings);
    }
    for (const head of forgotten) {
      this.#replaced.delete(head);
      this.#bytes -= head.bytes;
    }
    for (const head of added) this.#add(head);
    this.#tallies.saved(counts);
  }

  open(): LogReader {
    const opening = ++this.#openings;
    this.#readers.add(opening);
    return this.#readerOf([...this.#heads.values()], () => this.#readers.delete(opening));
  }

  stats(): LogStats {
    const heads = [...this.#heads.values()];
    const sum = (read: (head: BlockHead) => number): number => heads.reduce((total, head) => total + read(head), 0);
    return {
      lines: sum(({ lines }) => lines),
      evictedLines: this.#tallies.get(EVICTED),
      blocks: heads.length,
      rawBytes: sum(({ rawBytes }) => rawBytes),
      bytes: this.#bytes,
      maxBytes: this.#options.maxBytes,
      worstCaseBytes: logWorstCaseBytes(this.#options.maxBytes),
      ...(heads.length > 0 && {
        oldest: ms(heads.reduce((least, { oldest }) => Math.min(least, oldest), Number.POSITIVE_INFINITY)),
        newest: ms(heads.reduce((most, { newest }) => Math.max(most, newest), 0)),
      }),
    };
  }

  /**
   * Makes room first, so that the bound holds inside the transaction too. Returns what had to go.
   * @param gone deleted in this transaction already. @param spared not to be evicted.
   */
  #insert(blocks: readonly NewBlock[], gone: readonly BlockHead[], spared: readonly BlockHead[]): BlockHead[] {
    const bytesOf = (heads: readonly BlockHead[]): number => heads.reduce((sum, { bytes }) => sum + bytes, 0);
    const needed = bytesOf(blocks.map(({ head }) => head)) - bytesOf(gone);
    const excess = this.#bytes + needed - this.#options.maxBytes;
    const kept = new Set([...gone, ...spared]);
    const evicted =
      excess > 0
        ? evictForRoom(
            [...this.#heads.values()].filter((head) => !kept.has(head)),
            excess,
          )
        : [];
    for (const { id } of evicted) this.#table.delete(id);
    for (const { head, streams, body } of blocks) this.#table.insert(head, streams, body);
    return evicted;
  }

  #count(stored: number, evicted: readonly BlockHead[]): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    if (stored > 0) counts.set(STORED, stored);
    if (evicted.length > 0)
      counts.set(
        EVICTED,
        evicted.reduce((sum, { lines }) => sum + lines, 0),
      );
    this.#tallies.save(counts);
    return counts;
  }

  #readerOf(heads: readonly BlockHead[], onClose: () => void): LogReader {
    const damage: TellDamage = (id, cause) => this.#noteDamage(id, cause);
    return new LogReader(heads, this.#tallies.get(STORED), { table: this.#table, damage, onClose });
  }

  #old(believed: Ms | undefined): BlockHead[] {
    return believed === undefined ? [] : evictForAge(this.#heads.values(), believed, this.#options.maxAge);
  }

  /** Replaced blocks whose last reader is closed. */
  #forgotten(): BlockHead[] {
    const oldest = Math.min(...this.#readers, Number.POSITIVE_INFINITY);
    return [...this.#replaced].filter(([, last]) => last < oldest).map(([head]) => head);
  }

  #add(head: BlockHead): void {
    this.#heads.set(head.id, head);
    if (!isFull(head)) this.#open.set(head.id, head);
    this.#newest.set(head.origin, Math.max(head.newest, this.#newest.get(head.origin) ?? 0));
    this.#bytes += head.bytes;
  }

  #remove(head: BlockHead): void {
    this.#heads.delete(head.id);
    this.#open.delete(head.id);
  }

  /** A damaged block is never merged; it stays as it is until its time has come. */
  #noteDamage(id: number, cause: string): void {
    this.#open.delete(id);
    this.#options.damage(id, cause);
  }
}
