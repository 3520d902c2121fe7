import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compressSync } from 'snappy';
import { freePort } from '../support/ports.ts';
import { seeded } from '../support/random.ts';
import { startVigie } from '../support/vigie-process.ts';
import { encodeLabels, sortedLabels } from '../support/write-request.ts';
import { cpuSecsOf } from './process-time.ts';

export const METRICS = 10;
export const INSTANCES = 100;
export const PATHS = 10;
const STEP_SECS = 15;
/** Requests under way, each with series of its own, as the shards of a Prometheus have. */
const LANES = 4;

export interface WriteTiming {
  readonly name: string;
  readonly samples: number;
  readonly wall_secs: number;
  /** Of the server's process. */
  readonly cpu_secs: number;
  /** The same, some seconds later: what was put off. */
  readonly settled_cpu_secs: number;
}

export interface Peer {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Quarters of an hour, sent to every server in turn. The first is not counted: code is compiled and series are made. */
const TURN_STEPS = 60;

interface Written extends Peer {
  readonly folder: string;
  /** CPU of its process when the first turn was over. */
  warm_secs: number;
  wall_secs: number;
  cpu_secs: number;
}

/**
 * Ten thousand counters, one sample of each every 15 s, written by four senders at once as fast as they are taken. All servers run at the same
 * time and have their turns, so that what else the machine does hits all alike.
 */
export async function benchRemoteWrite(hours: number, settle_ms: number): Promise<readonly WriteTiming[]> {
  const lanes = encodeLoad(hours, performance.timeOrigin);
  const peers: Written[] = [];
  try {
    for (const start of [startVigieStore, startPrometheus, startVictoria]) {
      const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
      const peer = await start(folder);
      if (peer !== undefined) peers.push({ ...peer, folder, warm_secs: 0, wall_secs: 0, cpu_secs: 0 });
    }
    const steps = lanes[0]?.bodies.length ?? 0;
    for (let from = 0; from < steps; from += TURN_STEPS) {
      const bodies = lanes.map((lane) => lane.bodies.slice(from, from + TURN_STEPS));
      for (const peer of peers) await takeTurn(peer, bodies, from > 0);
    }
    await sleep(settle_ms);
    const samples = lanes.reduce((sum, lane) => sum + lane.samples, 0) * (1 - TURN_STEPS / steps);
    return peers.map(({ name, pid, warm_secs, wall_secs, cpu_secs }) => {
      return { name, samples, wall_secs, cpu_secs, settled_cpu_secs: cpuSecsOf(pid) - warm_secs };
    });
  } finally {
    for (const { stop, folder } of peers) {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function takeTurn(peer: Written, bodies: readonly (readonly Buffer[])[], isCounted: boolean): Promise<void> {
  const cpuBefore = cpuSecsOf(peer.pid);
  const started = performance.now();
  await Promise.all(bodies.map((lane) => send(peer.url, lane)));
  if (isCounted) {
    peer.wall_secs += (performance.now() - started) / 1000;
    peer.cpu_secs += cpuSecsOf(peer.pid) - cpuBefore;
  } else peer.warm_secs = cpuSecsOf(peer.pid);
}

export async function startVigieStore(folder: string): Promise<Peer> {
  writeFileSync(join(folder, 'vigie.yaml'), 'data_dir: data\n');
  const vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], folder);
  const stop = async (): Promise<void> => {
    await vigie.stop();
  };
  return { name: 'Vigie', pid: vigie.child.pid ?? 0, url: `${vigie.url}/api/v1/write`, stop };
}

export async function startPrometheus(folder: string): Promise<Peer | undefined> {
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const flags = ['--web.enable-remote-write-receiver', '--storage.tsdb.retention.time=30d', '--log.level=error'];
  const own = (address: string): string[] => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    ...flags,
  ];
  return startPeer('Prometheus', '/usr/bin/prometheus', own, '/-/ready');
}

export function startVictoria(folder: string): Promise<Peer | undefined> {
  const own = (address: string): string[] => [
    `-storageDataPath=${join(folder, 'data')}`,
    `-httpListenAddr=${address}`,
    '-retentionPeriod=1',
    // So that the newest samples are answered from as they are at once.
    '-search.latencyOffset=0s',
  ];
  return startPeer('VictoriaMetrics', '/usr/bin/victoria-metrics', own, '/health');
}

async function startPeer(
  name: string,
  program: string,
  flags: (address: string) => string[],
  health: string,
): Promise<Peer | undefined> {
  if (!existsSync(program)) return undefined;
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, flags(address), { stdio: 'ignore' });
  while (child.exitCode === null) {
    const answer = await fetch(`http://${address}${health}`).catch(() => undefined);
    if (answer?.ok)
      return { name, pid: child.pid ?? 0, url: `http://${address}/api/v1/write`, stop: () => ended(child) };
    await sleep(50);
  }
  throw new Error(`${name} ended with ${child.exitCode} before it was ready`);
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}

export async function send(url: string, bodies: readonly Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const body of bodies) await post(url, body, agent);
  agent.destroy();
}

function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 204) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export interface Lane {
  readonly bodies: Buffer[];
  samples: number;
}

/** Integer counters at rates of their own; the last sample is at `now`. */
export function encodeLoad(hours: number, now_ms: number): readonly Lane[] {
  const random = seeded(42);
  const series = Array.from({ length: METRICS * INSTANCES * PATHS }, (_, i) => {
    const [path, instance, metric] = [i % PATHS, Math.floor(i / PATHS) % INSTANCES, Math.floor(i / PATHS / INSTANCES)];
    const labels = { instance: `host-${String(instance).padStart(3, '0')}:9100`, job: 'peer', path: `/p/${path}` };
    return {
      labels: encodeLabels(sortedLabels(`peer_m${metric}_total`, labels)),
      value: 0,
      rate: 1 + random.below(200),
      order: random.next(),
    };
  }).toSorted((a, b) => a.order - b.order);
  const steps = Math.floor((hours * 3600) / STEP_SECS);
  const end = Math.floor(now_ms / 1000 / STEP_SECS) * STEP_SECS;
  const lanes: Lane[] = Array.from({ length: LANES }, () => ({ bodies: [], samples: 0 }));
  const scratch = Buffer.alloc(2 ** 20);
  for (let step = steps - 1; step >= 0; step--) {
    const time = varint((end - step * STEP_SECS) * 1000);
    for (const [number, lane] of lanes.entries()) {
      let at = 0;
      for (let i = number; i < series.length; i += LANES) {
        const one = series[i];
        if (one === undefined) continue;
        one.value += random.below(one.rate);
        at = writeSeries(scratch, at, one.labels, one.value, time);
        lane.samples++;
      }
      lane.bodies.push(compressSync(scratch.subarray(0, at)));
    }
  }
  return lanes;
}

/** A series of one sample, as a field of a write request. Returns where the next one begins. */
export function writeSeries(out: Buffer, start: number, labels: Buffer, value: number, time: Buffer): number {
  const sample = 1 + 8 + 1 + time.length;
  let at = out.writeUInt8(10, start);
  at += varint(labels.length + 2 + sample).copy(out, at);
  at += labels.copy(out, at);
  at = out.writeUInt8(18, at);
  at = out.writeUInt8(sample, at);
  at = out.writeUInt8(9, at);
  at = out.writeDoubleLE(value, at);
  at = out.writeUInt8(16, at);
  return at + time.copy(out, at);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
