import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../../../server/runtime/log.ts';
import type { LogBatch, SourceProgress } from '../../batch.ts';
import type { ComponentContext, SourceOutput } from '../../component.ts';
import { handOver, pause } from '../hand-over.ts';
import { allowList, type SyslogOptions, socketAddress } from '../syslog-options.ts';
import { kernelDrops } from './kernel-drops.ts';
import { type ListenerFault, type Listeners, listenCause, openListeners } from './listeners.ts';
import { SyslogScanner } from './message.ts';
import { PendingMessages } from './pending-messages.ts';

const GATHER_MS = 100;
const PROGRESS_MS = 10_000;
const DROPS_MS = 1000;
const REOPEN_MS = 5000;
/** Of the event loop, each of which reads every socket once: a stop waits for no sender. */
const DRAIN_TURNS = 500;
/** A connection may take one to be accepted and one to be read. */
const QUIET_TURNS = 4;
const UDP_TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/** Faults whose message is lost; the others are told and the message is kept. */
const LOST: ReadonlySet<ListenerFault> = new Set(['peer_not_allowed', 'too_many_connections', 'empty_message']);

/** Messages on their way to a commit. */
interface Received {
  readonly batch: LogBatch;
  readonly bytes: number;
}

/**
 * One run of a syslog source: opens its sockets, hands over what they receive a tenth of a second at a time, tells progress. A stop
 * closes the sockets first, then commits what they received: it exists nowhere else.
 */
export class SyslogRun {
  readonly #options: SyslogOptions;
  readonly #context: ComponentContext;
  readonly #log: Log;
  readonly #output: SourceOutput;
  readonly #scanner: SyslogScanner;
  readonly #pending = new PendingMessages();
  #listeners: Listeners | undefined;
  #problem: string | undefined;
  #kernelDrops = 0;
  #completeTo = 0;
  #newest: number | undefined;
  #nextProgress = 0;
  #nextDrops = 0;
  #wake: () => void = () => {};
  /** Handed over when the stop came, and not committed. */
  #left: Received | undefined;

  constructor(options: SyslogOptions, context: ComponentContext, log: Log, output: SourceOutput) {
    this.#options = options;
    this.#context = context;
    this.#log = log;
    this.#output = output;
    this.#scanner = new SyslogScanner(options.timezone);
  }

  async follow(): Promise<void> {
    const { signal } = this.#output;
    try {
      while (!signal.aborted) await this.#round();
    } finally {
      await this.#close();
    }
  }

