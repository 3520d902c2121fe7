import { HIT_KEY_BYTES, type HitTable } from '../../server/model/web-log.ts';
import type { LogBatch } from '../batch.ts';
import { HitNames } from './hit-names.ts';
import { HitSums } from './hit-sums.ts';
import { LastReferrers } from './last-referrers.ts';
import { PairTable } from './pair-table.ts';
import { knownMethod } from './tag-values.ts';

const NOT_FOUND = 404;
const METHOD_BYTES = 32;

/**
 * Counts lines that share a day and a virtual host. Names stay bytes until they are taken, when each becomes a text once.
 *
 *     line -> ids of url, referrer, host, agent, method (ByteKeys) -> figures by id (HitSums)
 *                \___ 404: figures by url id, last referrer        \__ (host, agent): a visitor
 */
export class HitCounter {
  readonly #url = new HitNames('path', HIT_KEY_BYTES.url);
  readonly #referrer = new HitNames('referer', HIT_KEY_BYTES.referrer);
  readonly #host = new HitNames('host', HIT_KEY_BYTES.host);
  readonly #agent = new HitNames('agent', HIT_KEY_BYTES.agent);
  readonly #method = new HitNames('method', METHOD_BYTES);
  readonly #hour = new HitSums();
  readonly #status = new HitSums();
  readonly #missing = new LastReferrers();
  readonly #visitors = new PairTable();
  #pages: number[] = [];

  /** Names and visitors known: a measure of the memory taken. */
  get size(): number {
    return this.#url.size + this.#referrer.size + this.#host.size + this.#agent.size + this.#visitors.size;
  }

  /** @param hourOf the hour of each row. @param rows the lines to count. */
  add(batch: LogBatch, rows: readonly number[], hourOf: Uint8Array): void {
    for (const names of this.#names()) names.read(batch);
    const status = numbersOf(batch, 'status');
    const bytes = numbersOf(batch, 'bytes');
    const time = numbersOf(batch, 'time');
    for (const row of rows) {
      const code = status[row] ?? 0;
      this.#add(row, code, hourOf[row] ?? 0, bytes[row] ?? 0, time[row] ?? batch.arrived);
    }
  }

  /** What was counted; the counter is empty afterwards. */
  take(): Pick<HitTable, 'rows' | 'visitors'> {
    const taken = { rows: this.#columns(), visitors: this.#hashes() };
    for (const names of this.#names()) names.begin();
    this.#hour.begin();
    this.#status.begin();
    this.#missing.begin();
    this.#visitors.clear();
    this.#pages = [];
    return taken;
  }

  #names(): readonly HitNames[] {
    return [this.#url, this.#referrer, this.#host, this.#agent, this.#method];
  }

  #add(row: number, status: number, hour: number, bytes: number, time: number): void {
    const ok = (status >= 200 && status < 300) || status === 304 ? 1 : 0;
    const url = this.#url.idOf(row);
    this.#pages[url] ??= isPage(this.#url.text(url)) ? 1 : 0;
    const page = ok * (this.#pages[url] ?? 0);
    const referrer = this.#referrer.idOf(row);
    const host = this.#host.idOf(row);
    const agent = this.#agent.idOf(row);
    this.#hour.add(hour, ok, page, bytes);
    this.#status.add(status, ok, page, bytes);
    this.#method.sums.add(this.#method.idOf(row), ok, page, bytes);
    this.#url.sums.add(url, ok, page, bytes);
    this.#referrer.sums.add(referrer, ok, page, bytes);
    this.#host.sums.add(host, ok, page, bytes);
    this.#agent.sums.add(agent, ok, page, bytes);
    this.#visitors.idOf(host, agent);
    if (status === NOT_FOUND) this.#missing.add(url, bytes, this.#referrer.text(referrer), time);
  }

  #columns(): HitTable['rows'] {
    return {
      hour: this.#hour.columns(String),
      status: this.#status.columns((status) => String(status).padStart(3, '0')),
      method: this.#method.columns((text) => knownMethod(text)),
      url: this.#url.columns(),
      referrer: this.#referrer.columns(),
      host: this.#host.columns(),
      agent: this.#agent.columns(),
      not_found: this.#missing.columns((url) => this.#url.text(url)),
    };
  }

  #hashes(): number[] {
    const hash = (id: number, seed: number): number => {
      const address = this.#host.hash(this.#visitors.left(id), seed);
      return this.#agent.hash(this.#visitors.right(id), address) >>> 6;
    };
    return Array.from({ length: this.#visitors.size }, (_, id) => hash(id, 1) * 2 ** 26 + hash(id, 2));
  }
}

/** Analog's rule as it comes: `/`, `.htm` or `.html` at the end of the path. */
function isPage(url: string): boolean {
  return /^[^?]*(?:\/|\.html?)(?:\?|$)/.test(url);
}

const NO_NUMBERS = new Float64Array();

function numbersOf({ fields }: LogBatch, name: string): Float64Array {
  const column = fields.get(name);
  return column?.type === 'number' ? column.values : NO_NUMBERS;
}
