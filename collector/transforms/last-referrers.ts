import type { HitColumns } from '../../server/model/web-log.ts';
import { HitSums } from './hit-sums.ts';

/** Requests that were not found by URL, each with the referrer of the newest that had one; of equal times, the greater text. */
export class LastReferrers {
  readonly #sums = new HitSums();
  readonly #last = new Map<number, { readonly referrer: string; readonly time: number }>();

  begin(): void {
    this.#sums.begin();
    this.#last.clear();
  }

  add(url: number, bytes: number, referrer: string, time: number): void {
    this.#sums.add(url, 0, 0, bytes);
    if (referrer === '') return;
    const known = this.#last.get(url);
    const newer = known === undefined || time > known.time || (time === known.time && referrer > known.referrer);
    if (newer) this.#last.set(url, { referrer, time });
  }

  columns(keyOf: (url: number) => string): HitColumns {
    const last = this.#sums.counted().map((url) => this.#last.get(url));
    return {
      ...this.#sums.columns(keyOf),
      referrer: last.map((one) => one?.referrer ?? ''),
      time: last.map((one) => one?.time ?? 0),
    };
  }
}
