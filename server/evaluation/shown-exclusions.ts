import { appliesTo, spansWithin } from '../../rules/exclusions/exclusion.ts';
import { eventsOf } from '../../rules/figures/counted-events.ts';
import type { ShownExclusion } from '../model/exclusions.ts';
import type { SloStatus } from '../model/slo.ts';
import { type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import type { ExclusionRecord } from './exclusion-book.ts';
import { listed } from './exclusion-service.ts';
import type { Countable, SloCounting } from './slo-counts.ts';

/** The page of an SLO shows so many. */
const MOST_SHOWN = 50;

/** The exclusions with a part in the window of an SLO, newest first, and what each of them alone leaves out. */
export async function shownExclusions(
  counts: SloCounting,
  slo: Countable,
  status: SloStatus,
  records: readonly ExclusionRecord[],
  now: Ms,
): Promise<readonly ShownExclusion[]> {
  const window = { start: ms(status.window.start), end: ms(status.window.end) };
  const shown = records
    .filter(({ exclusion }) => appliesTo(exclusion, status, compileMatcher))
    .map((record) => ({ record, spans: spansWithin(record.exclusion, window) }))
    .filter(({ spans }) => spans.length > 0)
    .slice(0, MOST_SHOWN);
  if (shown.length === 0) return [];
  const answers = await counts.count(shown.map(({ spans }) => ({ ...slo, windows: spans })));
  return shown.map(({ record, spans }, i) => {
    const sums = (answers[i] ?? []).map((column) => column.reduce((sum, one) => sum + one.sum, 0));
    const left = eventsOf(slo.definition, { window, sums });
    return { ...listed(record, [status], now), spans: record.undone === undefined ? spans : [], counts: left };
  });
}
