import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSecsOf } from './process-time.ts';
import {
  encodeLoad,
  INSTANCES,
  METRICS,
  PATHS,
  type Peer,
  send,
  startPrometheus,
  startVictoria,
  startVigieStore,
} from './remote-write.ts';
import { encodeYear } from './year-load.ts';

const MINUTE_SECS = 60;
const HOUR_SECS = 3600;
const YEAR_SECS = 365 * 24 * HOUR_SECS;

interface Question {
  readonly name: string;
  /** How often it is asked before the clock is looked at, so that connections are open and code is compiled. */
  readonly warm_up: number;
  /** Names the series of the round. */
  expr(round: number): string;
  readonly range_secs: number;
  readonly step_secs: number;
}

export interface QueryTiming {
  readonly server: string;
  readonly question: string;
  readonly sorted_ms: readonly number[];
  /** CPU of the server for a question, in the mean. */
  readonly cpu_ms: number;
  /** Bytes of the last answer. */
  readonly bytes: number;
}

interface Asked extends Peer {
  readonly agent: Agent;
}

/**
 * `query_range` over HTTP, the whole body read, one question at a time; the servers are asked in turn with each question, so that
 * whatever else the machine does hits all alike. All hold the same ten thousand counters of 15 s, the newest sample at the start of this process.
 */
export async function benchQueries(hours: number, rounds: number): Promise<readonly QueryTiming[]> {
  const end_secs = Math.floor(performance.timeOrigin / 1000 / 15) * 15;
  return withPeers([startVigieStore, startPrometheus, startVictoria], async (peers) => {
    const lanes = encodeLoad(hours, performance.timeOrigin);
    for (const { url } of peers) await Promise.all(lanes.map(({ bodies }) => send(url, bodies)));
    const timings: QueryTiming[] = [];
    for (const question of questionsOver(hours)) timings.push(...(await ask(peers, question, end_secs, rounds)));
    return timings;
  });
}

/** A year of a hundred counters, a sample every 5 min: nearly all of it is left in the ring of 1 h only. Vigie alone. */
export async function benchYear(rounds: number): Promise<readonly QueryTiming[]> {
  const end_secs = Math.floor(performance.timeOrigin / 1000 / HOUR_SECS) * HOUR_SECS;
  // Pages that were just written are kept another way: what is a year old lies in the file.
  const startFilled = async (folder: string): Promise<Peer> => {
    const filling = await startVigieStore(folder);
    await send(filling.url, encodeYear(end_secs, YEAR_SECS));
    await filling.stop();
    return startVigieStore(folder);
  };
  return withPeers([startFilled], (peers) => ask(peers, YEAR, end_secs, rounds));
}

function questionsOver(hours: number): readonly Question[] {
  const range_secs = hours * HOUR_SECS - 5 * MINUTE_SECS;
  const one = (round: number): string => {
    const instance = `host-${String((round * 7) % INSTANCES).padStart(3, '0')}:9100`;
    return `peer_m${round % METRICS}_total{instance="${instance}",path="/p/${round % PATHS}"}`;
  };
  const rate = { expr: (round: number) => `rate(${one(round)}[5m])`, range_secs, step_secs: 15 };
  const raw = { expr: one, range_secs: HOUR_SECS, step_secs: 15 };
  return [
    { name: 'rate of one series at 15 s, of a server just started', warm_up: 5, ...rate },
    { name: 'rate of one series at 15 s, asked a thousand times before', warm_up: 1000, ...rate },
    {
      name: 'sum by (path) of rates of 1,000 series at 60 s',
      expr: (round) => `sum by (path)(rate(peer_m${round % METRICS}_total[5m]))`,
      warm_up: 5,
      range_secs,
      step_secs: 60,
    },
    { name: 'one series as it is, 1 h at 15 s, asked a thousand times before', warm_up: 1000, ...raw },
  ];
}

const YEAR: Question = {
  name: 'sum of rates of 100 series, a year at 1 h',
  warm_up: 5,
  expr: () => 'sum(rate(year_total[1h]))',
  range_secs: YEAR_SECS - HOUR_SECS,
  step_secs: HOUR_SECS,
};

async function withPeers<T>(
  starts: readonly ((folder: string) => Promise<Peer | undefined>)[],
  work: (peers: readonly Asked[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const peers: Asked[] = [];
  try {
    for (const start of starts) {
      const peer = await start(mkdtempSync(join(folder, 'peer-')));
      if (peer !== undefined) peers.push({ ...peer, agent: new Agent({ keepAlive: true, maxSockets: 1 }) });
    }
    return await work(peers);
  } finally {
    for (const { agent, stop } of peers) {
      agent.destroy();
      await stop();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(
  peers: readonly Asked[],
  question: Question,
  end_secs: number,
  rounds: number,
): Promise<readonly QueryTiming[]> {
  const timings = peers.map(({ name }) => ({
    server: name,
    question: question.name,
    sorted_ms: [] as number[],
    cpu_ms: 0,
    bytes: 0,
  }));
  for (let round = -question.warm_up; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      const cpuBefore = cpuSecsOf(peer.pid);
      const { wall_ms, bytes } = await timeOf(peer, question, round + question.warm_up, end_secs);
      const timing = timings[i];
      if (timing === undefined || round < 0) continue;
      timing.sorted_ms.push(wall_ms);
      timing.cpu_ms += ((cpuSecsOf(peer.pid) - cpuBefore) * 1000) / rounds;
      timing.bytes = bytes;
    }
  }
  return timings.map((timing) => ({ ...timing, sorted_ms: timing.sorted_ms.toSorted((a, b) => a - b) }));
}

/** VictoriaMetrics is told to leave its cache of results alone: the rounds ask for the same window again. */
function timeOf({ url, agent }: Asked, { expr, range_secs, step_secs }: Question, round: number, end_secs: number) {
  const params = { query: expr(round), start: `${end_secs - range_secs}`, end: `${end_secs}`, step: `${step_secs}` };
  const asked = new URL(`/api/v1/query_range?${new URLSearchParams({ ...params, nocache: '1' })}`, url);
  return new Promise<{ wall_ms: number; bytes: number }>((resolve, reject) => {
    const started = performance.now();
    get(asked, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ wall_ms: performance.now() - started, bytes });
        else reject(new Error(`${asked} answered ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}
