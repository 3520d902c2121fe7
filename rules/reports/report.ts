import type { Alert } from '../../server/model/alerts.ts';
import type { SelectorFacts, Window } from '../../server/model/engine.ts';
import type { Exclusion } from '../../server/model/exclusions.ts';
import type { Release } from '../../server/model/releases.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type {
  BudgetTrend,
  KnownPart,
  ReportDay,
  ReportedExclusion,
  SloReportEntry,
} from '../../server/model/slo-report.ts';
import { HOUR, type Ms, ms } from '../../server/model/units.ts';
import { spansWithin } from '../exclusions/exclusion.ts';
import type { KeptCount } from '../exclusions/kept-counts.ts';
import { budgetOf, type EventCounts } from '../figures/budget.ts';
import { exhaustionOf } from '../figures/burn.ts';
import { eventsOf, eventsWithin, talliesOf } from '../figures/counted-events.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { windowAt } from '../slo-window.ts';
import { isUnknownDay, knownPart, resultOf } from './report-reach.ts';

/**
 * What to count for the report of an SLO: the period, the one before, and each day. Of slices that can be told apart only since a moment,
 * whole days are counted, and the period before whole or not at all.
 */
export function reportWindows(
  period: Window,
  before: Window,
  days: readonly Window[],
  slicesFrom: Ms = before.start,
): readonly Window[] {
  const cut = days.find(({ start }) => start >= slicesFrom)?.start ?? period.end;
  const from = ({ start, end }: Window): Window => ({ start: ms(Math.max(start, cut)), end: ms(Math.max(end, cut)) });
  return [from(period), slicesFrom > before.start ? { start: cut, end: cut } : before, ...days.map(from)];
}

/** What a report on one SLO is made of. */
export interface ReportEvidence {
  readonly definition: SloDefinition;
  readonly status: SloStatus;
  /** Answers to `reportWindows`: all events and one side; none when nothing could be counted. */
  readonly counts: readonly (readonly KeptCount[])[];
  readonly days: readonly Window[];
  /** All that are known of the SLO. */
  readonly alerts: readonly Alert[];
  /** Of its service. */
  readonly releases: readonly Release[];
  /** All that are in force. */
  readonly exclusions: readonly Exclusion[];
  readonly period: Window;
  readonly before: Window;
  /** Of its series. */
  readonly facts: SelectorFacts;
  /** Since when slices of one length can be told apart, where that is after the start of `before`. */
  readonly slicesFrom?: Ms | undefined;
  /** When the report is made. */
  readonly time: Ms;
}

const WORST_DAYS = 3;
const MOST_RELEASES = 50;
const MOST_SPANS = 5;
/** A report is read on Monday morning, not while it burns. */
const TREND_SECS = (72 * HOUR) / 1000;
const NOTHING: EventCounts = { total: 0, good: 0, bad: 0 };

export function reportEntry(evidence: ReportEvidence): SloReportEntry {
  const { definition, status } = evidence;
  const { id, title, made_title, service, owner, unit, objective, threshold_secs } = status;
  const [whole, previous, ...daily] = talliesOf(evidence.counts);
  const events = whole === undefined ? NOTHING : eventsOf(definition, whole);
  const before = previous === undefined ? NOTHING : eventsOf(definition, previous);
  const budget = budgetOf(events, objective);
  const part = knownPart(evidence);
  const attained = attainedOf(events);
  const excluded = excludedOf(evidence);
  const result = resultOf({ ...evidence, ...part, ...attained, excluded: excluded?.total ?? 0 });
  const days = evidence.days.map((day, i): ReportDay => {
    const tally = daily[i];
    const spent = whole === undefined || tally === undefined ? NOTHING : eventsWithin(definition, tally, whole);
    const unknown = result.no_data !== undefined || isUnknownDay(day, part, evidence.time);
    return { ...reportDay(day.start, spent, budget.allowed), ...(unknown && { unknown }) };
  });
  return {
    ...{ id, title, service, owner, unit, objective },
    ...(made_title && { made_title }),
    ...(threshold_secs !== undefined && { threshold_secs }),
    ...result,
    ...part,
    counts: events,
    ...attained,
    budget,
    previous: { ...previousOf(before, evidence), ...trafficChange(events, before, part, evidence) },
    days,
    worst_days: worstDays(days),
    alerts: alertsIn(evidence),
    releases: releasesIn(evidence),
    ...(excluded !== undefined && { excluded }),
    now: nowOf(status),
    trend: trendOf(status, definition),
  };
}

/** Missed objectives first, then the smaller budget, then those nothing is known of; those without traffic last. */
export function worstFirst(a: SloReportEntry, b: SloReportEntry): number {
  const rank = ({ budget, result }: SloReportEntry): number => budget.left_ratio ?? (result === 'no_data' ? 2 : 3);
  return rank(a) - rank(b) || (a.id < b.id ? -1 : 1);
}

