import { MAX_AHEAD_MS } from '../../model/batch.ts';
import { DAY, MINUTE, type Ms, ms } from '../../model/units.ts';

/**
 * Whether the wall clock can be believed, told by the moments the store is handed and by its own data. Pure.
 *
 *     clock   ----------.            .======== leap: more than a day ahead of the moment before
 *                       '-----------'   .----- behind: a day or more before the newest data
 *                                       | wait |  then return: what lies in the future is removed
 *
 * Nobody can tell a clock that leapt ahead from a machine that was off, nor a clock that came back from one that was set wrong.
 * So a leap is taken as true, and until it is a day old the pages it overwrites are set aside; and a clock that is behind is
 * not believed, and nothing taken, until it has stood there for a quarter of an hour.
 *
 * Less than a day changes nothing: ages are judged by the newest data, which is then exact and only spends resolution.
 */
export interface Leap {
  /** Data up to here was written before the clock leapt. */
  readonly base: Ms;
  readonly since: Ms;
}

export type ClockStep = 'none' | 'leap' | 'leap_is_true' | 'wait' | 'return';

/** Steps up to this are lived with. */
const LARGE_STEP = DAY;
/** A machine without a battery-backed clock starts in the past and hears the time minutes later. */
const PATIENCE = ms(15 * MINUTE);

export class ClockWatch {
  #last: number;
  #leap: Leap | undefined;
  #behindSince: number | undefined;

  /** @param newest the newest high-water mark of any origin; -Infinity in an empty store. */
  constructor(newest: number, leap: Leap | undefined) {
    this.#last = newest;
    this.#leap = leap;
  }

  get leap(): Leap | undefined {
    return this.#leap;
  }

  /** Whether the clock is behind the data and not believed yet. */
  get waiting(): boolean {
    return this.#behindSince !== undefined;
  }

  /** What happened to the clock until `now`; after `leap` and `leap_is_true` the field `leap` has changed. */
  observe(now: Ms, newest: number): ClockStep {
    if (newest > now + LARGE_STEP) return this.#behind(now);
    this.#behindSince = undefined;
    const before = this.#last;
    this.#last = now;
    if (Number.isFinite(before) && now > before + LARGE_STEP) {
      this.#leap = { base: this.#leap?.base ?? ms(before + MAX_AHEAD_MS), since: now };
      return 'leap';
    }
    if (this.#leap === undefined || (now >= this.#leap.since && now < this.#leap.since + LARGE_STEP)) return 'none';
    this.#leap = undefined;
    return 'leap_is_true';
  }

  /** After `return`, when the future is gone. */
  returned(now: Ms): void {
    this.#behindSince = undefined;
    this.#leap = undefined;
    this.#last = now;
  }

  #behind(now: number): ClockStep {
    if (this.#behindSince === undefined || now < this.#behindSince) this.#behindSince = now;
    return now - this.#behindSince >= PATIENCE ? 'return' : 'wait';
  }
}
