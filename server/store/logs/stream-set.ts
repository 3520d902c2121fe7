import { type Labels, sortLabels } from '../../model/labels.ts';

/** Bounds of the label sets of one block. */
export const STREAM_LIMITS = { streams: 256, bytes: 64 * 1024 } as const;

/** The label of the one stream that takes what the bounds leave out. */
const OVERFLOW = 'overflow';

/**
 * The label sets of one block, each once. Labels may come from hostile senders, so their number and size are bounded; what is
 * beyond shares one stream that says so.
 */
export class StreamSet {
  readonly #own: Labels;
  readonly #indices = new Map<string, number>();
  readonly #streams: Labels[] = [];
  #bytes = 0;

  /** @param own labels every stream of the block has. */
  constructor(own: Labels) {
    this.#own = own;
  }

  get streams(): readonly Labels[] {
    return this.#streams;
  }

  /** The index of a label set; undefined when there is no more room for it. */
  add(labels: Labels): number | undefined {
    const whole = sortLabels({ ...labels, ...this.#own });
    const key = JSON.stringify(whole);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    // One place is kept for the overflow.
    const full = this.#streams.length >= STREAM_LIMITS.streams - 1 || this.#bytes + key.length > STREAM_LIMITS.bytes;
    return full ? undefined : this.#push(key, whole);
  }

  overflow(): number {
    const whole = sortLabels({ ...this.#own, [OVERFLOW]: 'true' });
    const key = JSON.stringify(whole);
    return this.#indices.get(key) ?? this.#push(key, whole);
  }

  #push(key: string, labels: Labels): number {
    const index = this.#streams.push(labels) - 1;
    this.#indices.set(key, index);
    this.#bytes += key.length;
    return index;
  }
}
