import type { Window } from '../../server/model/engine.ts';
import type { LatePolicy, PartState } from '../../server/model/slo-part.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import type { EventCounts } from '../figures/budget.ts';
import type { SloDefinition } from '../slo-definition.ts';

/**
 * An SLO made of other SLOs. Over any window its ratio is the weighted mean of what its parts attained there, over the parts that count:
 *
 *     checkout        weight     good of total        attained    share      bad events of the composite
 *       cart            5        999,000 of 10^6       99.9 %      5/8       5/8 * 0.1 % of its total
 *       payment         3           790 of 800         98.75 %     3/8       3/8 * 1.25 %
 *       mail            2             0 of 0              -         -        no traffic: the others share its weight
 *
 * A mean of ratios is no count, and budgets are counts. So events are weighed: one of a part weighs `share * total / (its events)`, and
 * the total is the greatest with which no event weighs more than one, here 800 / (3/8) = 2133. Where the parts have traffic by their
 * weights it is the number of all events. Whatever is said of one failure of few requests then holds here too: it is one at most.
 */
export interface CompositeIndicator {
  readonly kind: 'composite';
  /** At least two, each another SLO. */
  readonly parts: readonly CompositePart[];
  readonly slices?: undefined;
}

export interface CompositePart {
  readonly slo: string;
  /** Above 0; only its proportion to the others counts. */
  readonly weight: number;
  readonly late: LatePolicy;
  /** Its definition has groups. */
  readonly grouped?: true;
  /** What it measures, over the window of the composite; one with groups is all of them together. */
  readonly definition: SloDefinition;
  /** As an evaluation found it; absent: it counts by its events. */
  readonly standing?: PartStanding;
}

export type PartStanding =
  /** Its first event is less than an hour old. */
  | { readonly kind: 'too_new' }
  /** It is known up to `since`; without: never. */
  | { readonly kind: 'late'; readonly as: Exclude<LatePolicy, 'wait'>; readonly since: Ms };

/** Fewer events are no ratio that may be weighed against those of others. */
const MIN_PART_EVENTS = 10;

/** What the parts counted over one window. */
export interface PartCounts {
  readonly window: Window;
  /** By part. */
  readonly events: readonly EventCounts[];
}

/** A part over one window. */
export interface PartShare {
  readonly part: CompositePart;
  readonly events: EventCounts;
  readonly state: PartState;
  /** Of the weight of all that count; 0 for one that does not. */
  readonly share: number;
  /** How much of the window it was silent for and counts as `late` says, 0..1. */
  readonly silent: number;
}

/** Which parts count over a window, and for how much. Without one that has events nothing does. */
export function partShares(parts: readonly CompositePart[], { window, events }: PartCounts): readonly PartShare[] {
  const known = parts.map((part, i) => knownPart(part, events[i] ?? NOTHING, window));
  // Where all have few events there is nobody to leave the few out for.
  const isEnough = known.some(({ state, part, events }) => state === 'counted' && hasEnough(part, events));
  const judged = known.map((one) => {
    if (!isEnough || !counts(one) || hasEnough(one.part, one.events)) return one;
    // Of one that is late its silence is left.
    return one.state === 'counted' ? { ...one, state: 'too_few' as const } : { ...one, events: NOTHING };
  });
  const weight = judged.reduce((sum, one) => sum + (counts(one) ? one.part.weight : 0), 0);
  return judged.map((one) => ({ ...one, share: counts(one) ? one.part.weight / weight : 0 }));
}

const NOTHING: EventCounts = { total: 0, good: 0, bad: 0 };

function knownPart(part: CompositePart, events: EventCounts, window: Window): Omit<PartShare, 'share'> {
  const { standing } = part;
  const known = { part, events, silent: 0 };
  if (standing?.kind === 'too_new') return { ...known, state: 'too_new' };
  if (standing?.kind === 'late') {
    if (standing.as === 'ignore') return { ...known, state: 'late_ignored' };
    const silent = silentLength(part, window) / lengthOf(window);
    if (silent > 0) return { ...known, silent, state: standing.as === 'bad' ? 'late_bad' : 'late_good' };
  }
  return { ...known, state: events.total > 0 ? 'counted' : 'no_traffic' };
}

function hasEnough({ definition }: CompositePart, { total }: EventCounts): boolean {
  return definition.indicator.slices !== undefined || total >= MIN_PART_EVENTS;
}

function counts({ state }: Pick<PartShare, 'state'>): boolean {
  return state === 'counted' || state === 'late_bad' || state === 'late_good';
}

function silentLength({ standing }: CompositePart, { start, end }: Window): Ms {
  return standing?.kind === 'late' ? ms(Math.max(0, end - Math.max(start, standing.since))) : ms(0);
}

function lengthOf({ start, end }: Window): Ms {
  return ms(Math.max(1, end - start));
}

/** The weighed events of a window: bad / total is 1 less the weighted mean of what the parts attained. */
export function compositeEvents(parts: readonly CompositePart[], counted: PartCounts): EventCounts {
  return weighedEvents(parts, counted, counted);
}

/**
 * The events of a window by what they weigh in `whole`, which holds it: so those of all steps of a window add up to those of the window.
 */
export function weighedEvents(
  parts: readonly CompositePart[],
  { window, events }: PartCounts,
  whole: PartCounts,
): EventCounts {
  const shares = partShares(parts, whole);
  const all = weighedTotal(shares);
  let [total, bad] = [0, 0];
  for (const [i, one] of shares.entries()) {
    const failed = failedShare(one, events[i] ?? NOTHING, window, whole.window);
    total += all * one.share * passedShare(one, events[i] ?? NOTHING, window, whole.window);
    bad += all * one.share * failed;
  }
  return counted(total, Math.min(bad, total));
}

/** What each part spent of the budget of `whole` in a window within it, as a ratio of the budget; they add up to what is spent. */
export function spentByPart(
  parts: readonly CompositePart[],
  { window, events }: PartCounts,
  whole: PartCounts,
  budgetShare: number,
): readonly number[] {
  return partShares(parts, whole).map((one, i) => {
    return (one.share * failedShare(one, events[i] ?? NOTHING, window, whole.window)) / budgetShare;
  });
}

/** The greatest total with which no event weighs more than one. */
export function weighedTotal(shares: readonly PartShare[]): number {
  const totals = shares.flatMap(({ share, events }) => (share > 0 && events.total > 0 ? [events.total / share] : []));
  return totals.length === 0 ? 0 : Math.min(...totals);
}

/** How much of a part failed in a window, as a share of what there is of it in the whole. */
function failedShare(one: PartShare, { bad }: EventCounts, window: Window, whole: Window): number {
  const known = one.events.total > 0 ? (1 - one.silent) * (bad / one.events.total) : 0;
  return one.state === 'late_bad' ? known + silentLength(one.part, window) / lengthOf(whole) : known;
}

/** How much of it there is in a window; the time before its silence without events is even. */
function passedShare(one: PartShare, { total }: EventCounts, window: Window, whole: Window): number {
  const silent = one.silent > 0 ? silentLength(one.part, window) : 0;
  if (one.events.total > 0) return (1 - one.silent) * (total / one.events.total) + silent / lengthOf(whole);
  return (window.end - window.start) / lengthOf(whole);
}

/** Kept to nine decimals, as budgets are. */
function counted(total: number, bad: number): EventCounts {
  const [all, failed] = [rounded(total), rounded(bad)];
  return { total: all, good: rounded(all - failed), bad: failed };
}

function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
