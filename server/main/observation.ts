import { AggregatorRegistry, Counter, collectDefaultMetrics, type Registry } from 'prom-client';
import { alertMetrics } from '../api/alert-metrics.ts';
import { evaluationMetrics, evaluationStatus } from '../api/evaluation-metrics.ts';
import type { HealthDeps } from '../api/health.ts';
import { sloMetrics } from '../api/slo-metrics.ts';
import type { EventStream } from '../api/stream.ts';
import type { AlertService } from '../evaluation/alert-service.ts';
import { NO_RULES, type RuleService } from '../evaluation/rule-service.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import type { Clock } from '../model/clock.ts';
import type { DemoStory } from '../model/demo.ts';
import type { Engine, EngineStats } from '../model/engine.ts';
import type { SystemStatus } from '../model/status.ts';
import { VERSION } from '../model/version.ts';
import { Telemetry } from '../runtime/telemetry.ts';
import type { LoadedConfig } from './config.ts';
import type { CollectorCalls } from './remote-collector.ts';

export interface ObservationDeps {
  readonly engine: Engine;
  readonly slos: SloService;
  readonly rules?: RuleService;
  readonly alerts: AlertService;
  readonly stream: EventStream;
  readonly config: LoadedConfig;
  readonly clock: Clock;
  readonly demo?: DemoStory | undefined;
}

export interface Observation extends HealthDeps {
  attachCollector(collector: CollectorCalls): void;
}

/** What Vigie tells of itself: the status page and `/metrics`, gathered from all its threads when somebody looks. */
export function createObservation(deps: ObservationDeps): Observation {
  const { engine, slos, rules = NO_RULES, alerts, stream, config, clock, demo } = deps;
  const started = clock.now();
  const own = ownRegistry(stream);
  const refused = new Counter({
    name: 'vigie_ingest_refused_total',
    help: 'Hellos and batches refused at the door.',
    labelNames: ['reason'],
    registers: [own],
  });
  let collector: CollectorCalls | undefined;
  const status = async (): Promise<SystemStatus> => {
    const local = await collector?.status();
    const [refused_slo_files, refused_rule_files] = [slos.refusedFiles(), rules.refusedFiles()];
    return {
      version: VERSION,
      time: clock.now(),
      started,
      data_dir: config.data_dir,
      config: config.file,
      origins: await engine.origins(),
      components: local?.components ?? [],
      queues: local?.queues ?? [],
      store: await engine.stats(),
      ...(refused_slo_files !== undefined && { refused_slo_files }),
      ...(refused_rule_files !== undefined && { refused_rule_files }),
      evaluation: evaluationStatus(await slos.current(), rules.groups()),
      ...(demo !== undefined && { demo }),
    };
  };
  const metrics = async (): Promise<string> => {
    const evaluation = await slos.current();
    const figures = [
      sloMetrics(evaluation),
      alertMetrics(evaluation, alerts),
      evaluationMetrics(evaluation, rules.groups()),
    ];
    const parts: Registry[] = [own, storeRegistry(await engine.stats()), ...figures];
    if (collector !== undefined) parts.push(AggregatorRegistry.aggregate([await collector.metrics()]) as Registry);
    return (await Promise.all(parts.map((part) => part.metrics()))).join('\n');
  };
  const ready = async (): Promise<void> => {
    await engine.stats();
  };
  return {
    status,
    metrics,
    ready,
    onForeignName: () => refused.inc({ reason: 'foreign_collector' }),
    attachCollector: (calls) => {
      collector = calls;
    },
  };
}

function ownRegistry(stream: EventStream): Registry {
  const telemetry = new Telemetry();
  telemetry.registry.clear();
  telemetry.gauge('vigie_event_streams', 'Event streams open: one per browser, not per tab.', stream.count);
  telemetry.counter('vigie_event_streams_dropped_total', 'Readers of events who did not read.', stream.dropped);
  collectDefaultMetrics({ register: telemetry.registry });
  return telemetry.registry;
}

function storeRegistry(stats: EngineStats): Registry {
  const telemetry = new Telemetry();
  telemetry.registry.clear();
  telemetry.gauge('vigie_store_series', 'Series in the store.', () => stats.series);
  telemetry.gauge('vigie_store_series_limit', 'Series the store takes.', () => stats.seriesLimit);
  telemetry.gauge(
    'vigie_store_metric_series_limit',
    'Series the store takes of one metric name.',
    () => stats.seriesPerMetricLimit ?? stats.seriesLimit,
  );
  telemetry.counter(
    'vigie_store_expired_series_total',
    'Series removed because all their data was too old.',
    () => stats.expiredSeries ?? 0,
  );
  telemetry.gauge('vigie_store_size_bytes', 'Bytes of the store on disk.', () => stats.bytes);
  telemetry.gauge('vigie_store_worst_case_bytes', 'Bytes the store never passes.', () => stats.worstCaseBytes);
  telemetry.gauge('vigie_store_journal_records', 'Commits not yet in pages.', () => stats.journalRecords);
  const dropped = new Counter({
    name: 'vigie_store_dropped_total',
    help: 'Content and batches the store could not use, by reason.',
    labelNames: ['reason'],
    registers: [telemetry.registry],
  });
  for (const [reason, count] of Object.entries(stats.drops)) dropped.inc({ reason }, count);
  return telemetry.registry;
}
