import { workerData } from 'node:worker_threads';
import { createCollector, createRegistry } from '../../../collector/main.ts';
import { type Clock, systemClock } from '../../model/clock.ts';
import { invariant } from '../../model/errors.ts';
import { ms } from '../../model/units.ts';
import { createLog } from '../../runtime/log.ts';
import { Telemetry } from '../../runtime/telemetry.ts';
import { runThread } from '../../runtime/thread.ts';
import { embeddedTransport } from '../embedded-transport.ts';
import type { CollectorCalls } from '../remote-collector.ts';
import { createRecordedHost } from './recorded-host.ts';
import type { DemoCollectorData } from './start-collectors.ts';

/** The collector of one machine of the shop: as any other, but its host is recorded, and its clock may stand in the past. */
await runThread<CollectorCalls>(async () => {
  const { config, dataDir, name, engine, plan, story, behind_ms } = workerData as DemoCollectorData;
  invariant(engine !== undefined, 'a demo without a store');
  const telemetry = new Telemetry();
  const clock: Clock = { now: () => ms(systemClock.now() - behind_ms) };
  const all = createRegistry(() => undefined);
  const collector = createCollector({
    config,
    dataDir,
    name,
    transport: embeddedTransport(engine),
    log: createLog(`collector ${name}`, { level: 'warn' }),
    telemetry,
    clock,
    registry: {
      ...all,
      source: (options, context, log) =>
        options.type === 'host_metrics'
          ? createRecordedHost({ story, seed: plan.seed, host: name }, context)
          : all.source(options, context, log),
    },
  });
  await collector.start();
  return {
    stop: () => collector.stop(),
    status: async () => collector.status(),
    metrics: async () => telemetry.registry.getMetricsAsJSON(),
  };
});