  async #round(): Promise<void> {
    if (this.#listeners === undefined) await this.#open();
    const asked = this.#context.now();
    if (this.#pending.count > 0) await this.#flush();
    if (this.#listeners !== undefined) this.#completeTo = asked;
    if (performance.now() >= this.#nextDrops) this.#countKernelDrops();
    if (performance.now() >= this.#nextProgress) await this.#tell();
    if (this.#output.signal.aborted) return;
    if (this.#listeners === undefined) await pause(REOPEN_MS, this.#output.signal);
    else await this.#gather();
  }

  async #open(): Promise<void> {
    const { address, mode, allow, receive_buffer, max_message, max_connections } = this.#options;
    const wanted = {
      ...socketAddress(address),
      modes: mode,
      allows: allowList(allow),
      receive_buffer_bytes: receive_buffer,
      max_message_bytes: max_message,
      max_connections,
    };
    try {
      this.#listeners = await openListeners(wanted, {
        message: (bytes, start, end, peer) => this.#take(bytes, start, end, peer),
        fault: (reason, count) => this.#fault(reason, count),
      });
      this.#problem = this.#smallBuffer();
      this.#kernelDrops = this.#readKernelDrops();
    } catch (error) {
      if (this.#problem === undefined) this.#context.telemetry.error('unreadable', 'receiving');
      const cause = listenCause(error, this.#context.id);
      this.#problem = `cannot listen on ${address}: ${cause}`;
      this.#log.warn('Cannot receive syslog; trying again.', { address, error: cause });
    }
    this.#nextProgress = 0;
  }

  /** What the kernel gave when it is less than was asked for. */
  #smallBuffer(): string | undefined {
    const given = this.#listeners?.receiveBufferBytes ?? Number.POSITIVE_INFINITY;
    const { receive_buffer } = this.#options;
    if (given >= receive_buffer) return undefined;
    const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
    return `the kernel keeps ${kib(given)} of UDP instead of ${kib(receive_buffer)}; raise net.core.rmem_max`;
  }

  /** While the queue is full datagrams come to where there is room for no more; TCP is held back long before. */
  #take(bytes: Buffer, start: number, end: number, peer: string): boolean {
    if (this.#pending.isOver) {
      this.#context.telemetry.discarded('queue_full', false, 1);
      return false;
    }
    this.#pending.add(bytes, start, end, peer);
    if (this.#pending.isFull) this.#wake();
    return !this.#pending.isFull;
  }

  #fault(reason: ListenerFault, count: number): void {
    if (LOST.has(reason)) this.#context.telemetry.discarded(reason, false, count);
    else this.#context.telemetry.error(reason, 'receiving', count);
  }

  async #flush(): Promise<void> {
    const received = this.#received();
    if (await handOver({ batch: received.batch, positions: {} }, this.#output)) this.#sent(received);
    else this.#left = received;
    if (!this.#pending.isFull) this.#listeners?.resume();
  }

  /** Everything pending. */
  #received(): Received {
    const { telemetry, now } = this.#context;
    const { service } = this.#options;
    const bytes = this.#pending.bytes;
    const { batch, formats, ahead, newest } = this.#pending.take(
      this.#scanner,
      service === undefined ? {} : { service },
      now(),
    );
    const count = batch.rows.length;
    telemetry.received(count, bytes);
    if (formats.raw > 0) telemetry.error('no_priority', 'processing', formats.raw);
    if (ahead > 0) telemetry.error('ahead_of_time', 'processing', ahead);
    this.#newest = Math.max(this.#newest ?? newest, newest);
    return { batch, bytes };
  }

  #sent({ batch, bytes }: Received): void {
    this.#context.telemetry.sent(batch.rows.length, bytes);
  }

  async #close(): Promise<void> {
    if (this.#listeners !== undefined) {
      await this.#drain();
      this.#countKernelDrops();
      await this.#listeners.close();
    }
    const last = this.#pending.count > 0 ? [this.#received()] : [];
    for (const received of this.#left === undefined ? last : [this.#left, ...last]) {
      const { batch } = received;
      if (this.#output.emitLast({ batch, positions: {} })) this.#sent(received);
      else this.#context.telemetry.discarded('stopped', false, batch.rows.length);
    }
  }

  /** Reads what the kernel had taken for us when the stop came, as far as it has an end. */
  async #drain(): Promise<void> {
    for (let turns = 0, quiet = 0; turns < DRAIN_TURNS && quiet < QUIET_TURNS; turns++) {
      const before = this.#pending.count;
      await turn();
      quiet = this.#pending.count > before ? 0 : quiet + 1;
    }
  }

  async #tell(): Promise<void> {
    this.#nextProgress = performance.now() + PROGRESS_MS;
    const { service } = this.#options;
    const progress: SourceProgress = {
      completeTo: this.#completeTo,
      state: this.#listeners === undefined ? 'unreadable' : 'ok',
      ...(service === undefined ? {} : { service }),
      ...(this.#newest === undefined ? {} : { newestEvent: this.#newest }),
      ...(this.#problem === undefined ? {} : { note: this.#problem }),
    };
    await handOver({ positions: {}, progress }, this.#output);
  }

  #countKernelDrops(): void {
    this.#nextDrops = performance.now() + DROPS_MS;
    const drops = this.#readKernelDrops();
    if (drops > this.#kernelDrops) {
      this.#context.telemetry.discarded('kernel_receive_buffer', false, drops - this.#kernelDrops);
    }
    this.#kernelDrops = drops;
  }

  #readKernelDrops(): number {
    const port = this.#listeners?.port;
    if (port === undefined || !this.#options.mode.includes('udp')) return 0;
    return UDP_TABLES.reduce((sum, table) => sum + kernelDrops(this.#readTable(table), port), 0);
  }

  /** A machine without IPv6 has no table of it. */
  #readTable(table: string): string {
    try {
      return readFileSync(table, 'latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#context.telemetry.error('unreadable', 'receiving');
      return '';
    }
  }

  /** Until there is something to hand over and a little more may have come with it, progress is due, or the source is stopped. */
  async #gather(): Promise<void> {
    if (this.#pending.isFull) return;
    const { signal } = this.#output;
    const stopped = new AbortController();
    this.#wake = () => stopped.abort();
    const stop = (): void => stopped.abort();
    signal.addEventListener('abort', stop, { once: true });
    await pause(GATHER_MS, stopped.signal);
    signal.removeEventListener('abort', stop);
    this.#wake = () => {};
  }
}
