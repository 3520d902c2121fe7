import { messageOf, VigieError } from '../model/errors.ts';
import { LABEL_LIMITS } from '../store/limits.ts';
import { MetricTypes } from './metric-types.ts';
import { uncompressBlock } from './snappy-block.ts';
import { TargetCache } from './target-cache.ts';
import { readWriteRequest, type WriteRequest } from './write-request.ts';

/** The collector of everything that remote write brings. */
export const REMOTE_WRITE = 'remote_write';

/** A request uncompressed: some million samples. */
const MAX_REQUEST_BYTES = 32 * 2 ** 20;
const MAX_FAMILIES = 20_000;
const MAX_CACHE_BYTES = 64 * 2 ** 20;
/** Senders with a token of their own; those beyond share the memory of one. */
const MAX_SENDERS = 64;
const NO_JOB = 'no_job';

/** What is remembered between requests: series by the bytes of their labels, and what senders said of metrics. Nothing of it is stored. */
export class RemoteWriteReceiver {
  readonly #caches = new Map<string, TargetCache>();
  readonly #types = new MetricTypes(MAX_FAMILIES);
  readonly #seed: number;
  readonly #maxSeries: number;

  /** @param seed see `TargetCache`. */
  constructor(seed: number, maxSeries: number) {
    this.#seed = seed;
    this.#maxSeries = maxSeries;
  }

  /**
   * Reads a body. Every sender and job is an origin of its own, so that the age of one does not judge the other.
   * @param sender a name the sender has by its token.
   * Throws VigieError `bad_request` or `too_large`; nothing is kept then.
   */
  read(body: Uint8Array, sender: string | undefined): WriteRequest {
    const bytes = uncompressBlock(body, MAX_REQUEST_BYTES, 'remote write');
    const prefix = sender === undefined ? '' : `${sender}/`;
    try {
      return readWriteRequest(bytes, {
        collector: REMOTE_WRITE,
        sourceOf: ({ labels }) => `${prefix}${labels.job ?? NO_JOB}`.slice(0, LABEL_LIMITS.name_bytes),
        cache: this.#cacheOf(prefix),
        types: this.#types,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const text = `cannot read remote write: got no protobuf message prometheus.WriteRequest: ${messageOf(error)}`;
      throw new VigieError('bad_request', text, { cause: error });
    }
  }

  #cacheOf(prefix: string): TargetCache {
    const known = this.#caches.get(prefix);
    if (known !== undefined) return known;
    // A target names its source, so senders have no entries in common.
    if (this.#caches.size >= MAX_SENDERS) this.#caches.clear();
    const cache = new TargetCache(this.#seed, { entries: 2 * this.#maxSeries, bytes: MAX_CACHE_BYTES });
    this.#caches.set(prefix, cache);
    return cache;
  }
}
