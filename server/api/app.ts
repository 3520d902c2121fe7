import { join } from 'node:path';
import express, { type Express, type Request, Router, static as staticFiles } from 'express';
import helmet from 'helmet';
import type { AlertService } from '../evaluation/alert-service.ts';
import type { ExclusionService } from '../evaluation/exclusion-service.ts';
import type { OverrideService } from '../evaluation/override-service.ts';
import type { ReleaseService } from '../evaluation/release-service.ts';
import type { ReportService } from '../evaluation/report-service.ts';
import type { RuleService } from '../evaluation/rule-service.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import type { Pictures } from '../prerender/pictures.ts';
import type { Log } from '../runtime/log.ts';
import { createTrafficService } from '../traffic/traffic-service.ts';
import type { Snapshots } from '../upkeep/snapshots.ts';
import type { AccessLog } from './access-log.ts';
import { alertRoutes } from './alerts.ts';
import { answerErrors, notFound } from './answers.ts';
import { backupRoutes } from './backup.ts';
import { chartRoutes } from './charts.ts';
import { exclusionRoutes } from './exclusions.ts';
import { exportRoutes } from './export.ts';
import { gateRoutes } from './gate.ts';
import { graphRoutes } from './graph.ts';
import { localRequestsOnly, requireScope, tokenOf } from './guard.ts';
import { type HealthDeps, probeRoutes, statusRoutes } from './health.ts';
import { IMPORT_PATH, importRoutes } from './import.ts';
import { ingestRoutes } from './ingest.ts';
import { logRoutes } from './logs.ts';
import { originRoutes } from './origins.ts';
import { prometheusRoutes } from './prometheus.ts';
import { releaseRoutes } from './releases.ts';
import { REMOTE_WRITE_PATH, remoteReadRoutes, remoteWriteRoutes } from './remote-storage.ts';
import { reportRoutes } from './reports.ts';
import { rrdRoutes } from './rrd.ts';
import { sessionRoutes } from './session.ts';
import { sloRoutes } from './slos.ts';
import type { EventStream } from './stream.ts';
import type { Tokens } from './tokens.ts';
import { trafficRoutes } from './traffic.ts';
import { webLogRoutes } from './web-log.ts';

export interface AppDeps extends HealthDeps {
  readonly engine: Engine;
  readonly slos: SloService;
  /** Absent: there are no rule files. */
  readonly rules?: RuleService;
  readonly alerts: AlertService;
  /** Absent: nobody can exclude anything. */
  readonly exclusions?: ExclusionService;
  /** Absent: nobody can let a service through the gate. */
  readonly overrides?: OverrideService;
  /** Absent: nobody can mark a release. */
  readonly releases?: ReleaseService;
  /** Absent: nobody can ask for a report on service levels. */
  readonly reports?: ReportService;
  readonly stream: EventStream;
  readonly pictures: Pictures;
  /** Absent: nobody can ask for a backup. */
  readonly snapshots?: Snapshots;
  /** Absent: everybody on loopback may do everything, and nobody else is served. */
  readonly tokens?: Tokens;
  /** The built pages. */
  readonly siteDir: string;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly log: Log;
}

const OPEN: Tokens = { allows: () => 'yes', collectorOf: () => undefined };

/** The whole HTTP side; it does not listen. */
export function createApp(deps: AppDeps): Express {
  const tokens = deps.tokens ?? OPEN;
  const app = express();
  app.disable('x-powered-by');
  app.use(deps.accessLog.middleware, securityHeaders());
  app.use(probeRoutes(deps));
  if (deps.tokens === undefined) app.use(localRequestsOnly());
  app.use(ingestDoor(deps, tokens), remoteWriteDoor(deps, tokens), importDoor(deps, tokens));
  app.use(sessionRoutes(tokens));
  const read = requireScope(tokens, 'read');
  app.use(statusRoutes(deps, read));
  app.use('/api', Router().use(read));
  app.use(prometheusRoutes(deps), remoteReadRoutes(deps.engine));
  app.use(rrdRoutes(deps.engine));
  app.use(originRoutes(deps.engine, requireScope(tokens, 'write')));
  app.use(alertRoutes(deps.alerts, requireScope(tokens, 'write')));
  app.use(sloRoutes(deps.slos, requireScope(tokens, 'admin')), deps.stream.router);
  if (deps.exclusions !== undefined) app.use(exclusionRoutes(deps.exclusions, requireScope(tokens, 'write')));
  app.use(gateRoutes(deps.slos, requireScope(tokens, 'write'), deps.overrides));
  if (deps.releases !== undefined) app.use(releaseRoutes(deps.releases, requireScope(tokens, 'write')));
  if (deps.reports !== undefined) app.use(reportRoutes(deps.reports));
  app.use(webLogRoutes(deps.engine));
  app.use(logRoutes(deps.engine, deps.clock));
  if (deps.snapshots !== undefined) app.use(backupRoutes(deps.snapshots, requireScope(tokens, 'admin')));
  app.use(pictureRoutes(deps));
  app.use('/api', notFound);
  app.use(site(deps.siteDir));
  app.use(notFound, answerErrors(deps.log));
  return app;
}

/** Interfaces, graphs, and everything the pages show as pictures and files. */
function pictureRoutes(deps: AppDeps): Router {
  const traffic = createTrafficService(deps.engine, deps.clock);
  return Router().use(
    trafficRoutes(traffic),
    graphRoutes(deps.engine),
    chartRoutes({ ...deps, traffic }),
    exportRoutes({ ...deps, traffic }),
  );
}

function ingestDoor({ engine, clock, onForeignName }: AppDeps, tokens: Tokens): Router {
  const collectorOf = (request: Request): string | undefined => tokens.collectorOf(tokenOf(request));
  const routes = ingestRoutes(engine, clock, { collectorOf, onForeignName });
  return Router().use('/api/vigie/ingest', requireScope(tokens, 'ingest')).use(routes);
}

function importDoor({ engine, clock }: AppDeps, tokens: Tokens): Router {
  return Router().use(IMPORT_PATH, requireScope(tokens, 'ingest')).use(importRoutes(engine, clock));
}

function remoteWriteDoor({ engine, clock }: AppDeps, tokens: Tokens): Router {
  const senderOf = (request: Request): string | undefined => tokens.collectorOf(tokenOf(request));
  const routes = remoteWriteRoutes({ engine, clock, senderOf });
  return Router().use(REMOTE_WRITE_PATH, requireScope(tokens, 'ingest')).use(routes);
}

/** No third party, no inline script; plain HTTP stays plain HTTP, because on a LAN there is nothing to upgrade to. */
function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  });
}

/** Assets have their content in their name; every path that does not begin like a file's is a page of the one document. */
function site(siteDir: string): Router {
  return Router()
    .use('/assets', staticFiles(join(siteDir, 'assets'), { immutable: true, maxAge: '1y' }))
    .use(staticFiles(siteDir, { index: false }))
    .get(/^\/(?!assets\/)[^./]*(?:\/.*)?$/, (_request, response) => {
      response.setHeader('cache-control', 'no-cache');
      response.sendFile(join(siteDir, 'index.html'));
    });
}
