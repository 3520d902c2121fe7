import type { Alert } from '../server/model/alerts.ts';
import type { Window, WindowCount } from '../server/model/engine.ts';
import type { Release } from '../server/model/releases.ts';
import type { SloStatus } from '../server/model/slo.ts';
import type { BudgetTrend, ReportDay, SloReportEntry } from '../server/model/slo-report.ts';
import { HOUR, ms } from '../server/model/units.ts';
import { budgetOf, type EventCounts, splitEvents } from './budget.ts';
import { exhaustionOf, rateOver } from './burn.ts';
import { countedSide } from './indicator.ts';
import type { KeptCount } from './kept-counts.ts';
import type { SloDefinition } from './slo-definition.ts';
import { windowAt } from './slo-window.ts';

/** What to count for the report of an SLO: the period, the one before, and each day. */
export function reportWindows(period: Window, before: Window, days: readonly Window[]): readonly Window[] {
  return [period, before, ...days];
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
  readonly period: Window;
}

const WORST_DAYS = 3;
const MOST_RELEASES = 50;
/** The longest window every usual SLO measures its burn over. */
const TREND = ms(72 * HOUR);
const NOTHING: EventCounts = { total: 0, good: 0, bad: 0 };

export function reportEntry(evidence: ReportEvidence): SloReportEntry {
  const { definition, status } = evidence;
  const { id, title, service, owner, unit, objective } = status;
  const [events = NOTHING, before = NOTHING, ...daily] = eventsOf(definition, evidence.counts);
  const budget = budgetOf(events, objective);
  const days = evidence.days.map(({ start }, i) => reportDay(start, daily[i] ?? NOTHING, budget.allowed));
  const excluded = excludedOf(evidence.counts[0]?.[0]);
  return {
    ...{ id, title, service, owner, unit, objective },
    counts: events,
    ...attainedOf(events),
    budget,
    previous: { total: before.total, ...attainedOf(before) },
    days,
    worst_days: worstDays(days),
    alerts: alertsIn(evidence),
    releases: releasesIn(evidence),
    ...(excluded !== undefined && { excluded }),
    now: {
      state: status.state,
      ...(status.budget.left_ratio !== undefined && { left_ratio: status.budget.left_ratio }),
    },
    trend: trendOf(status, definition),
  };
}

/** Missed objectives first, then the smaller budget; those without traffic last. */
export function worstFirst(a: SloReportEntry, b: SloReportEntry): number {
  return (a.budget.left_ratio ?? 2) - (b.budget.left_ratio ?? 2) || (a.id < b.id ? -1 : 1);
}

function eventsOf({ indicator }: SloDefinition, [totals = [], parts = []]: readonly (readonly WindowCount[])[]) {
  return totals.map((total, i) => splitEvents(total.sum, parts[i]?.sum ?? 0, countedSide(indicator)));
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
    .flatMap(({ id, worst_tier: tier, fired, resolved }) => {
      if (fired === undefined || fired < period.start || fired >= period.end) return [];
      return [{ id, tier, fired, ...(resolved !== undefined && { resolved }) }];
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

function excludedOf(total: KeptCount | undefined): SloReportEntry['excluded'] {
  return total?.excluded === undefined ? undefined : { total: total.excluded.sum, exclusions: total.excluded.by };
}

/** As `exhaustion`, but at the pace of three days: a report is read on Monday morning, not while it burns. */
function trendOf({ budget, burns, as_of }: SloStatus, { window }: SloDefinition): BudgetTrend {
  const rate = rateOver(burns, TREND);
  if (rate === undefined) return { kind: 'unknown' };
  const pace = [{ window_secs: HOUR / 1000, total: 0, bad: 0, rate }];
  const end = exhaustionOf(budget, pace, windowAt(window, ms(as_of)));
  if (end.kind === 'at') return { kind: 'runs_out', time: end.time, rate };
  return end.kind === 'gains' || end.kind === 'lasts' ? { kind: 'lasts', rate } : { kind: end.kind };
}
