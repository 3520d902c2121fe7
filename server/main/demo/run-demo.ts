import { resolve } from 'node:path';
import { systemClock } from '../../model/clock.ts';
import { alignDown } from '../../model/rings.ts';
import { MINUTE, ms, SECOND } from '../../model/units.ts';
import { Lifecycle, stopSignal } from '../../runtime/lifecycle.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import { loadConfig } from '../config.ts';
import { demandTokens, type ListenAddress, parseListen } from '../listen.ts';
import { startServer } from '../start-server.ts';
import { configPath, type DemoAddresses } from './demo-config.ts';
import { clearFolder, markWhole, recentPlan, writeConfigs } from './demo-folder.ts';
import { fillStore } from './fill-store.ts';
import { openLiveShop } from './live-shop.ts';
import { writePastLogs } from './past-logs.ts';
import { demandPort, freePort } from './ports.ts';
import { pulse } from './pulse.ts';
import { startDemoCollector } from './start-collectors.ts';
import { type DemoPlan, storyOf } from './story.ts';
import { SyslogSender } from './syslog-sender.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly days: number;
  readonly lines: number;
  readonly dataDir: string;
  readonly listen: string;
  /** Make it anew, even when a recent one lies there. */
  readonly fresh: boolean;
}

export interface DemoEdges {
  /** Messages for the person who started it. */
  tell(text: string): void;
  /** How far a step is, 0 to 1; called often. */
  progress(step: string, share: number): void;
}

/** Makes the shop's past unless a recent one lies there, then runs on live until a signal. Rejects when it cannot. */
export async function runDemo(options: DemoOptions, edges: DemoEdges): Promise<void> {
  const log = createLog('demo');
  const stop = stopSignal(systemClock.now, () => process.exit(1));
  const address = parseListen(options.listen);
  demandTokens(address, undefined);
  await demandPort(address);
  const folder = resolve(options.dataDir);
  const addresses = { folder, listen: options.listen, syslog: `127.0.0.1:${await freePort()}` };
  const stopped = await Promise.race([stop, prepare(options, addresses, edges, log)]);
  if (typeof stopped === 'string') return edges.tell(`\nStopping (${stopped}) ...`);
  const lifecycle = new Lifecycle(log);
  try {
    const { died } = await goLive(stopped, addresses, { address, edges, lifecycle, log });
    const ended = await Promise.race([stop, died]);
    if (ended instanceof Error) throw ended;
    edges.tell(`\nStopping (${ended}) ...`);
  } finally {
    await lifecycle.stop();
  }
}

/** The plan of a demo that lies in the folder, whole. */
async function prepare(options: DemoOptions, addresses: DemoAddresses, edges: DemoEdges, log: Log): Promise<DemoPlan> {
  const { folder } = addresses;
  const now = systemClock.now();
  const wish = { seed: options.seed, days: options.days, lines: options.lines };
  const recent = options.fresh ? undefined : recentPlan(folder, wish, now);
  if (recent !== undefined) {
    edges.tell(
      `Going on with the demo of ${new Date(recent.end).toISOString()} in ${folder}; --fresh makes a new one.`,
    );
    writeConfigs(addresses);
    return recent;
  }
  const plan = { ...wish, end: alignDown(now, MINUTE) };
  edges.tell(`Making a shop with ${plan.days} days of past in ${folder}`);
  clearFolder(folder, plan);
  writeConfigs(addresses);
  const turn = async (share: number): Promise<void> => {
    edges.progress('Writing its logs', share);
    await new Promise((next) => setImmediate(next));
  };
  const written = await writePastLogs(folder, plan, turn);
  edges.progress('Writing its logs', 1);
  const lines = Object.values(written).reduce((sum, count) => sum + count, 0);
  const lifecycle = new Lifecycle(log);
  try {
    const onRead = (share: number): void => edges.progress('Reading them', share);
    const onLookedBack = (share: number): void => edges.progress('Looking back for alerts', share);
    const filled = await fillStore({ addresses, plan, now, lines, lifecycle, onRead, onLookedBack });
    const took = ((systemClock.now() - now) / SECOND).toFixed(1);
    edges.tell(`Made    ${lines} requests, ${filled.messages} messages, ${filled.alerts} alerts in ${took} s`);
  } finally {
    await lifecycle.stop();
  }
  markWhole(folder, plan);
  return plan;
}

/** The web servers do not wait for long. */
const LIVE_PATIENCE = ms(10 * SECOND);

interface LiveParts {
  readonly address: ListenAddress;
  readonly edges: DemoEdges;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
}

/** Resolves, when all runs, with what tells of a thread that died. */
async function goLive(plan: DemoPlan, addresses: DemoAddresses, parts: LiveParts): Promise<{ died: Promise<Error> }> {
  const { folder } = addresses;
  const { address, edges, lifecycle, log } = parts;
  const config = loadConfig(configPath(folder, 'web-1'), process.env);
  const server = await startServer({ discovery: { config, logs: [] }, address, lifecycle, demo: storyOf(plan) });
  const site = { folder, plan, newEnginePort: server.newEnginePort, lifecycle };
  const web1 = await startDemoCollector(site, 'web-1', systemClock.now());
  server.attachCollector(web1.collector);
  const web2 = await startDemoCollector(site, 'web-2', systemClock.now());
  const shop = openLiveShop(folder, plan, new SyslogSender(addresses.syslog, LIVE_PATIENCE), log);
  const beat = pulse(() => shop.catchUp(systemClock.now()));
  lifecycle.onStop('shop', async () => {
    await beat.stop();
    await shop.close();
  });
  edges.tell(
    `Data    ${folder}\nOpen    ${server.url}\nGuide   the pages show a tour; Ctrl-C ends the demo, its data stays`,
  );
  return { died: Promise.race([server.died, web1.died, web2.died, beat.failed]) };
}