function previousOf(
  counts: EventCounts,
  { before, facts: { oldest }, slicesFrom }: ReportEvidence,
): SloReportEntry['previous'] {
  const unknown = oldest === undefined || oldest > before.end || (slicesFrom ?? before.start) > before.start;
  const isLate = oldest !== undefined && oldest - HOUR > before.start;
  return {
    total: counts.total,
    ...attainedOf(counts),
    ...(counts.total === 0 && unknown && { unknown }),
    ...(counts.total > 0 && isLate && { counted_from: oldest }),
  };
}

/** By length: a month is longer than another, and a week with 25 hours on its Sunday than one without. */
function trafficChange(
  events: EventCounts,
  counted: EventCounts,
  part: KnownPart,
  { status, period, before, facts: { oldest }, counts, time }: ReportEvidence,
): Pick<SloReportEntry['previous'], 'traffic_change'> {
  const isWhole = time >= period.end && Object.keys(part).length === 0;
  const isLate = oldest === undefined || oldest - HOUR > before.start;
  const isCut = counts.some((column) => column.slice(0, 2).some(({ excluded }) => excluded !== undefined));
  if (!isWhole || isLate || isCut || status.unit === 'slices' || counted.total === 0) return {};
  const longer = (period.end - period.start) / (before.end - before.start);
  return { traffic_change: events.total / counted.total / longer - 1 };
}

function nowOf({ state, as_of, window, counts, attained, budget }: SloStatus): SloReportEntry['now'] {
  const { left_ratio } = budget;
  return {
    ...{ state, as_of, window, counts, budget },
    ...(attained !== undefined && { attained }),
    ...(left_ratio !== undefined && { left_ratio }),
  };
}

function attainedOf({ total, good }: EventCounts): { readonly attained?: number } {
  return total > 0 ? { attained: good / total } : {};
}

function reportDay(start: number, { total, bad }: EventCounts, allowed: number): ReportDay {
  return { start, total, bad, spent_ratio: allowed > 0 ? bad / allowed : 0 };
}

function worstDays(days: readonly ReportDay[]): readonly ReportDay[] {
  return days
    .filter(({ bad }) => bad > 0)
    .sort((a, b) => b.bad - a.bad || a.start - b.start)
    .slice(0, WORST_DAYS);
}

function alertsIn({ alerts, period }: ReportEvidence): SloReportEntry['alerts'] {
  return alerts
    .flatMap(({ id, worst_tier: tier, cause, fired, resolved }) => {
      if (fired === undefined || fired < period.start || fired >= period.end) return [];
      return [{ id, tier, ...(cause && { cause }), fired, ...(resolved !== undefined && { resolved }) }];
    })
    .sort((a, b) => a.fired - b.fired);
}

function releasesIn({ releases, period }: ReportEvidence): SloReportEntry['releases'] {
  return releases
    .filter(({ time }) => time >= period.start && time < period.end)
    .sort((a, b) => a.time - b.time)
    .slice(-MOST_RELEASES)
    .map(({ version, time }) => ({ version, time }));
}

/** Of the totals: every other column. */
function excludedOf({ counts, exclusions, period }: ReportEvidence): SloReportEntry['excluded'] {
  const excluded = counts.flatMap(([first], i) => (i % 2 === 0 ? (first?.excluded ?? []) : []));
  if (excluded.length === 0) return undefined;
  const by = [...new Set(excluded.flatMap((one) => one.by))];
  const details = exclusions
    .filter(({ id }) => by.includes(id))
    .map((exclusion): ReportedExclusion => {
      const { id, reason, author } = exclusion;
      const spans = spansWithin(exclusion, period);
      return { id, reason, author, spans: spans.slice(0, MOST_SPANS), more: Math.max(0, spans.length - MOST_SPANS) };
    });
  return { total: excluded.reduce((sum, one) => sum + one.sum, 0), exclusions: by, details };
}

/** As `exhaustion`, but at the pace of three days, or of the longest window there is below. */
function trendOf({ budget, burns, as_of }: SloStatus, { window }: SloDefinition): BudgetTrend {
  const { rate, window_secs: over_secs = 0 } = burns.findLast(({ window_secs }) => window_secs <= TREND_SECS) ?? {};
  if (rate === undefined) return { kind: 'unknown' };
  const pace = [{ window_secs: HOUR / 1000, total: 0, bad: 0, rate }];
  const end = exhaustionOf(budget, pace, windowAt(window, ms(as_of)));
  if (end.kind === 'at') return { kind: 'runs_out', time: end.time, rate, over_secs };
  return end.kind === 'gains' || end.kind === 'lasts' ? { kind: 'lasts', rate, over_secs } : { kind: end.kind };
}
