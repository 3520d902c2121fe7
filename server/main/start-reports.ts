import { openReportDesk, type ReportOrder } from '../evaluation/report-desk.ts';
import { createReportService, type ReportService, type ReportServiceOptions } from '../evaluation/report-service.ts';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import type { LoadedConfig } from './config.ts';
import type { AlertParts } from './start-alerts.ts';

type ReportParts = Pick<AlertParts, 'outbox' | 'changes'> &
  Pick<ReportServiceOptions, 'slos' | 'overrides' | 'releases' | 'exclusions'>;

/** Reports for who asks; those of the configuration go out from now on, when they are due. */
export async function startReports(
  engine: Engine,
  config: Pick<LoadedConfig, 'reports' | 'notify'>,
  { outbox, changes, ...parts }: ReportParts,
  lifecycle: Lifecycle,
): Promise<ReportService> {
  const clock = systemClock;
  const reports = createReportService({ engine, ...parts, clock });
  if (config.reports.length === 0) return reports;
  const orders = ordersOf(config);
  const desk = await openReportDesk({ engine, orders, reports, outbox, changes, clock, log: createLog('reports') });
  lifecycle.onStop('reports', desk.stop);
  desk.start();
  return reports;
}

/** Another time, period or receiver is another order; other recipients are not. */
function ordersOf({ reports, notify }: Pick<LoadedConfig, 'reports' | 'notify'>): readonly ReportOrder[] {
  return reports.map(({ written, ...order }) => ({
    ...order,
    key: [order.period, written, order.zone, order.receiver].join(' '),
    language: notify.receivers[order.receiver]?.language ?? notify.language,
  }));
}
