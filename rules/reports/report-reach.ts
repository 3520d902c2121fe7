import type { SelectorFacts, Window } from '../../server/model/engine.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { KnownPart, NoDataCause, SloReportEntry } from '../../server/model/slo-report.ts';
import { HOUR, type Ms, ms } from '../../server/model/units.ts';
import { isStale } from '../figures/sources.ts';

/**
 * What a report may say of a period. A period in which nothing was counted had no traffic only where somebody told so:
 *
 *     period           |=======================|
 *     counted_from           ^ first data: what was before is not known
 *     slices_from                ^ older slices cannot be told apart
 *     complete_to                        ^ the sources are silent since
 *     known                      |=======|
 */
interface Reach {
  readonly status: SloStatus;
  readonly facts: SelectorFacts;
  readonly slicesFrom?: Ms | undefined;
  readonly period: Window;
  readonly days: readonly Window[];
  /** When the report is made. */
  readonly time: Ms;
}

export function knownPart({ status, facts: { oldest }, slicesFrom, period, days, time }: Reach): KnownPart {
  const end = Math.min(period.end, time);
  const heard = Math.min(...status.sources.flatMap(({ heard_from }) => heard_from ?? []));
  const whole = slicesFrom !== undefined && slicesFrom > period.start;
  return {
    // The slot that begins with the period may have an hour.
    ...(oldest !== undefined && oldest - HOUR > period.start && { counted_from: oldest }),
    ...(oldest !== undefined && oldest - HOUR > Math.max(period.start, heard) && { heard_from: heard }),
    ...(whole && { slices_from: days.find(({ start }) => start >= slicesFrom)?.start ?? period.end }),
    ...(isHeard(status) &&
      isStale({ origin: '', complete_to: status.as_of }, ms(end)) && { complete_to: status.as_of }),
  };
}

export function isUnknownDay(day: Window, { counted_from, slices_from, complete_to }: KnownPart, time: Ms): boolean {
  const from = Math.max(counted_from ?? Number.NEGATIVE_INFINITY, slices_from ?? Number.NEGATIVE_INFINITY);
  return day.end <= from || day.start >= (complete_to ?? time);
}

/** @param input.excluded events that exclusions left out. */
export function resultOf(
  input: Reach & KnownPart & { readonly attained?: number; readonly excluded: number },
): Pick<SloReportEntry, 'result' | 'no_data'> {
  const { attained, status } = input;
  if (attained !== undefined) return { result: attained >= status.objective ? 'met' : 'missed' };
  const no_data = input.excluded > 0 ? undefined : unknownCause(input);
  return no_data === undefined ? { result: 'no_traffic' } : { result: 'no_data', no_data };
}

/** Why nothing was counted, where that is not for want of traffic. */
function unknownCause(reach: Reach & KnownPart): NoDataCause | undefined {
  const { status, facts, period, time, slices_from, complete_to } = reach;
  if (status.reasons.some(({ code }) => code === 'not_measurable')) return 'not_measurable';
  if (slices_from === period.end) return 'sliced';
  if (!isHeard(status)) return 'never';
  // A service that had no request yet may have had none in the running period; of those before nobody knows.
  if (facts.oldest === undefined && time >= period.end) return 'never';
  if (facts.oldest !== undefined && facts.oldest > period.end) return 'later';
  return complete_to === undefined ? undefined : 'silent';
}

function isHeard({ sources }: SloStatus): boolean {
  return sources.some(({ complete_to }) => complete_to !== undefined);
}
