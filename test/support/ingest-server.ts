import type { BatchPayload, PositionValue, Watermark } from '../../server/model/batch.ts';
import type { BatchAnswer, BatchEnvelope, Hello, HelloAnswer, IngestTransport } from '../../server/model/ingest.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { incrementsIn } from './increments.ts';

interface Account {
  epoch: number;
  sequence: number;
  digest: string;
  positions: Record<string, PositionValue>;
  totals: Record<string, { n: number; sum: number }>;
  samples: number;
  watermarks: Watermark[];
  /** Parts of a batch whose last part has not come. */
  held: BatchPayload[];
}

/** What goes wrong on the way, chosen before each call: the call does not arrive, or its answer is lost. */
export type Fault = 'none' | 'unreachable' | 'answer_lost' | 'torn';

/** A server in memory that takes the contract of `server/model/ingest.ts` literally. */
export class IngestServer implements IngestTransport {
  fault: () => Fault = () => 'none';
  rewinds = 0;
  refusals: string[] = [];
  #accounts = new Map<string, Account>();

  async hello(hello: Hello): Promise<HelloAnswer> {
    await this.#travel();
    hello.queued.forEach((mark, i) => {
      if (mark.sequence !== hello.acked.sequence + 1 + i) throw new Error('a gap in the queue that was told');
    });
    const names = hello.renamed === true ? (hello.formerly ?? []) : [];
    const former = names.map(({ collector, sink }) => this.#accounts.get(`${collector}/${sink}`)).find(Boolean);
    const account = this.#account(hello);
    const answer = former === undefined ? this.#compare(hello, account) : this.#goOn(hello, former, account);
    if (this.fault() === 'answer_lost') throw new Error('connection lost');
    return answer;
  }

  async send(envelope: BatchEnvelope, payload: Uint8Array): Promise<BatchAnswer> {
    const fault = this.fault();
    await this.#travel(fault);
    const answer = this.#apply(envelope, fault === 'torn' ? payload.subarray(1) : payload);
    if (answer.result === 'refused') this.refusals.push(answer.reason);
    if (fault === 'answer_lost') throw new Error('connection lost');
    return answer;
  }

  total(series: string): number {
    return this.#one().totals[series]?.sum ?? 0;
  }

  /** Over all sinks. */
  totalOfAll(series: string): number {
    return [...this.#accounts.values()].reduce((sum, { totals }) => sum + (totals[series]?.sum ?? 0), 0);
  }

  /** Of one sink, named "collector/sink". */
  positionsOf(sink: string): Readonly<Record<string, PositionValue>> | undefined {
    return this.#accounts.get(sink)?.positions;
  }

  events(series: string): number {
    return this.#one().totals[series]?.n ?? 0;
  }

  get series(): string[] {
    return Object.keys(this.#one().totals).sort();
  }

  get samples(): number {
    return this.#one().samples;
  }

  get watermarks(): readonly Watermark[] {
    return this.#one().watermarks;
  }

  get positions(): Readonly<Record<string, PositionValue>> {
    return this.#one().positions;
  }

  /** Everything the server holds, for `restore`. */
  backup(): unknown {
    return structuredClone(this.#accounts);
  }

  restore(backup: unknown): void {
    this.#accounts = structuredClone(backup) as Map<string, Account>;
  }

  #one(): Account {
    const [account, ...more] = this.#accounts.values();
    if (more.length > 0) throw new Error('more than one collector');
    return account ?? emptyAccount();
  }

  #account({ collector, sink }: { collector: string; sink: string }): Account {
    const key = `${collector}/${sink}`;
    const account = this.#accounts.get(key) ?? emptyAccount();
    this.#accounts.set(key, account);
    return account;
  }

  #compare(hello: Hello, account: Account): HelloAnswer {
    const marks = [hello.acked, ...hello.queued];
    const known = marks.some((mark) => mark.sequence === account.sequence && mark.digest === account.digest);
    const same = hello.epoch !== 0 && hello.epoch === account.epoch;
    if (same && known) return { result: 'agreed', sequence: account.sequence };
    const appliedOfOldEpoch = same ? account.sequence - account.held.length : 0;
    account.held = [];
    account.epoch = Math.max(hello.epoch, account.epoch) + 1;
    account.sequence = 0;
    account.digest = '';
    this.rewinds++;
    return { result: 'rewind', epoch: account.epoch, positions: structuredClone(account.positions), appliedOfOldEpoch };
  }

  /** Under new names: from where the former ones stand. */
  #goOn(hello: Hello, former: Account, account: Account): HelloAnswer {
    const marks = [hello.acked, ...hello.queued];
    const same = hello.epoch === former.epoch;
    const known = marks.some((mark) => mark.sequence === former.sequence && mark.digest === former.digest);
    const epoch = Math.max(hello.epoch, account.epoch) + 1;
    const positions = structuredClone(former.positions);
    Object.assign(account, { epoch, sequence: 0, digest: '', positions, held: [] });
    this.rewinds++;
    const appliedOfOldEpoch = same ? former.sequence - former.held.length : 0;
    return { result: 'rewind', epoch, positions, appliedOfOldEpoch, ...(same && known && { continues: true }) };
  }

  #apply(envelope: BatchEnvelope, payload: Uint8Array): BatchAnswer {
    const account = this.#account(envelope);
    const refused = (reason: 'torn' | 'unknown_epoch' | 'digest_mismatch' | 'sequence_gap'): BatchAnswer => ({
      result: 'refused',
      reason,
      message: reason,
    });
    if (digestOf(payload) !== envelope.digest) return refused('torn');
    if (envelope.epoch !== account.epoch) return refused('unknown_epoch');
    if (envelope.sequence === account.sequence) {
      return envelope.digest === account.digest ? { result: 'duplicate' } : refused('digest_mismatch');
    }
    if (envelope.sequence !== account.sequence + 1) return refused('sequence_gap');
    const batch = JSON.parse(Buffer.from(payload).toString('utf8')) as BatchPayload;
    account.sequence = envelope.sequence;
    account.digest = envelope.digest;
    account.held.push(batch);
    if (batch.more !== true) for (const part of account.held.splice(0)) take(account, part);
    return { result: 'applied' };
  }

  async #travel(fault: Fault = this.fault()): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (fault === 'unreachable') throw new Error('connection refused');
  }
}

function emptyAccount(): Account {
  return { epoch: 0, sequence: 0, digest: '', positions: {}, totals: {}, samples: 0, watermarks: [], held: [] };
}

function take(account: Account, batch: BatchPayload): void {
  const names = batch.series.map(({ name, labels }) => seriesKey(name, labels));
  const increments = incrementsIn(batch);
  increments.series.forEach((index, i) => {
    const name = names[index] ?? '?';
    const total = account.totals[name] ?? { n: 0, sum: 0 };
    total.n += increments.n[i] ?? Number.NaN;
    total.sum += increments.sum[i] ?? Number.NaN;
    account.totals[name] = total;
  });
  account.samples += batch.samples?.value.length ?? 0;
  if (batch.watermark !== undefined) account.watermarks.push(batch.watermark);
  for (const [key, value] of Object.entries(batch.positions ?? {})) {
    if (value === null) delete account.positions[key];
    else account.positions[key] = value;
  }
}
