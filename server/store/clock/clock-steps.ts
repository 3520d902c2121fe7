import type Database from 'better-sqlite3';
import { MAX_AHEAD_MS } from '../../model/batch.ts';
import { VigieError } from '../../model/errors.ts';
import { slotEnd } from '../../model/rings.ts';
import { type Ms, ms } from '../../model/units.ts';
import { tellFailure } from '../database-failure.ts';
import type { Clients, Origin } from '../intake/clients.ts';
import { notAhead } from '../intake/draft.ts';
import type { Origins } from '../intake/origins.ts';
import type { Tallies } from '../intake/tallies.ts';
import type { Pages } from '../pages/pages.ts';
import type { DataSources } from '../rrd/data-sources.ts';
import type { Heads } from '../series/heads.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import { ClockWatch } from './clock-watch.ts';
import { Future, type Remainder } from './future.ts';
import type { LeapPages } from './leap-pages.ts';

export interface ClockParts {
  readonly db: Database.Database;
  readonly index: SeriesIndex;
  readonly pages: Pages;
  readonly leapPages: LeapPages;
  readonly heads: Heads;
  readonly origins: Origins;
  readonly clients: Clients;
  readonly tallies: Tallies;
  readonly dataSources: DataSources;
  /** A border of slots in every ring of the store: its widest slots end at multiples of it, ms. */
  readonly widestSlot: () => Ms;
  /** Brings everything into the file and empties the journal. */
  readonly flushAll: () => void;
  readonly tell: (sentence: string) => void;
}

/** What the store does when its clock leaps or comes back (`clock-watch.ts`). Made when the origins are loaded. */
export class ClockSteps {
  readonly #parts: ClockParts;
  readonly #watch: ClockWatch;
  readonly #future: Future;
  #waitsFor = '';

  constructor(parts: ClockParts) {
    this.#parts = parts;
    this.#watch = new ClockWatch(parts.origins.newestMark(), parts.leapPages.stored());
    this.#future = new Future(parts.db, parts.leapPages);
  }

  /** Whether the clock is not believed, so that no watermark is either. */
  get waiting(): boolean {
    return this.#watch.waiting;
  }

  /** Whether it leapt ahead within a day, so that nobody knows yet whether that is true. */
  get leaping(): boolean {
    return this.#watch.leap !== undefined;
  }

  /** Call with every moment the store is handed. Throws `disk_full` or `unavailable`; it is tried again the next time. */
  observe(now: Ms): void {
    const { origins, leapPages } = this.#parts;
    const newest = origins.newestMark();
    const step = this.#watch.observe(now, newest);
    if (step === 'wait') this.#wait(now, newest);
    else this.#waitsFor = '';
    if (step === 'return') this.#return(now);
    if (step === 'leap_is_true') this.#endLeap();
    const { leap } = this.#watch;
    if (step === 'leap' && leap !== undefined) tellFailure(() => leapPages.begin(leap));
    if (step !== 'wait') this.#lowerWatermarks(now);
  }

  /** Throws `unavailable` while the clock is not believed: what is sent now would land wrongly, and can wait. */
  refuseWhileWaiting(): void {
    if (this.waiting) throw new VigieError('unavailable', `cannot take data: ${this.#waitsFor}`);
  }

  #wait(now: Ms, newest: number): void {
    const first = this.#waitsFor === '';
    const says = `the clock of this machine says ${moment(now)}, but data up to ${moment(newest)} is stored`;
    this.#waitsFor = `${says}; set the clock, or wait 15 minutes and the later data is removed`;
    if (first) this.#parts.tell(this.#waitsFor);
  }

  #endLeap(): void {
    const { db, leapPages } = this.#parts;
    tellFailure(db.transaction(() => leapPages.end()));
    leapPages.ended();
  }

  /** A watermark ahead of the clock would make silence look like health until the clock has caught up. */
  #lowerWatermarks(now: Ms): void {
    const { db, origins, clients } = this.#parts;
    const ahead = [...origins.values()].filter(({ watermark }) => (watermark?.completeTo ?? 0) > now + MAX_AHEAD_MS);
    if (ahead.length === 0) return;
    const lowered = ahead.map((origin) => withMarks(origin, now, origin.highWater));
    const save = db.transaction(() => {
      for (const origin of lowered) clients.saveOrigin(origin);
    });
    tellFailure(save);
    for (const origin of lowered) origins.keep(origin);
  }

  /** Removes the future. Slots of every ring end at the horizon, so none is cut. */
  #return(now: Ms): void {
    const { db, index, origins, dataSources, widestSlot, flushAll } = this.#parts;
    const horizon = slotEnd(ms(now + MAX_AHEAD_MS), widestSlot());
    flushAll();
    // An update of the future would refuse all until then.
    const begunAnew = dataSources.after(now + MAX_AHEAD_MS);
    const { remainders, lowered, counts } = tellFailure(
      db.transaction(() => {
        const beyond = [...index.values()].filter(({ newest }) => newest > horizon);
        const remainders = beyond.map((series) => this.#future.remove(series, series.layout.rings, horizon));
        const lowered = [...origins.values()].map((origin) => withMarks(origin, now, horizon));
        const removed = remainders.reduce((n, { series, figures }) => n + series.n - figures.n, 0);
        const counts = new Map([['drop/from_the_future', removed]]);
        this.#write(remainders, lowered, counts);
        dataSources.remove(begunAnew);
        return { remainders, lowered, counts };
      }),
    );
    this.#keep(remainders, lowered, counts, now);
    dataSources.removed(begunAnew);
    const removed = counts.get('drop/from_the_future');
    this.#parts.tell(`the clock came back to ${moment(now)}: ${removed} events after ${moment(horizon)} were removed`);
  }

  #write(remainders: readonly Remainder[], lowered: readonly Origin[], counts: ReadonlyMap<string, number>): void {
    const { heads, clients, tallies, leapPages } = this.#parts;
    for (const { series, figures } of remainders) heads.save(series, figures);
    for (const origin of lowered) clients.saveOrigin(origin);
    tallies.save(counts);
    leapPages.end();
  }

  #keep(
    remainders: readonly Remainder[],
    lowered: readonly Origin[],
    counts: ReadonlyMap<string, number>,
    now: Ms,
  ): void {
    const { pages, origins, tallies, leapPages } = this.#parts;
    pages.reload();
    for (const { series, figures } of remainders) Object.assign(series, figures);
    for (const origin of lowered) origins.keep(origin);
    tallies.saved(counts);
    leapPages.ended();
    this.#watch.returned(now);
  }
}

/** The horizon is no lower than any mark was before the leap, so what was too old then is not taken for complete now. */
function withMarks(origin: Origin, now: Ms, highest: number): Origin {
  const watermark = notAhead(origin.watermark, now);
  const highWater = Math.min(origin.highWater, highest);
  return { ...origin, highWater, ...(watermark === undefined ? {} : { watermark }) };
}

function moment(time: number): string {
  return new Date(time).toISOString();
}
