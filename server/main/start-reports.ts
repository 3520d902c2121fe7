import { openReportDesk, type ReportOrder } from '../evaluation/report-desk.ts';
import type { ReportService } from '../evaluation/report-service.ts';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import type { LoadedConfig } from './config.ts';
import type { AlertParts } from './start-alerts.ts';

/** Reports go out from now on, when they are due. */
export async function startReports(
  engine: Engine,
  config: Pick<LoadedConfig, 'reports' | 'notify'>,
  parts: Pick<AlertParts, 'outbox' | 'changes'> & { readonly reports: ReportService },
  lifecycle: Lifecycle,
): Promise<void> {
  if (config.reports.length === 0) return;
  const orders = ordersOf(config);
  const desk = await openReportDesk({ engine, orders, ...parts, clock: systemClock, log: createLog('reports') });
  lifecycle.onStop('reports', desk.stop);
  desk.start();
}

/** Another time, period or receiver is another order; other recipients are not. */
function ordersOf({ reports, notify }: Pick<LoadedConfig, 'reports' | 'notify'>): readonly ReportOrder[] {
  return reports.map(({ written, ...order }) => ({
    ...order,
    key: [order.period, written, order.zone, order.receiver].join(' '),
    language: notify.receivers[order.receiver]?.language ?? notify.language,
  }));
}
