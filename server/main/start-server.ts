import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { type AccessLog, openAccessLog } from '../api/access-log.ts';
import { createApp } from '../api/app.ts';
import { eventStream } from '../api/stream.ts';
import { readTokens } from '../api/tokens.ts';
import { startEngineThread } from '../engine/remote-engine.ts';
import { createAlertService } from '../evaluation/alert-service.ts';
import { createSloService } from '../evaluation/create-slo-service.ts';
import { ExclusionBook } from '../evaluation/exclusion-book.ts';
import { createExclusionService } from '../evaluation/exclusion-service.ts';
import { OverrideBook } from '../evaluation/override-book.ts';
import { createOverrideService } from '../evaluation/override-service.ts';
import { ReleaseBook } from '../evaluation/release-book.ts';
import { createReleaseService } from '../evaluation/release-service.ts';
import { reloadAll } from '../evaluation/reload.ts';
import { SloChangeBook } from '../evaluation/slo-change-book.ts';
import { systemClock } from '../model/clock.ts';
import type { DemoStory } from '../model/demo.ts';
import type { Engine } from '../model/engine.ts';
import { remotePictures } from '../prerender/remote-pictures.ts';
import { makeFolder } from '../runtime/folder.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { threadSnapshots } from '../upkeep/snapshots.ts';
import { type Discovery, ownAccessLogPath, servicesOf } from './discovery.ts';
import { type ListenAddress, listen } from './listen.ts';
import { createObservation } from './observation.ts';
import type { CollectorCalls } from './remote-collector.ts';
import { withRings } from './ring-reload.ts';
import { startAlerts } from './start-alerts.ts';
import { startReports } from './start-reports.ts';
import { startRules } from './start-rules.ts';
import { engineOptions } from './store-options.ts';

/** From the built code: `dist/server/main` to `dist/site`. */
const SITE_DIR = fileURLToPath(new URL('../../site', import.meta.url));

/** The pages' own code for Node, which draws pictures: `dist/prerender`. */
const PRERENDER = new URL('../../prerender/prerender.js', import.meta.url);

export interface StartServer {
  readonly discovery: Discovery;
  readonly address: ListenAddress;
  readonly lifecycle: Lifecycle;
  /** When this is the demo. */
  readonly demo?: DemoStory | undefined;
}

export interface RunningServer {
  readonly url: string;
  readonly died: Promise<Error>;
  newEnginePort(): MessagePort;
  /** The collector of this process, for the status page and `/metrics`. */
  attachCollector(collector: CollectorCalls): void;
}

/** Store, rules and pages: the server's half, in the order it must start. */
export async function startServer({ discovery, address, lifecycle, demo }: StartServer): Promise<RunningServer> {
  const { config } = discovery;
  const log = createLog('server');
  const { engine, newPort, died } = await startEngineThread(engineOptions(config));
  lifecycle.onStop('store', engine.close);
  const { book, changes, ...alertParts } = await startAlerts(engine, config, lifecycle);
  const rules = await startRules(engine, config, { changes, ...alertParts }, lifecycle);
  const books = await openBooks(engine, log);
  const slos = createSloService({
    engine,
    ...books,
    alerts: book,
    folder: config.slos,
    rings: config.store.rings,
    proposed: servicesOf(discovery.logs),
    clock: systemClock,
    log,
  });
  lifecycle.onStop('rules', slos.stop);
  const alerts = createAlertService({ engine, slos, rules, ...alertParts, clock: systemClock });
  const exclusions = createExclusionService({ book: books.exclusions, slos, clock: systemClock, log });
  const overrides = createOverrideService({ book: books.overrides, slos, clock: systemClock, log });
  const releases = createReleaseService({ book: books.releases, slos, clock: systemClock, log });
  const { overrides: overrideBook, releases: releaseBook, exclusions: exclusionBook } = books;
  const said = { overrides: overrideBook, releases: releaseBook, exclusions: exclusionBook };
  const reportParts = { slos, changes, outbox: alertParts.outbox, ...said };
  const reports = await startReports(engine, config, reportParts, lifecycle);
  const accessLog = openOwnLog(config.data_dir, lifecycle);
  const stream = eventStream(slos);
  const observation = createObservation({ engine, slos, rules, alerts, stream, config, clock: systemClock, demo });
  const tokens = config.token_file === undefined ? {} : { tokens: readTokens(config.token_file) };
  const pictures = remotePictures(PRERENDER);
  lifecycle.onStop('pictures', pictures.close);
  const app = createApp({
    ...observation,
    ...tokens,
    engine,
    slos: { ...slos, reload: withRings(engine, config, () => reloadAll(slos, rules)) },
    rules,
    alerts,
    exclusions,
    overrides,
    reports,
    releases,
    stream,
    pictures,
    snapshots: threadSnapshots(config.data_dir),
    siteDir: SITE_DIR,
    accessLog,
    clock: systemClock,
    log,
  });
  const server = createServer(app);
  lifecycle.onStop('http', () => {
    stream.close();
    server.close();
    server.closeAllConnections();
  });
  const url = await listen(server, address);
  await slos.start();
  rules.start();
  return { url, died, newEnginePort: newPort, attachCollector: observation.attachCollector };
}

/** What people said and changed, as the last process left it. */
async function openBooks(engine: Engine, log: Log) {
  return {
    overrides: await OverrideBook.open(engine, randomUUID),
    exclusions: await ExclusionBook.open(engine, randomUUID),
    releases: await ReleaseBook.open(engine),
    changes: await SloChangeBook.open(engine, log),
  };
}

function openOwnLog(dataDir: string, lifecycle: Lifecycle): AccessLog {
  const path = ownAccessLogPath(dataDir);
  makeFolder(dirname(path));
  const accessLog = openAccessLog(join(path), systemClock, createLog('access'));
  lifecycle.onStop('access log', accessLog.close);
  return accessLog;
}
