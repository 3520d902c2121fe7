import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertReplay } from '../../../rules/alerts/alert-replay.ts';
import type { SloDefinition } from '../../../rules/slo-definition.ts';
import { startEngineThread } from '../../engine/remote-engine.ts';
import { pastAlerts, savePastAlerts } from '../../evaluation/alert-history.ts';
import { readSloFolder } from '../../evaluation/slo-book.ts';
import type { Engine } from '../../model/engine.ts';
import { HOUR, MINUTE, type Ms, ms } from '../../model/units.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { loadConfig } from '../config.ts';
import type { CollectorThread } from '../remote-collector.ts';
import { engineOptions } from '../store-options.ts';
import { configPath, type DemoAddresses, HOSTS } from './demo-config.ts';
import { messagesIn } from './messages.ts';
import { markShopReleases } from './releases.ts';
import { WEB_HOSTS } from './requests.ts';
import { minutesBetween } from './rhythm.ts';
import { startDemoCollector } from './start-collectors.ts';
import { type DemoPlan, storyOf } from './story.ts';
import { SyslogSender } from './syslog-sender.ts';

export interface FillOptions {
  readonly addresses: DemoAddresses;
  readonly plan: DemoPlan;
  readonly now: Ms;
  /** Requests in the logs. */
  readonly lines: number;
  readonly lifecycle: Lifecycle;
  /** Lines in the store so far, of all there are. */
  readonly onRead: (share: number) => void;
  /** Objectives looked back on so far, of all there are. */
  readonly onLookedBack: (share: number) => void;
}

export interface Filled {
  readonly messages: number;
  readonly alerts: number;
}

const LOOK_MS = 200;
const SYSLOG_PATIENCE = ms(10 * MINUTE);

/** Sends the past through collectors and queues into the store, and lets the alerts see it. What it starts stops with `lifecycle`. */
export async function fillStore(options: FillOptions): Promise<Filled> {
  const { addresses, plan, now, lifecycle } = options;
  const { folder } = addresses;
  const config = loadConfig(configPath(folder, 'web-1'), process.env);
  const { engine, newPort, died } = await startEngineThread(engineOptions(config));
  lifecycle.onStop('store', engine.close);
  const site = { folder, plan, newEnginePort: newPort, lifecycle };
  const collectors: CollectorThread[] = [];
  for (const host of HOSTS) collectors.push(await startDemoCollector(site, host, now));
  const fill = async (): Promise<Filled> => {
    let messages: number | undefined;
    const sending = sendPastMessages(plan, addresses.syslog).then((sent) => {
      messages = sent;
      return sent;
    });
    const reading = allRead({ engine, collectors, messages: () => messages, ...options });
    const [sent] = await Promise.all([sending, reading]);
    return { messages: sent, alerts: await lookBack(engine, readSloFolder(config.slos).slos, options) };
  };
  const ended = Promise.race([died, ...collectors.map((collector) => collector.died)]);
  const filled = await Promise.race([fill(), ended]);
  if (filled instanceof Error) throw filled;
  return filled;
}

/** Returns their number. */
async function sendPastMessages(plan: DemoPlan, address: string): Promise<number> {
  const story = storyOf(plan);
  const sender = new SyslogSender(address, SYSLOG_PATIENCE);
  let sent = 0;
  for (const minute of minutesBetween(story.start, story.end)) {
    const messages = messagesIn(story, plan.seed, minute);
    await sender.send(messages);
    sent += messages.length;
  }
  await sender.close();
  return sent;
}

interface Reading extends Pick<FillOptions, 'plan' | 'lines' | 'onRead'> {
  readonly engine: Engine;
  readonly collectors: readonly CollectorThread[];
  /** How many were sent, once all are. */
  readonly messages: () => number | undefined;
}

/** Resolves when every line, message and reading is in the store. */
async function allRead(reading: Reading): Promise<void> {
  while (!(await areLinesRead(reading)) || !(await areHostsRead(reading)) || !(await areQueuesEmpty(reading))) {
    await sleep(LOOK_MS);
  }
  reading.onRead(1);
}

/** The store tells how far they are: a collector that reads as fast as it can answers late. */
async function areLinesRead({ engine, lines, messages, onRead }: Reading): Promise<boolean> {
  const { appliedLines = 0 } = await engine.stats();
  const sent = messages();
  // The last step takes up what is on its way beside the lines.
  onRead(Math.min(0.99, appliedLines / (lines + (sent ?? 0))));
  return sent !== undefined && appliedLines >= lines + sent;
}

async function areQueuesEmpty({ collectors }: Reading): Promise<boolean> {
  const statuses = await Promise.all(collectors.map(({ collector }) => collector.status()));
  return statuses.every(({ queues }) => queues.every(({ batches }) => batches === 0));
}

async function areHostsRead({ engine, plan }: Reading): Promise<boolean> {
  const hosts = (await engine.origins()).filter(({ source }) => source === 'host');
  return hosts.length === WEB_HOSTS.length && hosts.every(({ completeTo = 0 }) => completeTo >= plan.end - MINUTE);
}

/** Runs the alerts along the past, and marks its releases, as if Vigie had been there. Nobody is told. Returns how many fired. */
async function lookBack(
  engine: Engine,
  slos: readonly SloDefinition[],
  { plan, onLookedBack }: FillOptions,
): Promise<number> {
  const { start, end, silence } = storyOf(plan);
  const replays: AlertReplay[] = [];
  for (const slo of slos) {
    const gaps = slo.service === 'newsletter' ? [] : [silence];
    replays.push(await pastAlerts(engine, { slo, range: { start: ms(start + HOUR), end }, gaps }));
    onLookedBack(replays.length / slos.length);
  }
  await savePastAlerts(engine, replays);
  await markShopReleases(engine, storyOf(plan), plan.end);
  return replays.reduce((sum, { alerts }) => sum + alerts.length, 0);
}
