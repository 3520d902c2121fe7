import { invariant } from '../../model/errors.ts';
import { ringHolds, slotEnd } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';
import type { Pages } from '../pages/pages.ts';
import { isNewest, type Sample } from '../pages/rollup.ts';
import { RollupPage } from '../pages/rollup-page.ts';
import { SampleColumns } from '../pages/sample-columns.ts';
import { SamplePage, type SampleVerdict } from '../pages/sample-page.ts';
import { floorOf } from '../rings/layout.ts';
import { coarsest, finest, pageOfSlot, ringHasPage, samplesPerPage, slotOf, slotStart } from '../rings/ring.ts';
import type { Series } from '../series/series-index.ts';

export type SampleDecision =
  | 'accepted'
  | 'same'
  | 'too_old'
  | 'behind_slot'
  | 'duplicate_timestamp'
  | 'too_dense'
  | 'past_update'
  | 'not_integer'
  | 'undeclared';

/** What a commit that is not on disk yet has decided about one series. */
export interface PendingSamples {
  /** Of the draft whose decisions they are; those of an earlier commit are over. */
  token: object;
  oldest: number;
  newest: number;
  /** The raw page appended to, and the samples in it and on their way there, which stay true; -1: not known. */
  page: number;
  held: number;
  /** The last accepted row; -1: none. */
  lastRow: number;
  /** Of slots of the widest ring that were appended to where raw samples are gone: their newest times. */
  past: Map<number, number> | undefined;
  /** Once a sample is late: its raw pages as they will be. */
  pages: Map<number, SamplePage> | undefined;
}

const NO_PAGE = -1;

/**
 * Decides which absolute samples of one commit are accepted; pages are read and not changed. A sample after all of its series is
 * only counted; one that is late, or comes twice, is judged against its raw page.
 */
export class SampleDraft {
  readonly accepted = new SampleColumns();
  readonly #pages: Pages;
  readonly #token = {};
  readonly #touched: Series[] = [];
  /** By accepted row: the row of the same series before it. */
  readonly #before: number[] = [];

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  /** @param highWater the newest time of its origin, with what comes in this commit. */
  add(series: Series, time: number, value: number, stale: boolean, highWater: number): SampleDecision {
    const raw = finest(series.layout.rings);
    if (!ringHolds(raw, slotEnd(ms(time), raw.width), ms(highWater))) return 'too_old';
    return this.#decide(series, this.#pendingOf(series), time, value, stale);
  }

  /**
   * Decides about a sample of the past, whatever the age of its origin. Where raw samples are gone it goes to the end of its roll-up slots,
   * which is exact; one that is not after all of its slot is `behind_slot`: it is there already, or came out of order.
   */
  addPast(series: Series, sample: Sample): SampleDecision {
    const pending = this.#pendingOf(series);
    const { time, value, stale } = sample;
    if (canRecompute(series, time, pending)) return this.#decide(series, pending, time, value, stale);
    const verdict = this.#judgePast(series, pending, sample);
    return verdict === 'new' ? this.#keep(series, pending, time, value, stale) : verdict;
  }

  /** Takes a PDP of a data source, whose updates judge its age. @param value NaN: unknown, a stale marker. */
  addPdp(series: Series, time: number, value: number): SampleDecision {
    const isUnknown = Number.isNaN(value);
    return this.#decide(series, this.#pendingOf(series), time, isUnknown ? 0 : value, isUnknown);
  }

