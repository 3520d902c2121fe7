import type { MessagePort } from 'node:worker_threads';
import type { Ms } from '../../model/units.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { loadConfig } from '../config.ts';
import { type CollectorThread, type CollectorThreadData, startCollectorThread } from '../remote-collector.ts';
import { configPath, type DemoHost } from './demo-config.ts';
import { type DemoPlan, type Story, storyOf } from './story.ts';

export interface DemoCollectorData extends CollectorThreadData {
  readonly plan: DemoPlan;
  readonly story: Story;
  /** How far the machine's clock is behind. */
  readonly behind_ms: number;
}

export interface CollectorSite {
  readonly folder: string;
  readonly plan: DemoPlan;
  readonly newEnginePort: () => MessagePort;
  readonly lifecycle: Lifecycle;
}

/** Starts the collector of one machine. `mail-1` lives in the past, so that it has been silent for long when it is gone. */
export async function startDemoCollector(site: CollectorSite, host: DemoHost, now: Ms): Promise<CollectorThread> {
  const { folder, plan, newEnginePort, lifecycle } = site;
  const { sources, transforms, sinks, data_dir } = loadConfig(configPath(folder, host), process.env);
  const story = storyOf(plan);
  const engine = newEnginePort();
  const data: DemoCollectorData = {
    config: { sources, transforms, sinks },
    dataDir: data_dir,
    name: host,
    engine,
    plan,
    story,
    behind_ms: host === 'mail-1' ? now - story.mail_silent : 0,
  };
  const thread = await startCollectorThread(data, new URL('./demo-collector-thread.js', import.meta.url));
  lifecycle.onStop(`collector ${host}`, thread.collector.stop);
  return thread;
}
