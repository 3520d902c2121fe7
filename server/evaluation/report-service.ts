import { factsSelectors } from '../../rules/figures/requirements.ts';
import { sliceGrid } from '../../rules/figures/slices.ts';
import { diskOutlook, diskStep } from '../../rules/reports/disk-outlook.ts';
import { HOST_DISK_METRIC, hostDisks, NODE_DISK_METRICS, nodeDisks } from '../../rules/reports/disk-use.ts';
import { reportEntry, reportWindows, worstFirst } from '../../rules/reports/report.ts';
import { daysOf, lastPeriod, periodAround, periodBefore } from '../../rules/reports/report-period.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Alert } from '../model/alerts.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine, SelectorFacts, Window } from '../model/engine.ts';
import { invariant, VigieError } from '../model/errors.ts';
import type { Exclusion } from '../model/exclusions.ts';
import type { SloStatus } from '../model/slo.ts';
import type { DiskOutlook, ReportPeriod, SloReport, SloReportEntry } from '../model/slo-report.ts';
import { type Ms, ms } from '../model/units.ts';
import { countedFacts } from './composite-counts.ts';
import { documentPages } from './document-pages.ts';
import { countableOf } from './evaluate.ts';
import type { ExclusionBook } from './exclusion-book.ts';
import type { OverrideBook } from './override-book.ts';
import type { ReleaseBook } from './release-book.ts';
import type { SloCounting } from './slo-counts.ts';
import type { SloService } from './slo-service.ts';
import { toldApartFrom } from './step-reach.ts';

export interface ReportQuestion {
  readonly period: ReportPeriod;
  /** A moment in the period; absent: the last one that is over. */
  readonly at?: Ms;
  /** IANA name. */
  readonly zone: string;
}

export interface ReportService {
  /** Rejects with `bad_request` for a period that has not begun, or that was before 1970. */
  slos(question: ReportQuestion): Promise<SloReport>;
}

export interface ReportServiceOptions {
  readonly engine: Engine;
  readonly slos: Pick<SloService, 'current' | 'counted'>;
  readonly overrides: Pick<OverrideBook, 'all'>;
  readonly releases: Pick<ReleaseBook, 'of'>;
  readonly exclusions: Pick<ExclusionBook, 'all'>;
  readonly clock: Clock;
}

/** The figures of a period, from the same counts as everything else. */
export function createReportService(options: ReportServiceOptions): ReportService {
  return {
    slos: async (question) => {
      const time = options.clock.now();
      const span = spanOf(question, time);
      const [slos, disks, stats] = await Promise.all([
        entriesOf(options, span, time),
        disksOf(options.engine, span.period, time),
        options.engine.stats(),
      ]);
      const { start, end } = span.period;
      return {
        ...{ period: question.period, zone: question.zone, start, end, time },
        slos: slos.sort(worstFirst),
        overrides: options.overrides.all.filter(({ created }) => created >= start && created < end),
        ...(disks !== undefined && { disks }),
        store: { bytes: stats.bytes, worst_case_bytes: stats.worstCaseBytes },
      };
    },
  };
}

/** What a report is on. */
interface Span {
  readonly period: Window;
  readonly before: Window;
  readonly days: readonly Window[];
}

function spanOf({ period: length, at, zone }: ReportQuestion, now: Ms): Span {
  const period = at === undefined ? lastPeriod(length, now, zone) : periodAround(length, at, zone);
  if (period.start > now || period.start < 0) {
    const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
    const got = `got a ${length} that begins on ${day(period.start)}`;
    throw new VigieError('bad_request', `cannot report: ${got}; want a day from 1971-01-01 to ${day(now)}`);
  }
  return { period, before: periodBefore(length, period, zone), days: daysOf(period, zone) };
}

/** An SLO and what its figures of the period stand on. */
interface Reported {
  readonly status: SloStatus;
  readonly definition: SloDefinition;
  readonly facts: SelectorFacts;
  readonly slicesFrom: Ms | undefined;
}

