import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../server/model/clock.ts';
import { type House, makeHouse, makeTraffic, settledCounts, type Traffic, type Way } from '../support/counting-run.ts';
import { isLong } from '../support/long.ts';
import { type Random, seededOfRun } from '../support/random.ts';

/**
 * Promise 1: counted once, from log line to error budget. Lines are written and logs rotated without pause while the real
 * processes are killed; in the end every counter equals the lines, and every line is stored once.
 */
const LINES = isLong ? 200_000 : 60_000;
const KILLS = isLong ? 20 : 12;
const BLOCK = LINES / 100;

describe.each<Way>(['embedded', 'http'])('%s', (way) => {
  test(`${LINES} lines, ${KILLS} kills, a restored and a lost database`, async () => {
    const { seed, random } = seededOfRun(`counting once, ${way}`);
    const house = await makeHouse(way);
    try {
      const traffic = makeTraffic(house.logFolder, systemClock.now() - 3_600_000, random);
      await house.start();
      await live(house, traffic, way, random);
      await house.start();
      const counts = await settledCounts(house, traffic);
      expect(Object.fromEntries(counts), `seed ${seed}`).toEqual(Object.fromEntries(traffic.written));
      const lines = await house.lines();
      expect(lines.filter((number, i) => number !== i + 1).slice(0, 9), `seed ${seed}: stored lines`).toEqual([]);
      expect(lines).toHaveLength(LINES);
    } finally {
      await house.stop();
    }
  });
});

/** Writes everything; between blocks rotates and kills as chance has it. What was killed stays down for up to three blocks. */
async function live(house: House, traffic: Traffic, way: Way, random: Random): Promise<void> {
  const blocks = LINES / BLOCK;
  const every = Math.floor(blocks / KILLS);
  let killed = 0;
  let startAt = 0;
  for (let block = 0; block < blocks; block++) {
    traffic.write(BLOCK);
    if (random.next() < 0.3) rotate(traffic, random);
    await sleep(random.below(60));
    if (block >= startAt) await house.start();
    if (block % every !== every - 1) continue;
    await house.start();
    await sleep(random.below(300));
    killed++;
    await killSomething(house, way, random, TOUCHED.includes(killed));
    changeDatabase(house, killed);
    startAt = block + random.below(4);
  }
}

/** Each log by both methods, as chance has it: harder than any logrotate. */
function rotate({ logs }: Traffic, random: Random): void {
  const log = random.pick(logs);
  if (random.next() < 0.33) log.rotateByCopy();
  else log.rotateByRename();
}

/** The server alone, the collector alone, or both; the collector is among them when its database is about to be touched. */
async function killSomething(house: House, way: Way, random: Random, touched: boolean): Promise<void> {
  const which = way === 'embedded' ? 'both' : random.pick(['server', 'collector', 'both'] as const);
  const collector = touched || which !== 'server';
  await Promise.all([
    ...(collector ? [house.killCollector()] : []),
    ...(which === 'collector' ? [] : [house.killServer()]),
  ]);
}

const TOUCHED = [1, 2, 3].map((quarter) => (KILLS / 4) * quarter);

function changeDatabase(house: House, killed: number): void {
  if (killed === TOUCHED[0]) house.saveCollectorDatabase();
  if (killed === TOUCHED[1]) house.restoreCollectorDatabase();
  if (killed === TOUCHED[2]) house.deleteCollectorDatabase();
}
