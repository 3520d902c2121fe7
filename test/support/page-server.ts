import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openAccessLog } from '../../server/api/access-log.ts';
import { createApp } from '../../server/api/app.ts';
import { sloMetrics } from '../../server/api/slo-metrics.ts';
import { eventStream } from '../../server/api/stream.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { ExclusionBook } from '../../server/evaluation/exclusion-book.ts';
import { ReleaseBook } from '../../server/evaluation/release-book.ts';
import { createReleaseService } from '../../server/evaluation/release-service.ts';
import { createReportService } from '../../server/evaluation/report-service.ts';
import type { Clock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { SystemStatus } from '../../server/model/status.ts';
import { VERSION } from '../../server/model/version.ts';
import { loadPictures } from '../../server/prerender/pictures.ts';
import { createLog } from '../../server/runtime/log.ts';
import { openAlertHouse } from './alert-house.ts';
import { projectRoot } from './project.ts';
import { quietAlerts } from './quiet-alerts.ts';

export interface PageServer {
  readonly url: string;
  readonly engine: Engine;
  stop(): Promise<void>;
}

interface PageServerOptions {
  readonly alerting?: boolean;
  /** Bodies of exclusions. */
  readonly excluded?: readonly unknown[];
}

/**
 * Store, rules, API and the built pages in this process, under a clock of the test's own. `slos` is a folder of definitions; they alert
 * when asked to, and nobody is told.
 */
export async function startPageServer(
  folder: string,
  clock: Clock,
  more: Partial<SystemStatus> = {},
  { alerting = false, excluded = [] }: PageServerOptions = {},
): Promise<PageServer> {
  const log = createLog('test', { write: () => {} });
  mkdirSync(folder, { recursive: true });
  const engine = openEngine({ dataDir: join(folder, 'data'), clock, log });
  const house = alerting ? await openAlertHouse(engine, [], clock.now()) : undefined;
  const definitions = { folder: join(folder, 'slos'), proposed: [] };
  const book = await ReleaseBook.open(engine);
  let ids = 0;
  const exclusions = await ExclusionBook.open(engine, () => `exclusion-${++ids}`);
  for (const body of excluded) await exclusions.add(body, clock.now());
  const alerts = house && { alerts: house.book };
  const slos = createSloService({ engine, ...definitions, ...alerts, releases: book, exclusions, clock, log });
  const stream = eventStream(slos);
  const accessLog = openAccessLog(join(folder, 'access.log'), clock, log);
  const pictures = await loadPictures(pathToFileURL(join(projectRoot, 'dist', 'prerender', 'prerender.js')));
  const status = async () => ({
    version: VERSION,
    time: clock.now(),
    started: clock.now(),
    data_dir: folder,
    config: 'vigie.yaml',
    origins: await engine.origins(),
    components: [],
    queues: [],
    store: await engine.stats(),
    ...more,
  });
  const app = createApp({
    engine,
    slos,
    alerts: await quietAlerts(engine, slos),
    releases: createReleaseService({ book, slos, clock, log }),
    reports: createReportService({ engine, slos, overrides: { all: [] }, releases: book, exclusions, clock }),
    stream,
    pictures,
    accessLog,
    log,
    siteDir: join(projectRoot, 'dist', 'site'),
    clock,
    ready: async () => {},
    onForeignName: () => {},
    metrics: async () => sloMetrics(await slos.current()).metrics(),
    status,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    stop: async () => {
      stream.close();
      server.closeAllConnections();
      server.close();
      accessLog.close();
      await engine.close();
    },
  };
}