async function entriesOf(options: ReportServiceOptions, span: Span, time: Ms): Promise<SloReportEntry[]> {
  const { engine, slos, releases, exclusions } = options;
  const { slos: statuses, alerts: current } = await slos.current();
  const { definitions, counts } = slos.counted();
  const reported = await reportedOf(engine, statuses, definitions, span);
  const [answers, past] = await Promise.all([
    countAll(engine, counts, reported, span),
    alertsSince(engine, span.period),
  ]);
  const alerts = [...current, ...past.filter(({ id }) => !current.some((alert) => alert.id === id))];
  const inForce = exclusions.all.flatMap(({ exclusion, undone }): Exclusion[] =>
    undone === undefined ? [exclusion] : [],
  );
  return reported.map((one, i) => {
    const { id, service } = one.status;
    const own = { alerts: alerts.filter(({ slo }) => slo === id), releases: releases.of(service), exclusions: inForce };
    return reportEntry({ ...one, ...span, ...own, counts: answers[i] ?? [], time });
  });
}

async function reportedOf(
  engine: Engine,
  statuses: readonly SloStatus[],
  definitions: readonly SloDefinition[],
  { period, before }: Span,
): Promise<readonly Reported[]> {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  const found = statuses.flatMap((status) => {
    const definition = byId.get(status.id);
    return definition === undefined ? [] : [{ status, definition }];
  });
  const facts = await countedFacts(
    engine,
    found.map(({ definition }) => definition),
  );
  const asked = { start: before.start, end: period.end };
  return Promise.all(
    found.map(async ({ status, definition }, i) => ({
      ...{ status, definition, slicesFrom: await slicesFrom(engine, definition, asked) },
      facts: facts[i] ?? { series: 0, origins: [] },
    })),
  );
}

/** Since when slices of one length can be told apart; undefined: all the time, or there are none. */
async function slicesFrom(engine: Engine, slo: SloDefinition, asked: Window): Promise<Ms | undefined> {
  const slice = sliceGrid(slo.indicator);
  if (slice === undefined) return undefined;
  const from = await toldApartFrom(engine, factsSelectors(slo), slice, asked);
  return from > asked.start ? from : undefined;
}

async function countAll(
  engine: Engine,
  counts: SloCounting,
  reported: readonly Reported[],
  { period, before, days }: Span,
) {
  const countable = await Promise.all(reported.map(({ definition }) => countableOf(engine, definition)));
  const asked = countable.map((slo, i) => {
    return { ...slo, windows: reportWindows(period, before, days, reported[i]?.slicesFrom) };
  });
  const answers = await counts.count(asked);
  invariant(answers.length === reported.length, 'an SLO without an answer');
  return answers;
}

async function disksOf(engine: Engine, { start, end }: Window, time: Ms): Promise<DiskOutlook | undefined> {
  const seen = { start, end: ms(Math.min(end, time)), step: diskStep({ start, end }) };
  const slotsOf = (value: string) =>
    engine.slots({ selector: [{ name: '__name__', op: '=' as const, value }], ...seen });
  const [own, free, size] = await Promise.all(
    [HOST_DISK_METRIC, NODE_DISK_METRICS.free, NODE_DISK_METRICS.size].map(slotsOf),
  );
  return diskOutlook([...hostDisks(own ?? []), ...nodeDisks(free ?? [], size ?? [])], time);
}

/** An alert is stored when it begins: those of the period stand before anything older. */
async function alertsSince(engine: Engine, { start }: Window): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  for await (const page of documentPages<Alert>(engine, { collection: 'alert' })) {
    found.push(...page.map(({ body }) => body));
    const last = page.at(-1)?.body;
    if (last !== undefined && (last.resolved ?? last.fired ?? last.since) < start) break;
  }
  return found;
}
