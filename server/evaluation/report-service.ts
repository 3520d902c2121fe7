import { reportEntry, reportWindows, worstFirst } from '../../rules/report.ts';
import { daysOf, lastPeriod, periodAround, periodBefore } from '../../rules/report-period.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Alert } from '../model/alerts.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine, Window } from '../model/engine.ts';
import { invariant } from '../model/errors.ts';
import type { ReportPeriod, SloReport } from '../model/slo-report.ts';
import type { Ms } from '../model/units.ts';
import { documentPages } from './document-pages.ts';
import { boundaryOf } from './evaluate.ts';
import type { OverrideBook } from './override-book.ts';
import type { ReleaseBook } from './release-book.ts';
import type { SloCounting } from './slo-counts.ts';
import type { SloService } from './slo-service.ts';

export interface ReportQuestion {
  readonly period: ReportPeriod;
  /** A moment in the period; absent: the last one that is over. */
  readonly at?: Ms;
  /** IANA name. */
  readonly zone: string;
}

export interface ReportService {
  slos(question: ReportQuestion): Promise<SloReport>;
}

export interface ReportServiceOptions {
  readonly engine: Engine;
  readonly slos: Pick<SloService, 'current' | 'counted'>;
  readonly overrides: Pick<OverrideBook, 'all'>;
  readonly releases: Pick<ReleaseBook, 'of'>;
  readonly clock: Clock;
}

/** The figures of a period, from the same counts as everything else. */
export function createReportService({ engine, slos, overrides, releases, clock }: ReportServiceOptions): ReportService {
  return {
    slos: async ({ period, at, zone }) => {
      const time = clock.now();
      const span = at === undefined ? lastPeriod(period, time, zone) : periodAround(period, at, zone);
      const { slos: statuses, alerts: current } = await slos.current();
      const { definitions, counts } = slos.counted();
      const days = daysOf(span, zone);
      const windows = reportWindows(span, periodBefore(period, span, zone), days);
      const [answers, past, stats] = await Promise.all([
        countAll(engine, counts, definitions, windows),
        alertsSince(engine, span),
        engine.stats(),
      ]);
      const alerts = [...current, ...past.filter(({ id }) => !current.some((alert) => alert.id === id))];
      const entries = statuses.flatMap((status) => {
        const i = definitions.findIndex(({ id }) => id === status.id);
        const definition = definitions[i];
        if (definition === undefined) return [];
        const own = alerts.filter(({ slo }) => slo === status.id);
        const found = { alerts: own, releases: releases.of(status.service) };
        return [reportEntry({ definition, status, counts: answers[i] ?? [], days, ...found, period: span })];
      });
      return {
        ...{ period, zone, start: span.start, end: span.end, time },
        slos: entries.sort(worstFirst),
        overrides: overrides.all.filter(({ created }) => created >= span.start && created < span.end),
        store: { bytes: stats.bytes, worst_case_bytes: stats.worstCaseBytes },
      };
    },
  };
}

async function countAll(
  engine: Engine,
  counts: SloCounting,
  definitions: readonly SloDefinition[],
  windows: readonly Window[],
) {
  const boundaries = await Promise.all(definitions.map((slo) => boundaryOf(engine, slo)));
  const answers = await counts.count(
    definitions.map((definition, i) => ({ definition, boundary: boundaries[i], windows })),
  );
  invariant(answers.length === definitions.length, 'an SLO without an answer');
  return answers;
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
