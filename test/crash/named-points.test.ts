import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import {
  countingConfig,
  countsOf,
  makeTraffic,
  settledCounts,
  storedLines,
  type Traffic,
} from '../support/counting-run.ts';
import { PATIENCE } from '../support/patience.ts';
import { freePort } from '../support/ports.ts';
import { type Random, seededOfRun } from '../support/random.ts';
import {
  COLLECTOR_POINTS,
  type Death,
  type Point,
  type Role,
  STORE_POINTS,
  startVictim,
  type Victim,
} from '../support/victim-process.ts';

/**
 * Promise 1 at the moments where it could break: before a commit, between commit and send, between applying and acknowledging,
 * in the middle of a flush or of a merge of log blocks. `counting-once` kills whenever chance has it; here a process dies exactly there.
 */
const BLOCK = 150;
const PAUSE_MS = 20;
const DEATH_LIMIT_MS = 90_000;
/**
 * The first visit is the first batch after a start, often positions alone; a later one is in the middle of lines. Flushes come once
 * a second.
 */
const VISITS = [1, 12];
const FLUSHES = [1, 2];
const SLOW_POINTS: ReadonlySet<Point> = new Set(['store during_flush', 'store during_merge']);

/** One server after another dies under a collector that lives on and sends again without a hello. */
const POINTS: readonly Point[] = [...COLLECTOR_POINTS, ...STORE_POINTS];
const DEATHS: readonly Death[] = [0, 1].flatMap((round) =>
  POINTS.map((point) => ({ point, visit: (SLOW_POINTS.has(point) ? FLUSHES : VISITS)[round] ?? 1 })),
);

/** Which process dies at a point, and all that must run. */
interface Way {
  readonly roles: readonly Role[];
  roleOf(point: Point): Role;
}

const WAYS: Readonly<Record<string, Way>> = {
  embedded: { roles: ['embedded'], roleOf: () => 'embedded' },
  http: {
    roles: ['server', 'collector'],
    roleOf: (point) => (point.startsWith('store') ? 'server' : 'collector'),
  },
};

test.concurrent.each(Object.entries(WAYS))('%s: every line counts once and is stored once', async (name, way) => {
  const { seed, random } = seededOfRun(`named points, ${name}`);
  const folder = mkdtempSync(join(tmpdir(), `vigie-points-${name}-`));
  const logs = join(folder, 'log');
  const crew = makeCrew(folder, await freePort());
  try {
    writeFileSync(join(folder, 'vigie.yaml'), countingConfig(logs));
    const traffic = makeTraffic(logs, systemClock.now() - 3_600_000, random);
    await meet(way, crew, traffic);
    const greetings = crew.rewinds();
    for (const death of DEATHS) await liveUntil(death, way, crew, traffic, random);
    for (const role of way.roles) await crew.ensure(role);
    const counts = await settledCounts(crew, traffic);
    expect(Object.fromEntries(counts), `seed ${seed}`).toEqual(Object.fromEntries(traffic.written));
    const lines = Array.from({ length: traffic.total() }, (_, i) => i + 1);
    expect(await crew.lines(), 'lines stored').toEqual(lines);
    expect(crew.rewinds(), 'an acknowledged batch was not there after a death').toBe(greetings);
  } finally {
    await crew.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A log rotated away before it was ever seen is history, which is not asked for: so each is seen before the first death. */
async function meet(way: Way, crew: Crew, traffic: Traffic): Promise<void> {
  traffic.write(BLOCK);
  for (const role of way.roles) await crew.ensure(role);
  await vi.waitUntil(async () => totalOf(await crew.counts()) === BLOCK, PATIENCE);
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0);
}

/** What was written and rotated while the process was dead is there before it starts; more comes until it dies. */
async function liveUntil(death: Death, way: Way, crew: Crew, traffic: Traffic, random: Random): Promise<void> {
  const role = way.roleOf(death.point);
  traffic.write(BLOCK);
  rotateOne(traffic, random);
  traffic.write(BLOCK);
  for (const other of way.roles) if (other !== role) await crew.ensure(other);
  const victim = await crew.replace(role, death);
  const deadline = performance.now() + DEATH_LIMIT_MS;
  while (victim.alive() && performance.now() < deadline) {
    traffic.write(BLOCK);
    if (random.next() < 0.1) rotateOne(traffic, random);
    await sleep(PAUSE_MS);
  }
  if (victim.alive()) throw new Error(`nothing came by "${death.point}":\n${victim.output()}`);
  expect(await victim.ended).toBe(death.point);
}

/** Each log has its own way to rotate, as logrotate is configured. */
function rotateOne({ logs }: Traffic, random: Random): void {
  const chosen = random.below(logs.length);
  if (chosen === 0) logs[chosen]?.rotateByCopy();
  else logs[chosen]?.rotateByRename();
}

/** The processes of one way; at most one of a role is alive. */
interface Crew {
  /** Lets one run that does not die by itself, unless one is alive. */
  ensure(role: Role): Promise<void>;
  /** Kills whoever has the role, and starts one that will die. */
  replace(role: Role, death: Death): Promise<Victim>;
  counts(): Promise<Map<string, number>>;
  /** The numbers of the stored lines. */
  lines(): Promise<number[]>;
  /**
   * How often the server sent a collector back so far. A death loses nothing that was acknowledged, so after the first greeting it
   * never must; where logs can still be read the counts alone would not tell.
   */
  rewinds(): number;
  stop(): Promise<void>;
}

function makeCrew(folder: string, port: number): Crew {
  const members = new Map<Role, Victim>();
  const everybody: Victim[] = [];
  const start = async (role: Role, death?: Death): Promise<Victim> => {
    const victim = await startVictim({ role, folder, port, ...(death !== undefined && { death }) });
    members.set(role, victim);
    everybody.push(victim);
    return victim;
  };
  return {
    ensure: async (role) => {
      if (members.get(role)?.alive() !== true) await start(role);
    },
    replace: async (role, death) => {
      await members.get(role)?.kill();
      return start(role, death);
    },
    rewinds: () => everybody.reduce((sum, victim) => sum + victim.rewinds(), 0),
    counts: () => countsOf(`http://127.0.0.1:${port}`),
    lines: () => storedLines(`http://127.0.0.1:${port}`),
    stop: async () => {
      await Promise.all([...members.values()].map((victim) => victim.kill()));
    },
  };
}