  /** Nearly all samples come after all of their series: no object is made of one. */
  #decide(series: Series, pending: PendingSamples, time: number, value: number, stale: boolean): SampleDecision {
    const decision =
      time > pending.newest && pending.pages === undefined
        ? this.#roomAfter(series, pending, time)
        : this.#place(series, pending, { time, value, stale });
    return decision === 'accepted' ? this.#keep(series, pending, time, value, stale) : decision;
  }

  #keep(series: Series, pending: PendingSamples, time: number, value: number, stale: boolean): SampleDecision {
    if (time < pending.oldest) pending.oldest = time;
    if (time > pending.newest) pending.newest = time;
    this.#before.push(pending.lastRow);
    pending.lastRow = this.accepted.push(series.id, time, value, stale);
    return 'accepted';
  }

  /** What was decided never will be. */
  undo(): void {
    for (const series of this.#touched) if (series.pending !== undefined) series.pending.page = NO_PAGE;
  }

  /** The series as it stands in this commit. Its object serves commit after commit: one for every sample would be much to collect. */
  #pendingOf(series: Series): PendingSamples {
    const { oldest, newest, pending } = series;
    if (pending?.token === this.#token) return pending;
    this.#touched.push(series);
    if (pending === undefined) {
      series.pending = {
        token: this.#token,
        oldest,
        newest,
        page: NO_PAGE,
        held: 0,
        lastRow: -1,
        past: undefined,
        pages: undefined,
      };
      return series.pending;
    }
    pending.token = this.#token;
    pending.oldest = oldest;
    pending.newest = newest;
    pending.lastRow = -1;
    pending.past = undefined;
    pending.pages = undefined;
    return pending;
  }

  #roomAfter(series: Series, pending: PendingSamples, time: number): SampleDecision {
    const raw = finest(series.layout.rings);
    const number = pageOfSlot(raw, slotOf(raw, time));
    if (number !== pending.page) {
      const isNew = number > pageOfSlot(raw, slotOf(raw, pending.newest));
      pending.held = isNew ? 0 : (this.#stored(series, pending, number)?.size ?? 0);
      pending.page = number;
    }
    if (pending.held >= samplesPerPage(raw)) return 'too_dense';
    pending.held++;
    return 'accepted';
  }

  #place(series: Series, pending: PendingSamples, sample: Sample): SampleDecision {
    if (!canRecompute(series, sample.time, pending)) return 'too_old';
    const stored = this.#judgeStored(series, pending, sample);
    if (stored !== 'new') return stored;
    const raw = finest(series.layout.rings);
    const page = this.#drafted(series, pending, pageOfSlot(raw, slotOf(raw, sample.time)));
    const verdict = page.judge(sample);
    if (verdict !== 'new') return verdict;
    page.insert(sample);
    return 'accepted';
  }

  #judgePast(series: Series, pending: PendingSamples, { time, value }: Sample): SampleDecision | 'new' {
    const { rings } = series.layout;
    const [raw, widest] = [finest(rings), coarsest(rings)];
    if (!ringHolds(widest, slotEnd(ms(time), widest.width), ms(pending.newest))) return 'too_old';
    const slot = slotOf(widest, time);
    const page = this.#pages.find(series.id, widest, pageOfSlot(widest, slot));
    invariant(page === undefined || page instanceof RollupPage, 'a roll-up ring holds a page of another shape');
    const known = page?.slot(slot - pageOfSlot(widest, slot) * widest.slotsPerPage);
    const isAfter = known === undefined || isNewest(known, time);
    const isAfterPending = time > (pending.past?.get(slot) ?? Number.NEGATIVE_INFINITY);
    if (!isAfter || !isAfterPending)
      return known?.lastTime === time && Object.is(known.last, value) ? 'same' : 'behind_slot';
    const isInRaw = ringHasPage(raw, pageOfSlot(raw, slotOf(raw, time)), pending.newest);
    if (isInRaw && this.#drafted(series, pending, pageOfSlot(raw, slotOf(raw, time))).size >= samplesPerPage(raw))
      return 'too_dense';
    pending.past ??= new Map();
    pending.past.set(slot, time);
    return 'new';
  }

  /** Spares the copy of a page when a batch comes again whole. */
  #judgeStored(series: Series, pending: PendingSamples, sample: Sample): SampleVerdict {
    if (pending.lastRow >= 0 || pending.pages !== undefined) return 'new';
    const raw = finest(series.layout.rings);
    const number = pageOfSlot(raw, slotOf(raw, sample.time));
    return this.#stored(series, pending, number)?.judge(sample) ?? 'new';
  }

  /** The raw page with what this commit has accepted for it. */
  #drafted(series: Series, pending: PendingSamples, number: number): SamplePage {
    pending.pages ??= new Map();
    pending.page = NO_PAGE;
    const known = pending.pages.get(number);
    if (known !== undefined) return known;
    const raw = finest(series.layout.rings);
    const page =
      this.#stored(series, pending, number)?.draft(raw) ?? new SamplePage(raw, number, { lsn: 0, storedLsn: 0 });
    const { times, values, stale } = this.accepted;
    for (let row = pending.lastRow; row >= 0; row = this.#before[row] ?? -1) {
      const time = times[row] ?? 0;
      if (pageOfSlot(raw, slotOf(raw, time)) !== number) continue;
      page.insert({ time, value: values[row] ?? 0, stale: stale[row] === 1 });
    }
    pending.pages.set(number, page);
    return page;
  }

  #stored(series: Series, { newest }: PendingSamples, number: number): SamplePage | undefined {
    const raw = finest(series.layout.rings);
    const isHeld = newest === Number.NEGATIVE_INFINITY || ringHasPage(raw, number, newest);
    const page = isHeld ? this.#pages.find(series.id, raw, number) : undefined;
    invariant(page === undefined || page instanceof SamplePage, 'a raw ring holds a page of another shape');
    return page;
  }
}

/** A late sample changes roll-up slots, which is exact only while the raw ring holds all of the widest one. */
function canRecompute({ layout }: Series, time: number, { oldest, newest }: PendingSamples): boolean {
  if (time > newest) return true;
  const floor = floorOf(layout, finest(layout.rings), newest);
  const widest = slotStart(time, coarsest(layout.rings).width);
  return widest >= floor || (time > floor && oldest > floor);
}
