/** A day of a zone, as "2015-05-17", and an hour of its clocks. */
export interface DayHour {
  readonly day: string;
  readonly hour: number;
}

/** The clocks of all zones have moved in whole quarters of an hour since 1972. */
const QUARTER_MS = 900_000;
const MAX_QUARTERS = 100_000;

/**
 * Which day and hour a moment is in, by the clocks of a zone: where they are put back an hour comes twice, where they are put
 * forward one is missing. Remembers the quarters of an hour it was asked for.
 */
export class ZoneDays {
  readonly #format: Intl.DateTimeFormat;
  readonly #quarters = new Map<number, DayHour>();
  #last = Number.NaN;
  #lastIs: DayHour = { day: '', hour: 0 };

  /** @param timeZone an IANA name */
  constructor(timeZone: string) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
    this.#format = new Intl.DateTimeFormat('en', { timeZone, calendar: 'iso8601', hourCycle: 'h23', ...numeric });
  }

  /** @param time ms since the epoch, not before 1970 */
  at(time: number): DayHour {
    const quarter = Math.floor(time / QUARTER_MS);
    if (quarter === this.#last) return this.#lastIs;
    this.#last = quarter;
    this.#lastIs = this.#quarters.get(quarter) ?? this.#read(quarter);
    return this.#lastIs;
  }

  #read(quarter: number): DayHour {
    const parts = new Map(this.#format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]));
    const day = `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
    const made = { day, hour: Number(parts.get('hour')) };
    if (this.#quarters.size >= MAX_QUARTERS) this.#quarters.clear();
    this.#quarters.set(quarter, made);
    return made;
  }
}
