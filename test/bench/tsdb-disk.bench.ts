import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type Ms, ms } from '../../server/model/units.ts';
import type { SampleTarget } from '../../server/store/intake/sample-write.ts';
import { placeOfRow } from '../../server/store/rings/ring.ts';
import { Store } from '../../server/store/store.ts';
import { type Random, seeded } from '../support/random.ts';
import { encodeLoad, type Peer, send, startPrometheus, startVictoria } from './remote-write.ts';

/**
 * Run by hand after `npm run bench` has built it: `node dist/test/bench/tsdb-disk.bench.js [SERIES [HOURS]]`. Prints the bytes that a
 * sample takes in the file, per kind of series and ring, then those of the peers that are installed over their own 10,000 counters.
 */
const SERIES = Number(process.argv[2] ?? 2000);
const HOURS = Number(process.argv[3] ?? 6);
const STEP_MS = 15_000;
const START = Math.floor(1_790_000_000_000 / STEP_MS) * STEP_MS;
const STEPS = Math.floor((HOURS * 3_600_000) / STEP_MS);
/** The peers write what they hold in memory after some seconds. */
const SETTLE_MS = 20_000;

type Next = (value: number, random: Random, series: number) => number;

/** What the next sample of each kind of series is. */
const KINDS: Readonly<Record<string, Next>> = {
  'counter, increments uniform below 1 to 200': (value, random, series) => value + random.below(1 + (series % 200)),
  'counter, increments in one of ten samples': (value, random) =>
    value + (random.below(10) === 0 ? random.below(50) : 0),
  'counter of seconds, hundredths': (value, random) => Math.round(value * 100 + random.below(1500)) / 100,
  'gauge, hundredths around a mean': (_, random, series) => (1000 + (series % 500) + random.below(100)) / 100,
  'gauge, whole pages of 4 KiB': (value, random) => Math.max(0, value + 4096 * (random.below(2001) - 1000)),
  'gauge, doubles of 32 random bits': (_, random) => random.next() * 2 ** -random.below(4),
};

for (const [name, next] of Object.entries(KINDS)) printStore(name, next);
for (const start of [startPrometheus, startVictoria]) await printPeer(start);

function printStore(name: string, next: Next): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const store = new Store({ dataDir, maxSeries: SERIES, journalMaxBytes: 64 * 2 ** 20, durable: false });
  const before = process.cpuUsage();
  fill(store, name.startsWith('counter') ? 'counter' : 'gauge', next);
  const { user, system } = process.cpuUsage(before);
  store.close();
  const samples = SERIES * STEPS;
  const { rings, filled, all } = sizes(join(dataDir, 'vigie.sqlite'));
  const [raw, ...rollups] = rings.map((bytes) => (bytes / samples).toFixed(2));
  const pages = `raw ${raw} B/sample, roll-ups ${rollups.join(' + ')}, leaves filled to ${(100 * filled).toFixed(0)} %`;
  const cpu = `${((user + system) / samples).toFixed(1)} us CPU a sample`;
  console.log(`${name.padEnd(44)} ${pages}; whole file ${(all / samples).toFixed(2)}; ${cpu}`);
  rmSync(dataDir, { recursive: true });
}

function fill(store: Store, kind: 'counter' | 'gauge', next: Next): void {
  const random = seeded(42);
  const values = new Float64Array(SERIES);
  const targets = Array.from({ length: SERIES }, (_, i): SampleTarget => {
    const labels = { instance: `host-${Math.floor(i / 10)}:9100`, job: 'peer', path: `/p/${i % 10}` };
    return { source: 'peer', identity: { kind, name: 'peer_m0_total', labels }, series: undefined };
  });
  const ends = targets.map((_, i) => i + 1);
  const stale = new Uint8Array(SERIES);
  for (let step = 0; step < STEPS; step++) {
    const now = ms(START + step * STEP_MS);
    for (const [i, value] of values.entries()) values[i] = next(value, random, i);
    const times = new Float64Array(SERIES).fill(now);
    store.change(now, (intake) =>
      intake.takeSamples({ collector: 'c', targets, ends, times, values, stale, unusable: new Map() }),
    );
    flush(store, now);
  }
}

function flush(store: Store, now: Ms): void {
  while (store.flush(now, 4096).due);
}

/** Bytes of the pages of each ring, how far they fill the leaves and overflow pages of their table, and bytes of the file. */
function sizes(file: string): { readonly rings: readonly number[]; readonly filled: number; readonly all: number } {
  const db = new Database(file, { readonly: true });
  const leaves = db.prepare("SELECT sum(pgsize) FROM dbstat WHERE name = 'page'").pluck().get() as number;
  const rings = [0, 0, 0, 0];
  const rows = db.prepare<[], { id: number; bytes: number }>('SELECT id, length(body) AS bytes FROM page');
  for (const { id, bytes } of rows.iterate()) {
    const { ring } = placeOfRow(id);
    rings[ring] = (rings[ring] ?? 0) + bytes;
  }
  db.close();
  return { rings, filled: rings.reduce((a, b) => a + b, 0) / leaves, all: statSync(file).size };
}

async function printPeer(start: (folder: string) => Promise<Peer | undefined>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const peer = await start(folder);
  if (peer !== undefined) {
    const lanes = encodeLoad(HOURS, performance.timeOrigin);
    await Promise.all(lanes.map((lane) => send(peer.url, lane.bodies)));
    await sleep(SETTLE_MS);
    await peer.stop();
    const samples = lanes.reduce((sum, lane) => sum + lane.samples, 0);
    console.log(
      `${peer.name.padEnd(44)} ${(folderBytes(folder) / samples).toFixed(2)} B/sample, index and journal included`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
