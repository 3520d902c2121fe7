import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { countingConfig, countsOf, makeTraffic, settledCounts, type Traffic } from '../support/counting-run.ts';
import { freePort } from '../support/ports.ts';
import { seededOfRun } from '../support/random.ts';
import { COLLECTOR_POINTS, type Death, startVictim, type Victim, type VictimOrder } from '../support/victim-process.ts';

/**
 * Every source and the sink are given another id while their collector is dead, which died at a point of its way: before a commit,
 * between commit and send, before it heard that a batch was applied. Positions and what waits go over; nothing counts twice.
 */
const BLOCK = 150;
const PAUSE_MS = 20;
const DEATH_LIMIT_MS = 90_000;
/** The first batch after a start is often positions alone; a later one is in the middle of lines. */
const DEATHS: readonly Death[] = [1, 8].flatMap((visit) => COLLECTOR_POINTS.map((point) => ({ point, visit })));

type Components = Record<string, { inputs?: string[] }>;

/** The configuration with other ids; the services stay what they are. */
function renamed(text: string, turn: number): string {
  const config = JSON.parse(text) as { sources: Components; transforms: Components; sinks: Components };
  const rename = (components: Components): Components =>
    Object.fromEntries(Object.entries(components).map(([id, component]) => [`${id}-${turn}`, component]));
  const { access } = config.transforms;
  const inputs = Object.keys(config.sources).map((id) => `${id}-${turn}`);
  const transforms = { ...config.transforms, access: { ...access, inputs } };
  return JSON.stringify({ ...config, transforms, sources: rename(config.sources), sinks: rename(config.sinks) });
}

async function liveUntilDeath(victim: Victim, traffic: Traffic, { point }: Death): Promise<void> {
  const deadline = performance.now() + DEATH_LIMIT_MS;
  while (victim.alive() && performance.now() < deadline) {
    traffic.write(BLOCK);
    await sleep(PAUSE_MS);
  }
  if (victim.alive()) throw new Error(`nothing came by "${point}":\n${victim.output()}`);
  expect(await victim.ended).toBe(point);
}

test('sources and sinks with new ids go on where they stood, whatever died before', async () => {
  const { seed, random } = seededOfRun('renamed sources');
  const folder = mkdtempSync(join(tmpdir(), 'vigie-renamed-'));
  const logs = join(folder, 'log');
  const port = await freePort();
  const start = (role: VictimOrder['role'], death?: Death): Promise<Victim> =>
    startVictim({ role, folder, port, ...(death !== undefined && { death }) });
  const victims: Victim[] = [];
  try {
    const config = countingConfig(logs);
    const configure = (turn: number): void => writeFileSync(join(folder, 'vigie.yaml'), renamed(config, turn));
    configure(0);
    const traffic = makeTraffic(logs, systemClock.now() - 3_600_000, random);
    traffic.write(BLOCK);
    victims.push(await start('server'));
    for (const [turn, death] of DEATHS.entries()) {
      configure(turn);
      const victim = await start('collector', death);
      victims.push(victim);
      await liveUntilDeath(victim, traffic, death);
    }
    configure(DEATHS.length);
    victims.push(await start('collector'));
    const counts = await settledCounts({ counts: () => countsOf(`http://127.0.0.1:${port}`) }, traffic);
    expect(Object.fromEntries(counts), `seed ${seed}`).toEqual(Object.fromEntries(traffic.written));
  } finally {
    await Promise.all(victims.map((victim) => victim.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
});
